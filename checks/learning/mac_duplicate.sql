-- One MAC address is on two VTEPs of a VNI.
WITH owners AS (
    SELECT device, vni, mac, min(evidence) AS evidence FROM local_macs
    WHERE (vni, hash(mac)) NOT IN (SELECT (vni, mark) FROM settled_macs)
    GROUP BY device, vni, mac
),
own AS (SELECT (device, vtep_ip) FROM vtep_addresses),
-- At its own address a VTEP has nobody behind another one.
remote AS MATERIALIZED (
    FROM unsettled_macs WHERE (device, peer) NOT IN (FROM own)
),
behind AS (
    -- Who has a MAC address behind which other examined VTEP.
    SELECT r.device, r.vni, r.mac, m.device AS owner, min(r.evidence) AS evidence
    FROM remote AS r
    JOIN vni_members AS m ON m.vni = r.vni
    JOIN vtep_addresses AS a ON a.device = m.device AND a.interface = m.interface AND a.vtep_ip = r.peer
    -- What a control plane wrote does not age: it is still there after the host has come to a port of this device.
    WHERE r.kind IS DISTINCT FROM 'extern_learn' OR (r.device, r.vni, r.mac) NOT IN (SELECT device, vni, mac FROM local_macs)
    GROUP BY ALL
),
-- A host in an Ethernet segment is on each VTEP of it: EVPN says so, or a third VTEP has it behind several.
multihomed AS (
    SELECT vni, mac FROM multihomed_macs
    UNION ALL
    SELECT vni, mac FROM remote SEMI JOIN owners USING (vni, mac) GROUP BY device, vni, mac HAVING count(DISTINCT peer) > 1
),
twice AS (
    SELECT o.device, other.device AS peer_device, o.vni, o.mac, o.evidence, other.evidence AS peer_evidence
    FROM owners AS o
    JOIN owners AS other ON other.vni = o.vni AND other.mac = o.mac AND other.device <> o.device
    -- An MLAG pair has its hosts on both.
    WHERE (o.device, other.device) NOT IN (SELECT device, peer_device FROM vtep_twins)
      AND (o.vni, o.mac) NOT IN (SELECT vni, mac FROM multihomed)
)
SELECT device, peer_device, vni, mac, 'on a port of both' AS how, 'error' AS severity, true AS fault, NULL AS examined,
       evidence, peer_evidence
FROM twice
UNION ALL
SELECT a.device, b.device, a.vni, a.mac, 'behind each other', 'warning', true, NULL, a.evidence, b.evidence
FROM behind AS a
JOIN behind AS b ON b.vni = a.vni AND b.mac = a.mac AND b.device = a.owner AND b.owner = a.device
WHERE (a.device, b.device, a.vni, a.mac) NOT IN (SELECT device, peer_device, vni, mac FROM twice)
UNION ALL
SELECT device, NULL, vni, NULL, NULL, NULL, false, count(*), NULL, NULL
FROM (
    SELECT owner AS device, vni FROM settled_macs
    UNION ALL
    SELECT device, vni FROM owners WHERE (device, vni, mac) NOT IN (SELECT device, vni, mac FROM twice)
)
GROUP BY device, vni
