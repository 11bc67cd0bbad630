-- The TTL of a VTEP's packets ends before another VTEP of its VNIs.
WITH distances AS (
    -- The first hop is the sender itself. Who stands behind the last one is either the other VTEP or not known.
    SELECT d.device, d.interface, d.peer_device, max(h.hop) FILTER (WHERE h.hop_device IS NOT NULL) - 1 AS routers,
           bool_or(h.hop_device IS NULL) AS more, max_by(h.evidence, h.hop) AS evidence
    FROM vtep_destinations AS d
    JOIN underlay_hops AS h ON h.device = d.device AND h.destination = d.destination
    GROUP BY ALL
)
SELECT v.device, v.interface, distances.peer_device, v.ttl, distances.routers, v.multicast_group,
       -- Left to the kernel, unicast gets 64 and multicast 1.
       CASE WHEN v.ttl IS NULL OR v.ttl IN ('auto', '0') THEN CASE WHEN v.multicast_group IS NULL THEN 64 ELSE 1 END
            WHEN v.ttl = 'inherit' THEN 255
            ELSE TRY_CAST(v.ttl AS INTEGER) END AS effective,
       CASE WHEN effective <= distances.routers THEN true
            WHEN effective > distances.routers + 1 OR NOT distances.more THEN false END AS fault,
       v.evidence AS header_evidence,
       (SELECT min(n.evidence) FROM vnis AS n WHERE n.device = v.device AND n.interface = v.interface) AS evidence,
       distances.evidence AS route_evidence
FROM vteps AS v
JOIN distances ON distances.device = v.device AND distances.interface = v.interface
WHERE v.flags IS NOT NULL
