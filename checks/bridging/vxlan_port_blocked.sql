-- The bridge does not let frames through to a VXLAN interface, or not those that must be flooded.
WITH ports AS (
    SELECT n.device, n.interface, n.vni, p.bridge, p.stp_state, p.flooding, p.bcast_flooding, p.mcast_flooding,
           coalesce(p.neigh_suppress, false) AS suppresses, coalesce(p.stp_state_evidence, p.evidence) AS evidence,
           p.isolated AND EXISTS (
               SELECT 1 FROM bridge_ports AS o
               WHERE o.device = p.device AND o.bridge = p.bridge AND o.interface <> p.interface AND o.isolated
           ) AS isolated
    FROM vnis AS n
    JOIN bridge_ports AS p ON p.device = n.device AND p.interface = n.interface
    WHERE p.stp_state IS NOT NULL OR p.flooding IS NOT NULL
)
SELECT device, interface, vni, bridge,
       CASE WHEN stp_state <> 'forwarding' THEN 'is ' || stp_state
            WHEN isolated THEN 'is isolated, as other ports are: frames between them are dropped'
            WHEN NOT bcast_flooding THEN 'gets no broadcasts (bcast_flood off)'
            WHEN NOT flooding THEN 'gets no frames to unknown addresses (flood off)'
            WHEN NOT mcast_flooding THEN 'gets no multicast (mcast_flood off)'
            ELSE 'forwards' END AS does,
       CASE WHEN does LIKE 'is %' OR NOT suppresses AND does LIKE '%bcast%' THEN 'error' ELSE 'warning' END AS severity,
       does <> 'forwards' AS fault, evidence
FROM ports
