-- A BGP session for EVPN is not established.
WITH sessions AS (
    SELECT s.device, s.neighbor, s.neighbor_device, coalesce(s.state, 'established') AS state, s.evidence,
           s.state IS NOT NULL AS down, s.device IN (SELECT v.device FROM evpn_announcements AS v) AS announces,
           bool_or(s.state IS NULL) OVER (PARTITION BY s.device) AS another,
           -- A neighbour that has VNIs of this device itself, and of which EVPN does not tell any more: nobody else did.
           EXISTS (
               SELECT 1
               FROM evpn_announcements AS mine
               JOIN evpn_announcements AS theirs ON theirs.vni = mine.vni AND theirs.device = s.neighbor_device
               JOIN vtep_addresses AS a ON a.device = theirs.device
               WHERE mine.device = s.device
                 AND NOT EXISTS (SELECT 1 FROM evpn_vteps AS r
                                 WHERE r.device = s.device AND r.vni = mine.vni AND r.peer = a.vtep_ip)
           ) AS alone
    FROM evpn_sessions AS s
),
-- Who is to tell of a session that both ends have: who shut it, else who has no neighbour, else who announces VNIs, else the
-- first by name.
ranked AS (
    SELECT *, (state NOT ILIKE '%admin%', neighbor IS NOT NULL, NOT announces, device) AS rank FROM sessions
)
SELECT s.device, s.neighbor, s.neighbor_device, s.state,
       CASE WHEN s.neighbor IS NULL
            THEN 'it announces VNIs and has no neighbour in address-family l2vpn evpn'
            ELSE concat('that with ', s.neighbor, ' (' || s.neighbor_device || ')', ' is ', s.state) END AS what,
       CASE WHEN s.another AND NOT s.alone THEN 'warning' END AS severity,
       s.down AS fault, NULL AS why, s.evidence
FROM ranked AS s
WHERE NOT s.down OR NOT EXISTS (
    SELECT 1 FROM ranked AS o
    WHERE o.device = s.neighbor_device AND o.down AND (o.neighbor_device = s.device OR o.neighbor IS NULL)
      AND o.rank < s.rank
)
UNION ALL
SELECT u.device, NULL, NULL, NULL, NULL, NULL, NULL, u.reason, NULL
FROM evpn_unread AS u
WHERE u.table_name = 'bgp_evpn_neighbors'
