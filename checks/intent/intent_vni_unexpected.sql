-- A bridged VNI that the intent does not ask of the device.
SELECT m.device, m.vni, i.vni IS NULL AS fault, m.evidence,
       coalesce((SELECT 'asks it of ' || string_agg(DISTINCT o.device, ', ' ORDER BY o.device) FROM intent_members AS o WHERE o.vni = m.vni),
                'does not name it') AS instead
FROM (SELECT device, vni, min(vni_evidence) AS evidence FROM vni_members GROUP BY ALL) AS m
LEFT JOIN intent_members AS i ON i.device = m.device AND i.vni = m.vni
LEFT JOIN intent_devices AS d ON d.device = m.device
-- An intent that names no VNI at all says nothing of them.
WHERE EXISTS (SELECT 1 FROM intent_members)
  AND (d.other_vnis IS DISTINCT FROM 'allowed' OR m.vni IN (SELECT vni FROM intent_members))
