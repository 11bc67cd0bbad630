-- A port of a VNI's bridge does not learn, and no control plane tells the bridge.
SELECT n.device, p.bridge, p.interface, n.vni, NOT p.learning AS fault, coalesce(p.learning_evidence, p.evidence) AS evidence
FROM vnis AS n
JOIN vteps AS v ON v.device = n.device AND v.interface = n.interface
JOIN bridge_ports AS x ON x.device = n.device AND x.interface = n.interface
JOIN bridge_ports AS p ON p.device = n.device AND p.bridge = x.bridge
-- Under EVPN the VXLAN interface's addresses come from the control plane; hosts' ports learn there too.
WHERE p.learning IS NOT NULL AND NOT (p.interface = n.interface AND coalesce(v.learning ILIKE '%nolearning%', false))
