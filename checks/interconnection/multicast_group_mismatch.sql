-- The multicast group that each VTEP sends a VNI's BUM traffic to.
SELECT device, vni, multicast_group, multicast_group_evidence FROM vni_members WHERE bum_mode = 'multicast'
