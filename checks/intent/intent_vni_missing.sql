-- A VNI that a device must carry by intent.
SELECT i.device, i.vni, found.vni IS NULL AS fault, found.evidence, i.evidence AS intent_evidence
FROM intent_members AS i
LEFT JOIN (SELECT device, vni, min(evidence) AS evidence FROM vnis GROUP BY ALL) AS found
       ON found.device = i.device AND found.vni = i.vni
