-- A MAC address is known behind a VTEP other than the one that has it on a port.
WITH remote AS MATERIALIZED (FROM unsettled_macs)
SELECT remote.device, owner.device AS peer_device, remote.vni, remote.mac, remote.peer AS behind,
       there.vtep_ip AS peer_vtep_ip, there.reason AS peer_reason, owner.interface AS peer_interface,
       CASE WHEN bool_or(remote.peer = there.vtep_ip) OVER same THEN false
            ELSE remote.peer <> there.vtep_ip END AS fault,
       remote.evidence, owner.evidence AS peer_evidence
FROM remote
JOIN local_macs AS owner ON owner.vni = remote.vni AND owner.mac = remote.mac AND owner.device <> remote.device
JOIN vni_members AS member ON member.device = owner.device AND member.vni = owner.vni
JOIN vtep_addresses AS there ON there.device = member.device AND there.interface = member.interface
WINDOW same AS (PARTITION BY remote.device, remote.vni, remote.mac)
UNION ALL BY NAME
SELECT counts.device, counts.vni, false AS fault, counts.macs - coalesce(looked_at.macs, 0) AS examined
FROM remote_mac_counts AS counts
LEFT JOIN (SELECT device, vni, count(*) AS macs FROM remote GROUP BY ALL) AS looked_at
       ON looked_at.device = counts.device AND looked_at.vni = counts.vni
WHERE counts.macs > coalesce(looked_at.macs, 0)
