-- Views join the tables into what checks ask for. `docs/tables.md` is generated from this file too.
-- A view that reads `coverage` weighs by itself what is not known: its unknown values are NULL, never guessed.

-- Tell a multicast group from the address of a VTEP.
CREATE MACRO is_multicast(address) AS
    regexp_matches(address, '^(22[4-9]|23[0-9])[.]') OR lower(address) LIKE 'ff%:%';

-- Tell the MAC address of a group of hosts from one host's.
CREATE MACRO is_group(mac) AS substring(mac, 2, 1) IN ('1', '3', '5', '7', '9', 'b', 'd', 'f');

-- Tell a kind of interface by the letters before its number.
CREATE MACRO is_numbered(interface, letters) AS
    starts_with(interface, letters) AND substring(interface, length(letters) + 1, 1) BETWEEN '0' AND '9';

-- Every VTEP interface with what it needs to be compared with others, whatever a vendor shows and where.
-- udp_port_origin says where the port came from: shown, module parameter (Linux too old to show it), vendor default.
CREATE VIEW vtep_ports AS
SELECT v.device, v.interface,
       coalesce(v.udp_port, m.udp_port, CASE WHEN d.platform IN ('arista_eos', 'cisco_nxos') THEN 4789 END) AS udp_port,
       CASE WHEN v.udp_port IS NOT NULL THEN 'shown'
            WHEN m.udp_port IS NOT NULL THEN 'module parameter'
            WHEN d.platform IN ('arista_eos', 'cisco_nxos') THEN 'vendor default'
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

-- Every VNI of every VTEP, those of routed VRFs too, and how it carries BUM traffic: one row per device, VXLAN interface
-- and VNI.
CREATE VIEW vnis_of_vteps AS
SELECT n.device, n.interface, n.vni, n.vlan, n.bridge, n.evidence AS vni_evidence,
       CASE WHEN n.bum_mode IS NOT NULL THEN n.bum_mode
            WHEN v.bum_mode = 'none' THEN NULL
            WHEN v.bum_mode IS NOT NULL THEN v.bum_mode
            WHEN coalesce(n.multicast_group, v.multicast_group) IS NOT NULL THEN 'multicast'
            WHEN v.flags IS NOT NULL AND (NOT coalesce(v.external, false) OR n.vlan IS NOT NULL) THEN 'head-end' END AS bum_mode,
       coalesce(v.bum_mode_evidence, CASE WHEN n.multicast_group IS NULL THEN v.multicast_group_evidence END, n.evidence)
           AS bum_mode_evidence,
       coalesce(n.multicast_group, v.multicast_group) AS multicast_group,
       coalesce(CASE WHEN n.multicast_group IS NULL THEN v.multicast_group_evidence END, n.evidence)
           AS multicast_group_evidence,
       v.learning, v.ttl, v.ageing, n.origin, n.oper_state AS vni_state
FROM vnis AS n
JOIN vteps AS v ON v.device = n.device AND v.interface = n.interface;

-- Every bridged VNI of every VTEP: one row per device, VXLAN interface and VNI. VNIs of routed VRFs are not among them,
-- nor those of VLANs that EVPN made for routed traffic of its own.
CREATE VIEW vni_members AS
SELECT * EXCLUDE (origin) FROM vnis_of_vteps
WHERE (device, vni) NOT IN (SELECT device, vni FROM vrf_vnis WHERE vni IS NOT NULL)
  AND coalesce(origin, '') NOT LIKE 'evpn%';

-- Addresses that a VXLAN interface has to reach: those of the other VTEPs of its VNIs. A thousand VTEPs are in tens of millions
-- of pairs, VNI by VNI: these are numbers, and get their names at last.
CREATE VIEW vtep_destinations AS
WITH numbered AS (
    SELECT device, interface, vtep_ip, dense_rank() OVER (ORDER BY device, interface) AS here,
           dense_rank() OVER (ORDER BY device, vtep_ip) AS there, dense_rank() OVER (ORDER BY device) AS owner,
           dense_rank() OVER (ORDER BY vtep_ip) AS address
    FROM vtep_addresses
),
members AS (
    SELECT m.vni, n.here, n.there, n.owner, n.address, n.vtep_ip IS NOT NULL AS known
    FROM vni_members AS m
    JOIN numbered AS n ON n.device = m.device AND n.interface = m.interface
),
pairs AS (
    SELECT DISTINCT mine.here, other.there
    FROM members AS mine
    -- An MLAG pair has one address: neither has to reach it.
    JOIN members AS other ON other.vni = mine.vni AND other.owner <> mine.owner AND other.address <> mine.address
    WHERE other.known
)
SELECT mine.device, mine.interface, other.device AS peer_device, other.vtep_ip AS destination
FROM pairs AS p
JOIN (SELECT DISTINCT here, device, interface FROM numbered) AS mine ON mine.here = p.here
JOIN (SELECT DISTINCT there, device, vtep_ip FROM numbered) AS other ON other.there = p.there;

