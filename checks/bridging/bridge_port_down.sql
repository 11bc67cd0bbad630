-- A port towards the hosts of a VNI is down.
SELECT n.device, n.vni, n.bridge, p.interface, NOT list_contains(string_split(p.flags, ','), 'LOWER_UP') AS fault,
       p.evidence
FROM vnis AS n
JOIN links AS p ON p.device = n.device AND p.master = n.bridge AND p.flags IS NOT NULL
WHERE p.interface NOT IN (SELECT v.interface FROM vteps AS v WHERE v.device = p.device)
