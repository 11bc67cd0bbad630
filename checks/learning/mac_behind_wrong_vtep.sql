-- A MAC address is known behind a VTEP other than the one that has it on a port.
SELECT remote.device, owner.device AS peer_device, remote.vni, remote.mac, remote.peer AS behind,
       there.vtep_ip AS peer_vtep_ip, there.reason AS peer_reason, owner.interface AS peer_interface,
       CASE WHEN bool_or(remote.peer = there.vtep_ip) OVER same THEN false
            ELSE remote.peer <> there.vtep_ip END AS fault,
       remote.evidence, owner.evidence AS peer_evidence
FROM remote_macs_by_vni AS remote
JOIN local_macs AS owner ON owner.vni = remote.vni AND owner.mac = remote.mac AND owner.device <> remote.device
JOIN vni_members AS member ON member.device = owner.device AND member.vni = owner.vni
JOIN vtep_addresses AS there ON there.device = member.device AND there.interface = member.interface
WHERE (remote.vni, hash(remote.mac)) NOT IN (SELECT (vni, mark) FROM settled_macs WHERE in_place)
WINDOW same AS (PARTITION BY remote.device, remote.vni, remote.mac)
UNION ALL BY NAME
SELECT remote.device, remote.vni, false AS fault, count(*) AS examined
FROM remote_macs_by_vni AS remote
JOIN settled_macs AS settled ON settled.vni = remote.vni AND settled.mark = hash(remote.mac)
WHERE settled.in_place AND settled.owner <> remote.device
GROUP BY ALL
