-- Every table and column that a check can read. `docs/tables.md` is generated from this file.
--
-- The word before the colon in a column's comment is its unit, and decides how the text that a template captured
-- becomes a value: MAC (lower case, colons), IP (canonical text), s (seconds), cs (hundredths), state (up, down, ...), switch (on and off, also
-- a word and the same behind `no`), truth (whether there was any text), the rest as typed.
-- A column `<name>_evidence` is filled by itself: the line on which <name> was read (see `evidence_lines`).
-- `evidence` is the first line of what the row was read from. Rows with the same key (after the closing
-- parenthesis) that come from several commands of one device are one row: each column keeps the first value shown.
--
-- The lines right below a table say how `vxcheck diff` compares it, each with its reason in parentheses:
--   diff: THING by COLUMNS      rows with the same values there are one thing; every other column is compared
--   diff: nothing               the table is not compared
--   noise: COLUMNS              columns of which a change is left out
--   noise rows: CONDITION       rows that are left out
--   moves: COLUMNS              where the thing is: a change there is told as a move, and always
--   ages: CONDITION             rows that come and go by themselves: that one is new or gone is left out, unless
--   heard: COLUMN in VIEW       the view had this column's value in both looks (a host that has been heard all along)
--                               and the look without the row has no other one in its place either
--   rates: COLUMNS              counters: what they have grown between the looks, a second; less than one in ten
--                               seconds is left out
-- Evidence and polls are never compared. What was not read in either look is named, and compared with nothing.

-- Every device that the source names, examined or not.
CREATE TABLE devices (
    device     VARCHAR, -- name: the device's name in the inventory
    platform   VARCHAR,             -- name: its platform, as netmiko calls it
    condition  VARCHAR,             -- word: collected, unreachable, login refused, ...
    reason     VARCHAR,             -- text: why it was not collected, or which commands were not
    role       VARCHAR,             -- word: vtep or underlay, where the inventory or the intent says what it is
    role_origin VARCHAR             -- word: inventory or intent
); -- key: device
-- diff: device by device
-- noise: condition, reason (what could not be examined is told by itself)
-- noise: role_origin (the same role, told elsewhere)

-- Every command that was sent to a device, or should have been.
CREATE TABLE commands (
    device     VARCHAR, -- name: the device
    command    VARCHAR, -- text: as it was sent
    poll       INTEGER, -- count: 1 for the first look at the device, 2 for the second, ...
    condition  VARCHAR, -- word: collected, command refused, not supported, not understood, timed out, ...
    reason     VARCHAR, -- text: what the device said, or the line that was not understood
    seconds    DOUBLE   -- s: how long the answer took
);
-- diff: nothing (how long an answer took is no state; what was refused is told by itself)

-- Which tables are complete for which device; nothing is known of what an incomplete one does not hold.
CREATE TABLE coverage (
    device      VARCHAR, -- name: the device
    table_name  VARCHAR, -- name: a table of this page
    covered     BOOLEAN, -- truth: true when complete, false when not, null when no command of the platform fills it
    reason      VARCHAR  -- text: why it is not complete
);
-- diff: nothing (it says what can be compared)

-- What the intent (docs/intent.md) says of a device, one row for every device of the source; empty without an intent.
CREATE TABLE intent_devices (
    device      VARCHAR, -- name: the device
    udp_port    INTEGER, -- port: the UDP destination port that it must use
    bum_mode    VARCHAR, -- word: multicast or head-end: how it must carry BUM traffic
    vtep_ip     VARCHAR, -- IP: the source address that its packets must have
    other_vnis  VARCHAR, -- word: forbidden or allowed: whether it may carry VNIs that the intent does not name
    evidence           UBIGINT, -- line: of the intent
    udp_port_evidence  UBIGINT, -- line: where the port is told
    bum_mode_evidence  UBIGINT, -- line: where the BUM mode is told
    vtep_ip_evidence   UBIGINT  -- line: where the address is told
); -- key: device
-- diff: nothing (it is what the fabric is meant to be, not what it is)

-- VNIs that a device must carry by intent, and how; a value that the intent does not tell is empty.
CREATE TABLE intent_members (
    device           VARCHAR, -- name: the device
    vni              INTEGER, -- VNI: that it must carry
    vlan             INTEGER, -- VLAN: that must be mapped to it
    udp_port         INTEGER, -- port: the UDP destination port that it must use
    bum_mode         VARCHAR, -- word: multicast or head-end: how BUM traffic must be carried
    multicast_group  VARCHAR, -- IP: the group that BUM traffic must be sent to
    evidence                  UBIGINT, -- line: of the intent
    vlan_evidence             UBIGINT, -- line: where the VLAN is told
    udp_port_evidence         UBIGINT, -- line: where the port is told
    bum_mode_evidence         UBIGINT, -- line: where the BUM mode is told
    multicast_group_evidence  UBIGINT  -- line: where the group is told
); -- key: device, vni
-- diff: nothing (it is what the fabric is meant to be, not what it is)

-- What runs on the device.
CREATE TABLE software (
    device    VARCHAR, -- name: the device
    name      VARCHAR, -- name: VyOS, Linux, EOS
    version   VARCHAR, -- text: the version
    model     VARCHAR, -- text: the hardware, where it is told
    evidence  UBIGINT  -- line: where it was read
); -- key: device, name
-- diff: software by device, name

