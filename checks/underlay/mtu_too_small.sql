-- A VXLAN packet does not fit the interface it leaves by, or a frame from a port does not fit the VXLAN interface.
WITH inner_links AS (
    SELECT l.device, l.interface, l.mtu, l.mtu_evidence, l.evidence, l.master, v.source_interface,
           v.multicast_group IS NOT NULL AS has_group, t.interface IS NOT NULL AS tagged
    FROM links AS l
    JOIN vteps AS v ON v.device = l.device AND v.interface = l.interface
    LEFT JOIN tagging_vteps AS t ON t.device = v.device AND t.interface = v.interface
),
-- No way out is another check's fault (route_missing).
ways AS (
    SELECT p.device, p.interface, w.out_interface, p.peer LIKE '%:%' AS ipv6
    FROM vxlan_peers AS p
    JOIN underlay_ways AS w ON w.device = p.device AND w.destination = p.peer AND w.out_interface IS NOT NULL
    GROUP BY ALL
),
outgoing AS (
    -- What goes to a group leaves by the interface that it is bound to, what goes to a VTEP by the route to that.
    SELECT i.device, i.interface, i.source_interface AS out_interface, p.peer LIKE '%:%' AS ipv6
    FROM inner_links AS i
    LEFT JOIN vxlan_peers AS p ON p.device = i.device AND p.interface = i.interface
    WHERE i.source_interface IS NOT NULL
      AND (i.has_group OR (i.device, i.interface) NOT IN (SELECT w.device, w.interface FROM ways AS w))
    UNION
    SELECT w.device, w.interface, w.out_interface, w.ipv6 FROM ways AS w
)
SELECT i.device, i.interface, i.mtu, out.out_interface AS other_interface, o.mtu AS other_mtu,
       CASE WHEN out.ipv6 THEN 70 ELSE 50 END + CASE WHEN i.tagged THEN 4 ELSE 0 END AS overhead,
       format('VXLAN adds {} bytes, so {} needs {} there', overhead, i.interface, i.mtu + overhead) AS why,
       'error' AS severity, i.mtu + overhead > o.mtu AS fault,
       coalesce(i.mtu_evidence, i.evidence) AS evidence, coalesce(o.mtu_evidence, o.evidence) AS other_evidence
FROM inner_links AS i
JOIN outgoing AS out ON out.device = i.device AND out.interface = i.interface
LEFT JOIN links AS o ON o.device = out.device AND o.interface = out.out_interface
UNION ALL
SELECT i.device, i.interface, i.mtu, p.interface, p.mtu, 0,
       format('a frame of {} bytes from that port is dropped at {} without a word', p.mtu, i.interface),
       'warning', p.mtu > i.mtu, coalesce(i.mtu_evidence, i.evidence) AS evidence,
       coalesce(p.mtu_evidence, p.evidence) AS other_evidence
FROM inner_links AS i
JOIN links AS p ON p.device = i.device AND p.master = i.master
WHERE (p.device, p.interface) NOT IN (SELECT v.device, v.interface FROM vteps AS v)
