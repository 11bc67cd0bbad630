-- EVPN of a device does not know a MAC address that the device has on a port.
SELECT l.device, l.vni, l.mac, l.interface,
       CASE WHEN count(t.mac) OVER (PARTITION BY l.device, l.vni) = 0 THEN 'error' ELSE 'warning' END AS severity,
       t.mac IS NULL AS fault, l.evidence, a.evidence AS announced_evidence
FROM local_macs AS l
JOIN evpn_announcements AS a USING (device, vni)
LEFT JOIN evpn_mac_addresses AS t ON t.device = l.device AND t.vni = l.vni AND t.mac = l.mac
WHERE l.device IN (SELECT device FROM evpn_mac_addresses)
