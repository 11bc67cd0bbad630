"""List faults of the head-end lab: one of several VTEPs is wrong, and the others are not."""

from __future__ import annotations

from .fault import Fault, Step

_NOTHING: tuple[Step, ...] = ()


def _on(machine: str, script: str) -> tuple[Step, ...]:
    return (Step(machine, script),)


def _remade(vni: int, how: str, flood: tuple[str, ...]) -> str:
    """Make a VNI's interface anew, in its bridge, with a flood list."""
    return f"ip link del vxlan{vni}\n{_made(vni, how, flood)}"


def _made(vni: int, how: str, flood: tuple[str, ...]) -> str:
    lines = [
        f"ip link add vxlan{vni} mtu 1450 type vxlan id {how}",
        f"ip link set vxlan{vni} master br{vni} up",
        *(f"bridge fdb append 00:00:00:00:00:00 dev vxlan{vni} dst {peer}" for peer in flood),
    ]
    return "\n".join(lines)


_PEERS_OF_LEAF3 = ("10.255.0.1", "10.255.0.2")
_LEAF3 = "local 10.255.0.3 dstport 4789 ttl 16"
_LEAF3_100 = f"100 {_LEAF3}"

# A lab with one of these in it is thrown away, hence nothing is undone.
HEADEND_FAULTS = (
    Fault(
        "headend_flood_list_short",
        "leaf1 does not flood VNI 100 to leaf3",
        _on("leaf1", "bridge fdb del 00:00:00:00:00:00 dev vxlan100 dst 10.255.0.3"),
        _NOTHING,
    ),
    Fault(
        "headend_dstport_mismatch",
        "leaf3 sends VNI 100 to UDP port 8472",
        _on("leaf3", _remade(100, "100 " + _LEAF3.replace("4789", "8472"), _PEERS_OF_LEAF3)),
        _NOTHING,
    ),
    Fault(
        "headend_group_instead",
        "leaf3 floods VNI 100 to a group",
        _on("leaf3", _remade(100, "100 group 239.0.0.1 dev eth1 " + _LEAF3, ())),
        _NOTHING,
        # h100x2, which asks for h100x1 meanwhile, may answer by its own question what h100x3 asks in vain.
        unsure=frozenset({"h100x3>h100x2", "h100x3>h100x2 big"}),
    ),
    Fault(
        "headend_local_address_wrong",
        "leaf3 sends VNI 100 from 172.31.9.9, which it has not, and to which nobody has a route",
        _on("leaf3", _remade(100, "100 local 172.31.9.9 dstport 4789 ttl 16", _PEERS_OF_LEAF3)),
        _NOTHING,
    ),
    Fault(
        "headend_vni_mismatch",
        "leaf3 has VNI 101 in place of 100",
        _on("leaf3", _remade(100, "101 " + _LEAF3, _PEERS_OF_LEAF3)),
        _NOTHING,
    ),
    Fault("headend_vxlan_down", "leaf2's interface of VNI 100 is down", _on("leaf2", "ip link set vxlan100 down"), ()),
    Fault("headend_underlay_down", "leaf4's underlay interface is down", _on("leaf4", "ip link set eth1 down"), ()),
    Fault(
        "headend_no_ipv6_route",
        "leaf2 has no route to leaf4 by IPv6",
        _on("leaf2", "ip -6 route del 2001:db8:ff::/64"),
        (),
    ),
    Fault(
        "headend_ipv6_mtu",
        "the spine's way to leaf4 has MTU 1480, too small for IPv6",
        _on("spine", "ip link set eth4 mtu 1480"),
        (),
    ),
    Fault(
        "headend_input_filter",
        "leaf2 drops VXLAN on input",
        _on(
            "leaf2",
            "nft add table inet f\nnft 'add chain inet f c { type filter hook input priority 0; }'\n"
            "nft add rule inet f c udp dport 4789 drop",
        ),
        _NOTHING,
    ),
    Fault(
        "headend_vtep_ip_down",
        "leaf3's loopback, which has its VTEP address, is down",
        _on("leaf3", "ip link set lo down"),
        (),
    ),
    Fault(
        "headend_flood_self",
        "leaf1 floods VNI 100 to itself too",
        _on("leaf1", "bridge fdb append 00:00:00:00:00:00 dev vxlan100 dst 10.255.0.1"),
        _NOTHING,
    ),
    Fault(
        "headend_flood_stranger",
        "leaf1 floods VNI 100 to 10.255.0.99 too, which is nobody",
        _on("leaf1", "bridge fdb append 00:00:00:00:00:00 dev vxlan100 dst 10.255.0.99"),
        _NOTHING,
    ),
    Fault(
        "headend_stale_address",
        "leaf1 floods VNI 100 to an old address of leaf3",
        (
            Step("leaf3", "ip addr add 10.255.0.33/32 dev lo"),
            Step("spine", "ip route add 10.255.0.33/32 via 10.1.3.1"),
            Step(
                "leaf1",
                "bridge fdb del 00:00:00:00:00:00 dev vxlan100 dst 10.255.0.3\n"
                "bridge fdb append 00:00:00:00:00:00 dev vxlan100 dst 10.255.0.33",
            ),
        ),
        _NOTHING,
    ),
    Fault(
        "headend_address_family",
        "leaf3 sends VNI 100 by IPv6",
        _on(
            "leaf3",
            _remade(
                100,
                "100 local 2001:db8:ff::3 dstport 4789 ttl 16",
                ("2001:db8:ff::1", "2001:db8:ff::2"),
            ),
        ),
        _NOTHING,
    ),
    Fault(
        "headend_static_mac",
        "leaf1 has a MAC address of VNI 100 behind leaf3 by hand, which leaf3 has not",
        _on("leaf1", "bridge fdb append 02:00:00:00:99:99 dev vxlan100 dst 10.255.0.3"),
        _NOTHING,
    ),
    Fault(
        "headend_table_full",
        "leaf3's VXLAN interface of VNI 100 may have two MAC addresses",
        _on("leaf3", _remade(100, _LEAF3_100 + " maxaddress 2", _PEERS_OF_LEAF3)),
        _NOTHING,
    ),
    Fault(
        "headend_group_policies",
        "leaf3 carries group policies",
        # All interfaces of one UDP port have the same extension.
        _on(
            "leaf3",
            "ip link del vxlan300\n"
            + _remade(100, f"{_LEAF3_100} gbp", _PEERS_OF_LEAF3)
            + "\n"
            + _made(300, f"300 {_LEAF3} gbp", ("10.255.0.1", "10.255.0.4")),
        ),
        _NOTHING,
    ),
    Fault(
        "headend_no_broadcasts",
        "leaf3's bridge gives the VXLAN interface of VNI 100 no broadcasts",
        _on("leaf3", "ip link set vxlan100 type bridge_slave bcast_flood off"),
        _NOTHING,
    ),
    Fault(
        "headend_port_learning_off",
        "leaf3's port to its node of VNI 100 does not learn",
        _on("leaf3", "bridge link set dev vlan100 learning off"),
        _NOTHING,
    ),
    Fault(
        "headend_udp6_checksum",
        "leaf4 sends VNI 200 over IPv6 without UDP checksums",
        _on(
            "leaf4",
            _remade(200, "200 local 2001:db8:ff::4 dstport 4789 ttl 16 udp6zerocsumtx", ("2001:db8:ff::2",)).replace(
                "mtu 1450", "mtu 1430"
            ),
        ),
        _NOTHING,
    ),
)
