-- A VXLAN packet does not fit the interface it leaves by, or a frame from a port does not fit the VXLAN interface.
WITH inner_links AS (
    SELECT l.device, l.interface, l.mtu, l.mtu_evidence, l.evidence, l.master, v.source_interface
    FROM links AS l
    JOIN vteps AS v ON v.device = l.device AND v.interface = l.interface
),
outgoing AS (
    -- Every interface that a packet of this VXLAN interface leaves by: the one it is bound to, else those of its routes.
    SELECT device, interface, source_interface AS out_interface, coalesce(peer, '') LIKE '%:%' AS ipv6
    FROM inner_links
    LEFT JOIN vxlan_peers USING (device, interface)
    WHERE source_interface IS NOT NULL
    UNION
    SELECT p.device, p.interface, w.out_interface, p.peer LIKE '%:%'
    FROM vxlan_peers AS p
    JOIN inner_links AS i ON i.device = p.device AND i.interface = p.interface AND i.source_interface IS NULL
    -- No way out is another check's fault (route_missing).
    JOIN underlay_ways AS w ON w.device = p.device AND w.destination = p.peer AND w.out_interface IS NOT NULL
)
SELECT i.device, i.interface, i.mtu, out.out_interface AS other_interface, o.mtu AS other_mtu,
       CASE WHEN out.ipv6 THEN 70 ELSE 50 END AS overhead,
       format('VXLAN adds {} bytes, so {} needs {} there', overhead, i.interface, i.mtu + overhead) AS why,
       'error' AS severity, i.mtu + overhead > o.mtu AS fault,
       coalesce(i.mtu_evidence, i.evidence) AS evidence, coalesce(o.mtu_evidence, o.evidence) AS other_evidence
FROM inner_links AS i
JOIN outgoing AS out ON out.device = i.device AND out.interface = i.interface
LEFT JOIN links AS o ON o.device = out.device AND o.interface = out.out_interface
UNION ALL
SELECT i.device, i.interface, i.mtu, p.interface, p.mtu, 0,
       format('a frame of {} bytes from that port is dropped at {} without a word', p.mtu, i.interface),
       'warning', p.mtu > i.mtu, coalesce(i.mtu_evidence, i.evidence), coalesce(p.mtu_evidence, p.evidence)
FROM inner_links AS i
JOIN links AS p ON p.device = i.device AND p.master = i.master AND p.interface <> i.interface
WHERE p.interface NOT IN (SELECT v.interface FROM vteps AS v WHERE v.device = p.device)
