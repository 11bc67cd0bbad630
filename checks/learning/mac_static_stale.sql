-- A MAC address was written by hand behind a VTEP that does not have it.
WITH by_hand AS MATERIALIZED (
    FROM remote_macs_by_vni WHERE lower(kind) IN ('static', 'permanent', 'configured static')
),
held AS (
    SELECT device, mac FROM macs WHERE mac IN (SELECT mac FROM by_hand)
    UNION ALL SELECT device, mac FROM links WHERE mac IS NOT NULL
),
written AS (
    SELECT r.device, r.vni, r.mac, r.peer, a.device AS owner, r.evidence, a.evidence AS owner_evidence,
           (a.device, r.mac) IN (SELECT device, mac FROM held) AS there
    FROM by_hand AS r
    JOIN member_addresses AS a ON a.vni = r.vni AND a.address = r.peer AND a.device <> r.device
)
SELECT device, list(owner ORDER BY owner) AS peer_device, vni, mac, peer, NOT bool_or(there) AS fault, min(evidence) AS evidence,
       min(owner_evidence) AS peer_evidence
FROM written
GROUP BY device, vni, mac, peer