-- Devices that are one VTEP to all others, for they have one address: the two of an MLAG pair. That it is one by mistake
-- is another check's finding (vtep_ip_duplicate).
CREATE VIEW vtep_twins AS
SELECT DISTINCT mine.device, other.device AS peer_device
FROM vtep_addresses AS mine
JOIN vtep_addresses AS other ON other.vtep_ip = mine.vtep_ip AND other.device <> mine.device;

-- MAC addresses that several devices have by design: those of shared gateways and of routed VXLAN.
CREATE VIEW shared_macs AS
SELECT DISTINCT g.mac FROM virtual_gateways AS g JOIN coverage AS c ON c.device = g.device WHERE g.mac IS NOT NULL
UNION
SELECT router_mac FROM vteps WHERE router_mac IS NOT NULL;

-- What a row is keyed by, as a number that no two keys share: vendors tell the VNI, the VLAN, the bridge or the interface.
CREATE MACRO place_of(vni, vlan, bridge, interface) AS
    CASE WHEN vni IS NOT NULL THEN vni::UBIGINT
         WHEN vlan IS NOT NULL THEN (1::UBIGINT << 32) + vlan::UBIGINT
         WHEN bridge IS NOT NULL THEN hash('bridge', bridge)
         WHEN interface IS NOT NULL THEN hash('interface', interface) END;

-- Every VNI by all that another table may key it by.
CREATE VIEW vni_places AS
SELECT n.device, n.vni, n.interface, place_of(n.vni, NULL, NULL, NULL) AS place FROM vnis AS n
UNION ALL
SELECT n.device, n.vni, n.interface, place_of(NULL, n.vlan, NULL, NULL) FROM vnis AS n WHERE n.vlan IS NOT NULL
UNION ALL
SELECT n.device, n.vni, n.interface, place_of(NULL, NULL, n.bridge, NULL) FROM vnis AS n WHERE n.bridge IS NOT NULL
UNION ALL
SELECT n.device, n.vni, n.interface, place_of(NULL, NULL, NULL, n.interface) FROM vnis AS n;

-- Which bridge a port is in.
CREATE VIEW ports_of_bridges AS
SELECT DISTINCT device, interface, bridge FROM bridge_ports;

-- MAC addresses of hosts behind a device's own ports, by VNI: learned, unicast, and not the device's own.
CREATE VIEW local_macs AS
WITH learned AS (
    SELECT m.device, m.vlan, coalesce(m.bridge, p.bridge) AS bridge, m.mac, m.interface, m.age, m.evidence,
           -- Junos keys them by the VLAN's name.
           m.vlan IS NULL AND regexp_matches(m.kind, '^(D[LR]*|Learn)$') AS by_name, m.bridge AS name
    FROM macs AS m
    LEFT JOIN ports_of_bridges AS p ON p.device = m.device AND p.interface = m.interface
    WHERE (coalesce(lower(m.kind), 'dynamic') IN ('dynamic', 'extern_learn', 'offload', 'peerdynamic', 'learn')
           OR regexp_matches(m.kind, '^D[LR]*$'))
      AND (m.device, m.interface) NOT IN (SELECT v.device, v.interface FROM vteps AS v)
      AND m.interface NOT IN ('Cpu', 'Router') AND NOT is_numbered(m.interface, 'Vx') AND NOT is_numbered(m.interface, 'Mt')
      AND NOT is_group(m.mac)
      AND m.mac NOT IN (SELECT mac FROM shared_macs)
)
SELECT l.device, n.vni, l.mac, l.interface, l.age, l.evidence
FROM learned AS l
JOIN vnis AS n ON n.device = l.device AND n.vlan IS NULL AND n.bridge = l.bridge
UNION ALL
SELECT l.device, n.vni, l.mac, l.interface, l.age, l.evidence
FROM learned AS l
JOIN vnis AS n ON n.device = l.device AND n.vlan IS NOT NULL AND n.bridge = l.name
WHERE l.by_name
UNION ALL
SELECT l.device, n.vni, l.mac, l.interface, l.age, l.evidence
FROM learned AS l
JOIN vnis AS n ON n.device = l.device AND n.vlan = l.vlan AND coalesce(n.bridge = l.bridge, true);

-- MAC addresses behind other VTEPs, by VNI whatever a vendor keys them by.
CREATE VIEW remote_macs_by_vni AS
SELECT r.device, n.vni, r.mac, r.peer, r.kind, r.moves, r.age, r.evidence
FROM remote_macs AS r
JOIN vni_places AS n ON n.device = r.device AND n.place = place_of(r.vni, r.vlan, r.bridge, r.interface)
WHERE NOT is_group(r.mac);

