-- A VNI ends at a bridge in which nothing else is.
WITH ports AS (
    SELECT device, master AS bridge, interface FROM links
    WHERE (device, interface) NOT IN (SELECT device, interface FROM vteps)
),
-- A bridge that routes needs no port: it has an address, belongs to a VRF, or carries an interface.
routing AS (
    SELECT device, interface FROM addresses WHERE coalesce(scope, 'global') = 'global'
    UNION ALL
    SELECT device, parent FROM links WHERE parent IS NOT NULL
    UNION ALL
    SELECT device, interface FROM links WHERE master IS NOT NULL
)
SELECT n.device, n.vni, n.interface, n.bridge, count(p.interface) = 0 AS fault, b.evidence, n.vni_evidence
FROM vni_members AS n
JOIN links AS b ON b.device = n.device AND b.interface = n.bridge
LEFT JOIN ports AS p ON p.device = n.device AND p.bridge = n.bridge
WHERE (b.device, b.interface) NOT IN (SELECT device, interface FROM routing)
GROUP BY ALL
