-- A router that runs PIM does not run it on the interface by which a group has to leave.
SELECT w.router AS device, w.sender AS peer_device, w.receiver AS far_device, w.multicast_group, w.out_interface,
       CASE WHEN p.interface IS NULL THEN 'is none of its PIM interfaces' ELSE 'is down for PIM' END AS why,
       (p.interface IS NULL OR p.state IS NOT DISTINCT FROM 'down')
           -- A route written by hand, or a host that joined by IGMP, needs no PIM there.
           AND NOT EXISTS (FROM multicast_routes AS m
                           WHERE m.device = w.router AND m.multicast_group = w.multicast_group
                             AND list_contains(m.out_interfaces, w.out_interface)) AS fault,
       coalesce(p.evidence, runs.evidence) AS evidence, w.evidence AS way_evidence
FROM group_ways AS w
JOIN (SELECT device, min(evidence) AS evidence FROM pim_speakers GROUP BY device) AS runs ON runs.device = w.router
LEFT JOIN pim_speakers AS p ON p.device = w.router AND p.interface = w.out_interface
UNION ALL
SELECT device, NULL, NULL, NULL, NULL, reason, NULL, NULL, NULL FROM pim_unread