-- Network interfaces.
CREATE TABLE links (
    device       VARCHAR, -- name: the device
    interface    VARCHAR, -- name: the interface
    parent       VARCHAR, -- name: the interface that it sits on (eth0 of vlan5@eth0)
    flags        VARCHAR, -- words: the kernel's flags, separated by commas
    admin_state  VARCHAR, -- state: up or down by configuration
    oper_state   VARCHAR, -- state: up or down in fact
    mtu          INTEGER, -- bytes: largest IP packet
    frame_mtu    INTEGER, -- bytes: largest frame with its header, where that is what the device tells
    master       VARCHAR, -- name: the bridge, bond or VRF that it belongs to
    mac          VARCHAR, -- MAC: its own address
    kind         VARCHAR, -- word: vxlan, bridge, veth, vlan, ... where the device says it
    description  VARCHAR, -- text: as configured
    evidence      UBIGINT, -- line: where it was read
    mtu_evidence  UBIGINT  -- line: where its MTU was read
); -- key: device, interface
-- diff: port by device, interface

-- Interfaces that are ports of a bridge.
CREATE TABLE bridge_ports (
    device     VARCHAR, -- name: the device
    bridge     VARCHAR, -- name: the bridge
    interface  VARCHAR, -- name: the port
    stp_state        VARCHAR, -- word: forwarding, blocking, disabled, ...
    learning         BOOLEAN, -- switch: whether it learns MAC addresses
    flooding         BOOLEAN, -- switch: whether frames to unknown addresses leave by it
    mcast_flooding   BOOLEAN, -- switch: whether multicast frames leave by it
    bcast_flooding   BOOLEAN, -- switch: whether broadcast frames leave by it
    neigh_suppress   BOOLEAN, -- switch: whether it answers ARP and ND itself, from what EVPN told
    isolated         BOOLEAN, -- switch: whether it is kept from other isolated ports
    vlan_tunnel      BOOLEAN, -- switch: whether VLANs are mapped to VNIs on it
    evidence           UBIGINT, -- line: where it was read
    learning_evidence  UBIGINT, -- line: where its switches were read
    stp_state_evidence UBIGINT  -- line: where its state was read
); -- key: device, bridge, interface
-- diff: bridge port by device, bridge, interface

-- VLANs of bridge ports, one row a VLAN or range of VLANs.
CREATE TABLE bridge_vlans (
    device     VARCHAR, -- name: the device
    interface  VARCHAR, -- name: the port, or the bridge itself
    vlan       INTEGER, -- VLAN: the only or first one
    vlan_end   INTEGER, -- VLAN: the last one of a range
    pvid       BOOLEAN, -- truth: whether untagged frames that come in belong to it
    untagged   BOOLEAN, -- truth: whether its frames leave without a tag
    evidence   UBIGINT  -- line: where it was read
);
-- diff: VLAN of a port by device, interface, vlan

-- VLANs that a VXLAN interface of its bridge maps to VNIs, one row a VLAN or range of VLANs; `vnis` holds each one.
CREATE TABLE vni_ranges (
    device     VARCHAR, -- name: the device
    interface  VARCHAR, -- name: the VXLAN interface
    vlan       INTEGER, -- VLAN: the only or first one
    vlan_end   INTEGER, -- VLAN: the last one of a range
    vni        INTEGER, -- VNI: the only or first one
    vni_end    INTEGER, -- VNI: the last one of a range
    evidence   UBIGINT  -- line: where it was read
);
-- diff: VLANs mapped to VNIs by device, interface, vlan

-- VNIs that a VXLAN interface lets through (vnifilter), one row a VNI or range of VNIs.
CREATE TABLE vni_filters (
    device           VARCHAR, -- name: the device
    interface        VARCHAR, -- name: the VXLAN interface
    vni              INTEGER, -- VNI: the only or first one
    vni_end          INTEGER, -- VNI: the last one of a range
    multicast_group  VARCHAR, -- IP: the group that BUM traffic is sent to
    remote           VARCHAR, -- IP: the one remote VTEP that BUM traffic is sent to
    evidence         UBIGINT  -- line: where it was read
);
-- diff: VNI filter by device, interface, vni

-- Bridges, with what decides how they learn and forward.
CREATE TABLE bridges (
    device          VARCHAR, -- name: the device
    bridge          VARCHAR, -- name: the bridge
    ageing          DOUBLE,  -- cs: after which a silent MAC is forgotten (kept in seconds)
    vlan_filtering  INTEGER, -- count: 1 where it keeps VLANs apart
    evidence         UBIGINT, -- line: where it was read
    ageing_evidence  UBIGINT  -- line: where its ageing was read
); -- key: device, bridge
-- diff: bridge by device, bridge

