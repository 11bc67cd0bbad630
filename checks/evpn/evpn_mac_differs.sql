-- A device's table has a MAC address elsewhere than its EVPN, or only one of the two has it.
WITH kernel AS (
    SELECT device, vni, mac, string_agg(peer, ' and ' ORDER BY peer) AS peers, min(evidence) AS evidence,
           bool_and(kind IN ('extern_learn', 'evpn')) AS from_evpn
    FROM (
        SELECT DISTINCT device, vni, mac, peer, kind, evidence FROM remote_macs_by_vni
        WHERE device IN (SELECT device FROM evpn_mac_addresses)
    )
    GROUP BY device, vni, mac
),
told AS (
    SELECT m.device, m.vni, m.mac, m.peer, m.evidence, n.interface
    FROM evpn_mac_addresses AS m
    JOIN vni_members AS n USING (device, vni)
)
SELECT t.device, t.vni, t.interface, t.mac, coalesce('behind ' || k.peers, 'nowhere') AS in_table,
       'behind ' || t.peer AS in_evpn, CASE WHEN k.peers IS NULL THEN 'warning' END AS severity,
       k.peers IS DISTINCT FROM t.peer AS fault, t.evidence, k.evidence AS table_evidence
FROM told AS t
LEFT JOIN kernel AS k USING (device, vni, mac)
-- A segment's identifier (ten bytes) stands for several VTEPs; what is local is behind none.
WHERE NOT regexp_matches(t.peer, '^..(:..){9}$')
UNION ALL
SELECT k.device, k.vni, NULL, k.mac, 'behind ' || k.peers, 'that it is nowhere', 'warning', t.interface IS NULL,
       k.evidence, t.evidence
FROM kernel AS k
LEFT JOIN told AS t USING (device, vni, mac)
WHERE k.from_evpn
