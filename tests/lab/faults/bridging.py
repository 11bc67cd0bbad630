"""List the faults between a tunnel and its nodes: bridges, ports, MTU, MAC addresses."""

from __future__ import annotations

from ..seed import ARISTA, MAC_N001, MAC_N002, VYOS
from .fault import Fault, Step
from .steps import BLUE, BLUE_BACK, BLUE_FORTH, RED, RED_BACK, RED_BOTH, RED_FORTH, arista, big_only, vyos

_PORTS = {VYOS: "eth3", ARISTA: "et2", "n001": "eth0", "n002": "eth0"}
_TUNNELS = {VYOS: (RED, "eth2"), ARISTA: ("vx10", "et1")}


def _ports_mtu(mtu: int) -> tuple[Step, ...]:
    """Set the MTU of the red nodes and of the ports that they are plugged into."""
    return tuple(Step(machine, f"ip link set {port} mtu {mtu}") for machine, port in _PORTS.items())


def _tunnels_mtu(mtu: int) -> tuple[Step, ...]:
    """Set the MTU of the red VXLAN interfaces; the kernel checks it against the underlay's only while it is set."""
    script = "ip link set {1} mtu 1600\nip link set {0} mtu {mtu}\nip link set {1} mtu 1500"
    return tuple(Step(machine, script.format(*names, mtu=mtu)) for machine, names in _TUNNELS.items())


_NODES_FORGET_PATH_MTU = (Step("n001", "ip route flush cache"), Step("n002", "ip route flush cache"))

BRIDGING_FAULTS = (
    Fault(
        "bridges_swapped",
        "VyOS bridges red's tunnel to blue's nodes and the other way round",
        vyos(f"ip link set {RED} master br200\nip link set {BLUE} master br100"),
        vyos(f"ip link set {RED} master br100\nip link set {BLUE} master br200"),
        claim="all pass",
    ),
    Fault(
        "vxlan_down",
        "VyOS' red VXLAN interface is down",
        vyos(f"ip link set {RED} down"),
        vyos(f"ip link set {RED} up"),
        RED_BOTH,
        "red none",
    ),
    Fault(
        "vxlan_unbridged",
        "VyOS' red VXLAN interface is in no bridge",
        vyos(f"ip link set {RED} nomaster"),
        vyos(f"ip link set {RED} master br100"),
        RED_BOTH,
        "red none",
    ),
    Fault(
        "vlan_unmapped",
        "EOS maps no VLAN to VNI 10",
        arista("ip link set vx10 nomaster"),
        arista("ip link set vx10 master vlan100"),
        RED_BOTH,
        "red none",
    ),
    Fault(
        "vxlan_in_wrong_bridge",
        "VyOS' red VXLAN interface is in blue's bridge, beside blue's own",
        vyos(f"ip link set {RED} master br200"),
        vyos(f"ip link set {RED} master br100"),
        RED_FORTH,
        "red 1/4",
        RED_BACK | BLUE_FORTH | BLUE_BACK,  # n003 hears two nodes claim one address, and answers the last
    ),
    Fault(
        "node_mtu_too_large",
        "red's nodes and their ports have MTU 1500, the VXLAN interfaces 1450",
        _ports_mtu(1500),
        (*_ports_mtu(1450), *_NODES_FORGET_PATH_MTU),
        big_only(RED_BOTH),
        "small ok, big none",
    ),
    Fault(
        "vxlan_mtu_too_large",
        "red has MTU 1500 from node to node, over an underlay of 1500",
        (*_tunnels_mtu(1500), *_ports_mtu(1500)),
        (*_ports_mtu(1450), *_tunnels_mtu(1450), *_NODES_FORGET_PATH_MTU),
        big_only(RED_BOTH),
        "big with DF none",
    ),
    Fault(
        "duplicate_mac",
        "n002 has the MAC address of n001",
        (Step("n002", f"ip link set eth0 address {MAC_N001}"),),
        (Step("n002", f"ip link set eth0 address {MAC_N002}"),),
        RED_BOTH,
        "red none",
    ),
    Fault(
        "bridge_ageing_short",
        "VyOS' red bridge forgets MACs after a second",
        vyos("ip link set br100 type bridge ageing_time 100"),
        vyos("ip link set br100 type bridge ageing_time 30000"),
        claim="all pass",
    ),
    Fault(
        "node_port_down",
        "VyOS' port to n001 is down",
        vyos("ip link set eth3 down"),
        vyos("ip link set eth3 up"),
        RED_BOTH,
        "red none",
    ),
    Fault(
        "node_port_unbridged",
        "VyOS' port to n001 is in no bridge",
        vyos("ip link set eth3 nomaster"),
        vyos("ip link set eth3 master br100"),
        RED_BOTH,
        "red none",
    ),
)
