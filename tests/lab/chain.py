"""Describe three Linux VTEPs behind two multicast routers in a row; one VTEP has two VNIs over different ports.

vtep1 --- core1 --- core2 --- vtep2
            |
          vtep3
"""

from __future__ import annotations

from itertools import combinations

from .topology import Cable, Flow, Login, Machine, Topology, node

CORE1, CORE2 = "core1", "core2"
GROUP = {10: "239.1.0.10", 20: "239.1.0.20"}
MEMBERS = {10: (1, 2, 3), 20: (1, 2)}
MTU = 1450


def _host(vni: int, vtep: int) -> str:
    return f"h{vni}x{vtep}"


def _address(vni: int, vtep: int) -> str:
    return f"192.168.{vni}.{vtep}"


def _port(vni: int, vtep: int) -> str:
    """Name the port by which a VTEP sends a VNI: the first has one of its own for each."""
    return "eth2" if vtep == 1 and vni == 20 else "eth1"


def vtep_address(vni: int, vtep: int) -> str:
    """Give the address from which a VTEP sends a VNI."""
    return "10.2.1.2" if _port(vni, vtep) == "eth2" else f"10.1.{vtep}.2"


def _bridged(vni: int, vtep: int) -> tuple[str, ...]:
    port, address = _port(vni, vtep), vtep_address(vni, vtep)
    how = f"type vxlan id {vni} group {GROUP[vni]} dev {port} local {address} dstport 4789 ttl 8"
    return (
        f"link add br{vni} type bridge",
        f"link add vxlan{vni} mtu {MTU} {how}",
        f"link set host{vni} mtu {MTU} master br{vni} up",
        f"link set vxlan{vni} master br{vni} up",
        f"link set br{vni} up",
    )


def _vtep(number: int) -> Machine:
    ports: tuple[str, ...] = (f"addr add 10.1.{number}.2/24 dev eth1", "link set eth1 up")
    routes: tuple[str, ...] = (f"route add 10.0.0.0/8 via 10.1.{number}.1",)
    if number == 1:
        ports += ("addr add 10.2.1.2/24 dev eth2", "link set eth2 up")
    bridged = [line for vni, members in MEMBERS.items() if number in members for line in _bridged(vni, number)]
    return Machine(
        f"vtep{number}", (*ports, *routes, *bridged), login=Login("linux", "netops", f"192.0.2.{40 + number}")
    )


def _smcroute(*lines: str) -> tuple[str, str]:
    quoted = " ".join(f"'{line}'" for line in lines)
    return f"printf '%s\\n' {quoted} > /run/smcroute.conf", "smcrouted -f /run/smcroute.conf -l err"


_CORE1 = Machine(
    CORE1,
    (
        *(f"addr add 10.1.{n}.1/24 dev eth{n}" for n in (1, 3)),
        "addr add 10.2.1.1/24 dev eth4",
        "addr add 10.9.0.1/30 dev eth9",
        *(f"link set eth{n} up" for n in (1, 3, 4, 9)),
        "route add 10.1.2.0/24 via 10.9.0.2",
    ),
    forwards=True,
    login=Login("linux", "netops", "192.0.2.48"),
    daemons=_smcroute(
        f"mroute from eth1 group {GROUP[10]} to eth3 eth9",
        f"mroute from eth3 group {GROUP[10]} to eth1 eth9",
        f"mroute from eth9 group {GROUP[10]} to eth1 eth3",
        f"mroute from eth4 group {GROUP[20]} to eth9",
        f"mroute from eth9 group {GROUP[20]} to eth4",
    ),
)

_CORE2 = Machine(
    CORE2,
    (
        "addr add 10.1.2.1/24 dev eth2",
        "addr add 10.9.0.2/30 dev eth9",
        "link set eth2 up",
        "link set eth9 up",
        "route add 10.0.0.0/8 via 10.9.0.1",
    ),
    forwards=True,
    login=Login("linux", "netops", "192.0.2.49"),
    daemons=_smcroute(
        *(f"mroute from eth9 group {group} to eth2" for group in GROUP.values()),
        *(f"mroute from eth2 group {group} to eth9" for group in GROUP.values()),
    ),
)

CHAIN = Topology(
    "chain",
    (
        _CORE1,
        _CORE2,
        *(_vtep(number) for number in (1, 2, 3)),
        *(
            node(_host(vni, vtep), f"{_address(vni, vtep)}/24", MTU)
            for vni, members in MEMBERS.items()
            for vtep in members
        ),
    ),
    (
        Cable(CORE1, "eth1", "vtep1", "eth1"),
        Cable(CORE1, "eth3", "vtep3", "eth1"),
        Cable(CORE1, "eth4", "vtep1", "eth2"),
        Cable(CORE1, "eth9", CORE2, "eth9"),
        Cable(CORE2, "eth2", "vtep2", "eth1"),
        *(
            Cable(f"vtep{vtep}", f"host{vni}", _host(vni, vtep), "eth0")
            for vni, members in MEMBERS.items()
            for vtep in members
        ),
    ),
    tuple(
        Flow(f"vni{vni}", _host(vni, a), _host(vni, b), _address(vni, a), _address(vni, b))
        for vni, members in MEMBERS.items()
        for a, b in combinations(members, 2)
    ),
    (("smcrouted", "smcroute"), ("smcroutectl", "smcroute")),
)
