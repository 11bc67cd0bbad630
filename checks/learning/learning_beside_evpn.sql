-- A VXLAN interface learns from the data plane what EVPN tells it too.
SELECT n.device, n.interface, n.vni, NOT coalesce(n.learning ILIKE '%nolearning%', false) AS fault, n.vni_evidence, a.evidence
FROM vni_members AS n
JOIN vteps AS v ON v.device = n.device AND v.interface = n.interface
JOIN evpn_announcements AS a ON a.device = n.device AND a.vni = n.vni
WHERE v.flags IS NOT NULL
