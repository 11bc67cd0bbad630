-- A VTEP's group is sent to and joined on an interface that is not the way to another VTEP of its VNIs.
WITH heard AS (
    SELECT device, peer FROM (SELECT device, peer FROM remote_vteps UNION ALL SELECT device, peer FROM remote_macs)
    WHERE device IN (SELECT device FROM vteps WHERE multicast_group IS NOT NULL)
)
SELECT v.device, d.peer_device, v.interface, v.multicast_group, v.source_interface,
       string_agg(DISTINCT w.out_interface, ', ' ORDER BY w.out_interface) AS ways,
       NOT bool_or(w.out_interface = v.source_interface)
           -- Where something has come from there, that interface leads there too.
           AND (v.source_interface = 'lo'
                OR (v.device, d.destination) NOT IN (SELECT device, peer FROM heard)) AS fault,
       min(coalesce(v.multicast_group_evidence, v.evidence)) AS evidence, min(w.evidence) AS way_evidence
FROM vteps AS v
JOIN vtep_destinations AS d ON d.device = v.device AND d.interface = v.interface
JOIN underlay_ways AS w ON w.device = d.device AND w.destination = d.destination
WHERE v.multicast_group IS NOT NULL AND v.source_interface IS NOT NULL AND v.flags IS NOT NULL
  AND w.out_interface IS NOT NULL
GROUP BY v.device, d.peer_device, d.destination, v.interface, v.multicast_group, v.source_interface
