-- What follows from the rows that were read, put into tables before a view reads them.

-- An interface for all VNIs (`external`) has the VNIs that VLANs are mapped to, each with its VLAN.
INSERT INTO vnis (device, interface, vni, vlan, bridge, multicast_group, evidence)
SELECT r.device, r.interface, r.vni + i, CASE WHEN r.vlan + i <= coalesce(r.vlan_end, r.vlan) THEN r.vlan + i END,
       l.master, coalesce(f.multicast_group, g.multicast_group), r.evidence
FROM vni_ranges AS r, LATERAL (SELECT unnest(range(coalesce(r.vni_end, r.vni) - r.vni + 1)) AS i)
LEFT JOIN links AS l ON l.device = r.device AND l.interface = r.interface
LEFT JOIN vni_filters AS f
       ON f.device = r.device AND f.interface = r.interface AND r.vni + i BETWEEN f.vni AND coalesce(f.vni_end, f.vni)
LEFT JOIN (
    SELECT device, interface, vni, min(peer) AS multicast_group
    FROM flood_lists WHERE is_multicast(peer) AND vni IS NOT NULL GROUP BY ALL
) AS g ON g.device = r.device AND g.interface = r.interface AND g.vni = r.vni + i
WHERE (r.device, r.interface, r.vni + i) NOT IN (SELECT (device, interface, vni) FROM vnis WHERE vni IS NOT NULL);

-- Where no VLAN is mapped, those that its filter lets through.
INSERT INTO vnis (device, interface, vni, bridge, multicast_group, evidence)
SELECT f.device, f.interface, f.vni + i, l.master, f.multicast_group, f.evidence
FROM vni_filters AS f, LATERAL (SELECT unnest(range(coalesce(f.vni_end, f.vni) - f.vni + 1)) AS i)
LEFT JOIN links AS l ON l.device = f.device AND l.interface = f.interface
WHERE (f.device, f.interface) NOT IN (SELECT (device, interface) FROM vnis);

-- The VNI of an interface of its own belongs to the one VLAN that leaves a VLAN-aware bridge untagged by it.
UPDATE vnis SET vlan = only_one.vlan
FROM (
    SELECT v.device, v.interface, min(v.vlan) AS vlan
    FROM bridge_vlans AS v
    JOIN links AS l ON l.device = v.device AND l.interface = v.interface
    JOIN bridges AS b ON b.device = l.device AND b.bridge = l.master AND b.vlan_filtering = 1
    JOIN vteps AS e ON e.device = v.device AND e.interface = v.interface AND NOT coalesce(e.external, false)
    GROUP BY v.device, v.interface
    HAVING count(*) = 1 AND bool_and(v.pvid AND v.untagged AND v.vlan_end IS NULL)
    -- A VLAN that several share (1, where nobody has said otherwise) tells nothing.
    QUALIFY count(*) OVER (PARTITION BY v.device, min(v.vlan)) = 1
) AS only_one
WHERE only_one.device = vnis.device AND only_one.interface = vnis.interface AND vnis.vlan IS NULL;

-- An interface for all VNIs in a bridge, and nothing that shows which: what is not known is not none.
UPDATE coverage SET covered = false, reason = unknown.reason
FROM (
    SELECT v.device, min(v.interface || ' carries VNIs that nothing shows: '
                         || coalesce(nullif(c.reason, ''), 'no VLAN of its bridge is mapped to one')) AS reason
    FROM vteps AS v
    JOIN bridge_ports AS p ON p.device = v.device AND p.interface = v.interface
    LEFT JOIN coverage AS c ON c.device = v.device AND c.table_name = 'vni_ranges' AND NOT coalesce(c.covered, false)
    WHERE v.external AND (v.device, v.interface) NOT IN (SELECT (device, interface) FROM vnis)
      AND (c.device IS NOT NULL OR coalesce(p.vlan_tunnel, true))
    GROUP BY v.device
) AS unknown
WHERE unknown.device = coverage.device AND coverage.table_name = 'vnis' AND coverage.covered;

-- Tables of routes may abbreviate an interface (Eth1/1, Po3, Lo0): the one that has such a name in full is meant.
UPDATE routes SET interface = meant.interface
FROM (
    SELECT r.device, r.interface AS short, min(l.interface) AS interface
    FROM (
        SELECT DISTINCT device, interface FROM routes
        WHERE interface IS NOT NULL AND (device, interface) NOT IN (SELECT (device, interface) FROM links)
    ) AS r
    JOIN links AS l
      ON l.device = r.device AND regexp_extract(l.interface, '[0-9].*$') = regexp_extract(r.interface, '[0-9].*$')
     AND starts_with(lower(l.interface), lower(regexp_extract(r.interface, '^[A-Za-z]+')))
    WHERE regexp_matches(r.interface, '^[A-Za-z]+[0-9]')
    GROUP BY ALL HAVING count(*) = 1
) AS meant
WHERE meant.device = routes.device AND meant.short = routes.interface;

-- A MAC address behind a next-hop group is behind each VTEP of it.
CREATE TEMP TABLE behind_group AS
SELECT r.* FROM remote_macs AS r
WHERE r.nexthop_id IS NOT NULL AND (r.device, r.nexthop_id) IN (SELECT (device, nexthop_id) FROM nexthops);
INSERT INTO remote_macs
SELECT r.* REPLACE (one.address AS peer)
FROM behind_group AS r
JOIN nexthops AS g ON g.device = r.device AND g.nexthop_id = r.nexthop_id
JOIN nexthops AS one
  ON one.device = g.device AND one.address IS NOT NULL
 AND list_contains(string_split(coalesce(regexp_replace(g.members, ',\d+', '', 'g'), g.nexthop_id::VARCHAR), '/'), one.nexthop_id::VARCHAR);
DELETE FROM remote_macs AS r USING behind_group AS b
WHERE r.device = b.device AND r.nexthop_id = b.nexthop_id AND r.peer IS NULL
  AND (r.device, r.nexthop_id) IN (SELECT (device, nexthop_id) FROM remote_macs WHERE peer IS NOT NULL);
DROP TABLE temp.behind_group;
