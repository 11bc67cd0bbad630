-- The UDP port that each VTEP of a VNI sends to.
SELECT m.device, m.vni, p.udp_port, p.udp_port_origin, p.udp_port_evidence
FROM vni_members AS m
JOIN vtep_ports AS p ON p.device = m.device AND p.interface = m.interface
