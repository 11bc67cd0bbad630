-- A VTEP does not import what another exports for the same VNI.
WITH unread AS (
    SELECT device, min(reason) AS reason FROM evpn_unread
    WHERE table_name IN ('bgp_evpn_vnis', 'evpn_import_targets', 'evpn_instances') GROUP BY device
),
imports AS (
    SELECT device, vni, list(route_target ORDER BY route_target) AS targets, min(evidence) AS evidence
    FROM evpn_imports GROUP BY device, vni
),
members AS (
    SELECT a.device, a.vni, a.export_target, split_part(a.export_target, ',', 1) AS exported,
           split_part(exported, ':', 2) AS number,
           coalesce(i.targets, [split_part(a.import_target, ',', 1)]) AS targets,
           coalesce(array_to_string(i.targets, ', '), a.import_target) AS import_targets,
           CASE WHEN i.targets IS NULL THEN a.import_target END AS first_import,
           a.evidence, coalesce(i.evidence, a.evidence) AS import_evidence
    FROM evpn_announcements AS a
    LEFT JOIN imports AS i USING (device, vni)
    WHERE a.kind IS DISTINCT FROM 'L3' AND a.device NOT IN (SELECT device FROM unread)
)
SELECT mine.device, theirs.device AS peer_device, mine.vni, mine.import_targets, mine.export_target,
       theirs.import_targets AS peer_import_targets, theirs.export_target AS peer_export_target,
       CASE WHEN list_contains(mine.targets, theirs.exported)
              -- One that BGP derived by itself has an AS of two bytes, whichever it is.
              OR list_contains(mine.targets, '*:' || theirs.number)
                 AND TRY_CAST(split_part(theirs.exported, ':', 1) AS USMALLINT) IS NOT NULL THEN false
            WHEN theirs.export_target LIKE '%...' OR mine.first_import LIKE '%...'
              OR split_part(mine.first_import, ':', 2) = theirs.number THEN NULL
            ELSE true END AS fault,
       mine.import_evidence, theirs.evidence AS peer_evidence
FROM members AS mine
JOIN members AS theirs ON theirs.vni = mine.vni AND theirs.device <> mine.device
UNION ALL
SELECT u.device, NULL, NULL, u.reason, NULL, NULL, NULL, NULL, NULL, NULL
FROM unread AS u
