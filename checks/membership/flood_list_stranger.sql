-- A VTEP floods a VNI to an address at which no examined VTEP has that VNI.
WITH silent AS (
    SELECT device, reason FROM unknown_members
    UNION ALL
    SELECT device, reason FROM vtep_addresses WHERE vtep_ip IS NULL
),
-- A VTEP with a VNI that no other has is told of as that (vni_missing_on_peer).
lonely AS (SELECT min(device) AS device FROM vni_members GROUP BY vni HAVING count(*) = 1)
SELECT f.device, o.device AS peer_device, f.vni, f.peer, u.device AS unexamined_device, u.reason,
       CASE WHEN o.device IS NOT NULL THEN 'an address of ' || o.device || ', which does not have that VNI'
            ELSE 'an address of none of the devices that were examined' END AS whose,
       CASE WHEN m.address IS NOT NULL THEN false
            WHEN o.device IS NOT NULL THEN true
            WHEN u.device IS NULL THEN true END AS fault,
       -- Where all members flood to it, the VNI is more likely gone there than the entry wrong on each of them.
       CASE WHEN o.device IN (SELECT device FROM vteps) AND e.senders > 1 AND e.senders = c.members
             AND o.device NOT IN (SELECT device FROM lonely) THEN 'error' END AS severity,
       f.evidence, o.evidence AS peer_evidence
FROM partly_flooded_to AS f
LEFT JOIN (SELECT DISTINCT vni, address FROM member_addresses) AS m ON m.vni = f.vni AND m.address = f.peer
LEFT JOIN address_owners AS o ON o.address = f.peer AND m.address IS NULL
JOIN (SELECT vni, peer, count(*) AS senders FROM partly_flooded_to GROUP BY ALL) AS e
  ON e.vni = f.vni AND e.peer = f.peer
JOIN (SELECT vni, count(*) AS members FROM vni_members GROUP BY ALL) AS c ON c.vni = f.vni
CROSS JOIN (SELECT min(device) AS device, min_by(reason, device) AS reason FROM silent) AS u
-- A member at another of its addresses is peer_address_stale's, the device itself flood_list_self's.
WHERE NOT EXISTS (FROM vni_members AS n WHERE n.device = o.device AND n.vni = f.vni)
UNION ALL BY NAME
SELECT device, vni, false AS fault, addresses AS examined FROM whole_flood_lists
