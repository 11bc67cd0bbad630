-- An interface by which packets between two VTEPs leave a device is down.
WITH steps AS (
    SELECT d.device, d.peer_device AS far_device, w.out_interface, w.evidence
    FROM (SELECT device, peer_device, destination FROM vtep_destinations GROUP BY ALL) AS d
    JOIN underlay_ways AS w ON w.device = d.device AND w.destination = d.destination
    UNION
    SELECT device, receiver, out_interface, evidence FROM underlay_steps
),
states AS (
    SELECT s.*, l.evidence AS link_evidence,
           CASE WHEN l.flags IS NOT NULL THEN list_has_all(string_split(l.flags, ','), ['UP', 'LOWER_UP'])
                ELSE l.oper_state <> 'down' END AS up
    FROM steps AS s
    JOIN links AS l ON l.device = s.device AND l.interface = s.out_interface
)
SELECT device, far_device, out_interface,
       CASE WHEN bool_or(up) OVER (PARTITION BY device, far_device) THEN 'warning' END AS severity,
       NOT up AS fault, evidence, link_evidence
FROM states
