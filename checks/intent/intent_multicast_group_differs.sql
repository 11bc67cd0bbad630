-- The multicast group that a VTEP sends a VNI's BUM traffic to against the one that the intent tells.
SELECT m.device, m.vni, m.multicast_group, i.multicast_group AS intended,
       CASE WHEN m.multicast_group IS NOT NULL THEN m.multicast_group <> i.multicast_group
            WHEN m.bum_mode = 'head-end' THEN true END AS fault,
       coalesce(m.multicast_group::VARCHAR, 'no group') AS instead,
       m.multicast_group_evidence, i.multicast_group_evidence AS intent_evidence
FROM vni_members AS m
JOIN intent_members AS i ON i.device = m.device AND i.vni = m.vni
WHERE i.multicast_group IS NOT NULL
