-- What other VTEPs of a VNI send does not arrive at a VTEP, between two looks.
WITH traffic AS (
    -- By VNI where both ends count so, else all VNIs together.
    SELECT device, vni, sent, received, sent_evidence, received_evidence FROM vtep_traffic WHERE vni IS NOT NULL
    UNION ALL
    SELECT device, NULL, sum(sent), sum(received), min(sent_evidence), min(received_evidence)
    FROM vtep_traffic GROUP BY device
),
counting AS (
    SELECT t.device, t.vni, t.sent, t.received, t.sent_evidence, t.received_evidence,
           t.device IN (SELECT device FROM vtep_traffic WHERE vni IS NULL) AS whole
    FROM traffic AS t
),
members AS (SELECT DISTINCT device, vni FROM vni_members),
pairs AS (
    SELECT mine.device, other.device AS peer_device, mine.vni,
           count(DISTINCT other.device) OVER (PARTITION BY mine.device, mine.vni) AS peers,
           count(DISTINCT other.device) OVER (PARTITION BY mine.device) AS all_peers
    FROM members AS mine JOIN members AS other ON other.vni = mine.vni AND other.device <> mine.device
),
compared AS (
    SELECT p.device, p.peer_device, p.vni, [p.vni] AS vnis, p.peers, here.received, there.sent, here.received_evidence, there.sent_evidence
    FROM pairs AS p
    JOIN counting AS here ON here.device = p.device AND here.vni = p.vni AND NOT here.whole
    JOIN counting AS there ON there.device = p.peer_device AND there.vni = p.vni AND NOT there.whole
    UNION
    SELECT p.device, p.peer_device, NULL, p.vnis, p.all_peers, here.received, there.sent, here.received_evidence, there.sent_evidence
    FROM (SELECT device, peer_device, all_peers, list(DISTINCT vni ORDER BY vni) AS vnis FROM pairs GROUP BY ALL) AS p
    JOIN counting AS here ON here.device = p.device AND here.vni IS NULL
    JOIN counting AS there ON there.device = p.peer_device AND there.vni IS NULL
    WHERE here.whole OR there.whole
)
SELECT device, peer_device, vni, vnis, coalesce(vni::VARCHAR, 'all VNIs together') AS scope, sent, received,
       -- With more than two members a sender's packets may all have been for somebody else, unless nobody is known here.
       CASE WHEN peers = 1 OR NOT EXISTS (
           SELECT 1 FROM remote_macs_by_vni AS r
           WHERE r.device = compared.device AND r.vni IS NOT DISTINCT FROM coalesce(compared.vni, r.vni)
       ) THEN 'error' ELSE 'warning' END AS severity,
       received = 0 AS fault, received_evidence, sent_evidence AS peer_evidence
FROM compared
-- The two ends are not read at the same instant: a handful of packets proves nothing.
WHERE sent >= 5
