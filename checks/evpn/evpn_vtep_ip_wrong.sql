-- EVPN announces another address for a VNI than its VXLAN interface sends from.
SELECT e.device, e.vni, e.interface, e.vtep_ip AS announced,
       coalesce('sends from ' || a.vtep_ip, 'has no source address of its own') AS sends, NULL AS why,
       e.vtep_ip IS DISTINCT FROM a.vtep_ip AS fault, e.evidence, a.vtep_ip_evidence AS interface_evidence
FROM evpn_announced_addresses AS e
JOIN vtep_addresses AS a USING (device, interface)
WHERE e.vtep_ip IN ('0.0.0.0', '::') OR a.vtep_ip IS NOT NULL
UNION ALL
SELECT u.device, NULL, NULL, NULL, NULL, u.reason, NULL, NULL, NULL
FROM evpn_unread AS u
WHERE u.table_name = 'evpn_vnis'
