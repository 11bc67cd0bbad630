-- A VTEP has not joined the multicast group of its VNIs.
SELECT v.device, v.interface, v.multicast_group, v.source_interface, m.multicast_group IS NULL AS fault,
       coalesce(v.multicast_group_evidence, v.evidence) AS evidence
FROM vteps AS v
LEFT JOIN (SELECT DISTINCT device, interface, multicast_group FROM multicast_memberships) AS m
       ON m.device = v.device AND m.multicast_group = v.multicast_group
      AND m.interface = coalesce(v.source_interface, m.interface)
WHERE v.multicast_group IS NOT NULL AND v.flags IS NOT NULL
