-- A VXLAN interface and the bridge that it is in forget silent MAC addresses after different times.
SELECT v.device, v.interface, b.bridge, v.ageing, b.ageing AS bridge_ageing,
       v.ageing <> b.ageing AS fault, v.evidence, coalesce(b.ageing_evidence, b.evidence) AS bridge_evidence
FROM vteps AS v
JOIN links AS l ON l.device = v.device AND l.interface = v.interface
JOIN bridges AS b ON b.device = v.device AND b.bridge = l.master
WHERE v.ageing IS NOT NULL AND b.ageing IS NOT NULL AND NOT coalesce(v.learning ILIKE '%nolearning%', false)
