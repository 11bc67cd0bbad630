-- A device on the way between two VTEPs has an interface that their VXLAN packets do not fit.
SELECT h.hop_device AS device, d.device AS peer_device, d.peer_device AS far_device, h.out_interface, l.mtu,
       i.mtu AS peer_mtu, i.interface AS peer_interface,
       i.mtu + CASE WHEN d.destination LIKE '%:%' THEN 70 ELSE 50 END AS needed,
       needed > l.mtu AS fault,
       coalesce(l.mtu_evidence, l.evidence) AS evidence, coalesce(i.mtu_evidence, i.evidence) AS peer_evidence
FROM vtep_destinations AS d
JOIN links AS i ON i.device = d.device AND i.interface = d.interface AND i.mtu IS NOT NULL
JOIN underlay_hops AS h ON h.device = d.device AND h.destination = d.destination AND h.hop > 1
LEFT JOIN links AS l ON l.device = h.hop_device AND l.interface = h.out_interface
WHERE h.out_interface IS NOT NULL
