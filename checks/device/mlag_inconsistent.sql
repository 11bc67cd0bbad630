-- A device that shares its VTEP with an MLAG peer says that the pair is not in order.
WITH shared AS (
    SELECT v.device, bool_or(v.mlag OR other.device IS NOT NULL) AS shares
    FROM vteps AS v
    LEFT JOIN vteps AS other ON other.vtep_ip = v.vtep_ip AND other.device <> v.device
    GROUP BY v.device
)
SELECT m.device, m.domain, u.what,
       CASE WHEN s.shares THEN u.severity ELSE 'warning' END AS severity, u.fault, m.evidence
FROM mlag AS m
JOIN shared AS s ON s.device = m.device,
     LATERAL (VALUES
         ('its state is ' || m.state, 'error', lower(m.state) <> 'active'),
         ('its negotiation is ' || m.negotiation_status, 'error', lower(m.negotiation_status) <> 'connected'),
         ('its configuration is ' || m.config_sanity, 'warning', lower(m.config_sanity) <> 'consistent')
     ) AS u (what, severity, fault)
WHERE u.fault IS NOT NULL AND (s.shares OR lower(m.state) <> 'disabled')
