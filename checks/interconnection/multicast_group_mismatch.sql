-- Two VTEPs of one VNI send its BUM traffic to different multicast groups.
SELECT mine.device, other.device AS peer_device, mine.vni, mine.multicast_group,
       other.multicast_group AS peer_multicast_group,
       mine.multicast_group <> other.multicast_group AS fault,
       mine.multicast_group_evidence, other.multicast_group_evidence AS peer_multicast_group_evidence
FROM vni_members AS mine
JOIN vni_members AS other ON other.vni = mine.vni AND other.device <> mine.device
WHERE mine.bum_mode = 'multicast' AND other.bum_mode = 'multicast'
