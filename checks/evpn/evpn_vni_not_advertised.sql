-- A VTEP has a VNI that it does not announce by EVPN.
WITH unread AS (
    SELECT device, min(reason) AS reason FROM evpn_unread
    WHERE table_name IN ('bgp_evpn', 'bgp_evpn_vnis') GROUP BY device
),
members AS (
    SELECT n.device, n.interface, n.vni, n.vni_evidence, b.advertise_all_vnis, b.evidence AS speaker_evidence,
           b.device IS NOT NULL AS speaks, a.device IS NOT NULL AS announced, a.evidence AS announced_evidence,
           coalesce(n.learning, '') ILIKE '%nolearning%' AND coalesce(n.bum_mode, '') = 'head-end' AS waits_for_evpn,
           EXISTS (SELECT 1 FROM ports_of_bridges AS p WHERE p.device = n.device AND p.interface = n.interface) AS bridged,
           EXISTS (SELECT 1 FROM evpn_announcements AS o WHERE o.vni = n.vni AND o.device <> n.device) AS others_do,
           EXISTS (SELECT 1 FROM evpn_sessions AS s WHERE s.device = n.device) AS has_neighbors,
           r.reply, coalesce(r.no_access, false) AS no_access
    FROM vni_members AS n
    LEFT JOIN evpn_speakers AS b ON b.device = n.device
    LEFT JOIN evpn_announcements AS a ON a.device = n.device AND a.vni = n.vni
    LEFT JOIN evpn_replies AS r ON r.device = n.device
    WHERE n.device NOT IN (SELECT device FROM unread)
)
SELECT device, interface, vni,
       coalesce((SELECT string_agg(DISTINCT o.device, ', ' ORDER BY o.device)
                 FROM vnis AS n
                 JOIN evpn_announcements AS o ON o.vni = n.vni AND o.device <> n.device
                 WHERE n.device = members.device), 'nobody') AS others,
       CASE WHEN speaks AND advertise_all_vnis = 'Disabled' THEN '`advertise-all-vni` is off'
            WHEN speaks THEN 'EVPN does not know it, though it announces all VNIs'
            ELSE coalesce(reply, 'its BGP has no EVPN') END AS why,
       CASE WHEN announced THEN false
            -- BGP may carry the underlay alone, and another control plane fill the table.
            WHEN speaks AND advertise_all_vnis = 'Disabled' THEN others_do OR (waits_for_evpn AND has_neighbors)
            WHEN speaks THEN bridged OR others_do
            WHEN NOT no_access THEN true END AS fault,
       vni_evidence, coalesce(announced_evidence, speaker_evidence) AS announced_evidence
FROM members
WHERE speaks OR (waits_for_evpn AND others_do)
UNION ALL
SELECT v.device, NULL, NULL, NULL, u.reason, NULL, NULL, NULL
FROM (SELECT DISTINCT device FROM vteps) AS v
JOIN unread AS u ON u.device = v.device
