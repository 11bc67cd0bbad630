-- A VXLAN interface floods to a group and does not learn from what comes back.
SELECT v.device, v.interface, n.vni, v.multicast_group, v.learning,
       coalesce(v.learning ILIKE '%nolearning%', false) AS fault, v.evidence, n.evidence AS vni_evidence
FROM vteps AS v
JOIN vnis AS n ON n.device = v.device AND n.interface = v.interface
WHERE v.multicast_group IS NOT NULL AND v.flags IS NOT NULL
