-- One MAC address is on two VTEPs of a VNI.
WITH owners AS (
    SELECT l.device, l.vni, l.mac, l.interface, min(l.evidence) AS evidence, bool_or(v.mlag) AS mlag
    FROM local_macs AS l
    LEFT JOIN vteps AS v ON v.device = l.device
    GROUP BY ALL
),
behind AS (
    -- Who has a MAC address behind which other examined VTEP.
    SELECT r.device, r.vni, r.mac, m.device AS owner, min(r.evidence) AS evidence
    FROM remote_macs_by_vni AS r
    JOIN vni_members AS m ON m.vni = r.vni AND m.device <> r.device
    JOIN vtep_addresses AS a ON a.device = m.device AND a.interface = m.interface AND a.vtep_ip = r.peer
    -- What a control plane wrote does not age: it is still there after the host has come to a port of this device.
    WHERE NOT (r.kind = 'extern_learn'
               AND EXISTS (SELECT 1 FROM owners AS o WHERE o.device = r.device AND o.vni = r.vni AND o.mac = r.mac))
    GROUP BY ALL
)
SELECT o.device, other.device AS peer_device, o.vni, o.mac, 'on a port of both' AS how, 'error' AS severity,
       other.device IS NOT NULL AND NOT (coalesce(o.mlag, false) AND coalesce(other.mlag, false)) AS fault,
       o.evidence, other.evidence AS peer_evidence
FROM owners AS o
LEFT JOIN owners AS other ON other.vni = o.vni AND other.mac = o.mac AND other.device <> o.device
UNION ALL
SELECT a.device, b.device, a.vni, a.mac, 'behind each other', 'warning', true, a.evidence, b.evidence
FROM behind AS a
JOIN behind AS b ON b.vni = a.vni AND b.mac = a.mac AND b.device = a.owner AND b.owner = a.device
WHERE NOT EXISTS (
    SELECT 1 FROM owners AS x JOIN owners AS y ON y.vni = x.vni AND y.mac = x.mac
    WHERE x.device = a.device AND y.device = b.device AND x.vni = a.vni AND x.mac = a.mac
)
