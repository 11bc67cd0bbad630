-- A VTEP has no route to another VTEP of its VNIs.
SELECT d.device, d.peer_device, d.destination, w.route, w.out_interface IS NULL AS fault,
       coalesce(w.evidence, here.vtep_ip_evidence) AS evidence, there.vtep_ip_evidence AS peer_evidence
FROM (SELECT DISTINCT device, peer_device, destination FROM vtep_destinations) AS d
JOIN underlay_ways AS w ON w.device = d.device AND w.destination = d.destination
LEFT JOIN (SELECT device, min(vtep_ip_evidence) AS vtep_ip_evidence FROM vtep_addresses GROUP BY device) AS here
       ON here.device = d.device
LEFT JOIN (
    SELECT device, vtep_ip, min(vtep_ip_evidence) AS vtep_ip_evidence FROM vtep_addresses GROUP BY ALL
) AS there ON there.device = d.peer_device AND there.vtep_ip = d.destination
