-- An Ethernet interface by which packets between VTEPs leave a device does not speak ARP.
SELECT s.device, s.out_interface, list_contains(string_split(l.flags, ','), 'NOARP') AS fault, l.evidence
FROM (SELECT DISTINCT device, out_interface FROM underlay_steps) AS s
JOIN links AS l ON l.device = s.device AND l.interface = s.out_interface
WHERE NOT regexp_matches(l.flags, 'LOOPBACK|POINTOPOINT|MASTER')
