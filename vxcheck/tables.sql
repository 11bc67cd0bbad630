-- Every table and column that a check can read. `docs/tables.md` is generated from this file.
--
-- The word before the colon in a column's comment is its unit, and decides how the text that a template captured
-- becomes a value: MAC (lower case, colons), IP (canonical text), s (seconds), cs (hundredths), state (up, down, ...), the rest as typed.
-- A column `<name>_evidence` is filled by itself: the line on which <name> was read (see `evidence_lines`).
-- `evidence` is the first line of what the row was read from. Rows with the same key (after the closing
-- parenthesis) that come from several commands of one device are one row: each column keeps the first value shown.

-- Every device that the source names, examined or not.
CREATE TABLE devices (
    device     VARCHAR, -- name: the device's name in the inventory
    platform   VARCHAR,             -- name: its platform, as netmiko calls it
    condition  VARCHAR,             -- word: collected, unreachable, login refused, ...
    reason     VARCHAR              -- text: why it was not collected, or which commands were not
); -- key: device

-- Every command that was sent to a device, or should have been.
CREATE TABLE commands (
    device     VARCHAR, -- name: the device
    command    VARCHAR, -- text: as it was sent
    poll       INTEGER, -- count: 1 for the first look at the device, 2 for the second, ...
    condition  VARCHAR, -- word: collected, command refused, not supported, not understood, timed out, ...
    reason     VARCHAR, -- text: what the device said, or the line that was not understood
    seconds    DOUBLE   -- s: how long the answer took
);

-- Which tables are complete for which device; nothing is known of what an incomplete one does not hold.
CREATE TABLE coverage (
    device      VARCHAR, -- name: the device
    table_name  VARCHAR, -- name: a table of this page
    covered     BOOLEAN, -- truth: true when complete, false when not, null when no command of the platform fills it
    reason      VARCHAR  -- text: why it is not complete
);

-- What runs on the device.
CREATE TABLE software (
    device    VARCHAR, -- name: the device
    name      VARCHAR, -- name: VyOS, Linux, EOS
    version   VARCHAR, -- text: the version
    model     VARCHAR, -- text: the hardware, where it is told
    evidence  UBIGINT  -- line: where it was read
); -- key: device, name

-- Network interfaces.
CREATE TABLE links (
    device       VARCHAR, -- name: the device
    interface    VARCHAR, -- name: the interface
    parent       VARCHAR, -- name: the interface that it sits on (eth0 of vlan5@eth0)
    flags        VARCHAR, -- words: the kernel's flags, separated by commas
    admin_state  VARCHAR, -- state: up or down by configuration
    oper_state   VARCHAR, -- state: up or down in fact
    mtu          INTEGER, -- bytes: largest IP packet
    master       VARCHAR, -- name: the bridge, bond or VRF that it belongs to
    mac          VARCHAR, -- MAC: its own address
    kind         VARCHAR, -- word: vxlan, bridge, veth, vlan, ... where the device says it
    description  VARCHAR, -- text: as configured
    evidence      UBIGINT, -- line: where it was read
    mtu_evidence  UBIGINT  -- line: where its MTU was read
); -- key: device, interface

-- Interfaces that are ports of a bridge.
CREATE TABLE bridge_ports (
    device     VARCHAR, -- name: the device
    bridge     VARCHAR, -- name: the bridge
    interface  VARCHAR, -- name: the port
    evidence   UBIGINT  -- line: where it was read
); -- key: device, bridge, interface

-- Bridges, with what decides how they learn and forward.
CREATE TABLE bridges (
    device          VARCHAR, -- name: the device
    bridge          VARCHAR, -- name: the bridge
    ageing          DOUBLE,  -- cs: after which a silent MAC is forgotten (kept in seconds)
    vlan_filtering  INTEGER, -- truth: 1 where it keeps VLANs apart
    evidence         UBIGINT, -- line: where it was read
    ageing_evidence  UBIGINT  -- line: where its ageing was read
); -- key: device, bridge

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

