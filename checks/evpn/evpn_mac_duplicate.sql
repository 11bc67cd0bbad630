-- EVPN itself holds a MAC address to be in two places.
SELECT s.device, d.peer_device, d.vni, d.mac, d.kind, d.peer_kind, d.moves, d.peer,
       coalesce(d.interface, d.peer) AS at,
       coalesce(d.peer_device, d.peer, 'another VTEP') AS other,
       NULL AS why, d.mac IS NOT NULL AS fault, coalesce(d.evidence, s.evidence) AS evidence, d.peer_evidence
FROM evpn_speakers AS s
LEFT JOIN evpn_duplicates AS d ON d.device = s.device
WHERE s.device NOT IN (SELECT device FROM evpn_unread WHERE table_name = 'evpn_duplicate_macs')
UNION ALL
SELECT u.device, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, u.reason, NULL, NULL, NULL
FROM evpn_unread AS u
WHERE u.table_name = 'evpn_duplicate_macs'