-- MAC addresses that a VTEP's EVPN knows to be on the ports of another one too: both are in one Ethernet segment (FRR's flags P
-- and X: the peer has heard it, or stands in for it).
CREATE VIEW multihomed_macs AS
SELECT DISTINCT m.vni, m.mac
FROM evpn_macs AS m
JOIN coverage AS c ON c.device = m.device AND c.table_name = 'evpn_macs'
WHERE m.kind = 'local' AND regexp_matches(m.flags, '[PX]');

-- Whom a VTEP floods a VNI to: its head-end flood list, by VNI whatever a vendor keys it by.
CREATE VIEW flooded_to AS
SELECT f.device, n.vni, f.peer, min(f.evidence) AS evidence
FROM flood_lists AS f
JOIN vni_places AS n ON n.device = f.device AND n.place = place_of(f.vni, f.vlan, NULL, f.interface)
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

-- Every address that a VXLAN interface sends to, by what it shows: peers, groups, its one configured remote. An address
-- is a row in each table that shows it.
CREATE VIEW vxlan_peers AS
SELECT device, interface, peer FROM flood_lists WHERE interface IS NOT NULL
UNION ALL
SELECT device, interface, peer FROM remote_macs WHERE interface IS NOT NULL
UNION ALL
SELECT device, interface, peer FROM remote_vteps WHERE interface IS NOT NULL
UNION ALL
SELECT device, interface, multicast_group FROM vteps WHERE multicast_group IS NOT NULL
UNION ALL
SELECT device, interface, remote FROM vteps WHERE remote IS NOT NULL;

-- The VNI of every VXLAN interface; NULL of one for several VNIs, which counts them together.
CREATE VIEW interface_vni AS
SELECT device, interface, CASE WHEN count(DISTINCT vni) = 1 THEN min(vni) END AS vni FROM vnis GROUP BY ALL;

-- Packets that a VTEP sent and received between the first and the last look; vni is NULL for all its VNIs together. Of what a
-- switch forwards in hardware, EOS' software counters know nothing: they count for vEOS and cEOS.
CREATE VIEW vtep_traffic AS
SELECT a.device, n.vni, b.tx_packets - a.tx_packets AS sent, b.rx_packets - a.rx_packets AS received,
       coalesce(b.tx_packets_evidence, b.evidence) AS sent_evidence,
       coalesce(b.rx_packets_evidence, b.evidence) AS received_evidence
FROM link_counters AS a
JOIN link_counters AS b ON b.device = a.device AND b.interface = a.interface
JOIN interface_vni AS n ON n.device = a.device AND n.interface = a.interface
WHERE a.poll = 1 AND b.poll > 1 AND b.poll = (SELECT max(poll) FROM link_counters)
  AND b.tx_packets >= a.tx_packets AND b.rx_packets >= a.rx_packets
UNION ALL
SELECT a.device, NULL, max(b.value - a.value) FILTER (WHERE a.counter = 'Tx pkts after encapsulation'),
       max(b.value - a.value) FILTER (WHERE a.counter = 'Rx pkts after decapsulation'),
       max(b.evidence) FILTER (WHERE a.counter = 'Tx pkts after encapsulation'),
       max(b.evidence) FILTER (WHERE a.counter = 'Rx pkts after decapsulation')
FROM counters AS a
JOIN counters AS b ON b.device = a.device AND b.counter = a.counter
JOIN software AS s ON s.device = a.device AND regexp_matches(s.model, '^[vc]EOS')
WHERE a.poll = 1 AND b.poll > 1 AND b.poll = (SELECT max(poll) FROM counters) AND b.value >= a.value
GROUP BY a.device;

-- What one VTEP received while another one sent, between the first and the last look: by VNI where both ends count so, else
-- all the VNIs that they share together. alone tells whether the sender has no other peer in them.
CREATE VIEW vtep_traffic_between AS
WITH totals AS (
    SELECT device, sum(sent) AS sent, sum(received) AS received, count(*) > count(vni) AS whole,
           min(sent_evidence) AS sent_evidence, min(received_evidence) AS received_evidence
    FROM vtep_traffic GROUP BY device
),
pairs AS (
    SELECT mine.device, other.device AS peer_device, mine.vni
    FROM vni_members AS mine
    JOIN vni_members AS other ON other.vni = mine.vni AND other.device <> mine.device
),
compared AS (
    SELECT p.device, p.peer_device, p.vni, [p.vni] AS vnis, there.sent, here.received, here.received_evidence,
           there.sent_evidence
    FROM pairs AS p
    JOIN vtep_traffic AS here ON here.device = p.device AND here.vni = p.vni
    JOIN vtep_traffic AS there ON there.device = p.peer_device AND there.vni = p.vni
    UNION ALL
    SELECT p.device, p.peer_device, NULL, p.vnis, there.sent, here.received, here.received_evidence, there.sent_evidence
    FROM (SELECT device, peer_device, list(vni ORDER BY vni) AS vnis FROM pairs GROUP BY ALL) AS p
    JOIN totals AS here ON here.device = p.device
    JOIN totals AS there ON there.device = p.peer_device
    WHERE (here.whole OR there.whole)
      -- What is sent in a VNI that this one does not have is for others.
      AND NOT EXISTS (SELECT 1 FROM pairs AS o WHERE o.device = p.peer_device AND NOT list_contains(p.vnis, o.vni))
)
SELECT c.device, c.peer_device, c.vni, c.vnis, coalesce(c.vni::VARCHAR, 'all VNIs together') AS scope, c.sent, c.received,
       NOT EXISTS (SELECT 1 FROM pairs AS o
                   WHERE o.device = c.peer_device AND o.peer_device <> c.device AND list_contains(c.vnis, o.vni))
           AS alone,
       c.received_evidence, c.sent_evidence AS peer_evidence
