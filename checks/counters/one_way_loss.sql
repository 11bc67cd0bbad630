-- What other VTEPs of a VNI send does not arrive at a VTEP, between two looks.
WITH totals AS (
    SELECT device, sum(sent) AS sent, sum(received) AS received, count(*) > count(vni) AS whole,
           min(sent_evidence) AS sent_evidence, min(received_evidence) AS received_evidence
    FROM vtep_traffic GROUP BY device
),
pairs AS (
    SELECT mine.device, other.device AS peer_device, mine.vni
    FROM vni_members AS mine
    JOIN vni_members AS other ON other.vni = mine.vni AND other.device <> mine.device
),
-- By VNI where both ends count so, else all VNIs together.
compared AS (
    SELECT p.device, p.peer_device, p.vni, [p.vni] AS vnis, there.sent, here.received, here.received_evidence,
           there.sent_evidence
    FROM pairs AS p
    JOIN vtep_traffic AS here ON here.device = p.device AND here.vni = p.vni
    JOIN vtep_traffic AS there ON there.device = p.peer_device AND there.vni = p.vni
    UNION ALL
    SELECT p.device, p.peer_device, NULL, p.vnis, there.sent, here.received, here.received_evidence, there.sent_evidence
    FROM (SELECT device, peer_device, list(vni ORDER BY vni) AS vnis FROM pairs GROUP BY ALL) AS p
    JOIN totals AS here ON here.device = p.device
    JOIN totals AS there ON there.device = p.peer_device
    WHERE (here.whole OR there.whole)
      -- What is sent in a VNI that this one does not have is for others.
      AND NOT EXISTS (SELECT 1 FROM pairs AS o WHERE o.device = p.peer_device AND NOT list_contains(p.vnis, o.vni))
)
SELECT c.device, c.peer_device, c.vni, c.vnis, coalesce(c.vni::VARCHAR, 'all VNIs together') AS scope, c.sent, c.received,
       -- Where the sender has other peers, all may have been for those, unless nobody is known here.
       CASE WHEN EXISTS (SELECT 1 FROM pairs AS o
                         WHERE o.device = c.peer_device AND o.peer_device <> c.device AND list_contains(c.vnis, o.vni))
             AND EXISTS (SELECT 1 FROM remote_macs_by_vni AS r
                         WHERE r.device = c.device AND list_contains(c.vnis, r.vni))
            THEN 'warning' END AS severity,
       c.received = 0 AS fault, c.received_evidence, c.sent_evidence AS peer_evidence
FROM compared AS c
-- The two ends are not read at the same instant: a handful of packets proves nothing.
WHERE c.sent >= 5
