-- A VTEP sends over IPv6 without a UDP checksum, and another one takes no packet without.
WITH members AS (
    SELECT m.device, m.vni, v.interface, v.udp6_zero_checksum_tx AS sends_without, v.udp6_zero_checksum_rx AS takes_without,
           coalesce(v.udp6_zero_checksum_rx_evidence, v.evidence) AS evidence
    FROM vni_members AS m
    JOIN vteps AS v ON v.device = m.device AND v.interface = m.interface
    JOIN vtep_addresses AS a ON a.device = m.device AND a.interface = m.interface
    WHERE a.vtep_ip LIKE '%:%' AND v.udp6_zero_checksum_tx IS NOT NULL AND v.udp6_zero_checksum_rx IS NOT NULL
),
counted AS (
    SELECT vni, count(DISTINCT device) AS devices, count(DISTINCT device) FILTER (sends_without) AS senders,
           count(DISTINCT device) FILTER (NOT takes_without) AS refusing
    FROM members GROUP BY vni
),
lost AS (
    SELECT s.device AS sender, r.device AS receiver, s.vni, s.interface, s.evidence, r.interface AS receiver_interface,
           r.evidence AS receiver_evidence, c.senders <= c.refusing AS few_senders
    FROM members AS s
    JOIN members AS r ON r.vni = s.vni AND r.device <> s.device
    JOIN counted AS c ON c.vni = s.vni
    WHERE s.sends_without AND NOT r.takes_without
)
SELECT sender AS device, receiver AS peer_device, vni, interface, receiver_interface AS peer_interface,
       'sends without a UDP checksum' AS does, 'refused by' AS how, true AS fault, evidence,
       receiver_evidence AS peer_evidence
FROM lost WHERE few_senders
UNION ALL
SELECT receiver, sender, vni, receiver_interface, interface, 'takes no packet without a UDP checksum', 'sent so by', true,
       receiver_evidence, evidence
FROM lost WHERE NOT few_senders
UNION ALL
SELECT m.device, NULL, m.vni, m.interface, NULL, NULL, NULL, false, m.evidence, NULL
FROM members AS m
JOIN counted AS c ON c.vni = m.vni
WHERE c.devices > 1
  AND (m.device, m.vni) NOT IN (SELECT CASE WHEN few_senders THEN sender ELSE receiver END, vni FROM lost)