FROM compared AS c;

-- Packets that a VTEP did not send, by the device's own reason ("encap eide" is EOS' own spelling). Those that come by the link
-- to its MLAG peer are left out: the peer has sent them already.
CREATE VIEW encap_counters AS
SELECT device, NULL::INTEGER AS vni, poll, counter AS reason, value AS discarded, evidence
FROM counters
WHERE regexp_matches(counter, '^Encap |encap side|encap eide|for encapsulation$|empty flood list', 'i')
  AND NOT regexp_matches(counter, '^Rx |mlag peer link', 'i')
UNION ALL
SELECT l.device, n.vni, l.poll, l.interface || ': ' || u.reason, u.discarded, coalesce(l.tx_packets_evidence, l.evidence)
FROM link_counters AS l
JOIN vteps AS v ON v.device = l.device AND v.interface = l.interface
LEFT JOIN interface_vni AS n ON n.device = l.device AND n.interface = l.interface,
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
JOIN commands AS k ON k.device = c.device AND k.command LIKE '%vtysh%evpn%'
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
WHERE v.in_kernel
UNION ALL
-- EOS announces by VLAN.
SELECT i.device, n.vni, 'L2', i.import_target, regexp_replace(i.export_target, '[, ].*$', ', ...'), i.evidence
FROM evpn_instances AS i
JOIN coverage AS c ON c.device = i.device AND c.table_name = 'evpn_instances'
JOIN vnis AS n ON n.device = i.device AND n.vlan = i.vlan
WHERE coalesce(i.vxlan, true);

-- Route targets that a device imports into a VNI. A target that BGP derived by itself matches any AS.
CREATE VIEW evpn_imports AS
SELECT i.device, i.vni, regexp_replace(i.route_target, '^0:', '*:') AS route_target,
       regexp_matches(i.route_target, '^(0|[*]):') AS any_as,
       coalesce(i.route_target_evidence, i.evidence) AS evidence
FROM evpn_import_targets AS i
JOIN coverage AS c ON c.device = i.device AND c.table_name = 'evpn_import_targets'
UNION ALL
SELECT i.device, n.vni, unnest(regexp_split_to_array(i.import_target, ',? ')), false,
       coalesce(i.import_target_evidence, i.evidence)
FROM evpn_instances AS i
JOIN coverage AS c ON c.device = i.device AND c.table_name = 'evpn_instances'
JOIN vnis AS n ON n.device = i.device AND n.vlan = i.vlan;

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
WHERE k.command LIKE '%vtysh%evpn%' AND coalesce(k.reason, '') <> ''
GROUP BY k.device;

-- Every device by which a VTEP's packets leave for another VTEP of its VNIs: itself (hop 1) and the routers after it.
CREATE VIEW underlay_steps AS
SELECT d.device AS sender, d.peer_device AS receiver, d.destination, h.hop, h.hop_device AS device, h.out_interface, h.route,
       h.gateway, h.ends, h.evidence
FROM (SELECT DISTINCT device, peer_device, destination FROM vtep_destinations) AS d
JOIN underlay_hops AS h ON h.device = d.device AND h.destination = d.destination
WHERE h.hop_device IS NOT NULL;

-- Links of the underlay between two examined devices, as the packets of a VTEP to another one pass them.
CREATE VIEW underlay_passages AS
SELECT s.sender, s.receiver, s.destination, s.device, s.out_interface AS interface, a.device AS peer_device,
       a.interface AS peer_interface, a.address AS peer_address
FROM underlay_steps AS s
-- A connected destination is at the other end itself.
JOIN addresses AS a ON a.address = coalesce(s.gateway, s.destination) AND a.device <> s.device
WHERE s.out_interface IS NOT NULL;

-- Links of the underlay between two examined devices, as ways between VTEPs use them, from either end.
CREATE VIEW underlay_links AS
SELECT DISTINCT device, interface, peer_device, peer_interface, peer_address FROM underlay_passages;

