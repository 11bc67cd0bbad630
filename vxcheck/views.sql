-- Views join the tables into what checks ask for. `docs/tables.md` is generated from this file too.
-- A view that reads `coverage` weighs by itself what is not known: its unknown values are NULL, never guessed.

-- Tell a multicast group from the address of a VTEP.
CREATE MACRO is_multicast(address) AS
    regexp_matches(address, '^(22[4-9]|23[0-9])[.]') OR lower(address) LIKE 'ff%:%';

-- Every VTEP interface with what it needs to be compared with others, whatever a vendor shows and where.
-- udp_port_origin says where the port came from: shown, module parameter (Linux too old to show it), vendor default.
CREATE VIEW vtep_ports AS
SELECT v.device, v.interface,
       coalesce(v.udp_port, m.udp_port, CASE WHEN d.platform = 'arista_eos' THEN 4789 END) AS udp_port,
       CASE WHEN v.udp_port IS NOT NULL THEN 'shown'
            WHEN m.udp_port IS NOT NULL THEN 'module parameter'
            WHEN d.platform = 'arista_eos' THEN 'vendor default'
            ELSE 'unknown' END AS udp_port_origin,
       coalesce(v.udp_port_evidence, m.evidence, v.evidence) AS udp_port_evidence
FROM vteps AS v
LEFT JOIN vxlan_modules AS m ON m.device = v.device
JOIN devices AS d ON d.device = v.device;

-- The source address of every VTEP interface: shown by itself, or the first address of the interface it is bound to.
-- reason says why it is not known.
CREATE VIEW vtep_addresses AS
WITH first_addresses AS (
    SELECT device, interface, address LIKE '%:%' AS ipv6, first(address ORDER BY evidence) AS address,
           min(evidence) AS evidence
    FROM addresses
    WHERE coalesce(scope, 'global') = 'global' AND NOT coalesce(secondary, false)
    GROUP BY ALL
)
SELECT v.device, v.interface, v.source_interface,
       coalesce(v.vtep_ip, a.address) AS vtep_ip,
       coalesce(v.vtep_ip_evidence, a.evidence, v.evidence) AS vtep_ip_evidence,
       CASE WHEN coalesce(v.vtep_ip, a.address) IS NULL
            THEN coalesce(c.reason, 'neither the interface nor the one it is bound to shows an address') END AS reason
FROM vteps AS v
LEFT JOIN first_addresses AS a
       ON a.device = v.device AND a.interface = v.source_interface
      AND a.ipv6 = (coalesce(v.multicast_group, v.remote, '') LIKE '%:%')
LEFT JOIN coverage AS c ON c.device = v.device AND c.table_name = 'addresses' AND NOT c.covered;

-- Every bridged VNI of every VTEP: one row per device, VXLAN interface and VNI. VNIs of routed VRFs are not among them.
CREATE VIEW vni_members AS
SELECT n.device, n.interface, n.vni, n.vlan, n.bridge, n.evidence AS vni_evidence,
       CASE WHEN v.bum_mode = 'none' THEN NULL
            WHEN v.bum_mode IS NOT NULL THEN v.bum_mode
            WHEN v.multicast_group IS NOT NULL THEN 'multicast'
            WHEN v.flags IS NOT NULL AND NOT coalesce(v.external, false) THEN 'head-end' END AS bum_mode,
       coalesce(v.bum_mode_evidence, v.multicast_group_evidence, n.evidence) AS bum_mode_evidence,
       v.multicast_group, coalesce(v.multicast_group_evidence, n.evidence) AS multicast_group_evidence,
       v.learning, v.ttl, v.ageing
FROM vnis AS n
JOIN vteps AS v ON v.device = n.device AND v.interface = n.interface
WHERE (n.device, n.vni) NOT IN (SELECT device, vni FROM vrf_vnis WHERE vni IS NOT NULL);

-- Addresses that a VXLAN interface has to reach: those of the other VTEPs of its VNIs.
CREATE VIEW vtep_destinations AS
SELECT DISTINCT mine.device, mine.interface, other.device AS peer_device, there.vtep_ip AS destination
FROM vni_members AS mine
JOIN vni_members AS other ON other.vni = mine.vni AND other.device <> mine.device
JOIN vtep_addresses AS there ON there.device = other.device AND there.interface = other.interface
WHERE there.vtep_ip IS NOT NULL;

-- Which bridge a port is in.
CREATE VIEW ports_of_bridges AS
SELECT DISTINCT device, interface, bridge FROM bridge_ports;

