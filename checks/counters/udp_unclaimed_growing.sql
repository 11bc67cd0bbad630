-- A VTEP receives UDP packets that no socket takes, between two looks, while its VXLAN interfaces receive nothing.
SELECT g.device, g.grown, g.counter AS what, g.grown >= 5 AND t.received = 0 AS fault, g.evidence, t.received_evidence
FROM ip_growth AS g
JOIN (SELECT device, max(received) AS received, min(received_evidence) AS received_evidence
      FROM vtep_traffic GROUP BY device) AS t ON t.device = g.device
WHERE g.counter IN ('no port', 'ignored multicast')