-- Routers on the way of a group's packets from one VTEP to another, and by which interface they must leave.
CREATE VIEW group_ways AS
SELECT DISTINCT s.device AS sender, mine.vtep_ip AS source, s.multicast_group, r.device AS receiver, h.device AS router,
       h.out_interface, h.hop, h.evidence
FROM vni_members AS s
JOIN vni_members AS r ON r.vni = s.vni AND r.device <> s.device AND r.multicast_group = s.multicast_group
JOIN vtep_addresses AS mine ON mine.device = s.device AND mine.interface = s.interface
JOIN vtep_addresses AS there ON there.device = r.device AND there.interface = r.interface
JOIN underlay_steps AS h
  ON h.sender = s.device AND h.receiver = r.device AND h.destination = there.vtep_ip AND h.hop > 1
WHERE s.bum_mode = 'multicast' AND r.bum_mode = 'multicast' AND h.out_interface IS NOT NULL AND mine.vtep_ip IS NOT NULL;

-- Interfaces that run PIM, and whether the device's neighbours were read too.
CREATE VIEW pim_speakers AS
SELECT p.device, p.interface, p.state, coalesce(n.covered, false) AS neighbors_read, p.evidence
FROM pim_interfaces AS p
JOIN coverage AS c ON c.device = p.device AND c.table_name = 'pim_interfaces'
LEFT JOIN coverage AS n ON n.device = p.device AND n.table_name = 'pim_neighbors';

-- Which device PIM has heard on an interface, by any address of that device.
CREATE VIEW pim_heard AS
SELECT DISTINCT n.device, n.interface, a.device AS peer_device
FROM pim_neighbors AS n
JOIN coverage AS c ON c.device = n.device AND c.table_name = 'pim_neighbors'
JOIN addresses AS a ON a.address = n.neighbor;

-- Devices that were asked for their PIM, and whose answer was not understood.
CREATE VIEW pim_unread AS
SELECT device, min(reason) AS reason
FROM coverage
WHERE table_name = 'pim_interfaces' AND NOT covered AND coalesce(reason, '') NOT LIKE '%not in the snapshot%'
GROUP BY device;

-- What IP, ICMP and UDP have counted between the first and the last look, one row a counter that moved forward.
CREATE VIEW ip_growth AS
SELECT later.device, u.counter, u.grown::BIGINT AS grown, u.evidence
FROM ip_counters AS later
JOIN ip_counters AS earlier ON earlier.device = later.device AND earlier.poll = 1,
     LATERAL (VALUES
         ('address', later.in_address_errors::HUGEINT - earlier.in_address_errors, later.evidence),
         ('no route', later.out_no_routes::HUGEINT - earlier.out_no_routes, later.evidence),
         ('no room', later.in_discards::HUGEINT - earlier.in_discards, later.evidence),
         ('must not be fragmented', later.fragmentation_fails::HUGEINT - earlier.fragmentation_fails,
          later.fragmentation_ok_evidence),
         ('not reassembled', later.reassembly_fails::HUGEINT - earlier.reassembly_fails, later.fragmentation_ok_evidence),
         ('fragmented', later.fragmentation_ok::HUGEINT - earlier.fragmentation_ok, later.fragmentation_ok_evidence),
         ('reassembled', later.reassembly_ok::HUGEINT - earlier.reassembly_ok, later.fragmentation_ok_evidence),
         ('time exceeded', later.icmp_in_time_exceeded::HUGEINT - earlier.icmp_in_time_exceeded,
          later.icmp_in_time_exceeded_evidence),
         ('no port', later.udp_no_ports::HUGEINT - earlier.udp_no_ports, later.udp_no_ports_evidence),
         ('ignored multicast', later.udp_ignored_multicast::HUGEINT - earlier.udp_ignored_multicast,
          later.udp_no_ports_evidence)
     ) AS u (counter, grown, evidence)
WHERE later.poll > 1 AND later.poll = (SELECT max(poll) FROM ip_counters) AND u.grown >= 0;

-- The address that EVPN announces for each VNI of a device, where it tells.
CREATE VIEW evpn_announced_addresses AS
SELECT e.device, e.vni, e.interface, e.vtep_ip, coalesce(e.vtep_ip_evidence, e.evidence) AS evidence
FROM evpn_vnis AS e
JOIN coverage AS c ON c.device = e.device AND c.table_name = 'evpn_vnis'
WHERE e.vtep_ip IS NOT NULL;

-- The state of each routed VNI of a device, as its EVPN has it.
CREATE VIEW evpn_vni_states AS
SELECT e.device, e.vni, e.interface, e.vrf, e.state, e.evidence
FROM evpn_vnis AS e
JOIN coverage AS c ON c.device = e.device AND c.table_name = 'evpn_vnis'
WHERE e.state IS NOT NULL;

