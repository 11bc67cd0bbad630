-- A device that is a VTEP, by its inventory or the intent or by what other VTEPs send to, and has no VXLAN interface.
WITH said AS (
    SELECT device, NULL AS peer_device, 'the ' || role_origin || ' calls it a VTEP' AS why, NULL AS evidence,
           NULL AS peer_evidence
    FROM devices WHERE role = 'vtep'
    UNION ALL
    SELECT a.device, p.device, p.device || ' sends VXLAN to its address ' || p.peer, min(a.evidence), min(p.evidence)
    FROM (
        SELECT device, peer, min(evidence) AS evidence
        FROM (
            SELECT device, peer, evidence FROM flood_lists
            UNION ALL
            SELECT device, peer, evidence FROM remote_macs
            UNION ALL
            SELECT device, peer, evidence FROM remote_vteps
            UNION ALL
            SELECT device, remote, evidence FROM vteps
        )
        GROUP BY device, peer
    ) AS p
    JOIN address_owners AS a ON a.address = p.peer AND a.device <> p.device
    GROUP BY a.device, p.device, p.peer
)
SELECT device, peer_device, why, device NOT IN (SELECT device FROM vteps) AS fault, evidence, peer_evidence
FROM said
