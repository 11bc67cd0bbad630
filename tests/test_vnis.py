"""Derive the VNIs of bridges that keep VLANs apart, from what their devices show."""

from __future__ import annotations

from collections.abc import Mapping

from vxcheck import content, loading
from vxcheck.fabric import Fabric
from vxcheck.snapshot import COLLECTED, Device, Output, Snapshot

BRIDGE = """\
2: br0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc noqueue state UP mode DEFAULT group default qlen 1000
    link/ether 02:00:00:00:00:01 brd ff:ff:ff:ff:ff:ff promiscuity 0  allmulti 0 minmtu 68 maxmtu 65535
    bridge forward_delay 1500 hello_time 200 max_age 2000 ageing_time 30000 stp_state 0 priority 32768 vlan_filtering {}
"""
PORT = """\
3: eth1: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc fq_codel master br0 state UP mode DEFAULT group default
    link/ether 02:00:00:00:00:02 brd ff:ff:ff:ff:ff:ff promiscuity 1
    bridge_slave state forwarding learning on flood on vlan_tunnel off
"""
ONE_FOR_ALL = """\
4: vxlan0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc noqueue master br0 state UNKNOWN mode DEFAULT group default
    link/ether 02:00:00:00:00:03 brd ff:ff:ff:ff:ff:ff promiscuity 1
    vxlan external vnifilter id 0 local 192.0.2.1 srcport 0 0 dstport 4789 nolearning ttl auto ageing 300 udpcsum
    bridge_slave state forwarding learning off flood on vlan_tunnel {}
"""
ONE_EACH = """\
{index}: vxlan{vni}: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc noqueue master br0 state UNKNOWN mode DEFAULT
    link/ether 02:00:00:00:00:1{index} brd ff:ff:ff:ff:ff:ff promiscuity 1
    vxlan id {vni} local 192.0.2.1 srcport 0 0 dstport 4789 nolearning ttl auto ageing 300 udpcsum
    bridge_slave state forwarding learning off flood on vlan_tunnel off
"""
LINKS = "ip -d -s link show"
TUNNELS = "bridge vlan tunnelshow"
FILTERS = "bridge vni show"
FDB = "bridge fdb show"
MAPPED = """\
port              vlan-id    tunnel-id
vxlan0            10         1010
                  20-22      2020-2022
"""
FILTERED = """\
dev               vni                group/remote
vxlan0            1010            239.0.0.10
                  2020-2022
"""
LEARNED = """\
02:00:00:00:01:10 dev eth1 vlan 10 master br0
02:00:00:00:01:21 dev eth1 vlan 21 master br0
00:00:00:00:00:00 dev vxlan0 dst 192.0.2.2 src_vni 2021 self permanent
02:00:00:00:02:21 dev vxlan0 dst 192.0.2.2 src_vni 2021 self extern_learn
"""


def made(outputs: Mapping[str, str]) -> Fabric:
    device = Device("leaf1", "linux", COLLECTED, "", 1.0, tuple(Output(*one, COLLECTED, "") for one in outputs.items()))
    return loading.build(Snapshot((device,), "2026-01-01T00:00:00+00:00", 1.0), content.platforms())


def rows(of: Fabric, sql: str) -> list[tuple[object, ...]]:
    return of.query(sql)[1]


def test_one_interface_for_all_has_the_vnis_that_vlans_are_mapped_to() -> None:
    links = BRIDGE.format(1) + PORT + ONE_FOR_ALL.format("on")
    of = made({LINKS: links, TUNNELS: MAPPED, FILTERS: FILTERED, FDB: LEARNED})
    assert rows(of, "SELECT vni, vlan, bridge, bum_mode, multicast_group FROM vni_members ORDER BY vni") == [
        (1010, 10, "br0", "multicast", "239.0.0.10"),
        (2020, 20, "br0", "head-end", None),
        (2021, 21, "br0", "head-end", None),
        (2022, 22, "br0", "head-end", None),
    ]
    assert rows(of, "SELECT vni, mac FROM local_macs ORDER BY vni") == [
        (1010, "02:00:00:00:01:10"),
        (2021, "02:00:00:00:01:21"),
    ]
    assert rows(of, "SELECT vni, mac FROM remote_macs_by_vni") == [(2021, "02:00:00:00:02:21")]
    assert rows(of, "SELECT vni, peer FROM flooded_to") == [(2021, "192.0.2.2")]
    ((number,),) = rows(of, "SELECT evidence FROM vnis WHERE vni = 2022")
    assert isinstance(number, int)
    assert of.evidence(number).line == "                  20-22      2020-2022"


def test_its_filter_tells_where_no_vlan_is_mapped() -> None:
    of = made({LINKS: BRIDGE.format(0) + ONE_FOR_ALL.format("off"), FILTERS: FILTERED})
    assert rows(of, "SELECT vni, vlan FROM vnis ORDER BY vni") == [(n, None) for n in (1010, 2020, 2021, 2022)]


