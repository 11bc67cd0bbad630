-- A VTEP's flood list lacks another VTEP of the same VNI.
WITH looked_at AS (
    SELECT device, interface, vni, vni_evidence FROM vni_members
    WHERE bum_mode = 'head-end' AND (device, vni) NOT IN (SELECT (device, vni) FROM whole_flood_lists)
)
SELECT mine.device, other.device AS peer_device, mine.vni, there.vtep_ip AS missing_peer, there.reason AS peer_reason,
       CASE WHEN there.vtep_ip IS NOT NULL THEN listed.peer IS NULL AND elsewhere.device IS NULL END AS fault,
       mine.vni_evidence, there.vtep_ip_evidence AS peer_vtep_ip_evidence
FROM looked_at AS mine
JOIN vni_members AS other ON other.vni = mine.vni AND other.device <> mine.device
JOIN vtep_addresses AS here ON here.device = mine.device AND here.interface = mine.interface
JOIN vtep_addresses AS there ON there.device = other.device AND there.interface = other.interface
LEFT JOIN partly_flooded_to AS listed
       ON listed.device = mine.device AND listed.vni = mine.vni AND listed.peer = there.vtep_ip
-- Who is flooded to at another address is peer_address_stale's.
LEFT JOIN flooded_elsewhere AS elsewhere
       ON elsewhere.device = mine.device AND elsewhere.vni = mine.vni AND elsewhere.peer = there.vtep_ip
-- An MLAG pair has one address and does not flood to itself.
WHERE here.vtep_ip IS DISTINCT FROM there.vtep_ip
UNION ALL BY NAME
SELECT device, vni, false AS fault, others AS examined FROM whole_flood_lists WHERE bum_mode = 'head-end'
