-- The UDP port of a VTEP against the one that the intent tells.
SELECT p.device, p.interface, n.vni, p.udp_port, p.udp_port_origin,
       coalesce(i.udp_port, d.udp_port) AS intended, p.udp_port <> intended AS fault,
       p.udp_port_evidence, coalesce(i.udp_port_evidence, d.udp_port_evidence) AS intent_evidence
FROM vtep_ports AS p
LEFT JOIN vnis AS n ON n.device = p.device AND n.interface = p.interface
LEFT JOIN intent_members AS i ON i.device = p.device AND i.vni = n.vni
LEFT JOIN intent_devices AS d ON d.device = p.device
WHERE coalesce(i.udp_port, d.udp_port) IS NOT NULL
