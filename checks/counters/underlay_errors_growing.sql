-- An interface by which packets between VTEPs leave and come in loses packets between two looks.
WITH looks AS (
    SELECT c.device, c.interface, c.poll, u.reason, u.lost, u.passed, u.evidence
    FROM link_counters AS c,
         LATERAL (VALUES
             ('receive errors', c.rx_errors::BIGINT, c.rx_packets::BIGINT, c.rx_packets_evidence),
             ('overruns', c.rx_overrun::BIGINT, c.rx_packets::BIGINT, c.rx_packets_evidence),
             ('missed', c.rx_missed::BIGINT, c.rx_packets::BIGINT, c.rx_packets_evidence),
             ('transmit errors', c.tx_errors::BIGINT, c.tx_packets::BIGINT, c.tx_packets_evidence),
             ('transmit drops', c.tx_dropped::BIGINT, c.tx_packets::BIGINT, c.tx_packets_evidence)
         ) AS u (reason, lost, passed, evidence)
    WHERE (c.device, c.interface) IN (SELECT s.device, s.out_interface FROM underlay_steps AS s)
),
-- What the other end does not take may be counted here.
other_ends AS (
    SELECT device, interface, CASE WHEN min(peer_device) = max(peer_device) THEN min(peer_device) END AS far_device
    FROM underlay_links GROUP BY device, interface
)
SELECT device, o.far_device, interface, reason, b.lost - a.lost AS lost, b.lost - a.lost + b.passed - a.passed AS packets,
       CASE WHEN (b.lost - a.lost) * 100 < packets THEN 'warning' END AS severity,
       b.lost > a.lost AS fault, a.evidence AS earlier_evidence, b.evidence
FROM looks AS b
JOIN looks AS a USING (device, interface, reason)
LEFT JOIN other_ends AS o USING (device, interface)
-- A counter that went back was cleared in between.
WHERE a.poll = 1 AND b.poll = (SELECT max(poll) FROM link_counters) AND b.poll <> 1 AND b.lost >= a.lost
