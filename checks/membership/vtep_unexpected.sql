-- A device of the underlay, by its inventory or the intent, that has a VXLAN interface.
SELECT d.device, d.role_origin, v.interface, v.interface IS NOT NULL AS fault, v.evidence
FROM devices AS d
LEFT JOIN vteps AS v ON v.device = d.device
WHERE d.role = 'underlay'