-- MAC addresses of hosts behind a device's own ports, by VNI: learned, unicast, and not the device's own.
CREATE VIEW local_macs AS
SELECT m.device, n.vni, m.mac, m.interface, m.age, m.evidence
FROM macs AS m
LEFT JOIN ports_of_bridges AS p ON p.device = m.device AND p.interface = m.interface
JOIN vnis AS n
  ON n.device = m.device AND (n.vlan = m.vlan OR n.bridge = coalesce(m.bridge, p.bridge))
WHERE coalesce(lower(m.kind), 'dynamic') IN ('dynamic', 'extern_learn', 'offload', 'peerdynamic')
  AND m.interface NOT IN (SELECT v.interface FROM vteps AS v WHERE v.device = m.device)
  AND NOT regexp_matches(m.interface, '^(Vx[0-9]|Mt[0-9]|Cpu$|Router$)')
  AND NOT regexp_matches(m.mac, '^.[13579bdf]');

-- MAC addresses behind other VTEPs, by VNI whatever a vendor keys them by.
CREATE VIEW remote_macs_by_vni AS
SELECT r.device, n.vni, r.mac, r.peer, r.kind, r.moves, r.age, r.evidence
FROM remote_macs AS r
JOIN vnis AS n
  ON n.device = r.device
 AND CASE WHEN r.vni IS NOT NULL THEN n.vni = r.vni
          WHEN r.vlan IS NOT NULL THEN n.vlan = r.vlan
          ELSE n.interface = r.interface END
WHERE NOT regexp_matches(r.mac, '^.[13579bdf]');

-- Whom a VTEP floods a VNI to: its head-end flood list, by VNI whatever a vendor keys it by.
CREATE VIEW flooded_to AS
SELECT f.device, n.vni, f.peer, min(f.evidence) AS evidence
FROM flood_lists AS f
JOIN vnis AS n
  ON n.device = f.device
 AND CASE WHEN f.vni IS NOT NULL THEN n.vni = f.vni
          WHEN f.vlan IS NOT NULL THEN n.vlan = f.vlan
          ELSE n.interface = f.interface END
WHERE NOT is_multicast(f.peer)
GROUP BY ALL;

-- Remote VTEPs that a device knows, by VNI: from its list (EOS: of all VNIs), from MAC addresses, from flood lists.
CREATE VIEW known_vteps AS
WITH told AS (
    SELECT r.device, n.vni, r.peer, r.evidence
    FROM remote_vteps AS r
    JOIN vnis AS n ON n.device = r.device AND (r.vni IS NULL OR n.vni = r.vni)
    UNION ALL
    SELECT device, vni, peer, evidence FROM remote_macs_by_vni
    UNION ALL
    SELECT device, vni, peer, evidence FROM flooded_to
)
SELECT device, vni, peer, min(evidence) AS evidence FROM told WHERE NOT is_multicast(peer) GROUP BY ALL;

-- Whether hosts behind a VTEP have been heard in a VNI: true, false, or NULL where its MAC table is not known.
CREATE VIEW speakers AS
SELECT n.device, n.vni,
       CASE WHEN count(m.mac) > 0 THEN true WHEN bool_or(c.covered) THEN false END AS speaks
FROM vnis AS n
LEFT JOIN local_macs AS m ON m.device = n.device AND m.vni = n.vni
LEFT JOIN coverage AS c ON c.device = n.device AND c.table_name = 'macs'
GROUP BY n.device, n.vni;

-- Devices whose VNIs are not known: none can be said to be missing anywhere while there is one.
CREATE VIEW unknown_members AS
SELECT device, reason FROM coverage WHERE table_name = 'vnis' AND NOT covered;

-- Packets that a VTEP received for decapsulation, and those of them that it discarded, by the device's own reason.
CREATE VIEW decap_counters AS
SELECT d.device, d.poll, NULL AS interface, d.counter AS reason, d.value AS discarded, r.value AS received,
       d.evidence, r.evidence AS received_evidence
FROM counters AS d
LEFT JOIN counters AS r
       ON r.device = d.device AND r.poll = d.poll AND r.counter = 'Rx pkts after decapsulation'
WHERE regexp_matches(d.counter, 'decap side|invalid vxlan header|^Decap ', 'i')
  AND NOT regexp_matches(d.counter, 'bytes', 'i')
UNION ALL
SELECT l.device, l.poll, l.interface, l.interface || ': ' || u.reason, u.discarded, l.rx_packets,
       coalesce(l.rx_packets_evidence, l.evidence), coalesce(l.rx_packets_evidence, l.evidence)
FROM link_counters AS l
JOIN vteps AS v ON v.device = l.device AND v.interface = l.interface,
     LATERAL (VALUES ('RX errors', l.rx_errors), ('RX dropped', l.rx_dropped)) AS u (reason, discarded)
