-- EVPN has a VNI that routes for a VRF, and does not have it up.
SELECT device, vni, interface, vrf, state, NULL AS why, state <> 'up' AS fault, evidence FROM evpn_vni_states
UNION ALL
SELECT u.device, NULL, NULL, NULL, NULL, u.reason, NULL, NULL
FROM evpn_unread AS u
WHERE u.table_name = 'evpn_vnis'
