"""Describe three Linux leaves that learn by BGP EVPN (FRR) from each other, through a route reflector."""

from __future__ import annotations

from itertools import combinations

from .topology import Cable, Flow, Login, Machine, Topology, node

REFLECTOR = "rr1"
LEAVES = (1, 2, 3)
ASN = 65000
VNIS = {100: (1, 2, 3), 200: (1, 3)}  # with their member leaves
MTU = 1450

# Everything that FRR writes goes to file systems that end with the device.
_FRR = """\
mount -t tmpfs tmpfs /var/tmp
mkdir -p /run/frr /etc/frr
cat > /etc/frr/zebra.conf << END
hostname {name}
END
cat > /etc/frr/bgpd.conf << END
hostname {name}
{bgp}
END
echo 'no service integrated-vtysh-config' > /etc/frr/vtysh.conf
chown -R frr:frrvty /etc/frr /run/frr
/usr/lib/frr/zebra -d -A 127.0.0.1
/usr/lib/frr/bgpd -d -A 127.0.0.1"""

_LEAF_BGP = """\
router bgp {asn}
 bgp router-id 10.255.0.{number}
 no bgp default ipv4-unicast
 neighbor 10.255.0.254 remote-as {asn}
 neighbor 10.255.0.254 update-source 10.255.0.{number}
 neighbor 10.255.0.254 timers 1 3
 neighbor 10.255.0.254 timers connect 1
 address-family l2vpn evpn
  neighbor 10.255.0.254 activate
  advertise-all-vni
 exit-address-family"""

_REFLECTOR_BGP = """\
router bgp {asn}
 bgp router-id 10.255.0.254
 no bgp default ipv4-unicast
 neighbor leaves peer-group
 neighbor leaves remote-as {asn}
 neighbor leaves update-source 10.255.0.254
 neighbor leaves timers 1 3
 bgp listen range 10.255.0.0/24 peer-group leaves
 address-family l2vpn evpn
  neighbor leaves activate
  neighbor leaves route-reflector-client
 exit-address-family"""


def mac(vni: int, leaf: int) -> str:
    """Give the MAC address of a VNI's node behind a leaf."""
    return f"02:00:00:00:{vni // 100:02}:{leaf:02}"


def _host(vni: int, leaf: int) -> str:
    return f"h{vni}x{leaf}"


def _address(vni: int, leaf: int) -> str:
    return f"192.168.{vni // 100}.{leaf}"


def vxlan(vni: int, leaf: int) -> str:
    """Say what makes a leaf's VXLAN interface; BGP alone fills its table."""
    return f"type vxlan id {vni} local 10.255.0.{leaf} dstport 4789 nolearning ttl 16"


def _bridged(vni: int, leaf: int) -> tuple[str, ...]:
    return (
        f"link add br{vni} type bridge",
        f"link add vxlan{vni} mtu {MTU} {vxlan(vni, leaf)}",
        f"link set host{vni} mtu {MTU} master br{vni} up",
        f"link set vxlan{vni} master br{vni} up",
        f"link set vxlan{vni} type bridge_slave learning off",
        f"link set br{vni} up",
    )


def _leaf(number: int) -> Machine:
    name = f"evpn-leaf{number}"
    setup = (
        f"addr add 10.1.{number}.1/24 dev eth1",
        "link set eth1 up",
        f"addr add 10.255.0.{number}/32 dev lo",
        f"route add 10.255.0.0/24 via 10.1.{number}.254",
        *(line for vni, members in VNIS.items() if number in members for line in _bridged(vni, number)),
    )
    return Machine(
        name,
        setup,
        login=Login("linux", "netops", f"192.0.2.{30 + number}"),
        daemons=(_FRR.format(name=name, bgp=_LEAF_BGP.format(asn=ASN, number=number)),),
    )


def _reflector() -> Machine:
    setup = ["addr add 10.255.0.254/32 dev lo"]
    for leaf in LEAVES:
        setup += [
            f"addr add 10.1.{leaf}.254/24 dev eth{leaf}",
            f"link set eth{leaf} up",
            f"route add 10.255.0.{leaf}/32 via 10.1.{leaf}.1",
        ]
    return Machine(
        REFLECTOR,
        tuple(setup),
        forwards=True,
        login=Login("linux", "netops", "192.0.2.30"),
        management_port="mgmt0",
        daemons=(_FRR.format(name=REFLECTOR, bgp=_REFLECTOR_BGP.format(asn=ASN)),),
    )


EVPN = Topology(
    "evpn",
    (
        _reflector(),
        *(_leaf(number) for number in LEAVES),
        *(
            node(_host(vni, leaf), f"{_address(vni, leaf)}/24", MTU, mac(vni, leaf))
            for vni, members in VNIS.items()
            for leaf in members
        ),
    ),
    (
        *(Cable(REFLECTOR, f"eth{leaf}", f"evpn-leaf{leaf}", "eth1") for leaf in LEAVES),
        *(
            Cable(f"evpn-leaf{leaf}", f"host{vni}", _host(vni, leaf), "eth0")
            for vni, members in VNIS.items()
            for leaf in members
        ),
    ),
    tuple(
        Flow(f"vni{vni}", _host(vni, a), _host(vni, b), _address(vni, a), _address(vni, b))
        for vni, members in VNIS.items()
        for a, b in combinations(members, 2)
    ),
    (("/usr/lib/frr/zebra", "frr"), ("/usr/lib/frr/bgpd", "frr"), ("vtysh", "frr")),
)
