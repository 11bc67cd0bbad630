-- A VXLAN interface is in no bridge.
SELECT v.device, v.interface, n.vni, l.master IS NULL AND p.bridge IS NULL AS fault, n.evidence, l.evidence AS link_evidence
FROM vteps AS v
JOIN vnis AS n ON n.device = v.device AND n.interface = v.interface
JOIN links AS l ON l.device = v.device AND l.interface = v.interface
LEFT JOIN bridge_ports AS p ON p.device = v.device AND p.interface = v.interface
WHERE v.flags IS NOT NULL
  -- Alone in the fabric with its VNI it may be a tunnel of another kind, which routes.
  AND n.vni IN (SELECT o.vni FROM vnis AS o WHERE o.device <> v.device)
