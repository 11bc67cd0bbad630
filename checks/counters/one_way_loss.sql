-- What other VTEPs of a VNI send does not arrive at a VTEP, between two looks.
SELECT c.device, c.peer_device, c.vni, c.vnis, c.scope, c.sent, c.received,
       -- Where the sender has other peers, all may have been for those, unless nobody is known here.
       CASE WHEN NOT c.alone AND EXISTS (SELECT 1 FROM remote_macs_by_vni AS r
                                         WHERE r.device = c.device AND list_contains(c.vnis, r.vni))
            THEN 'warning' END AS severity,
       c.received = 0 AS fault, c.received_evidence, c.peer_evidence
FROM vtep_traffic_between AS c
-- The two ends are not read at the same instant: a handful of packets proves nothing.
WHERE c.sent >= 5
