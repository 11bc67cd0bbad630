-- A router between two VTEPs does not forward the group from one of them towards the other.
WITH pairs AS (
    SELECT DISTINCT s.device AS sender, a.vtep_ip AS source, s.multicast_group, r.device AS receiver,
           b.vtep_ip AS destination
    FROM vni_members AS s
    JOIN vni_members AS r ON r.vni = s.vni AND r.device <> s.device AND r.multicast_group = s.multicast_group
    JOIN vtep_addresses AS a ON a.device = s.device AND a.interface = s.interface
    JOIN vtep_addresses AS b ON b.device = r.device AND b.interface = r.interface
    -- A route to the group is made by the first packet: of a VTEP that has sent none there need not be one.
    JOIN speakers ON speakers.device = s.device AND speakers.vni = s.vni AND speakers.speaks
    WHERE s.bum_mode = 'multicast' AND r.bum_mode = 'multicast' AND a.vtep_ip IS NOT NULL
),
reverse AS (
    -- Multicast takes the way back of the receiver's unicast; where the sender shows no routes, that of the receiver tells.
    SELECT p.*, h.hop_device AS router, h.out_interface
    FROM pairs AS p
    JOIN underlay_hops AS h
      ON h.device = p.sender AND h.destination = p.destination AND h.hop > 1 AND h.hop_device <> p.receiver
)
SELECT v.router AS device, v.sender AS peer_device, v.receiver AS far_device, v.source, v.multicast_group, v.out_interface,
       coalesce(nullif(array_to_string(other.out_interfaces, ', '), ''), 'nobody') AS forwarded_to,
       found.multicast_group IS NULL AS fault, coalesce(found.evidence, other.evidence) AS evidence
FROM reverse AS v
LEFT JOIN multicast_routes AS found
       ON found.device = v.router AND found.source IN (v.source, '0.0.0.0') AND found.multicast_group = v.multicast_group
      AND list_contains(found.out_interfaces, v.out_interface)
LEFT JOIN multicast_routes AS other
       ON other.device = v.router AND other.source = v.source AND other.multicast_group = v.multicast_group
WHERE v.out_interface IS NOT NULL
