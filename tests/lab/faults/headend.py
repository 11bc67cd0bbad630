"""List faults of the head-end lab: one of several VTEPs is wrong, and the others are not."""

from __future__ import annotations

from .fault import Fault, Step

_NOTHING: tuple[Step, ...] = ()


def _on(machine: str, script: str) -> tuple[Step, ...]:
    return (Step(machine, script),)


def _remade(vni: int, how: str, flood: tuple[str, ...]) -> str:
    """Make a VNI's interface anew, in its bridge, with a flood list."""
    lines = [
        f"ip link del vxlan{vni}",
        f"ip link add vxlan{vni} mtu 1450 type vxlan id {how}",
        f"ip link set vxlan{vni} master br{vni} up",
        *(f"bridge fdb append 00:00:00:00:00:00 dev vxlan{vni} dst {peer}" for peer in flood),
    ]
    return "\n".join(lines)


_PEERS_OF_LEAF3 = ("10.255.0.1", "10.255.0.2")
_LEAF3 = "local 10.255.0.3 dstport 4789 ttl 16"

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
)
