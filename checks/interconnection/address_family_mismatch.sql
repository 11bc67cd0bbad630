-- The address family in which each VTEP of a VNI sends.
WITH sending AS (
    SELECT m.device, m.vni, CASE WHEN a.vtep_ip LIKE '%:%' THEN 'IPv6' WHEN a.vtep_ip IS NOT NULL THEN 'IPv4' END AS family,
           a.vtep_ip, a.vtep_ip_evidence
    FROM vni_members AS m
    JOIN vtep_addresses AS a ON a.device = m.device AND a.interface = m.interface
)
SELECT device, vni, min(family) AS family, min(vtep_ip) AS vtep_ip, min(vtep_ip_evidence) AS evidence
FROM sending
GROUP BY device, vni
-- Who has the VNI in both families reaches either.
HAVING count(DISTINCT family) < 2
