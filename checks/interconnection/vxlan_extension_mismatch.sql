-- Which extension of the VXLAN header each VTEP of a VNI uses, where it is shown.
SELECT m.device, m.interface, m.vni, CASE WHEN v.gpe THEN 'VXLAN-GPE' WHEN v.gbp THEN 'VXLAN-GBP' ELSE 'plain VXLAN' END AS extension,
       v.evidence
FROM vni_members AS m
JOIN vteps AS v ON v.device = m.device AND v.interface = m.interface
WHERE v.gbp IS NOT NULL OR v.gpe IS NOT NULL
