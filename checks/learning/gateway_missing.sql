-- A device lacks a gateway that others share, in a VNI that it has too.
WITH shared AS (
    SELECT vni, address, list(device ORDER BY device) AS devices, min(evidence) AS evidence
    FROM gateways GROUP BY ALL HAVING count(*) > 1
),
-- One without any shared gateway only bridges.
members AS (
    SELECT device, vni, min(evidence) AS evidence FROM vnis
    WHERE device IN (SELECT device FROM gateways) GROUP BY ALL
)
SELECT m.device, s.devices AS peer_device, m.vni, s.address,
       (m.device, m.vni, s.address) NOT IN (SELECT device, vni, address FROM gateways) AS fault, m.evidence, s.evidence AS peer_evidence
FROM shared AS s
JOIN members AS m ON m.vni = s.vni
