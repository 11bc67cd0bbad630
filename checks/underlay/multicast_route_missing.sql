-- A router between two VTEPs does not forward the group from one of them towards the other.
WITH ways AS (
    -- Multicast takes the way back of the receiver's unicast; where the sender shows no routes, that of the receiver tells.
    SELECT w.router, w.sender, w.receiver, w.source, w.multicast_group, w.out_interface
    FROM group_ways AS w
    -- A route to the group is made by the first packet: of a VTEP that has sent none there need not be one.
    WHERE (w.sender, w.multicast_group) IN (
        SELECT m.device, m.multicast_group
        FROM vni_members AS m
        JOIN speakers AS s ON s.device = m.device AND s.vni = m.vni
        WHERE s.speaks
    )
),
applied AS (
    -- The route of the sender decides; that of any sender only where there is none of its own. An unresolved route is only a
    -- question that the kernel has asked; a pruned one forwards to nobody.
    SELECT w.router, w.source, w.multicast_group, r.evidence,
           CASE WHEN lower(r.state) = 'pruned' THEN [] ELSE r.out_interfaces END AS out_interfaces
    FROM (SELECT router, source, multicast_group FROM ways GROUP BY ALL) AS w
    JOIN multicast_routes AS r
      ON r.device = w.router AND r.multicast_group = w.multicast_group AND r.source IN (w.source, '0.0.0.0', '::')
     AND r.vrf IS NULL AND r.state IS DISTINCT FROM 'unresolved'
    QUALIFY rank() OVER (PARTITION BY w.router, w.source, w.multicast_group ORDER BY r.source = w.source DESC) = 1
),
forwarding AS (
    SELECT router, source, multicast_group, min(evidence) AS evidence,
           list_sort(list_distinct(flatten(list(out_interfaces)))) AS out_interfaces
    FROM applied GROUP BY ALL
)
SELECT w.router AS device, w.sender AS peer_device, w.receiver AS far_device, w.source, w.multicast_group, w.out_interface,
       coalesce(nullif(array_to_string(f.out_interfaces, ', '), ''), 'nobody') AS forwarded_to,
       NOT coalesce(list_contains(f.out_interfaces, w.out_interface), false) AS fault, f.evidence
FROM ways AS w
LEFT JOIN forwarding AS f ON f.router = w.router AND f.source = w.source AND f.multicast_group = w.multicast_group