-- MAC addresses as the EVPN of a device has them, where all of them were read; a device without any has one empty row.
CREATE VIEW evpn_mac_addresses AS
SELECT b.device, m.vni, m.mac, m.kind, m.interface, m.peer, m.evidence
FROM evpn_speakers AS b
JOIN coverage AS c ON c.device = b.device AND c.table_name = 'evpn_macs' AND c.covered
LEFT JOIN evpn_macs AS m ON m.device = b.device;

-- Who has an address, as far as that was read: on which interface.
CREATE VIEW address_owners AS
SELECT a.address, a.device, min(a.interface) AS interface, min(a.evidence) AS evidence
FROM addresses AS a
JOIN coverage AS c ON c.device = a.device AND c.table_name = 'addresses'
WHERE coalesce(a.scope, 'global') = 'global'
GROUP BY a.address, a.device;

-- Addresses at which the members of a VNI receive its packets.
CREATE VIEW member_addresses AS
SELECT m.vni, m.device, a.vtep_ip AS address, a.vtep_ip_evidence AS evidence
FROM vni_members AS m
JOIN vtep_addresses AS a ON a.device = m.device AND a.interface = m.interface
UNION
SELECT m.vni, m.device, v.virtual_vtep_ip, v.evidence
FROM vni_members AS m
JOIN vteps AS v ON v.device = m.device AND v.interface = m.interface
WHERE v.virtual_vtep_ip IS NOT NULL;

-- VTEPs of those VNIs in which an address stands for one VTEP, or for one MLAG pair: how many others there are, and how
-- many of these have their address on an interface that was read; their addresses by number, and by a sum of hashes.
CREATE VIEW vni_peers AS
WITH placed AS (
    SELECT n.device, n.vni, n.bum_mode, a.vtep_ip, o.device IS NOT NULL AS owned,
           count(*) OVER (PARTITION BY n.device, n.vni) AS interfaces
    FROM vni_members AS n
    JOIN vtep_addresses AS a ON a.device = n.device AND a.interface = n.interface
    LEFT JOIN address_owners AS o ON o.device = a.device AND o.address = a.vtep_ip
),
received_at AS (
    SELECT vni, vtep_ip, count(*) AS vteps, count(*) FILTER (WHERE owned) AS owners, hash(vtep_ip)::HUGEINT AS mark
    FROM placed GROUP BY ALL
),
whole AS (SELECT vni, sum(vteps) AS vteps, sum(owners) AS owners, count(*) AS addresses, sum(mark) AS mark FROM received_at GROUP BY vni),
unclear AS (
    SELECT vni FROM placed WHERE vtep_ip IS NULL OR interfaces > 1
    UNION
    SELECT n.vni FROM vni_members AS n JOIN vteps AS v ON v.device = n.device AND v.interface = n.interface
    WHERE v.virtual_vtep_ip IS NOT NULL
    UNION
    SELECT p.vni FROM placed AS p JOIN address_owners AS o ON o.address = p.vtep_ip
    WHERE (p.vni, o.device, o.address) NOT IN (SELECT (vni, device, vtep_ip) FROM placed WHERE vtep_ip IS NOT NULL)
)
SELECT p.device, p.vni, p.bum_mode, (w.vteps - r.vteps)::BIGINT AS others, (w.owners - r.owners)::BIGINT AS owners,
       w.addresses - 1 AS addresses, w.mark - r.mark AS mark
FROM placed AS p
JOIN received_at AS r ON r.vni = p.vni AND r.vtep_ip = p.vtep_ip
JOIN whole AS w ON w.vni = p.vni
WHERE p.vni NOT IN (FROM unclear);

-- Flood lists that hold the addresses of all other VTEPs of their VNI, each once, and nothing else: compared as a whole,
-- for a large fabric has tens of millions of entries.
CREATE VIEW whole_flood_lists AS
WITH parts AS (
    SELECT device, place_of(vni, vlan, NULL, interface) AS place, entries, mark
    FROM (
        SELECT device, vni, vlan, interface, count(*) AS entries, sum(hash(peer)::HUGEINT) AS mark
        FROM flood_lists GROUP BY ALL
    )
),
lists AS (
    SELECT f.device, n.vni, sum(f.entries) AS entries, sum(f.mark) AS mark
    FROM parts AS f
    JOIN vni_places AS n ON n.device = f.device AND n.place = f.place
    GROUP BY ALL
)
SELECT p.device, p.vni, p.bum_mode, p.others, p.owners, p.addresses
FROM vni_peers AS p
JOIN lists AS l ON l.device = p.device AND l.vni = p.vni AND l.entries = p.addresses AND l.mark = p.mark;

-- The entries of all other flood lists, to be looked at one by one.
CREATE VIEW partly_flooded_to AS
WITH apart AS (
    SELECT device, vni, place FROM vni_places WHERE (device, vni) NOT IN (SELECT (device, vni) FROM whole_flood_lists)
)
SELECT f.device, n.vni, f.peer, min(f.evidence) AS evidence
FROM (FROM flood_lists WHERE device IN (SELECT device FROM apart)) AS f
JOIN apart AS n ON n.device = f.device AND n.place = place_of(f.vni, f.vlan, NULL, f.interface)
WHERE NOT is_multicast(f.peer)
GROUP BY ALL;

