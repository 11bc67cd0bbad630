-- A VTEP takes its address from an interface that has none.
WITH usable AS (SELECT device, interface FROM addresses WHERE coalesce(scope, 'global') = 'global'),
bound AS (
    SELECT v.device, v.interface, v.source_interface, v.vtep_ip, v.evidence,
           v.flags IS NOT NULL AND v.device IN (SELECT device FROM usable) AS borrows,
           (v.device, v.source_interface) IN (SELECT device, interface FROM usable) AS has_one
    FROM vteps AS v
    WHERE v.source_interface IS NOT NULL
)
SELECT device, interface, source_interface,
       CASE WHEN borrows THEN 'the kernel picks that of another interface' ELSE 'it has nothing to send from' END AS instead,
       CASE WHEN borrows THEN 'warning' END AS severity,
       vtep_ip IS NULL AND NOT has_one AS fault, evidence
FROM bound