-- Routes of the underlay.
CREATE TABLE routes (
    device       VARCHAR, -- name: the device
    destination  VARCHAR, -- prefix: network and length, or default
    kind         VARCHAR, -- word: unicast unless told: blackhole, unreachable, multicast, ...
    gateway      VARCHAR, -- IP: the next hop, empty where the network is connected
    interface    VARCHAR, -- name: the way out
    source       VARCHAR, -- IP: the preferred source address
    protocol     VARCHAR, -- word: kernel, static, bgp, ...
    metric       INTEGER, -- count: lower is preferred
    evidence     UBIGINT  -- line: where it was read
);

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
    evidence                  UBIGINT, -- line: where it was read
    admin_state_evidence      UBIGINT, -- line: where its state was read
    vtep_ip_evidence          UBIGINT, -- line: where its address was read
    udp_port_evidence         UBIGINT, -- line: where its UDP port was read
    bum_mode_evidence         UBIGINT, -- line: where its BUM mode was read
    multicast_group_evidence  UBIGINT  -- line: where its group was read
); -- key: device, interface

-- The UDP port that the Linux vxlan module was loaded with: the default of interfaces that were not given one.
CREATE TABLE vxlan_modules (
    device    VARCHAR, -- name: the device
    udp_port  INTEGER,             -- port: of /sys/module/vxlan/parameters/udp_port
    evidence  UBIGINT              -- line: where it was read
); -- key: device

-- VNIs that a device bridges, and what they are joined to.
CREATE TABLE vnis (
    device     VARCHAR, -- name: the device
    interface  VARCHAR, -- name: the VXLAN interface
    vni        INTEGER, -- VNI: VXLAN network identifier
    vlan       INTEGER, -- VLAN: the VLAN mapped to it, where the vendor maps VLANs
    bridge     VARCHAR, -- name: the bridge it is in, where the vendor uses bridges
    evidence   UBIGINT  -- line: where it was read
); -- key: device, interface, vni, vlan

-- VNIs that a device routes in a VRF.
CREATE TABLE vrf_vnis (
    device     VARCHAR, -- name: the device
    interface  VARCHAR, -- name: the VXLAN interface
    vrf        VARCHAR, -- name: the VRF
    vni        INTEGER, -- VNI: of its routed traffic
    evidence   UBIGINT  -- line: where it was read
);

-- Where BUM traffic is replicated to: the head-end flood list (and on Linux the multicast group, as the kernel lists it).
CREATE TABLE flood_lists (
    device     VARCHAR, -- name: the device
    interface  VARCHAR, -- name: the VXLAN interface
    vni        INTEGER, -- VNI: where the vendor tells it
    vlan       INTEGER, -- VLAN: where the vendor keys it so
    peer       VARCHAR, -- IP: of a remote VTEP, or a group
    evidence   UBIGINT  -- line: where it was read
);

-- Remote VTEPs as the device lists them.
CREATE TABLE remote_vteps (
    device     VARCHAR, -- name: the device
    interface  VARCHAR, -- name: the VXLAN interface
    vni        INTEGER, -- VNI: where the vendor tells it
    peer       VARCHAR, -- IP: of the remote VTEP
    tunnel_types VARCHAR, -- words: what it is used for: unicast, flood
    evidence   UBIGINT  -- line: where it was read
);

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

-- MAC addresses behind other VTEPs.
CREATE TABLE remote_macs (
    device     VARCHAR, -- name: the device
    interface  VARCHAR, -- name: the VXLAN interface
    vni        INTEGER, -- VNI: where the vendor tells it
    vlan       INTEGER, -- VLAN: where the vendor keys them so
    mac        VARCHAR, -- MAC: the address
    peer       VARCHAR, -- IP: of the VTEP that it is behind
    kind       VARCHAR, -- word: dynamic, static, permanent, evpn, ...
    moves      INTEGER, -- count: times that it changed VTEP
    age        DOUBLE,  -- s: since it last moved
    evidence   UBIGINT  -- line: where it was read
);

