-- A VTEP does not import what another exports for the same VNI.
WITH unread AS (
    SELECT device, min(reason) AS reason FROM evpn_unread
    WHERE table_name IN ('bgp_evpn_vnis', 'evpn_import_targets') GROUP BY device
),
members AS (
    SELECT a.device, a.vni, a.import_target, a.export_target, a.evidence,
           coalesce((SELECT string_agg(i.route_target, ', ' ORDER BY i.route_target) FROM evpn_imports AS i
                     WHERE i.device = a.device AND i.vni = a.vni), a.import_target) AS import_targets,
           EXISTS (SELECT 1 FROM evpn_imports AS i WHERE i.device = a.device AND i.vni = a.vni) AS imports_shown,
           (SELECT min(i.evidence) FROM evpn_imports AS i WHERE i.device = a.device AND i.vni = a.vni) AS import_evidence
    FROM evpn_announcements AS a
    WHERE coalesce(a.kind, 'L2') = 'L2' AND a.device NOT IN (SELECT device FROM unread)
),
pairs AS (
    SELECT mine.device, theirs.device AS peer_device, mine.vni, mine.import_targets, mine.export_target,
           theirs.import_targets AS peer_import_targets, theirs.export_target AS peer_export_target,
           mine.import_target, mine.imports_shown,
           theirs.export_target LIKE '%...' AS more_exports,
           split_part(split_part(theirs.export_target, ',', 1), ':', 1) AS export_as,
           split_part(split_part(theirs.export_target, ',', 1), ':', 2) AS export_number,
           coalesce(mine.import_evidence, mine.evidence) AS import_evidence, theirs.evidence AS peer_evidence
    FROM members AS mine
    JOIN members AS theirs ON theirs.vni = mine.vni AND theirs.device <> mine.device
)
SELECT p.device, p.peer_device, p.vni, p.import_targets, p.export_target, p.peer_import_targets, p.peer_export_target,
       CASE WHEN p.imports_shown AND EXISTS (
                SELECT 1 FROM evpn_imports AS i
                WHERE i.device = p.device AND i.vni = p.vni
                  AND (i.route_target = p.export_as || ':' || p.export_number
                       -- One that BGP derived by itself has an AS of two bytes, whichever it is.
                       OR i.any_as AND split_part(i.route_target, ':', 2) = p.export_number
                          AND coalesce(TRY_CAST(p.export_as AS INTEGER), 65536) < 65536)) THEN false
            WHEN p.more_exports THEN NULL
            WHEN p.imports_shown THEN true
            WHEN split_part(p.import_target, ',', 1) = p.export_as || ':' || p.export_number THEN false
            WHEN p.import_target LIKE '%...' THEN NULL
            WHEN split_part(p.import_target, ':', 2) = p.export_number THEN NULL
            ELSE true END AS fault,
       p.import_evidence, p.peer_evidence
FROM pairs AS p
UNION ALL
SELECT u.device, NULL, NULL, u.reason, NULL, NULL, NULL, NULL, NULL, NULL
FROM unread AS u
