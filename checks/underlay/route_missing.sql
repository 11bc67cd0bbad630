-- A VTEP has no route to another VTEP of its VNIs.
SELECT d.device, d.peer_device, d.destination, w.route, w.out_interface IS NULL AS fault,
       coalesce(w.evidence, (SELECT min(a.vtep_ip_evidence) FROM vtep_addresses AS a WHERE a.device = d.device)) AS evidence,
       (SELECT min(a.vtep_ip_evidence) FROM vtep_addresses AS a
        WHERE a.device = d.peer_device AND a.vtep_ip = d.destination) AS peer_evidence
FROM (SELECT DISTINCT device, peer_device, destination FROM vtep_destinations) AS d
JOIN underlay_ways AS w ON w.device = d.device AND w.destination = d.destination
-- A VTEP whose bound interface is down has lost its routes with it: that is told as such (vtep_down).
WHERE d.device NOT IN (
    SELECT v.device FROM vteps AS v
    JOIN links AS l ON l.device = v.device AND l.interface = v.source_interface
    WHERE NOT list_has_all(string_split(l.flags, ','), ['UP', 'LOWER_UP'])
)
