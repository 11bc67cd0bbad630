-- How a VTEP carries BUM traffic against what the intent tells.
SELECT m.device, m.vni, m.bum_mode, coalesce(i.bum_mode, d.bum_mode) AS intended, m.bum_mode <> intended AS fault,
       m.bum_mode_evidence, coalesce(i.bum_mode_evidence, d.bum_mode_evidence) AS intent_evidence
FROM vni_members AS m
LEFT JOIN intent_members AS i ON i.device = m.device AND i.vni = m.vni
LEFT JOIN intent_devices AS d ON d.device = m.device
WHERE coalesce(i.bum_mode, d.bum_mode) IS NOT NULL
