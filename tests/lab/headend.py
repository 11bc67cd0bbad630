"""Describe four Linux VTEPs that replicate at the head end, one VNI of them between IPv6 addresses."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

from .topology import Cable, Flow, Login, Machine, Topology, node

SPINE = "spine"
LEAVES = (1, 2, 3, 4)


@dataclass(frozen=True)
class Overlay:
    """Describe a VNI: its member leaves, and what it loses to encapsulation."""

    vni: int
    members: tuple[int, ...]
    prefix: str  # of the members' VTEP addresses
    mtu: int

    def vtep(self, leaf: int) -> str:
        """Give the address from which a leaf sends this VNI."""
        return f"{self.prefix}{leaf}"

    def node(self, leaf: int) -> str:
        """Name the node of this VNI behind a leaf."""
        return f"h{self.vni}x{leaf}"

    def address(self, leaf: int) -> str:
        """Give that node's address."""
        return f"192.168.{self.vni // 100}.{leaf}"


OVERLAYS = (
    Overlay(100, (1, 2, 3), "10.255.0.", 1450),
    Overlay(200, (2, 4), "2001:db8:ff::", 1430),  # an outer IPv6 header is 20 bytes longer
    Overlay(300, (1, 3, 4), "10.255.0.", 1450),
)


def _leaf(number: int) -> Machine:
    setup = [
        f"addr add 10.1.{number}.1/24 dev eth1",
        f"addr add 2001:db8:{number}::1/64 dev eth1 nodad",
        "link set eth1 up",
        f"addr add 10.255.0.{number}/32 dev lo",
        f"addr add 2001:db8:ff::{number}/128 dev lo nodad",
        f"route add 10.255.0.0/24 via 10.1.{number}.254",
        f"route add 2001:db8:ff::/64 via 2001:db8:{number}::254",
    ]
    bridged = [_bridged(overlay, number) for overlay in OVERLAYS if number in overlay.members]
    # `bridge` has a batch of its own, hence the flood lists are written where daemons are started.
    return Machine(
        f"leaf{number}",
        (*setup, *(line for lines in bridged for line in lines)),
        login=Login("linux", "netops", f"192.0.2.{20 + number}"),
        daemons=tuple(line for overlay in OVERLAYS for line in _flood_list(overlay, number)),
    )


def _bridged(overlay: Overlay, leaf: int) -> tuple[str, ...]:
    vni, mtu = overlay.vni, overlay.mtu
    return (
        f"link add br{vni} type bridge",
        f"link add vxlan{vni} mtu {mtu} type vxlan id {vni} local {overlay.vtep(leaf)} dstport 4789 ttl 16",
        f"link set vlan{vni} mtu {mtu} master br{vni} up",
        f"link set vxlan{vni} master br{vni} up",
        f"link set br{vni} up",
    )


def _flood_list(overlay: Overlay, leaf: int) -> tuple[str, ...]:
    if leaf not in overlay.members:
        return ()
    return tuple(
        f"bridge fdb append 00:00:00:00:00:00 dev vxlan{overlay.vni} dst {overlay.vtep(other)}"
        for other in overlay.members
        if other != leaf
    )


def _spine() -> Machine:
    setup: list[str] = []
    for leaf in LEAVES:
        setup += [
            f"addr add 10.1.{leaf}.254/24 dev eth{leaf}",
            f"addr add 2001:db8:{leaf}::254/64 dev eth{leaf} nodad",
            f"link set eth{leaf} up",
            f"route add 10.255.0.{leaf}/32 via 10.1.{leaf}.1",
            f"route add 2001:db8:ff::{leaf}/128 via 2001:db8:{leaf}::1",
        ]
    return Machine(
        SPINE,
        tuple(setup),
        forwards=True,
        login=Login("linux", "netops", "192.0.2.20"),
        management_port="mgmt0",
    )


def _nodes() -> tuple[Machine, ...]:
    return tuple(
        node(overlay.node(leaf), f"{overlay.address(leaf)}/24", overlay.mtu)
        for overlay in OVERLAYS
        for leaf in overlay.members
    )


HEADEND = Topology(
    "headend",
    (_spine(), *(_leaf(number) for number in LEAVES), *_nodes()),
    (
        *(Cable(SPINE, f"eth{leaf}", f"leaf{leaf}", "eth1") for leaf in LEAVES),
        *(
            Cable(f"leaf{leaf}", f"vlan{overlay.vni}", overlay.node(leaf), "eth0")
            for overlay in OVERLAYS
            for leaf in overlay.members
        ),
    ),
    tuple(
        Flow(f"vni{o.vni}", o.node(a), o.node(b), o.address(a), o.address(b))
        for o in OVERLAYS
        for a, b in combinations(o.members, 2)
    ),
)
