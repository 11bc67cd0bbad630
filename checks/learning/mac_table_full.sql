-- A VXLAN interface may learn no more MAC addresses, or hardly any.
WITH limited AS (SELECT (device, interface) FROM vteps WHERE max_macs > 0),
filled AS (
    -- Linux counts the entry of its flood list, 00:00:00:00:00:00, as one of them.
    SELECT device, interface, mac FROM remote_macs WHERE (device, interface) IN (FROM limited)
    UNION
    SELECT device, interface, NULL FROM flood_lists WHERE (device, interface) IN (FROM limited)
)
SELECT v.device, v.interface, v.max_macs, count(f.device) AS macs,
       CASE WHEN count(f.device) < v.max_macs THEN 'warning' END AS severity,
       10 * count(f.device) >= 9 * v.max_macs AS fault, v.evidence
FROM vteps AS v
LEFT JOIN filled AS f ON f.device = v.device AND f.interface = v.interface
WHERE v.max_macs > 0
GROUP BY v.device, v.interface, v.max_macs, v.evidence
