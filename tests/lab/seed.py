"""Describe the seed lab: a VyOS-like and an EOS-like VTEP on either side of a multicast router."""

from __future__ import annotations

from .topology import Cable, Flow, Login, Machine, Topology, node

VYOS, ROUTER, ARISTA = "vtep-vyos01", "mcast-router01", "vtep-arista01"
GROUP = "239.0.0.1"
MTU = 1450  # 1500 on the underlay less 50 of encapsulation

# What makes the healthy VXLAN interfaces; the faults make others in their place.
RED_VYOS = f"type vxlan id 10 group {GROUP} dev eth2 dstport 4789 ttl 16"
BLUE_VYOS = f"type vxlan id 20 group {GROUP} dev eth2 dstport 4789 ttl 16"
RED_ARISTA = f"type vxlan id 10 group {GROUP} dev et1 local 172.16.3.1 dstport 4789 ttl 16"
BLUE_ARISTA = f"type vxlan id 20 group {GROUP} dev et1 local 172.16.3.1 dstport 4789 ttl 16"

# The nodes' addresses are those of the seed's own MAC tables.
MAC_N001, MAC_N002 = "08:00:27:2d:da:a2", "08:00:27:a6:f1:3d"
MAC_N003, MAC_N004 = "08:00:27:a9:6b:58", "08:00:27:2c:08:0f"


def tenant(bridge: str, vxlan: str, how: str, port: str, mac: str) -> tuple[str, ...]:
    """Give the lines that join a tenant port and a VXLAN interface in a bridge of their own.

    The bridge has its port's MAC address: left alone it would take the VXLAN interface's whenever that is lower.
    """
    return (
        f"link set {port} address {mac}",
        f"link add {bridge} address {mac} type bridge priority 0",
        f"link add {vxlan} mtu {MTU} {how}",
        f"link set {port} mtu {MTU} master {bridge} up",
        f"link set {vxlan} master {bridge} up",
        f"link set {bridge} up",
    )


_VYOS = Machine(
    VYOS,
    (
        "addr add 172.16.2.1/24 dev eth2",
        "link set eth2 up",
        "route add 172.16.1.0/24 via 172.16.2.254",
        "route add 172.16.3.0/24 via 172.16.2.254",
        *tenant("br100", "vxlan0", RED_VYOS, "eth3", "08:00:27:2e:de:56"),
        *tenant("br200", "vxlan1", BLUE_VYOS, "eth4", "08:00:27:65:32:b1"),
    ),
    login=Login("vyos", "vyos", "192.0.2.11"),
)

_ROUTER = Machine(
    ROUTER,
    (
        "addr add 172.16.2.254/24 dev eth1",
        "addr add 172.16.1.254/24 dev eth2",
        "link set eth1 up",
        "link set eth2 up",
        "route add 172.16.3.0/24 via 172.16.1.1",
    ),
    forwards=True,
    login=Login("linux", "netops", "192.0.2.12"),
    daemons=(
        (
            f"printf '%s\\n' 'mroute from eth1 group {GROUP} to eth2' 'mroute from eth2 group {GROUP} to eth1'"
            " > /run/smcroute.conf"
        ),
        "smcrouted -f /run/smcroute.conf -l err",
    ),
)

_ARISTA = Machine(
    ARISTA,
    (
        "addr add 172.16.1.1/24 dev et1",
        "addr add 172.16.3.1/32 dev lo",
        "link set et1 up",
        "route add 172.16.2.0/24 via 172.16.1.254",
        *tenant("vlan100", "vx10", RED_ARISTA, "et2", "08:00:27:f4:c0:02"),
        *tenant("vlan200", "vx20", BLUE_ARISTA, "et3", "08:00:27:f4:c0:03"),
    ),
    login=Login("arista_eos", "admin", "192.0.2.13"),
    management_port="ma1",
)

SEED = Topology(
    "seed",
    (
        _VYOS,
        _ROUTER,
        _ARISTA,
        # Tenants may use the same addresses: so a ping is answered even when it reaches the wrong tenant.
        node("n001", "192.168.0.1/24", MTU, MAC_N001),
        node("n002", "192.168.0.2/24", MTU, MAC_N002),
        node("n003", "192.168.0.1/24", MTU, MAC_N003),
        node("n004", "192.168.0.2/24", MTU, MAC_N004),
    ),
    (
        Cable(VYOS, "eth2", ROUTER, "eth1"),
        Cable(ROUTER, "eth2", ARISTA, "et1"),
        Cable(VYOS, "eth3", "n001", "eth0"),
        Cable(ARISTA, "et2", "n002", "eth0"),
        Cable(VYOS, "eth4", "n003", "eth0"),
        Cable(ARISTA, "et3", "n004", "eth0"),
    ),
    (
        Flow("red", "n001", "n002", "192.168.0.1", "192.168.0.2"),
        Flow("blue", "n003", "n004", "192.168.0.1", "192.168.0.2"),
    ),
    (("smcrouted", "smcroute"), ("smcroutectl", "smcroute")),
)