def test_vnis_that_nothing_shows_are_not_none() -> None:
    links = BRIDGE.format(1) + ONE_FOR_ALL.format("on")
    for outputs in (
        {LINKS: links},
        {LINKS: links, TUNNELS: 'Command "tunnelshow" is unknown, try "bridge vlan help".', FILTERS: ""},
        {LINKS: links, TUNNELS: "port              vlan-id    tunnel-id\nwhat is this\n"},
    ):
        of = made(outputs)
        ((covered, reason),) = rows(of, "SELECT covered, reason FROM coverage WHERE table_name = 'vnis'")
        assert covered is False
        assert str(reason).startswith("vxlan0 carries VNIs that nothing shows: ")
        assert rows(of, "SELECT device FROM unknown_members") == [("leaf1",)]


def test_an_interface_for_all_in_no_bridge_is_left_alone() -> None:
    text = ONE_FOR_ALL.format("on").replace(" master br0", "")
    of = made({LINKS: "".join(line for line in text.splitlines(keepends=True) if "bridge_slave" not in line)})
    assert rows(of, "SELECT covered FROM coverage WHERE table_name = 'vnis'") == [(True,)]
    assert rows(of, "SELECT vni FROM vnis") == []


def test_one_interface_a_vni_belongs_to_the_vlan_that_it_carries_untagged() -> None:
    links = BRIDGE.format(1) + PORT + ONE_EACH.format(index=4, vni=10) + ONE_EACH.format(index=5, vni=20)
    untagged = "PVID Egress Untagged"
    vlans = f"port\tvlan ids\neth1\t 10\n\t 20\n\nvxlan10\t 10 {untagged}\n\nvxlan20\t 20 {untagged}\n\n"
    learned = "02:00:00:00:01:10 dev eth1 vlan 10 master br0 \n02:00:00:00:01:20 dev eth1 vlan 20 master br0 \n"
    of = made({LINKS: links, "bridge vlan show": vlans, FDB: learned})
    assert rows(of, "SELECT vni, vlan, bridge FROM vnis ORDER BY vni") == [(10, 10, "br0"), (20, 20, "br0")]
    assert rows(of, "SELECT vni, mac FROM local_macs ORDER BY vni") == [
        (10, "02:00:00:00:01:10"),
        (20, "02:00:00:00:01:20"),
    ]
    # A bridge that does not keep VLANs apart has them all the same, and they mean nothing.
    of = made({LINKS: links.replace("vlan_filtering 1", "vlan_filtering 0"), "bridge vlan show": vlans, FDB: learned})
    assert rows(of, "SELECT DISTINCT vlan FROM vnis") == [(None,)]
    # One that both are in says of neither which is whose.
    shared = vlans.replace("vxlan20\t 20", "vxlan20\t 10")
    of = made({LINKS: links, "bridge vlan show": shared, FDB: learned})
    assert rows(of, "SELECT DISTINCT vlan FROM vnis") == [(None,)]


def test_the_kernels_own_entry_tells_the_group_where_no_filter_does() -> None:
    links = BRIDGE.format(1) + ONE_FOR_ALL.format("on")
    entry = "00:00:00:00:00:00 dev vxlan0 dst 239.0.0.20 vni 2020 src_vni 2020 via eth0 self permanent\n"
    of = made({LINKS: links, TUNNELS: MAPPED, FDB: entry})
    assert rows(of, "SELECT vni, multicast_group FROM vni_members WHERE bum_mode = 'multicast'") == [
        (2020, "239.0.0.20")
    ]


NEXT_HOPS = """\
id 268435458 via 192.0.2.2 scope link fdb
id 268435459 via 192.0.2.3 scope link fdb
id 536870913 group 268435458/268435459 fdb
id 536870914 group 268435459,10 fdb
"""
BEHIND = """\
02:00:00:00:02:01 dev vxlan1010 nhid 536870913 self extern_learn
02:00:00:00:02:02 dev vxlan1010 nhid 536870914 self extern_learn
02:00:00:00:02:03 dev vxlan1010 nhid 268435458 self extern_learn
02:00:00:00:02:04 dev vxlan1010 nhid 7 self extern_learn
02:00:00:00:02:05 dev vxlan1010 dst 192.0.2.4 self extern_learn
"""


def peers(shown: Mapping[str, str]) -> list[tuple[object, ...]]:
    return rows(made(shown), "SELECT right(mac, 2), peer FROM remote_macs ORDER BY ALL")


def test_a_mac_address_behind_a_group_is_behind_each_vtep_of_it() -> None:
    shown = {LINKS: ONE_EACH.format(index=4, vni=1010), FDB: BEHIND, "ip nexthop show": NEXT_HOPS}
    assert peers(shown) == [
        ("01", "192.0.2.2"),
        ("01", "192.0.2.3"),
        ("02", "192.0.2.3"),
        ("03", "192.0.2.2"),
        ("04", None),
        ("05", "192.0.2.4"),
    ]


def test_where_no_next_hop_is_shown_nothing_is_guessed() -> None:
    shown = {LINKS: ONE_EACH.format(index=4, vni=1010), FDB: BEHIND}
    assert [peer for _, peer in peers(shown)] == [None, None, None, None, "192.0.2.4"]
