-- A VTEP does not know another VTEP of the same VNI.
WITH looked_at AS (
    FROM vni_members WHERE (device, vni) NOT IN (SELECT (device, vni) FROM fully_known_vnis)
),
pairs AS (
    SELECT mine.device, mine.interface, mine.vni, mine.bum_mode, mine.vni_evidence, other.device AS peer_device,
           other.vni_evidence AS peer_vni_evidence, there.vtep_ip AS peer_vtep_ip, there.vtep_ip_evidence,
           there.reason AS peer_reason
    FROM looked_at AS mine
    JOIN vni_members AS other ON other.vni = mine.vni AND other.device <> mine.device
    JOIN vtep_addresses AS here ON here.device = mine.device AND here.interface = mine.interface
    JOIN vtep_addresses AS there ON there.device = other.device AND there.interface = other.interface
    -- An MLAG pair has one address, which neither has to know.
    WHERE here.vtep_ip IS DISTINCT FROM there.vtep_ip
),
heard AS MATERIALIZED (FROM partly_known_vteps),
known AS (SELECT device, vni, count(*) AS vteps FROM heard GROUP BY ALL)
SELECT pairs.device, pairs.peer_device, pairs.vni, pairs.peer_vtep_ip, pairs.peer_reason, pairs.bum_mode,
       coalesce(known.vteps, 0) AS known_vteps, decapsulated.packets AS decapsulated,
       CASE WHEN coalesce(known.vteps, 0) = 0 THEN 'it knows nobody there'
            ELSE 'it knows others there' END AS instead,
       CASE WHEN found.peer IS NOT NULL THEN false
            WHEN coalesce(known.vteps, 0) = 0 THEN true
            WHEN pairs.peer_vtep_ip IS NULL THEN NULL
            WHEN pairs.bum_mode = 'head-end' THEN true
            ELSE speakers.speaks END AS fault,
       pairs.vni_evidence, decapsulated.evidence AS decapsulated_evidence,
       pairs.peer_vni_evidence, pairs.vtep_ip_evidence AS peer_vtep_ip_evidence
FROM pairs
JOIN speakers ON speakers.device = pairs.peer_device AND speakers.vni = pairs.vni
LEFT JOIN known ON known.device = pairs.device AND known.vni = pairs.vni
LEFT JOIN heard AS found
       ON found.device = pairs.device AND found.vni = pairs.vni AND found.peer = pairs.peer_vtep_ip
JOIN decapsulated ON decapsulated.device = pairs.device AND decapsulated.interface = pairs.interface
-- Beside others that are known, one behind which nobody has been heard has given nothing to learn from.
WHERE found.peer IS NOT NULL OR coalesce(known.vteps, 0) = 0 OR pairs.bum_mode = 'head-end'
   OR speakers.speaks IS NOT false OR pairs.peer_vtep_ip IS NULL
UNION ALL BY NAME
SELECT device, vni, false AS fault, others AS examined FROM fully_known_vnis
