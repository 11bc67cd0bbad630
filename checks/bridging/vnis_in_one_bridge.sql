-- Two VNIs are in one bridge that does not keep them apart.
SELECT a.device, a.bridge, a.interface, a.vni, b.interface AS other_interface, b.vni AS other_vni, g.vlan_filtering,
       CASE WHEN b.vni IS NULL THEN false WHEN g.vlan_filtering IS NOT NULL THEN g.vlan_filtering = 0 END AS fault,
       a.evidence, b.evidence AS other_evidence
FROM vnis AS a
LEFT JOIN vnis AS b ON b.device = a.device AND b.bridge = a.bridge AND b.vni > a.vni
LEFT JOIN bridges AS g ON g.device = a.device AND g.bridge = a.bridge
WHERE a.bridge IS NOT NULL
