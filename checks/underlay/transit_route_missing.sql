-- A router on the way between two VTEPs has no way on, or sends the packets back.
SELECT s.device, s.sender AS peer_device, s.receiver AS far_device, s.destination,
       CASE s.ends WHEN 'no route' THEN 'has no route to it'
                   WHEN 'blackhole' THEN 'drops it by a route of its own'
                   WHEN 'loop' THEN 'sends it back to ' || s.gateway || ': a loop' END AS why,
       why IS NOT NULL AS fault, s.evidence,
       (SELECT min(a.vtep_ip_evidence) FROM vtep_addresses AS a
        WHERE a.device = s.receiver AND a.vtep_ip = s.destination) AS far_evidence
FROM underlay_steps AS s
-- Where the next hop was not examined, or its routes were not shown, nothing is known to be missing.
WHERE s.ends IS DISTINCT FROM 'unknown' AND (s.hop > 1 OR s.ends = 'loop')