-- Counters that a device prints by name.
CREATE TABLE counters (
    device    VARCHAR, -- name: the device
    poll      INTEGER, -- count: which look it was
    counter   VARCHAR, -- text: the device's own name for it
    value     UBIGINT, -- count: since it was last cleared
    evidence  UBIGINT  -- line: where it was read
);

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

-- Multicast groups that an interface has joined.
CREATE TABLE multicast_memberships (
    device           VARCHAR, -- name: the device
    interface        VARCHAR, -- name: the interface
    multicast_group  VARCHAR, -- IP: the group
    users            INTEGER, -- count: of those who joined, where told
    evidence         UBIGINT  -- line: where it was read
);

-- Multicast forwarding state.
CREATE TABLE multicast_routes (
    device           VARCHAR,   -- name: the device
    source           VARCHAR,   -- IP: of the sender; 0.0.0.0 for any
    multicast_group  VARCHAR,   -- IP: the group
    in_interface     VARCHAR,   -- name: where it comes in
    out_interfaces   VARCHAR[], -- names: where it goes out
    state            VARCHAR,   -- word: resolved, unresolved
    evidence         UBIGINT    -- line: where it was read
);

-- The way to every address that a device's VXLAN interfaces send to: its routes, longest prefix first (derived).
CREATE TABLE underlay_ways (
    device         VARCHAR, -- name: the device
    destination    VARCHAR, -- IP: of a remote VTEP
    route          VARCHAR, -- prefix: of the route that was chosen
    gateway        VARCHAR, -- IP: the next hop, empty where the network is connected
    out_interface  VARCHAR, -- name: the way out; empty where there is no route
    evidence       UBIGINT  -- line: the route
);

-- The way of a packet from a VTEP to another's address, device by device, as far as they were examined (derived).
CREATE TABLE underlay_hops (
    device         VARCHAR, -- name: the VTEP that sends
    destination    VARCHAR, -- IP: of a remote VTEP
    hop            INTEGER, -- count: 1 is the sender itself, 2 the first router
    hop_device     VARCHAR, -- name: the device; empty where the next hop is none that was examined
    out_interface  VARCHAR, -- name: its way out towards the destination
    evidence       UBIGINT  -- line: the route
);

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
    evidence          UBIGINT, -- line: where it was read
    vtep_ip_evidence  UBIGINT  -- line: where its address was read
); -- key: device, vni

-- Remote VTEPs that EVPN has told a device of, by VNI.
CREATE TABLE evpn_remote_vteps (
    device    VARCHAR, -- name: the device
    vni       INTEGER, -- VNI: of which it is a member
    peer      VARCHAR, -- IP: of the remote VTEP
    flood     VARCHAR, -- word: HER (head-end replication), or how else BUM traffic is sent to it
    evidence  UBIGINT  -- line: where it was read
); -- key: device, vni, peer

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

-- How a device's BGP carries EVPN.
CREATE TABLE bgp_evpn (
    device              VARCHAR, -- name: the device
    advertise_all_vnis  VARCHAR, -- word: Enabled or Disabled
    flooding            VARCHAR, -- text: how BUM traffic is carried
    evidence                     UBIGINT, -- line: where it was read
    advertise_all_vnis_evidence  UBIGINT  -- line: where that was read
); -- key: device

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

-- Route targets by which a device imports other devices' EVPN routes into its VNIs.
CREATE TABLE evpn_import_targets (
    device        VARCHAR, -- name: the device
    route_target  VARCHAR, -- text: the route target; AS 0 or * stands for any
    vni           INTEGER, -- VNI: that it imports into
    evidence               UBIGINT, -- line: where it was read
    route_target_evidence  UBIGINT  -- line: where the route target was read
); -- key: device, route_target, vni

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
