"""List the faults of the EVPN lab: its control plane's, and those that the control plane does not see."""

from __future__ import annotations

from ..evpn import ASN, EVPN, MTU, mac, vxlan
from .fault import Fault, Step

LEAF = "evpn-leaf1"


def _lost(*tenants: str) -> frozenset[str]:
    """Name the probes from and to the nodes behind leaf 1 in these tenants."""
    return frozenset(probe for tenant in tenants for probe in _probes(tenant) if "x1" in probe)


def _probes(tenant: str) -> frozenset[str]:
    flows = [flow for flow in EVPN.flows if flow.tenant == tenant]
    return frozenset(f"{way}{size}" for flow in flows for way in (flow, flow.reverse) for size in ("", " big"))


def _bgp(*lines: str) -> tuple[Step, ...]:
    typed = ["configure terminal", f"router bgp {ASN}", *lines]
    return (Step(LEAF, "vtysh " + " ".join(f"-c '{line}'" for line in typed)),)


def _vxlan100(how: str) -> tuple[Step, ...]:
    return (
        Step(
            LEAF,
            f"ip link del vxlan100\nip link add vxlan100 mtu {MTU} {how}\n"
            "ip link set vxlan100 master br100 up\nip link set vxlan100 type bridge_slave learning off",
        ),
    )


_NEIGHBOR = "neighbor 10.255.0.254 shutdown"
_FAMILY = "address-family l2vpn evpn"
_TARGETS = tuple(f"route-target {way} {ASN}:999" for way in ("import", "export"))

EVPN_FAULTS = (
    Fault(
        "evpn_advertise_off",
        "leaf 1 lacks `advertise-all-vni`",
        _bgp(_FAMILY, "no advertise-all-vni"),
        _bgp(_FAMILY, "advertise-all-vni"),
        _lost("vni100", "vni200"),
        "none",
    ),
    Fault(
        "evpn_session_down",
        "leaf 1 has shut its BGP session down",
        _bgp(_NEIGHBOR),
        _bgp(f"no {_NEIGHBOR}"),
        _lost("vni100", "vni200"),
        "none",
    ),
    Fault(
        "evpn_route_target_mismatch",
        f"leaf 1 imports and exports VNI 100 as {ASN}:999",
        _bgp(_FAMILY, "vni 100", *_TARGETS),
        _bgp(_FAMILY, "no vni 100"),
        _lost("vni100"),
        "none",
    ),
    Fault(
        "evpn_duplicate_mac",
        "h100x2 has the MAC address of h100x1",
        (Step("h100x2", f"ip link set eth0 address {mac(100, 1)}"),),
        (Step("h100x2", f"ip link set eth0 address {mac(100, 2)}"),),
        frozenset(probe for probe in _lost("vni100") if "h100x2" in probe),
        "none",
        _probes("vni100"),  # h100x3 reaches whichever of the two spoke last
    ),
    Fault(
        "evpn_dstport_mismatch",
        "leaf 1 sends VNI 100 to UDP port 8472",
        _vxlan100(vxlan(100, 1).replace("4789", "8472")),
        _vxlan100(vxlan(100, 1)),
        _lost("vni100"),
        "none",
    ),
    Fault(
        "evpn_learning_on",
        "leaf 1 learns MAC addresses of VNI 100 from the data plane too",
        (Step(LEAF, "ip link set vxlan100 type vxlan learning"),),
        (Step(LEAF, "ip link set vxlan100 type vxlan nolearning"),),
        claim="all pass",
    ),
)
