-- A device on the way between two VTEPs has an interface that their VXLAN packets do not fit.
SELECT h.device, h.sender AS peer_device, h.receiver AS far_device, h.out_interface, l.mtu, i.mtu AS peer_mtu,
       i.interface AS peer_interface, i.needed, CASE WHEN i.shown THEN 'error' ELSE 'warning' END AS severity,
       i.needed > l.mtu AS fault, coalesce(l.mtu_evidence, l.evidence) AS evidence, i.evidence AS peer_evidence
FROM underlay_steps AS h
JOIN vxlan_packet_sizes AS i ON i.device = h.sender AND i.destination = h.destination
LEFT JOIN links AS l ON l.device = h.device AND l.interface = h.out_interface
WHERE h.hop > 1 AND h.out_interface IS NOT NULL