-- IP addresses of interfaces.
CREATE TABLE addresses (
    device         VARCHAR, -- name: the device
    interface      VARCHAR, -- name: the interface
    address        VARCHAR, -- IP: the address
    prefix_length  INTEGER, -- bits: of its network
    scope          VARCHAR, -- word: global, link, host
    secondary      BOOLEAN, -- truth: whether it is a secondary address
    evidence       UBIGINT  -- line: where it was read
); -- key: device, interface, address
-- diff: address by device, interface, address
-- noise rows: scope = 'link' (they follow from the port's MAC address)

-- Routes of the underlay.
CREATE TABLE routes (
    device       VARCHAR, -- name: the device
    destination  VARCHAR, -- prefix: network and length, or default
    kind         VARCHAR, -- word: unicast unless told: blackhole, unreachable, multicast, ...
    gateway      VARCHAR, -- IP: the next hop, empty where the network is connected
    interface    VARCHAR, -- name: the way out
    source       VARCHAR, -- IP: the preferred source address
    protocol     VARCHAR, -- word: kernel, static, bgp, ...
    metric       UBIGINT, -- count: lower is preferred
    selected     BOOLEAN, -- truth: whether the device marks this next hop, of several, as the one in use
    vrf          VARCHAR, -- name: the VRF; none for the main table
    evidence     UBIGINT  -- line: where it was read
);
-- diff: route by device, vrf, destination, kind

-- Neighbours of an interface, as ARP and neighbour discovery know them.
CREATE TABLE neighbors (
    device     VARCHAR, -- name: the device
    interface  VARCHAR, -- name: the interface
    address    VARCHAR, -- IP: of the neighbour
    mac        VARCHAR, -- MAC: of the neighbour, where it has answered
    state      VARCHAR, -- word: REACHABLE, STALE, FAILED (it does not answer), ...
    evidence   UBIGINT  -- line: where it was read
);
-- diff: neighbour by device, interface, address
-- noise: state (it ages, and is asked for again)
-- noise rows: mac IS NULL (it has not answered yet; next_hop_silent judges the one that does not)
-- ages: true (who is not spoken to is forgotten)

-- VXLAN tunnel end points: one row per VXLAN interface (EOS has one for all VNIs, Linux usually one per VNI).
CREATE TABLE vteps (
    device            VARCHAR, -- name: the device
    interface         VARCHAR, -- name: the VXLAN interface
    flags             VARCHAR, -- words: the kernel's flags, separated by commas
    admin_state       VARCHAR, -- state: up or down by configuration
    oper_state        VARCHAR, -- state: up or down in fact
    source_interface  VARCHAR, -- name: the interface whose address it uses, or the underlay interface it is bound to
    vtep_ip           VARCHAR, -- IP: the source address of its packets, where the device shows it
    udp_port          INTEGER, -- port: the UDP destination port, where the device shows it
    bum_mode          VARCHAR, -- word: multicast, head-end or none: how BUM traffic is carried, where the device says it
    multicast_group   VARCHAR, -- IP: the group that BUM traffic is sent to
    remote            VARCHAR, -- IP: the one remote VTEP that the interface is configured with
    learning          VARCHAR, -- word: how remote MACs are learned: data plane, EVPN, off
    ttl               VARCHAR, -- count: TTL of the outer header, or auto or inherit
    ageing            INTEGER, -- s: after which a silent remote MAC is forgotten
    mlag              BOOLEAN, -- truth: whether the device says that it shares its VTEP with an MLAG peer
    external          BOOLEAN, -- truth: whether VNI and peer are set per packet by something else (collect metadata)
    vnifilter         BOOLEAN, -- truth: whether only the VNIs of a list pass (see vni_filters)
    source_ports      VARCHAR, -- text: the range of the UDP source port, as shown
    tos               VARCHAR, -- text: TOS or DSCP of the outer header, or inherit
    df                VARCHAR, -- word: the outer header's don't-fragment bit: set, unset, inherit
    udp_checksum      BOOLEAN, -- switch: whether the outer UDP header carries a checksum
    udp6_zero_checksum_tx BOOLEAN, -- switch: whether the outer UDP header goes without one over IPv6
    udp6_zero_checksum_rx BOOLEAN, -- switch: whether a packet without one is accepted over IPv6
    gbp               BOOLEAN, -- truth: whether it carries group policies (GBP extension)
    gpe               BOOLEAN, -- truth: whether it is VXLAN-GPE
    arp_proxy         BOOLEAN, -- truth: whether it answers ARP itself
    max_macs          INTEGER, -- count: the most remote MAC addresses that it may learn; none where there is no limit
    router_mac        VARCHAR, -- MAC: that routed packets are sent to, shared within an MLAG pair where told
    virtual_vtep_ip   VARCHAR, -- IP: the address that it shares with other gateways, where told
    evidence                  UBIGINT, -- line: where it was read
    admin_state_evidence      UBIGINT, -- line: where its state was read
    vtep_ip_evidence          UBIGINT, -- line: where its address was read
    udp_port_evidence         UBIGINT, -- line: where its UDP port was read
    bum_mode_evidence         UBIGINT, -- line: where its BUM mode was read
    multicast_group_evidence  UBIGINT, -- line: where its group was read
    learning_evidence         UBIGINT, -- line: where its way of learning was read
    udp6_zero_checksum_rx_evidence UBIGINT -- line: where its checksums were read
); -- key: device, interface
-- diff: VTEP by device, interface

-- The UDP port that the Linux vxlan module was loaded with: the default of interfaces that were not given one.
CREATE TABLE vxlan_modules (
    device    VARCHAR, -- name: the device
    udp_port  INTEGER,             -- port: of /sys/module/vxlan/parameters/udp_port
    evidence  UBIGINT              -- line: where it was read
); -- key: device
-- diff: VXLAN module by device

-- VNIs that a device bridges, and what they are joined to.
CREATE TABLE vnis (
    device     VARCHAR, -- name: the device
    interface  VARCHAR, -- name: the VXLAN interface
    vni        INTEGER, -- VNI: VXLAN network identifier
    vlan       INTEGER, -- VLAN: the VLAN mapped to it, where the vendor maps VLANs
    bridge     VARCHAR, -- name: the bridge it is in, where the vendor uses bridges
    origin     VARCHAR, -- word: static, or what made it of itself (evpn, dynamic, ...), where told
    multicast_group VARCHAR, -- IP: the group that its BUM traffic is sent to, where it has one of its own
    bum_mode   VARCHAR, -- word: multicast or head-end: how its BUM traffic is carried, where that is told of each VNI
    oper_state VARCHAR, -- state: up or down, where that is told of each VNI
    evidence   UBIGINT  -- line: where it was read
); -- key: device, interface, vni, vlan
-- diff: VNI by device, vni

-- VNIs that a device routes in a VRF.
CREATE TABLE vrf_vnis (
    device     VARCHAR, -- name: the device
    interface  VARCHAR, -- name: the VXLAN interface
    vrf        VARCHAR, -- name: the VRF
    vni        INTEGER, -- VNI: of its routed traffic
    oper_state VARCHAR, -- state: up or down, where it is told
    evidence   UBIGINT  -- line: where it was read
);
-- diff: routed VNI by device, vni

-- Where BUM traffic is replicated to: the head-end flood list (and on Linux the multicast group, as the kernel lists it).
CREATE TABLE flood_lists (
    device     VARCHAR, -- name: the device
    interface  VARCHAR, -- name: the VXLAN interface
    vni        INTEGER, -- VNI: where the vendor tells it
    vlan       INTEGER, -- VLAN: where the vendor keys it so
    peer       VARCHAR, -- IP: of a remote VTEP, or a group
    evidence   UBIGINT  -- line: where it was read
);
-- diff: flood list's peer by device, interface, vni, vlan, peer

-- Remote VTEPs as the device lists them.
CREATE TABLE remote_vteps (
    device     VARCHAR, -- name: the device
    interface  VARCHAR, -- name: the VXLAN interface
    vni        INTEGER, -- VNI: where the vendor tells it
    peer       VARCHAR, -- IP: of the remote VTEP
    tunnel_types VARCHAR, -- words: what it is used for: unicast, flood
    evidence   UBIGINT  -- line: where it was read
);
-- diff: remote VTEP by device, interface, vni, peer
-- noise: tunnel_types (unicast comes and goes with the MAC addresses behind it)

-- MAC addresses in bridging tables; those behind VXLAN are in remote_macs.
CREATE TABLE macs (
    device     VARCHAR, -- name: the device
    vlan       INTEGER, -- VLAN: where the vendor keys them so
    bridge     VARCHAR, -- name: the bridge, where the vendor keys them so
    interface  VARCHAR, -- name: the port
    mac        VARCHAR, -- MAC: the address
    kind       VARCHAR, -- word: dynamic, static, permanent (the device's own), ...
    moves      INTEGER, -- count: times that it changed port
    age        DOUBLE,  -- s: since it last moved
    evidence   UBIGINT  -- line: where it was read
);
-- diff: MAC address by device, vlan, bridge, mac
-- moves: interface
-- ages: coalesce(lower(kind), 'dynamic') <> 'static' (who is silent is forgotten)
-- heard: mac in local_macs
-- noise: kind, moves, age (a MAC address that moved has another port)
-- noise rows: lower(kind) = 'permanent' (they are the device's own: they come with its ports)
-- noise rows: is_group(mac) (groups are joined, not learned)

-- MAC addresses behind other VTEPs.
CREATE TABLE remote_macs (
    device     VARCHAR, -- name: the device
    interface  VARCHAR, -- name: the VXLAN interface
    vni        INTEGER, -- VNI: where the vendor tells it
    vlan       INTEGER, -- VLAN: where the vendor keys them so
    bridge     VARCHAR, -- name: the bridge or VLAN, where the vendor keys them by name
    mac        VARCHAR, -- MAC: the address
    peer       VARCHAR, -- IP: of the VTEP that it is behind
    segment    VARCHAR, -- text: the Ethernet segment that it is behind, where the device tells that instead
    nexthop_id UBIGINT, -- number: of the next-hop group that it is behind, where the device tells that instead (see nexthops)
    kind       VARCHAR, -- word: dynamic, static, permanent, evpn, ...
    moves      INTEGER, -- count: times that it changed VTEP
    age        DOUBLE,  -- s: since it last moved
    evidence   UBIGINT  -- line: where it was read
);
-- diff: remote MAC address by device, interface, vni, vlan, bridge, mac
-- moves: peer, segment
-- ages: coalesce(lower(kind), 'dynamic') NOT IN ('static', 'permanent') (who is silent is forgotten, and withdrawn)
-- heard: mac in local_macs
-- noise: kind, moves, age, nexthop_id (a MAC address that moved has another peer, and next hops are numbered as they come)

-- Next hops that routes and MAC addresses refer to by a number (Linux); of a group, those that share the traffic.
CREATE TABLE nexthops (
    device      VARCHAR, -- name: the device
    nexthop_id  UBIGINT, -- number: of the next hop
    address     VARCHAR, -- IP: the next hop; for a MAC address the VTEP
    interface   VARCHAR, -- name: the way out
    members     VARCHAR, -- text: the numbers of a group's members, with their weights where they have any (1/2, 1,3/5,7)
    evidence    UBIGINT  -- line: where it was read
);
-- diff: nothing (next hops are numbered as they come; what refers to them is compared)

-- Counters that a device prints by name.
CREATE TABLE counters (
    device    VARCHAR, -- name: the device
    poll      INTEGER, -- count: which look it was
    counter   VARCHAR, -- text: the device's own name for it
    value     UBIGINT, -- count: since it was last cleared
    evidence  UBIGINT  -- line: where it was read
);
-- diff: counter by device, counter
-- rates: value
-- noise rows: NOT regexp_matches(counter, 'discard|drop|error|fail|invalid|unknown|empty flood list', 'i') (traffic is no fault)

-- Counters of interfaces.
CREATE TABLE link_counters (
    device       VARCHAR, -- name: the device
    poll         INTEGER, -- count: which look it was
    interface    VARCHAR, -- name: the interface
    rx_bytes     UBIGINT, -- bytes: received
    rx_packets   UBIGINT, -- packets: received
    rx_errors    UBIGINT, -- packets: received and bad
    rx_dropped   UBIGINT, -- packets: received and dropped
    rx_overrun   UBIGINT, -- packets: lost for want of room
    rx_missed    UBIGINT, -- packets: missed
    rx_multicast UBIGINT, -- packets: received, multicast
    tx_bytes     UBIGINT, -- bytes: sent
    tx_packets   UBIGINT, -- packets: sent
    tx_errors    UBIGINT, -- packets: not sent for an error
    tx_dropped   UBIGINT, -- packets: dropped before they were sent
    tx_carrier   UBIGINT, -- packets: not sent for want of carrier
    tx_collisions UBIGINT, -- packets: collided
    evidence     UBIGINT, -- line: where they were read
    rx_packets_evidence UBIGINT, -- line: where what was received was read
    tx_packets_evidence UBIGINT  -- line: where what was sent was read
); -- key: device, poll, interface
-- diff: counters of a port by device, interface
-- rates: rx_errors, rx_dropped, rx_overrun, rx_missed, tx_errors, tx_dropped, tx_carrier, tx_collisions
-- noise: rx_bytes, rx_packets, rx_multicast, tx_bytes, tx_packets (traffic is no fault)

-- Multicast groups that an interface has joined.
CREATE TABLE multicast_memberships (
    device           VARCHAR, -- name: the device
    interface        VARCHAR, -- name: the interface
    multicast_group  VARCHAR, -- IP: the group
    users            INTEGER, -- count: of those who joined, where told
    evidence         UBIGINT  -- line: where it was read
);
-- diff: joined group by device, interface, multicast_group
-- noise: users (programs come and go)
-- noise rows: multicast_group LIKE 'ff02::1:ff%' (they follow from the port's addresses)

-- Multicast forwarding state.
CREATE TABLE multicast_routes (
    device           VARCHAR,   -- name: the device
    source           VARCHAR,   -- IP: of the sender; 0.0.0.0 for any
    multicast_group  VARCHAR,   -- IP: the group
    in_interface     VARCHAR,   -- name: where it comes in
    out_interfaces   VARCHAR[], -- names: where it goes out
    state            VARCHAR,   -- word: resolved, unresolved; Forwarding, Pruned
    vrf              VARCHAR,   -- name: the VRF; none for the main table
    evidence         UBIGINT    -- line: where it was read
);
-- diff: multicast route by device, vrf, source, multicast_group
-- noise: state (what it leads to is told by its interfaces)

-- Neighbours that PIM has heard.
CREATE TABLE pim_neighbors (
    device     VARCHAR, -- name: the device
    interface  VARCHAR, -- name: the interface
    neighbor   VARCHAR, -- IP: of the neighbour
    mode       VARCHAR, -- word: sparse, dense, ..., where told
    uptime     VARCHAR, -- text: for how long, as shown
    priority   INTEGER, -- count: for the election of a designated router
    vrf        VARCHAR, -- name: the VRF; none for the main one
    evidence   UBIGINT  -- line: where it was read
); -- key: device, interface, neighbor
-- diff: PIM neighbour by device, vrf, interface, neighbor
-- noise: uptime (it grows)

-- Interfaces that run PIM.
CREATE TABLE pim_interfaces (
    device             VARCHAR, -- name: the device
    interface          VARCHAR, -- name: the interface
    address            VARCHAR, -- IP: its own address, where told
    state              VARCHAR, -- state: up or down, where told
    mode               VARCHAR, -- word: sparse, dense, ..., where told
    neighbors          INTEGER, -- count: of PIM neighbours on it
    designated_router  VARCHAR, -- text: the address of the designated router, or local
    ip_version         INTEGER, -- count: 4 or 6, where told
    vrf                VARCHAR, -- name: the VRF; none for the main one
    evidence           UBIGINT  -- line: where it was read
); -- key: device, interface, ip_version
-- diff: PIM interface by device, vrf, interface, ip_version
-- noise: neighbors (each is a row of pim_neighbors)

-- What PIM has joined upstream, and for whom.
CREATE TABLE pim_joins (
    device              VARCHAR, -- name: the device
    source              VARCHAR, -- IP: of the sender; 0.0.0.0 for any
    multicast_group     VARCHAR, -- IP: the group
    rendezvous_point    VARCHAR, -- IP: where told
    upstream_interface  VARCHAR, -- name: towards the source or the rendezvous point
    upstream_neighbor   VARCHAR, -- text: the neighbour there, or Direct
    state               VARCHAR, -- text: upstream state, as shown
    vrf                 VARCHAR, -- name: the VRF; none for the main one
    evidence            UBIGINT  -- line: where it was read
);
-- diff: PIM join by device, vrf, source, multicast_group
-- noise: state (timers run in it)

-- Multicast groups that a router has heard receivers ask for, by IGMP.
CREATE TABLE igmp_groups (
    device           VARCHAR, -- name: the device
    interface        VARCHAR, -- name: the interface that the receivers are on
    multicast_group  VARCHAR, -- IP: the group
    mode             VARCHAR, -- word: INCL (only some sources) or EXCL (all but some), where told
    evidence         UBIGINT  -- line: where it was read
); -- key: device, interface, multicast_group
-- diff: group with receivers by device, interface, multicast_group
-- noise: mode (it follows the last report)

-- Interfaces that PIM has been asked to send a group out of.
CREATE TABLE pim_downstreams (
    device           VARCHAR, -- name: the device
    interface        VARCHAR, -- name: the interface
    source           VARCHAR, -- IP: of the sender; 0.0.0.0 for any
    multicast_group  VARCHAR, -- IP: the group
    state            VARCHAR, -- word: JOIN, NOINFO (only receivers on the link asked), ...
    evidence         UBIGINT  -- line: where it was read
);
-- diff: PIM downstream by device, interface, source, multicast_group
-- noise: state (timers run in it)

-- The device's own checks of its VXLAN configuration (EOS `show vxlan config-sanity`).
CREATE TABLE config_sanity (
    device    VARCHAR, -- name: the device
    category  VARCHAR, -- text: the heading that the item stands under; empty for a heading itself
    item      VARCHAR, -- text: what was checked
    result    VARCHAR, -- word: OK, FAIL, WARN, ... as shown
    detail    VARCHAR, -- text: what the device says of it
    evidence  UBIGINT  -- line: where it was read
);
-- diff: the device's own check by device, category, item
-- noise: detail (words about the result)

-- Gateways that several devices share: virtual addresses of interfaces.
CREATE TABLE virtual_gateways (
    device     VARCHAR, -- name: the device
    interface  VARCHAR, -- name: the interface, such as Vlan10
    vrf        VARCHAR, -- name: the VRF, where told
    address    VARCHAR, -- IP: the virtual address
    mac        VARCHAR, -- MAC: that answers for it
    state      VARCHAR, -- word: active, inactive, ... where told
    evidence      UBIGINT, -- line: where it was read
    mac_evidence  UBIGINT  -- line: where its MAC address was read
);
-- diff: virtual gateway by device, vrf, interface, address

-- The device's side of an MLAG pair.
CREATE TABLE mlag (
    device              VARCHAR, -- name: the device
    domain              VARCHAR, -- text: the domain's name, the same on both
    state               VARCHAR, -- word: Active, Inactive, Disabled, ...
    negotiation_status  VARCHAR, -- word: Connected, Connecting, ...
    peer_link           VARCHAR, -- name: the interface between the two
    peer_address        VARCHAR, -- IP: of the other one
    local_interface     VARCHAR, -- name: the interface that reaches it
    system_id           VARCHAR, -- MAC: that both show to their neighbours
    config_sanity       VARCHAR, -- word: consistent or inconsistent, where told
    evidence            UBIGINT  -- line: where it was read
); -- key: device
-- diff: MLAG by device

-- The way to every address that a device's VXLAN interfaces send to: its routes, longest prefix first (derived).
CREATE TABLE underlay_ways (
    device         VARCHAR, -- name: the device
    destination    VARCHAR, -- IP: of a remote VTEP
    route          VARCHAR, -- prefix: of the route that was chosen
    gateway        VARCHAR, -- IP: the next hop, empty where the network is connected
    out_interface  VARCHAR, -- name: the way out; empty where there is no route
    evidence       UBIGINT  -- line: the route
);
-- diff: nothing (it follows from routes)

-- The way of a packet from a VTEP to another's address, device by device, as far as they were examined (derived).
CREATE TABLE underlay_hops (
    device         VARCHAR, -- name: the VTEP that sends
    destination    VARCHAR, -- IP: of a remote VTEP
    hop            INTEGER, -- count: 1 is the sender itself, 2 the first router
    hop_device     VARCHAR, -- name: the device; empty where the next hop is none that was examined
    out_interface  VARCHAR, -- name: its way out towards the destination
    evidence       UBIGINT, -- line: the route
    route          VARCHAR, -- prefix: of the route that was chosen
    gateway        VARCHAR, -- IP: its next hop, empty where the network is connected
    ends           VARCHAR  -- word: on the last hop: arrived, no route, blackhole, loop, or unknown (the next was not examined)
);
-- diff: nothing (it follows from routes)

-- VNIs as the EVPN of a device's routing software has them.
CREATE TABLE evpn_vnis (
    device           VARCHAR, -- name: the device
    vni              INTEGER, -- VNI: VXLAN network identifier
    kind             VARCHAR, -- word: L2 (bridged) or L3 (routed)
    interface        VARCHAR, -- name: the VXLAN interface
    vlan             INTEGER, -- VLAN: in its bridge, where the software tells it
    bridge           VARCHAR, -- name: its bridge, where the software tells it
    vrf              VARCHAR, -- name: the tenant's VRF
    vtep_ip          VARCHAR, -- IP: the address that it announces
    multicast_group  VARCHAR, -- IP: the group that BUM traffic is sent to
    state            VARCHAR, -- state: of a routed VNI
    macs             INTEGER, -- count: of its MAC addresses, local and remote, where listed
    remote_vteps     INTEGER, -- count: of its remote VTEPs, where listed
    evidence          UBIGINT, -- line: where it was read
    vtep_ip_evidence  UBIGINT  -- line: where its address was read
); -- key: device, vni
-- diff: EVPN VNI by device, vni
-- noise: macs, remote_vteps (each is a row of its own)

-- Remote VTEPs that EVPN has told a device of, by VNI.
CREATE TABLE evpn_remote_vteps (
    device    VARCHAR, -- name: the device
    vni       INTEGER, -- VNI: of which it is a member
    peer      VARCHAR, -- IP: of the remote VTEP
    flood     VARCHAR, -- word: HER (head-end replication), or how else BUM traffic is sent to it
    evidence  UBIGINT  -- line: where it was read
); -- key: device, vni, peer
-- diff: EVPN remote VTEP by device, vni, peer

-- MAC addresses as the EVPN of a device has them.
CREATE TABLE evpn_macs (
    device           VARCHAR, -- name: the device
    vni              INTEGER, -- VNI: in which
    mac              VARCHAR, -- MAC: the address
    kind             VARCHAR, -- word: local, remote or auto
    flags            VARCHAR, -- text: as shown
    interface        VARCHAR, -- name: the port, where it is local
    peer             VARCHAR, -- IP: of the VTEP, where it is remote
    segment          VARCHAR, -- text: the Ethernet segment that it is behind, where that is told instead
    vlan             INTEGER, -- VLAN: where the software tells it
    local_sequence   INTEGER, -- count: its moves as this device counts them
    remote_sequence  INTEGER, -- count: its moves as another announced them
    evidence         UBIGINT  -- line: where it was read
); -- key: device, vni, mac
-- diff: EVPN MAC address by device, vni, mac
-- moves: interface, peer, segment
-- ages: true (who is silent is forgotten, and withdrawn)
-- heard: mac in local_macs
-- noise: kind, vlan, flags, local_sequence, remote_sequence (a MAC address that moved has another place)

-- MAC addresses that a device's EVPN holds to be in two places, for they moved too often.
CREATE TABLE evpn_duplicate_macs (
    device           VARCHAR, -- name: the device
    vni              INTEGER, -- VNI: in which
    mac              VARCHAR, -- MAC: the address
    kind             VARCHAR, -- word: local or remote, at the moment
    interface        VARCHAR, -- name: the port, where it is local
    peer             VARCHAR, -- IP: of the VTEP, where it is remote
    vlan             INTEGER, -- VLAN: where the software tells it
    local_sequence   INTEGER, -- count: its moves as this device counts them
    remote_sequence  INTEGER, -- count: its moves as another announced them
    evidence         UBIGINT  -- line: where it was read
); -- key: device, vni, mac
-- diff: duplicate MAC address by device, vni, mac
-- noise: kind, interface, peer, local_sequence, remote_sequence (it is in two places: either may be shown)

-- How a device's BGP carries EVPN.
CREATE TABLE bgp_evpn (
    device              VARCHAR, -- name: the device
    advertise_all_vnis  VARCHAR, -- word: Enabled or Disabled
    flooding            VARCHAR, -- text: how BUM traffic is carried
    evidence                     UBIGINT, -- line: where it was read
    advertise_all_vnis_evidence  UBIGINT  -- line: where that was read
); -- key: device
-- diff: EVPN of BGP by device

-- VNIs that a device's BGP announces by EVPN.
CREATE TABLE bgp_evpn_vnis (
    device               VARCHAR, -- name: the device
    vni                  INTEGER, -- VNI: VXLAN network identifier
    kind                 VARCHAR, -- word: L2 (bridged) or L3 (routed)
    in_kernel            BOOLEAN, -- truth: whether it is there in fact; else it is configured only
    route_distinguisher  VARCHAR, -- text: of its routes
    import_target        VARCHAR, -- text: the route target that it imports; ends in ", ..." where there are more
    export_target        VARCHAR, -- text: the route target that it exports; ends in ", ..." where there are more
    vrf                  VARCHAR, -- name: the tenant's VRF
    evidence             UBIGINT  -- line: where it was read
); -- key: device, vni
-- diff: announced VNI by device, vni

-- Route targets by which a device imports other devices' EVPN routes into its VNIs.
CREATE TABLE evpn_import_targets (
    device        VARCHAR, -- name: the device
    route_target  VARCHAR, -- text: the route target; AS 0 or * stands for any
    vni           INTEGER, -- VNI: that it imports into
    evidence               UBIGINT, -- line: where it was read
    route_target_evidence  UBIGINT  -- line: where the route target was read
); -- key: device, route_target, vni
-- diff: imported route target by device, vni, route_target

-- BGP neighbours that EVPN routes are exchanged with.
CREATE TABLE bgp_evpn_neighbors (
    device             VARCHAR, -- name: the device
    neighbor           VARCHAR, -- text: its address, interface or name, as shown
    dynamic            BOOLEAN, -- truth: whether it came by itself (listen range)
    asn                VARCHAR, -- text: its AS number
    uptime             VARCHAR, -- text: how long it has been in this state
    state              VARCHAR, -- word: Idle (Admin), Active, Connect, ...; none where the session is established
    prefixes_received  INTEGER, -- count: of EVPN routes, where the session is established
    evidence           UBIGINT  -- line: where it was read
); -- key: device, neighbor
-- diff: BGP neighbour by device, neighbor
-- noise: uptime, prefixes_received (they grow, or follow the MAC addresses)

-- What a device's IPv4, ICMP and UDP have counted, the underlay's packets among it; one row a look.
CREATE TABLE ip_counters (
    device                    VARCHAR, -- name: the device
    poll                      INTEGER, -- count: which look it was
    in_receives               UBIGINT, -- packets: received, good or bad
    in_header_errors          UBIGINT, -- packets: received and discarded for their header, among them those whose TTL ran out
    in_address_errors         UBIGINT, -- packets: received for an address that is not the device's, and not forwarded
    forwarded                 UBIGINT, -- packets: forwarded
    in_discards               UBIGINT, -- packets: received and dropped for want of room
    in_delivers               UBIGINT, -- packets: handed to a protocol above
    out_requests              UBIGINT, -- packets: sent by the device itself
    out_discards              UBIGINT, -- packets: not sent for want of room
    out_no_routes             UBIGINT, -- packets: not sent for want of a route
    reassembly_required       UBIGINT, -- fragments: received
    reassembly_ok             UBIGINT, -- packets: put together from fragments
    reassembly_fails          UBIGINT, -- packets: that could not be put together
    fragmentation_ok          UBIGINT, -- packets: fragmented
    fragmentation_fails       UBIGINT, -- packets: dropped because they must not be fragmented
    fragments_created         UBIGINT, -- fragments: sent
    icmp_in_unreachables      UBIGINT, -- messages: received, destination unreachable
    icmp_in_time_exceeded     UBIGINT, -- messages: received, TTL ran out
    icmp_out_unreachables     UBIGINT, -- messages: sent, destination unreachable
    icmp_out_time_exceeded    UBIGINT, -- messages: sent, TTL ran out
    udp_in_datagrams          UBIGINT, -- packets: UDP, received and delivered (VXLAN too, whatever its VNI)
    udp_no_ports              UBIGINT, -- packets: UDP, unicast, received on a port where nobody listens
    udp_in_errors             UBIGINT, -- packets: UDP, received and bad
    udp_out_datagrams         UBIGINT, -- packets: UDP, sent by programs (not VXLAN)
    udp_receive_buffer_errors UBIGINT, -- packets: UDP, dropped for want of room
    udp_checksum_errors       UBIGINT, -- packets: UDP, of a wrong checksum, where told
    udp_ignored_multicast     UBIGINT, -- packets: UDP, multicast, received on a port where nobody listens, where told
    in_multicast              UBIGINT, -- packets: received, multicast
    out_multicast             UBIGINT, -- packets: sent, multicast
    in_broadcast              UBIGINT, -- packets: received, broadcast
    out_broadcast             UBIGINT, -- packets: sent, broadcast
    in_no_routes              UBIGINT, -- packets: received, and no route for them
    in_truncated              UBIGINT, -- packets: received and shorter than they say
    forwarding                INTEGER, -- count: 1 where IPv4 packets for others are forwarded, 2 (0 on old kernels) where they are not
    evidence                       UBIGINT, -- line: where the first was read
    fragmentation_ok_evidence      UBIGINT, -- line: where those of IP were read
    icmp_in_time_exceeded_evidence UBIGINT, -- line: where those of ICMP were read
    udp_no_ports_evidence          UBIGINT -- line: where those of UDP were read
); -- key: device, poll
-- diff: counters of IP by device
-- rates: in_header_errors, in_address_errors, in_discards, out_discards, out_no_routes, reassembly_fails, fragmentation_fails, icmp_out_time_exceeded, udp_in_errors, udp_receive_buffer_errors, udp_checksum_errors, in_no_routes, in_truncated
-- noise: in_receives, forwarded, in_delivers, out_requests, reassembly_required, reassembly_ok, fragmentation_ok, fragments_created, in_multicast, out_multicast, in_broadcast, out_broadcast, udp_in_datagrams, udp_out_datagrams (traffic is no fault)
-- noise: icmp_in_unreachables, icmp_in_time_exceeded, icmp_out_unreachables, udp_no_ports, udp_ignored_multicast (anybody's packets; udp_unclaimed_growing judges them)

-- Counters of VNIs, of those devices that count each by itself.
CREATE TABLE vni_counters (
    device      VARCHAR, -- name: the device
    poll        INTEGER, -- count: which look it was
    interface   VARCHAR, -- name: the VXLAN interface
    vni         INTEGER, -- VNI: the VNI
    rx_bytes    UBIGINT, -- bytes: received
    rx_packets  UBIGINT, -- packets: received
    rx_dropped  UBIGINT, -- packets: received and dropped
    rx_errors   UBIGINT, -- packets: received and bad
    tx_bytes    UBIGINT, -- bytes: sent
    tx_packets  UBIGINT, -- packets: sent
    tx_dropped  UBIGINT, -- packets: dropped before they were sent
    tx_errors   UBIGINT, -- packets: not sent for an error
    evidence    UBIGINT  -- line: where they were read
); -- key: device, poll, interface, vni
-- diff: counters of a VNI by device, interface, vni
-- rates: rx_dropped, rx_errors, tx_dropped, tx_errors
-- noise: rx_bytes, rx_packets, tx_bytes, tx_packets (traffic is no fault)

-- The control plane of each VLAN that is mapped to a VNI (EOS `show vxlan control-plane`).
CREATE TABLE vxlan_control_planes (
    device         VARCHAR, -- name: the device
    vlan           INTEGER, -- VLAN: the VLAN
    control_plane  VARCHAR, -- word: EVPN, CVX, ...
    direction      VARCHAR, -- word: both, or whether it only imports or exports
    source         VARCHAR, -- word: where that comes from: configuration, ...
    evidence       UBIGINT  -- line: where it was read
);
-- diff: control plane of a VLAN by device, vlan

-- What is configured of a VXLAN interface, a row a line; what no line names stands at its default.
CREATE TABLE vtep_settings (
    device     VARCHAR, -- name: the device
    interface  VARCHAR, -- name: the VXLAN interface
    setting    VARCHAR, -- text: the words of the line
    value      VARCHAR, -- text: what comes last in it, as typed
    evidence   UBIGINT  -- line: where it was read
);
-- diff: VTEP's setting by device, interface, setting

-- EVPN instances (MAC-VRFs) of a device that keys them by VLAN or bundle of VLANs.
CREATE TABLE evpn_instances (
    device               VARCHAR, -- name: the device
    instance             VARCHAR, -- text: as shown: VLAN 10, VLAN-aware bundle blue
    vlan                 INTEGER, -- VLAN: of an instance of one VLAN
    route_distinguisher  VARCHAR, -- text: of its routes; none where the device chose it by itself
    import_target        VARCHAR, -- text: the route target that it imports
    export_target        VARCHAR, -- text: the route target that it exports
    vtep_ip              VARCHAR, -- IP: the address that it announces
    vxlan                BOOLEAN, -- truth: whether VXLAN carries it
    evidence                UBIGINT, -- line: where it was read
    import_target_evidence  UBIGINT, -- line: where its import target was read
    export_target_evidence  UBIGINT  -- line: where its export target was read
); -- key: device, instance
-- diff: EVPN instance by device, instance