WHERE u.discarded IS NOT NULL;

-- Packets that a VTEP has decapsulated, as far as its counters tell (EOS counts all its VNIs together).
CREATE VIEW decapsulated AS
SELECT v.device, v.interface, coalesce(l.rx_packets, c.value) AS packets,
       coalesce(l.rx_packets_evidence, l.evidence, c.evidence) AS evidence
FROM vteps AS v
LEFT JOIN link_counters AS l ON l.device = v.device AND l.interface = v.interface AND l.poll = 1
LEFT JOIN counters AS c ON c.device = v.device AND c.counter = 'Rx pkts after decapsulation' AND c.poll = 1
WHERE v.device IN (SELECT device FROM coverage);

-- Every address that a VXLAN interface sends to, by what it shows: peers, groups, its one configured remote.
CREATE VIEW vxlan_peers AS
SELECT device, interface, peer FROM flood_lists WHERE interface IS NOT NULL
UNION
SELECT device, interface, peer FROM remote_macs WHERE interface IS NOT NULL
UNION
SELECT device, interface, peer FROM remote_vteps WHERE interface IS NOT NULL
UNION
SELECT device, interface, multicast_group FROM vteps WHERE multicast_group IS NOT NULL
UNION
SELECT device, interface, remote FROM vteps WHERE remote IS NOT NULL;

-- Packets that a VTEP sent and received between the first and the last look; vni is NULL for all its VNIs together.
CREATE VIEW vtep_traffic AS
SELECT a.device, n.vni, b.tx_packets - a.tx_packets AS sent, b.rx_packets - a.rx_packets AS received,
       coalesce(b.tx_packets_evidence, b.evidence) AS sent_evidence,
       coalesce(b.rx_packets_evidence, b.evidence) AS received_evidence
FROM link_counters AS a
JOIN link_counters AS b ON b.device = a.device AND b.interface = a.interface
JOIN vnis AS n ON n.device = a.device AND n.interface = a.interface
WHERE a.poll = 1 AND b.poll > 1 AND b.poll = (SELECT max(poll) FROM link_counters)
  AND b.tx_packets >= a.tx_packets AND b.rx_packets >= a.rx_packets
UNION ALL
SELECT a.device, NULL, max(b.value - a.value) FILTER (WHERE a.counter = 'Tx pkts after encapsulation'),
       max(b.value - a.value) FILTER (WHERE a.counter = 'Rx pkts after decapsulation'),
       max(b.evidence) FILTER (WHERE a.counter = 'Tx pkts after encapsulation'),
       max(b.evidence) FILTER (WHERE a.counter = 'Rx pkts after decapsulation')
FROM counters AS a
JOIN counters AS b ON b.device = a.device AND b.counter = a.counter
WHERE a.poll = 1 AND b.poll > 1 AND b.poll = (SELECT max(poll) FROM counters) AND b.value >= a.value
GROUP BY a.device;

-- Packets that a VTEP did not send, by the device's own reason.
CREATE VIEW encap_counters AS
SELECT device, poll, counter AS reason, value AS discarded, evidence
FROM counters
WHERE regexp_matches(counter, '^Encap |encap side|empty flood list', 'i')
UNION ALL
SELECT l.device, l.poll, l.interface || ': ' || u.reason, u.discarded, coalesce(l.tx_packets_evidence, l.evidence)
FROM link_counters AS l
JOIN vteps AS v ON v.device = l.device AND v.interface = l.interface,
     LATERAL (VALUES ('TX errors', l.tx_errors), ('TX dropped', l.tx_dropped)) AS u (reason, discarded)
WHERE u.discarded IS NOT NULL;


-- Devices of whose EVPN something is not known, by table: they were asked and no answer was understood; or they were not
-- asked, or did not let the login ask, and the kernel's table shows that a control plane fills it.
CREATE VIEW evpn_unread AS
WITH evpn_coverage AS (
    SELECT device, table_name, covered, coalesce(reason, '') AS reason
    FROM coverage WHERE regexp_matches(table_name, '^(bgp_)?evpn')
),
filled AS (
    SELECT DISTINCT r.device
    FROM remote_macs AS r
    JOIN vteps AS v ON v.device = r.device AND v.interface = r.interface
    WHERE r.kind = 'extern_learn'
)
SELECT device, table_name, reason
FROM evpn_coverage
WHERE NOT covered AND (reason NOT LIKE '%not in the snapshot%' OR device IN (SELECT device FROM filled))
UNION ALL
SELECT c.device, c.table_name, min(k.command || ': ' || k.reason)
FROM evpn_coverage AS c
JOIN filled AS f ON f.device = c.device
JOIN commands AS k ON k.device = c.device AND k.command LIKE '%vtysh%'
     AND regexp_matches(k.reason, 'failed to connect|Permission denied')
