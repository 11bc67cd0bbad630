-- A VXLAN interface, or the interface that its packets leave by, is not up.
SELECT v.device, v.interface, n.vni, v.source_interface,
       CASE WHEN v.flags IS NOT NULL
            THEN CASE WHEN list_contains(string_split(v.flags, ','), 'UP') THEN 'up' ELSE 'down' END
            WHEN v.admin_state = 'up' THEN v.oper_state
            ELSE v.admin_state END AS state,
       CASE WHEN l.flags IS NOT NULL
            THEN CASE WHEN list_contains(string_split(l.flags, ','), 'UP')
                       AND list_has_any(string_split(l.flags, ','), ['LOWER_UP', 'LOOPBACK']) THEN 'up' ELSE 'down' END
            ELSE l.oper_state END AS source_state,
       -- Nothing where the one is not known.
       concat(', and ' || v.source_interface || ', which it leaves by, is ' || source_state) AS way,
       CASE WHEN state <> 'up' OR source_state NOT IN ('up', 'unknown') THEN true
            WHEN state = 'up' THEN false END AS fault,
       coalesce(v.admin_state_evidence, v.evidence) AS evidence, l.evidence AS source_evidence
FROM vteps AS v
LEFT JOIN vnis AS n ON n.device = v.device AND n.interface = v.interface
LEFT JOIN links AS l ON l.device = v.device AND l.interface = v.source_interface
