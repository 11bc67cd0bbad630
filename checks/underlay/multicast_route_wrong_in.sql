-- A router takes a VTEP's group in by another interface than its way to that VTEP.
WITH members AS (
    SELECT n.device, n.multicast_group, a.vtep_ip
    FROM vni_members AS n
    JOIN vtep_addresses AS a USING (device, interface)
)
SELECT m.device, back.receiver AS peer_device, back.sender AS far_device, m.source, m.multicast_group, m.in_interface,
       back.out_interface AS way_back,
       m.in_interface <> back.out_interface
           -- Of several next hops of one route any may be the one.
           AND NOT EXISTS (FROM routes AS r
                           WHERE r.device = m.device AND r.destination = back.route AND r.interface = m.in_interface) AS fault,
       m.evidence, back.evidence AS way_evidence
FROM multicast_routes AS m
JOIN underlay_steps AS back ON back.device = m.device AND back.destination = m.source
-- Who sends, and who must hear it, uses the group.
WHERE (back.receiver, m.source, m.multicast_group) IN (SELECT device, vtep_ip, multicast_group FROM members)
  AND (back.sender, m.multicast_group) IN (SELECT device, multicast_group FROM members)
  AND m.in_interface IS NOT NULL AND back.out_interface IS NOT NULL
