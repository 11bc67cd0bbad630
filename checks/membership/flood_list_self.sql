-- A VTEP floods to itself.
SELECT f.device, f.vni, f.peer, o.address IS NOT NULL AS fault, f.evidence, o.evidence AS address_evidence
FROM partly_flooded_to AS f
LEFT JOIN (
    SELECT device, address, min(evidence) AS evidence
    FROM (SELECT device, address, evidence FROM member_addresses UNION ALL SELECT device, address, evidence FROM address_owners)
    GROUP BY ALL
) AS o ON o.device = f.device AND o.address = f.peer
UNION ALL BY NAME
SELECT device, vni, false AS fault, addresses AS examined FROM whole_flood_lists
