-- A VXLAN interface that carries no VNI at all.
SELECT v.device, v.interface,
       CASE WHEN v.external THEN 'what sets one for each packet is not shown' ELSE 'no VLAN or bridge is mapped to one' END AS why,
       CASE WHEN v.external THEN 'info' END AS severity,
       NOT EXISTS (
           SELECT 1 FROM vnis AS n WHERE n.device = v.device AND coalesce(n.interface, v.interface) = v.interface
       ) AS fault,
       v.evidence
FROM vteps AS v
