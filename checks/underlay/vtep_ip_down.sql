-- A VTEP sends from an address whose interface is down.
SELECT v.device, v.interface, v.vtep_ip, min(a.interface) AS address_interface,
       NOT bool_or(list_contains(string_split(l.flags, ','), 'UP')) AS fault,
       min(coalesce(v.vtep_ip_evidence, v.evidence)) AS evidence, min(l.evidence) AS link_evidence
FROM vteps AS v
JOIN addresses AS a ON a.device = v.device AND a.address = v.vtep_ip
JOIN links AS l ON l.device = a.device AND l.interface = a.interface AND l.flags IS NOT NULL
GROUP BY v.device, v.interface, v.vtep_ip
