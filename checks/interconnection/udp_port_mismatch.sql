-- Two VTEPs of one VNI send to different UDP ports.
SELECT mine.device, other.device AS peer_device, mine.vni,
       here.udp_port, here.udp_port_origin, there.udp_port AS peer_udp_port,
       there.udp_port_origin AS peer_udp_port_origin,
       here.udp_port <> there.udp_port AS fault,
       here.udp_port_evidence, there.udp_port_evidence AS peer_udp_port_evidence
FROM vni_members AS mine
JOIN vni_members AS other ON other.vni = mine.vni AND other.device <> mine.device
JOIN vtep_ports AS here ON here.device = mine.device AND here.interface = mine.interface
JOIN vtep_ports AS there ON there.device = other.device AND there.interface = other.interface
