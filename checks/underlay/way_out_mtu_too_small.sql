-- The way out of a VTEP that shows no MTU of its own has no room for the largest packets of another VTEP of its VNIs.
WITH members AS (
    SELECT n.device, n.vni, a.vtep_ip, l.mtu, coalesce(l.mtu_evidence, l.evidence) AS evidence
    FROM vni_members AS n
    JOIN vtep_addresses AS a USING (device, interface)
    LEFT JOIN links AS l USING (device, interface)
),
peers AS (
    SELECT mine.device, other.device AS peer_device, other.vtep_ip AS destination, max(other.mtu) AS peer_mtu,
           max_by(other.evidence, other.mtu) AS peer_evidence
    FROM members AS mine
    JOIN members AS other ON other.vni = mine.vni AND other.device <> mine.device
    WHERE mine.mtu IS NULL AND other.mtu IS NOT NULL
    GROUP BY ALL
)
SELECT p.device, p.peer_device, w.out_interface, l.mtu, p.peer_mtu,
       p.peer_mtu + CASE WHEN p.destination LIKE '%:%' THEN 70 ELSE 50 END AS needed,
       needed > l.mtu AS fault, coalesce(l.mtu_evidence, l.evidence) AS evidence, p.peer_evidence
FROM peers AS p
JOIN underlay_ways AS w ON w.device = p.device AND w.destination = p.destination AND w.out_interface IS NOT NULL
LEFT JOIN links AS l ON l.device = w.device AND l.interface = w.out_interface
