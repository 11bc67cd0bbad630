-- The address of a VTEP against the one that the intent tells.
SELECT a.device, a.interface, a.vtep_ip, a.reason, d.vtep_ip AS intended, a.vtep_ip <> d.vtep_ip AS fault,
       a.vtep_ip_evidence, d.vtep_ip_evidence AS intent_evidence
FROM vtep_addresses AS a
JOIN intent_devices AS d ON d.device = a.device
WHERE d.vtep_ip IS NOT NULL
