-- A VNI is configured on a VTEP, and the VTEP says that it is not up.
SELECT device, interface, vni, 'L2' AS kind, NULL AS vrf, oper_state AS state, oper_state <> 'up' AS fault, evidence
FROM vnis WHERE oper_state IS NOT NULL
UNION ALL
SELECT device, interface, vni, 'L3', vrf, oper_state, oper_state <> 'up', evidence
FROM vrf_vnis WHERE oper_state IS NOT NULL
