-- What one end of a link of the underlay sends does not fit the other end.
SELECT p.peer_device AS device, p.device AS peer_device, p.sender AS far_device, p.peer_interface AS interface, l.mtu,
       p.interface AS peer_interface, t.mtu AS peer_mtu, i.needed, CASE WHEN i.shown THEN 'error' ELSE 'warning' END AS severity,
       -- What is too large for the end that sends is that one's fault.
       i.needed > l.mtu AND t.mtu > l.mtu AS fault,
       coalesce(l.mtu_evidence, l.evidence) AS evidence, coalesce(t.mtu_evidence, t.evidence) AS peer_evidence
FROM underlay_passages AS p
JOIN vxlan_packet_sizes AS i ON i.device = p.sender AND i.destination = p.destination
JOIN links AS l ON l.device = p.peer_device AND l.interface = p.peer_interface AND l.mtu IS NOT NULL
JOIN links AS t ON t.device = p.device AND t.interface = p.interface AND t.mtu IS NOT NULL
