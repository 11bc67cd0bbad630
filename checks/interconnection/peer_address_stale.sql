-- A VTEP sends to an address of another member of the VNI that is not its VTEP address.
WITH pointed AS (
    SELECT device, vni, peer, evidence FROM partly_flooded_to
    UNION
    SELECT n.device, n.vni, v.remote, v.evidence
    FROM vnis AS n
    JOIN vteps AS v ON v.device = n.device AND v.interface = n.interface
),
members AS (
    SELECT vni, device, bool_or(address IS NULL) AS unknown, min(address) AS address FROM member_addresses GROUP BY ALL
)
SELECT p.device, o.device AS peer_device, p.vni, p.peer AS address, o.interface AS peer_interface, m.address AS peer_vtep_ip,
       CASE WHEN (o.device, p.peer) IN (SELECT device, address FROM member_addresses) THEN false
            WHEN NOT m.unknown THEN true END AS fault,
       -- A Linux VTEP takes VXLAN packets at any of its addresses.
       CASE WHEN o.device IN (SELECT device FROM vteps WHERE flags IS NOT NULL) THEN 'warning' END AS severity,
       p.evidence, o.evidence AS peer_evidence
FROM pointed AS p
JOIN address_owners AS o ON o.address = p.peer
JOIN members AS m ON m.vni = p.vni AND m.device = o.device
-- To itself is another check's fault (flood_list_self).
WHERE o.device <> p.device
UNION ALL BY NAME
SELECT device, vni, false AS fault, owners AS examined FROM whole_flood_lists
