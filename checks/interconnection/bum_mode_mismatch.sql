-- Two VTEPs of one VNI carry broadcast, unknown unicast and multicast in different ways.
SELECT mine.device, other.device AS peer_device, mine.vni, mine.bum_mode, other.bum_mode AS peer_bum_mode,
       mine.bum_mode <> other.bum_mode AS fault,
       mine.bum_mode_evidence, other.bum_mode_evidence AS peer_bum_mode_evidence
FROM vni_members AS mine
JOIN vni_members AS other ON other.vni = mine.vni AND other.device <> mine.device
