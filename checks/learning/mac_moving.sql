-- A MAC address moves between ports or VTEPs again and again.
WITH moving AS (
    SELECT m.device, n.vni, m.mac, m.interface AS place, m.moves, m.age, m.evidence
    FROM macs AS m
    JOIN vnis AS n ON n.device = m.device AND n.vlan = m.vlan
    -- Behind which VTEP it is, the VTEP's own table tells.
    WHERE m.moves IS NOT NULL AND NOT is_numbered(m.interface, 'Vx')
    UNION ALL
    SELECT device, vni, mac, peer, moves, age, evidence FROM remote_macs_by_vni WHERE moves IS NOT NULL
),
-- Live migration moves a host once or twice.
restless AS (SELECT device, vni, mac FROM moving WHERE moves >= 5)
SELECT device, vni, mac, max(moves) AS moves, min(age) AS age, list(place ORDER BY place) AS places,
       min(age) < 300 AS fault, min(evidence) AS evidence
FROM moving SEMI JOIN restless USING (device, vni, mac)
GROUP BY device, vni, mac
UNION ALL BY NAME
SELECT device, vni, false AS fault, count(*) AS examined
FROM moving ANTI JOIN restless USING (device, vni, mac)
GROUP BY device, vni
