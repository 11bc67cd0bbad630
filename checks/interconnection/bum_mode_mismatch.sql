-- How each VTEP of a VNI carries broadcast, unknown unicast and multicast.
SELECT device, vni, bum_mode, bum_mode_evidence FROM vni_members
