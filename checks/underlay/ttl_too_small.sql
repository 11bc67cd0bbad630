-- The TTL of a VTEP's packets ends before another VTEP of its VNIs.
WITH ways AS (
    -- The first hop is the sender itself. Who stands behind the last one is either the other VTEP or not known.
    SELECT device, destination, max(hop) FILTER (WHERE hop_device IS NOT NULL) - 1 AS routers,
           bool_or(hop_device IS NULL) AS more, max_by(evidence, hop) AS evidence
    FROM underlay_hops
    GROUP BY device, destination
),
distances AS (
    SELECT d.device, d.interface, d.peer_device, w.routers, w.more, w.evidence
    FROM vtep_destinations AS d
    JOIN ways AS w ON w.device = d.device AND w.destination = d.destination
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