-- VTEPs that are flooded to at another of their addresses, or at one of their MLAG peer's.
CREATE VIEW flooded_elsewhere AS
SELECT DISTINCT f.device, f.vni, a.vtep_ip AS peer
FROM partly_flooded_to AS f
JOIN address_owners AS o ON o.address = f.peer
JOIN (SELECT DISTINCT device, vtep_ip FROM vtep_addresses) AS a ON a.device = o.device AND a.vtep_ip <> f.peer;

-- VTEPs that know every other VTEP of a VNI: by their flood list, or by a list that they have for all their VNIs (EOS).
CREATE VIEW fully_known_vnis AS
WITH acquainted AS (
    SELECT d.device
    FROM vtep_destinations AS d
    LEFT JOIN (SELECT DISTINCT device, peer FROM remote_vteps WHERE vni IS NULL) AS r
           ON r.device = d.device AND r.peer = d.destination
    GROUP BY d.device
    HAVING bool_and(r.peer IS NOT NULL)
)
SELECT device, vni, others FROM whole_flood_lists
UNION
SELECT device, vni, others FROM vni_peers WHERE others > 0 AND device IN (SELECT device FROM acquainted);

-- Remote VTEPs that the other VTEPs know, by VNI.
CREATE VIEW partly_known_vteps AS
WITH rest AS (
    SELECT device, vni FROM vnis
    WHERE (device, vni) NOT IN (SELECT (device, vni) FROM fully_known_vnis)
),
told AS (
    SELECT r.device, n.vni, r.peer, r.evidence
    FROM rest AS n
    JOIN remote_vteps AS r ON r.device = n.device AND (r.vni IS NULL OR n.vni = r.vni)
    UNION ALL
    SELECT device, vni, peer, evidence FROM remote_macs_by_vni WHERE (device, vni) IN (SELECT (device, vni) FROM rest)
    UNION ALL
    SELECT f.device, f.vni, f.peer, f.evidence
    FROM rest AS n
    JOIN partly_flooded_to AS f ON f.device = n.device AND f.vni = n.vni
)
SELECT device, vni, peer, min(evidence) AS evidence FROM told WHERE NOT is_multicast(peer) GROUP BY ALL;

-- MAC addresses that are on one port of one VTEP of a VNI, by a hash of the address: whether all who know one behind a VTEP
-- have it behind that one, and whether all other VTEPs of the VNI do.
CREATE VIEW settled_macs AS
WITH seen AS (
    SELECT vni, mac, device AS owner, NULL AS learner, NULL AS peer FROM local_macs
    UNION ALL
    SELECT vni, mac, NULL, device, peer FROM remote_macs_by_vni
),
counted AS (
    SELECT vni, hash(mac) AS mark, min(owner) AS owner, min(peer) AS peer, min(peer) IS NOT DISTINCT FROM max(peer) AS one_peer,
           count(learner) AS learners, sum(hash(learner)::HUGEINT) FILTER (WHERE learner IS NOT NULL) AS learners_mark
    FROM seen GROUP BY ALL
    HAVING count(owner) = 1
),
members AS (
    SELECT vni, count(*) AS vteps, sum(hash(device)::HUGEINT) AS mark
    FROM vni_members GROUP BY vni
    HAVING count(*) = count(DISTINCT device)
),
owners AS (
    SELECT n.vni, n.device, min(a.vtep_ip) AS vtep_ip
    FROM vni_members AS n
    JOIN vtep_addresses AS a ON a.device = n.device AND a.interface = n.interface
    GROUP BY ALL
    HAVING count(*) = 1
)
SELECT c.vni, c.mark, c.owner, c.one_peer AND coalesce(c.peer = o.vtep_ip, true) AND o.vtep_ip IS NOT NULL AS in_place,
       c.learners = m.vteps - 1 AND coalesce(c.learners_mark, 0) = m.mark - hash(c.owner) AND
           c.owner NOT IN (SELECT device FROM vtep_twins) AS everywhere
FROM counted AS c
JOIN members AS m ON m.vni = c.vni
JOIN owners AS o ON o.vni = c.vni AND o.device = c.owner;

-- What VTEPs say of MAC addresses that are not settled in their place, to be looked at one by one.
CREATE VIEW unsettled_macs AS
SELECT r.device, r.vni, r.mac, r.peer, r.kind, r.evidence
FROM remote_macs_by_vni AS r
ANTI JOIN (SELECT vni, mark, owner FROM settled_macs WHERE in_place) AS s
       ON s.vni = r.vni AND s.mark = hash(r.mac) AND s.owner <> r.device;