WHERE c.covered
GROUP BY ALL;

-- How a device's BGP carries EVPN, one row for each that runs it.
CREATE VIEW evpn_speakers AS
SELECT b.device, b.advertise_all_vnis, b.flooding, coalesce(b.advertise_all_vnis_evidence, b.evidence) AS evidence
FROM bgp_evpn AS b
JOIN coverage AS c ON c.device = b.device AND c.table_name = 'bgp_evpn';

-- VNIs that devices announce by EVPN: those that are there in fact.
CREATE VIEW evpn_announcements AS
SELECT v.device, v.vni, v.kind, v.import_target, v.export_target, v.evidence
FROM bgp_evpn_vnis AS v
JOIN coverage AS c ON c.device = v.device AND c.table_name = 'bgp_evpn_vnis'
WHERE v.in_kernel;

-- Route targets that a device imports into a VNI. A target that BGP derived by itself matches any AS.
CREATE VIEW evpn_imports AS
SELECT i.device, i.vni, regexp_replace(i.route_target, '^0:', '*:') AS route_target,
       regexp_matches(i.route_target, '^(0|[*]):') AS any_as,
       coalesce(i.route_target_evidence, i.evidence) AS evidence
FROM evpn_import_targets AS i
JOIN coverage AS c ON c.device = i.device AND c.table_name = 'evpn_import_targets';

-- Remote VTEPs that EVPN has told a device of, by VNI.
CREATE VIEW evpn_vteps AS
SELECT r.device, r.vni, r.peer, r.flood, r.evidence
FROM evpn_remote_vteps AS r
JOIN coverage AS c ON c.device = r.device AND c.table_name = 'evpn_remote_vteps';

-- MAC addresses that a device's EVPN holds for duplicates, and which other examined device has them too.
CREATE VIEW evpn_duplicates AS
SELECT d.device, d.vni, d.mac, d.kind, d.interface, d.peer, greatest(d.local_sequence, d.remote_sequence) AS moves,
       coalesce(min(other.device), min(there.device)) AS peer_device, min(other.kind) AS peer_kind,
       d.evidence, coalesce(min(other.evidence), min(there.vtep_ip_evidence)) AS peer_evidence
FROM evpn_duplicate_macs AS d
JOIN coverage AS c ON c.device = d.device AND c.table_name = 'evpn_duplicate_macs'
LEFT JOIN evpn_duplicate_macs AS other ON other.vni = d.vni AND other.mac = d.mac AND other.device <> d.device
LEFT JOIN vtep_addresses AS there ON there.vtep_ip = d.peer AND there.device <> d.device
GROUP BY ALL;

-- EVPN sessions of BGP, and whose address the neighbour's is; a device that announces VNIs, has no neighbour to announce
-- them to and knows no remote VTEP has one row without a neighbour.
CREATE VIEW evpn_sessions AS
WITH owners AS (SELECT DISTINCT device, address FROM addresses WHERE coalesce(scope, 'global') = 'global')
SELECT n.device, n.neighbor, min(o.device) AS neighbor_device, n.state, n.prefixes_received, n.evidence
FROM bgp_evpn_neighbors AS n
JOIN coverage AS c ON c.device = n.device AND c.table_name = 'bgp_evpn_neighbors'
LEFT JOIN owners AS o
       ON o.device <> n.device AND o.address = regexp_replace(n.neighbor, '^.*[(]([^()]*)[)]$', '\1')
GROUP BY ALL
UNION ALL
SELECT b.device, NULL, NULL, 'none', NULL, coalesce(b.advertise_all_vnis_evidence, b.evidence)
FROM bgp_evpn AS b
JOIN coverage AS c ON c.device = b.device AND c.table_name = 'bgp_evpn_neighbors' AND c.covered
WHERE b.advertise_all_vnis = 'Enabled'
  AND b.device NOT IN (SELECT device FROM bgp_evpn_neighbors)
  AND b.device NOT IN (SELECT device FROM evpn_remote_vteps);

-- What a device answered instead of telling of its EVPN.
CREATE VIEW evpn_replies AS
SELECT k.device, min(k.reason) AS reply,
       bool_or(regexp_matches(k.reason, 'failed to connect|Permission denied')) AS no_access
FROM commands AS k
WHERE k.command LIKE '%vtysh%' AND coalesce(k.reason, '') <> ''
GROUP BY k.device;
