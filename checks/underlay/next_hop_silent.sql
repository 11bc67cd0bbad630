-- The next hop towards another VTEP does not answer ARP or neighbour discovery.
SELECT s.device, s.receiver AS far_device, s.destination, s.out_interface, coalesce(s.gateway, s.destination) AS next_hop,
       n.state, n.state IN ('FAILED', 'INCOMPLETE') AS fault, s.evidence, n.evidence AS neighbor_evidence
FROM underlay_steps AS s
JOIN neighbors AS n
  ON n.device = s.device AND n.interface = s.out_interface AND n.address = coalesce(s.gateway, s.destination)
