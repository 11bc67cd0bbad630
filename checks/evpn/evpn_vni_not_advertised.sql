-- A VTEP has a VNI that it does not announce by EVPN.
WITH unread AS (
    SELECT device, min(reason) AS reason FROM evpn_unread
    WHERE table_name IN ('bgp_evpn', 'bgp_evpn_vnis') GROUP BY device
),
others AS (
    SELECT n.device, string_agg(DISTINCT o.device, ', ' ORDER BY o.device) AS devices
    FROM vni_members AS n
    JOIN evpn_announcements AS o ON o.vni = n.vni AND o.device <> n.device
    GROUP BY n.device
),
members AS (
    SELECT n.device, n.interface, n.vni, n.vni_evidence, b.advertise_all_vnis, b.evidence AS speaker_evidence,
           b.device IS NOT NULL AS speaks, a.device IS NOT NULL AS announced, a.evidence AS announced_evidence,
           coalesce(n.learning ILIKE '%nolearning%' AND n.bum_mode = 'head-end', false) AS waits_for_evpn,
           (n.device, n.interface) IN (SELECT p.device, p.interface FROM ports_of_bridges AS p) AS bridged,
           n.vni IN (SELECT o.vni FROM evpn_announcements AS o) AS others_do,
           n.device IN (SELECT s.device FROM evpn_sessions AS s) AS has_neighbors,
           r.reply, coalesce(r.no_access, false) AS no_access, others.devices AS others
    FROM vni_members AS n
    LEFT JOIN evpn_speakers AS b ON b.device = n.device
    LEFT JOIN evpn_announcements AS a ON a.device = n.device AND a.vni = n.vni
    LEFT JOIN evpn_replies AS r ON r.device = n.device
    LEFT JOIN others ON others.device = n.device
    WHERE n.device NOT IN (SELECT device FROM unread)
)
SELECT device, interface, vni, coalesce(others, 'nobody') AS others,
       CASE WHEN advertise_all_vnis = 'Disabled' THEN '`advertise-all-vni` is off'
            WHEN speaks THEN 'EVPN does not know it, though it announces all VNIs'
            ELSE coalesce(reply, 'its BGP has no EVPN') END AS why,
       CASE WHEN announced THEN false
            -- BGP may carry the underlay alone, and another control plane fill the table.
            WHEN advertise_all_vnis = 'Disabled' THEN others_do OR (waits_for_evpn AND has_neighbors)
            WHEN speaks THEN bridged OR others_do
            WHEN NOT no_access THEN true END AS fault,
       vni_evidence, coalesce(announced_evidence, speaker_evidence) AS announced_evidence
FROM members
WHERE speaks OR (waits_for_evpn AND others_do)
UNION ALL
SELECT u.device, NULL, NULL, NULL, u.reason, NULL, NULL, NULL
FROM unread AS u
WHERE u.device IN (SELECT device FROM vteps)
