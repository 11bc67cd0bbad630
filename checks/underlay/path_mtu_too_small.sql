-- A device on the way between two VTEPs has an interface that their VXLAN packets do not fit.
WITH members AS (
    -- A VTEP that shows no MTU of its own (EOS) takes what the others of its VNIs take.
    SELECT mine.device, there.vtep_ip AS destination, coalesce(own.mtu, theirs.mtu) AS mtu, own.mtu AS own_mtu,
           coalesce(own.interface, theirs.interface) AS interface, CASE WHEN tags.interface IS NOT NULL THEN 4 ELSE 0 END AS tag,
           coalesce(own.mtu_evidence, own.evidence, theirs.mtu_evidence, theirs.evidence) AS evidence
    FROM vni_members AS mine
    JOIN vni_members AS other ON other.vni = mine.vni
    JOIN vtep_addresses AS there ON there.device = other.device AND there.interface = other.interface
    LEFT JOIN links AS own ON own.device = mine.device AND own.interface = mine.interface AND own.mtu IS NOT NULL
    LEFT JOIN links AS theirs ON theirs.device = other.device AND theirs.interface = other.interface
    LEFT JOIN tagging_vteps AS tags ON tags.device = mine.device AND tags.interface = mine.interface
),
largest AS (
    SELECT device, destination, max(mtu) AS mtu, max_by(interface, mtu) AS interface, max_by(evidence, mtu) AS evidence,
           max(tag) AS tag, max(own_mtu) IS NOT NULL AS shown
    FROM members GROUP BY device, destination
)
SELECT h.device, h.sender AS peer_device, h.receiver AS far_device, h.out_interface, l.mtu, i.mtu AS peer_mtu,
       i.interface AS peer_interface, i.mtu + i.tag + CASE WHEN h.destination LIKE '%:%' THEN 70 ELSE 50 END AS needed,
       CASE WHEN i.shown THEN 'error' ELSE 'warning' END AS severity, needed > l.mtu AS fault,
       coalesce(l.mtu_evidence, l.evidence) AS evidence, i.evidence AS peer_evidence
FROM underlay_steps AS h
JOIN largest AS i ON i.device = h.sender AND i.destination = h.destination AND i.mtu IS NOT NULL
LEFT JOIN links AS l ON l.device = h.device AND l.interface = h.out_interface
WHERE h.hop > 1 AND h.out_interface IS NOT NULL