-- How many MAC addresses a VTEP has behind others, by VNI: counted by what the vendor keys them by, and put together then.
CREATE VIEW remote_mac_counts AS
WITH parts AS (
    SELECT device, vni, vlan, bridge, interface, count(*) AS macs FROM remote_macs WHERE NOT is_group(mac) GROUP BY ALL
)
SELECT p.device, n.vni, sum(p.macs)::BIGINT AS macs
FROM parts AS p
JOIN vni_places AS n ON n.device = p.device AND n.place = place_of(p.vni, p.vlan, p.bridge, p.interface)
GROUP BY ALL;

-- The number that a device's operators give a tenant: the VLAN, or the digits at the end of the bridge's name.
CREATE VIEW tenants AS
SELECT device, vni, coalesce(vlan, TRY_CAST(regexp_extract(bridge, '([0-9]+)$', 1) AS INTEGER)) AS tenant,
       min(evidence) AS evidence
FROM vnis GROUP BY ALL;

-- Gateways that several devices share, by the VNI of the VLAN that they are in.
CREATE VIEW gateways AS
SELECT g.device, n.vni, g.address, g.mac, g.interface, coalesce(g.mac_evidence, g.evidence) AS evidence
FROM virtual_gateways AS g
JOIN vnis AS n
  ON n.device = g.device AND n.vlan = TRY_CAST(regexp_extract(g.interface, '^Vl(?:an)?([0-9]+)$', 1) AS INTEGER);

-- Whether a VXLAN interface sends frames with their inner 802.1Q tag, where the configuration shows it: EOS and NX-OS take the tag
-- of the mapped VLAN off, a port of a bridge that keeps VLANs apart does as its VLANs say, a VLAN interface on top of it tags.
CREATE VIEW inner_tags AS
SELECT n.device, n.interface, n.vni, 'untagged' AS inner_tag, false AS some_tagged, n.evidence
FROM vnis AS n
JOIN devices AS d ON d.device = n.device
WHERE d.platform IN ('arista_eos', 'cisco_nxos') AND n.vlan IS NOT NULL
UNION ALL
SELECT n.device, n.interface, n.vni, CASE WHEN bool_or(b.untagged) THEN 'untagged' ELSE 'tagged' END,
       NOT bool_and(coalesce(b.untagged, false)), min(b.evidence)
FROM vnis AS n
JOIN bridge_vlans AS b ON b.device = n.device AND b.interface = n.interface
JOIN bridge_ports AS p ON p.device = n.device AND p.interface = n.interface
JOIN bridges AS g ON g.device = p.device AND g.bridge = p.bridge
WHERE g.vlan_filtering = 1 AND NOT coalesce(p.vlan_tunnel, false)
GROUP BY n.device, n.interface, n.vni
UNION ALL
SELECT n.device, n.interface, n.vni, 'tagged', true, min(l.evidence)
FROM vnis AS n
JOIN links AS l ON l.device = n.device AND l.parent = n.interface AND l.kind = 'vlan' AND l.master IS NOT NULL
GROUP BY n.device, n.interface, n.vni;

-- VXLAN interfaces that send frames, of one VLAN at least, with their inner 802.1Q tag: four bytes more.
CREATE VIEW tagging_vteps AS
SELECT device, interface, min(evidence) AS evidence FROM inner_tags WHERE some_tagged GROUP BY ALL;

-- What the largest packets of a VTEP to another one's address need on the way, and the VXLAN interface that is the reason. A
-- VTEP that shows no MTU of its own (EOS, shown is false) takes what the others of its VNIs take.
CREATE VIEW vxlan_packet_sizes AS
WITH members AS (
    SELECT mine.device, there.vtep_ip AS destination, coalesce(own.mtu, theirs.mtu) AS mtu, own.mtu AS own_mtu,
           coalesce(own.interface, theirs.interface) AS interface, CASE WHEN tags.interface IS NOT NULL THEN 4 ELSE 0 END AS tag,
           coalesce(own.mtu_evidence, own.evidence, theirs.mtu_evidence, theirs.evidence) AS evidence
    FROM vni_members AS mine
    JOIN vni_members AS other ON other.vni = mine.vni
    JOIN vtep_addresses AS there ON there.device = other.device AND there.interface = other.interface
    LEFT JOIN links AS own ON own.device = mine.device AND own.interface = mine.interface AND own.mtu IS NOT NULL
    LEFT JOIN links AS theirs ON theirs.device = other.device AND theirs.interface = other.interface
    LEFT JOIN tagging_vteps AS tags ON tags.device = mine.device AND tags.interface = mine.interface
)
SELECT device, destination, max(mtu) AS mtu, max_by(interface, mtu) AS interface, max_by(evidence, mtu) AS evidence,
       max(mtu) + max(tag) + CASE WHEN destination LIKE '%:%' THEN 70 ELSE 50 END AS needed, max(own_mtu) IS NOT NULL AS shown
FROM members WHERE mtu IS NOT NULL GROUP BY device, destination;
