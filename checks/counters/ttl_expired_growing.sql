-- Routers tell a VTEP, between two looks, that the TTL of its packets has run out.
SELECT g.device, g.grown, g.grown >= 5 AS fault, g.evidence
FROM ip_growth AS g
WHERE g.counter = 'time exceeded' AND g.device IN (SELECT device FROM vteps)
