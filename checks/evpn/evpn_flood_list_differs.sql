-- A device's flood list lacks a VTEP that EVPN told it of, or has one that EVPN does not know.
WITH owners AS (
    SELECT n.vni, a.vtep_ip AS peer, min(n.device) AS owner
    FROM vni_members AS n
    JOIN vtep_addresses AS a USING (device, interface)
    GROUP BY n.vni, a.vtep_ip
),
listed AS (SELECT device, vni, peer, evidence, peer AS listed_peer FROM partly_flooded_to),
told AS (SELECT device, vni, peer, flood, evidence, peer AS told_peer FROM evpn_vteps),
unread AS (SELECT device, reason FROM evpn_unread WHERE table_name = 'evpn_remote_vteps')
SELECT t.device, o.owner AS peer_device, t.vni, t.peer, 'is missing, which EVPN tells of' AS what, 'error' AS severity,
       NULL AS why, l.listed_peer IS NULL AND (w.device IS NULL OR o.owner IS NULL) AS fault, NULL AS examined, t.evidence,
       coalesce(l.evidence, n.vni_evidence) AS list_evidence
FROM told AS t
JOIN vni_members AS n USING (device, vni)
LEFT JOIN listed AS l USING (device, vni, peer)
-- A list that is whole has the addresses of all VTEPs of the VNI.
LEFT JOIN whole_flood_lists AS w USING (device, vni)
LEFT JOIN owners AS o USING (vni, peer)
WHERE coalesce(t.flood, 'HER') = 'HER' AND n.bum_mode = 'head-end'
UNION ALL
SELECT l.device, NULL, l.vni, l.peer, 'is one too many: EVPN does not tell of it', 'warning', NULL,
       t.told_peer IS NULL AND o.owner IS NULL, NULL, a.evidence, l.evidence
FROM listed AS l
JOIN evpn_announcements AS a USING (device, vni)
LEFT JOIN told AS t USING (device, vni, peer)
LEFT JOIN owners AS o USING (vni, peer)
WHERE l.device NOT IN (SELECT device FROM unread)
UNION ALL
SELECT w.device, NULL, w.vni, NULL, NULL, NULL, NULL, false, w.addresses, NULL, NULL
FROM whole_flood_lists AS w
JOIN evpn_announcements AS a USING (device, vni)
WHERE w.device NOT IN (SELECT device FROM unread)
UNION ALL
SELECT device, NULL, NULL, NULL, NULL, NULL, reason, NULL, NULL, NULL, NULL FROM unread
