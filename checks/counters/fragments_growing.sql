-- A device on the way between two VTEPs fragments packets, or puts them together, between two looks.
SELECT g.device, CASE g.counter WHEN 'fragmented' THEN 'fragmented' ELSE 'put together from fragments' END AS what,
       g.grown, g.grown >= 5 AS fault, g.evidence
FROM ip_growth AS g
WHERE g.counter IN ('fragmented', 'reassembled') AND g.device IN (SELECT device FROM underlay_steps)
