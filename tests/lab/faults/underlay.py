"""List the faults of the network in between: routes, multicast routing, MTU, filters, addresses."""

from __future__ import annotations

from ..seed import GROUP
from .fault import Fault
from .steps import ALL, BLUE_FORTH, RED_FORTH, ROUTER_RESTARTED, arista, big_only, router, vyos

_NFT = "nft add table inet fault\nnft 'add chain inet fault vxlan {{ type filter hook {} priority 0; }}'\n"
_DROP = "nft add rule inet fault vxlan {} udp dport 4789 drop\n"
_NFT_UNDO = "nft delete table inet fault"


def _drop(hook: str, match: str = "") -> str:
    return _NFT.format(hook) + _DROP.format(match)


UNDERLAY_FAULTS = (
    Fault(
        "router_mtu_too_small",
        "the router's port to EOS has MTU 1400",
        router("ip link set eth2 mtu 1400"),
        router("ip link set eth2 mtu 1500"),
        big_only(ALL),
        "big none",
    ),
    Fault(
        "vtep_mtu_too_small",
        "VyOS' port to the router has MTU 1400",
        vyos("ip link set eth2 mtu 1400"),
        vyos("ip link set eth2 mtu 1500"),
        big_only(ALL),
        "big none",
    ),
    Fault(
        "no_route_to_vtep",
        "VyOS has no route to EOS' loopback",
        vyos("ip route del 172.16.3.0/24"),
        vyos("ip route add 172.16.3.0/24 via 172.16.2.254"),
        ALL,
        "none",
    ),
    Fault(
        "no_return_route",
        "EOS has no route to VyOS",
        arista("ip route del 172.16.2.0/24"),
        arista("ip route add 172.16.2.0/24 via 172.16.1.254"),
        ALL,
        "none",
    ),
    Fault(
        "multicast_route_removed",
        "the router forwards the group in neither direction",
        router(f"smcroutectl del eth1 {GROUP} eth2\nsmcroutectl del eth2 {GROUP} eth1"),
        ROUTER_RESTARTED,
        ALL,
        "none",
    ),
    Fault(
        "multicast_route_one_way",
        "the router forwards the group from EOS only",
        router(f"smcroutectl del eth1 {GROUP} eth2"),
        ROUTER_RESTARTED,
        RED_FORTH | BLUE_FORTH,
        "→ ok, ← none",
    ),
    Fault("input_filter", "VyOS drops VXLAN on input", vyos(_drop("input")), vyos(_NFT_UNDO), ALL, "none"),
    Fault("output_filter", "VyOS drops VXLAN on output", vyos(_drop("output")), vyos(_NFT_UNDO), ALL, "none"),
    Fault(
        "transit_filter_one_way",
        "the router drops VXLAN from VyOS to EOS",
        router(_drop("forward", "iifname eth1")),
        router(_NFT_UNDO),
        ALL,
        "none",
    ),
    Fault(
        "transit_filter_of_unicast",
        "the router drops VXLAN from VyOS to EOS' address, and forwards the group",
        router(_drop("forward", "ip daddr 172.16.3.1")),
        router(_NFT_UNDO),
        ALL,
        "none",
    ),
    Fault(
        "vtep_address_duplicate",
        "VyOS has EOS' VTEP address on its own loopback too",
        vyos("ip addr add 172.16.3.1/32 dev lo"),
        vyos("ip addr del 172.16.3.1/32 dev lo"),
        ALL,
        "none",
    ),
    Fault(
        "next_hop_wrong",
        "VyOS' route to EOS names a next hop that is nobody",
        vyos("ip route replace 172.16.3.0/24 via 172.16.2.253"),
        vyos("ip route replace 172.16.3.0/24 via 172.16.2.254"),
        ALL,
        "none",
    ),
    Fault(
        "arp_off",
        "VyOS' underlay interface has ARP off",
        vyos("ip link set eth2 arp off"),
        vyos("ip link set eth2 arp on"),
        ALL,
        "none",
    ),
    Fault(
        "router_route_missing",
        "the router has no route to EOS' loopback",
        router("ip route del 172.16.3.0/24"),
        router("ip route add 172.16.3.0/24 via 172.16.1.1"),
        ALL,
        "none",
    ),
    Fault(
        "router_forwarding_off",
        "the router does not forward unicast",
        router("sysctl -qw net.ipv4.ip_forward=0"),
        router("sysctl -qw net.ipv4.ip_forward=1"),
        ALL,
        "none",
    ),
    Fault(
        "multicast_route_wrong_in",
        "the router takes VyOS' multicast in by EOS' port",
        router(f"smcroutectl del eth1 {GROUP} eth2\nsmcroutectl add eth2 172.16.2.1 {GROUP} eth1"),
        ROUTER_RESTARTED,
        RED_FORTH | BLUE_FORTH,
        "→ ok, ← none",
    ),
)
