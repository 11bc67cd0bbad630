-- A VTEP sends from an address that none of its interfaces has.
SELECT v.device, v.interface, v.vtep_ip, a.address IS NULL AS fault, coalesce(v.vtep_ip_evidence, v.evidence) AS evidence
FROM vteps AS v
LEFT JOIN (SELECT DISTINCT device, address FROM addresses) AS a ON a.device = v.device AND a.address = v.vtep_ip
WHERE v.vtep_ip IS NOT NULL AND v.flags IS NOT NULL
