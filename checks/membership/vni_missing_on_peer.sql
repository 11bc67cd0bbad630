-- A VNI that no other VTEP of the fabric has.
WITH vtep_devices AS (SELECT device, min(evidence) AS evidence FROM vteps GROUP BY device),
shared AS (SELECT vni, count(DISTINCT device) AS devices FROM vni_members GROUP BY vni)
SELECT mine.device, other.device AS peer_device, mine.vni, unknown.device AS unexamined_device, unknown.reason,
       CASE WHEN shared.devices > 1 THEN false WHEN unknown.device IS NULL THEN true END AS fault,
       mine.vni_evidence, other.evidence AS peer_evidence
FROM vni_members AS mine
JOIN shared ON shared.vni = mine.vni
LEFT JOIN vtep_devices AS other ON other.device <> mine.device AND shared.devices = 1
LEFT JOIN unknown_members AS unknown ON shared.devices = 1
WHERE shared.devices > 1 OR other.device IS NOT NULL OR unknown.device IS NOT NULL
