-- A device on the way between two VTEPs drops IP packets between two looks.
SELECT g.device, w.sender AS peer_device, w.receiver AS far_device, g.grown,
       CASE g.counter WHEN 'address' THEN 'they were for other addresses, and it does not forward them'
                      WHEN 'no route' THEN 'it has no route for them'
                      WHEN 'no room' THEN 'it had no room for them'
                      WHEN 'must not be fragmented' THEN 'they are too large for the way and must not be fragmented'
                      WHEN 'not reassembled' THEN 'they lacked a fragment' END AS why,
       CASE WHEN s.hop = 1 THEN 'warning' END AS severity,
       -- A device has dealings of its own: a handful says nothing of VXLAN.
       g.grown >= 5 AS fault, g.evidence
FROM ip_growth AS g
JOIN (SELECT device, max(hop) AS hop FROM underlay_steps GROUP BY device) AS s ON s.device = g.device
-- Whose packets they may have been: what those lack comes of it.
LEFT JOIN (SELECT device, sender, receiver FROM underlay_steps WHERE hop > 1 GROUP BY ALL) AS w
       ON w.device = g.device AND g.grown >= 5
WHERE why IS NOT NULL
