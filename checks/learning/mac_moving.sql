-- A MAC address moves between ports or VTEPs again and again.
WITH moving AS (
    SELECT m.device, n.vni, m.mac, m.interface AS place, m.moves, m.age, m.evidence
    FROM macs AS m
    JOIN vnis AS n ON n.device = m.device AND n.vlan = m.vlan
    UNION ALL
    SELECT device, vni, mac, peer, moves, age, evidence FROM remote_macs_by_vni
)
SELECT device, vni, mac, max(moves) AS moves, min(age) AS age, list(place ORDER BY place) AS places,
       -- Live migration moves a host once or twice.
       max(moves) >= 5 AND min(age) < 300 AS fault, min(evidence) AS evidence
FROM moving
WHERE moves IS NOT NULL
GROUP BY device, vni, mac
