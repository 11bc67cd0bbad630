"""List the faults of the tunnels themselves: port, VNI, BUM mode, TTL, learning, source address."""

from __future__ import annotations

from ..seed import ARISTA, BLUE_VYOS, GROUP, MAC_N002, RED_VYOS
from .fault import Fault, Step
from .steps import (
    ALL,
    BLUE,
    BLUE_BACK,
    HEALTHY_BOTH,
    HEALTHY_RED,
    RED,
    RED_BACK,
    RED_BOTH,
    RED_FORTH,
    ROUTER_RESTARTED,
    remake,
    remake_both,
    remake_red,
    vyos,
)

_GROUP = f"group {GROUP} dev eth2"
_UNICAST = "local 172.16.2.1 dev eth2"
_FLOOD = "bridge fdb append 00:00:00:00:00:00 dev {} dst 172.16.3.1\n"

_RED_HEADEND = remake(RED, RED_VYOS.replace(_GROUP, _UNICAST)) + _FLOOD.format(RED)
_BLUE_HEADEND = remake(BLUE, BLUE_VYOS.replace(_GROUP, _UNICAST)) + _FLOOD.format(BLUE)

_SWAPPED = f"ip link del {RED}\nip link del {BLUE}\n" + "".join(
    f"ip link add {name} mtu 1450 {how}\nip link set {name} master {bridge} up\n"
    for name, how, bridge in (
        (RED, RED_VYOS.replace("id 10", "id 20"), "br100"),
        (BLUE, BLUE_VYOS.replace("id 20", "id 10"), "br200"),
    )
)

PORT_AND_VNI = (
    Fault(
        "dstport_mismatch",
        "VyOS sends to UDP port 8472, EOS to 4789",
        remake_both("4789", "8472"),
        HEALTHY_BOTH,
        ALL,
        "none",
    ),
    Fault(
        "vni_mismatch",
        "red is VNI 11 on VyOS, 10 on EOS",
        remake_red("id 10", "id 11"),
        HEALTHY_RED,
        RED_BOTH,
        "red none",
    ),
    Fault(
        "vnis_swapped", "VyOS carries red in VNI 20 and blue in VNI 10", vyos(_SWAPPED), HEALTHY_BOTH, claim="all pass"
    ),
)

BUM = (
    Fault(
        "group_mismatch_one_vni",
        "VyOS floods red to 239.0.0.2",
        remake_red(GROUP, "239.0.0.2"),
        (*HEALTHY_RED, *ROUTER_RESTARTED),
        RED_FORTH,
        "→ ok, ← none",
    ),
    Fault(
        "group_mismatch",
        "VyOS floods both VNIs to 239.0.0.2",
        remake_both(GROUP, "239.0.0.2"),
        (*HEALTHY_BOTH, *ROUTER_RESTARTED),
        ALL,
        "none",
    ),
    Fault(
        "bum_mode_mismatch_one_vni",
        "VyOS replicates red at the head end, EOS sends it to the group",
        vyos(_RED_HEADEND),
        HEALTHY_RED,
        claim="all pass",
    ),
    Fault(
        "bum_mode_mismatch",
        "VyOS replicates both VNIs at the head end, EOS sends them to the group",
        vyos(_RED_HEADEND + _BLUE_HEADEND),
        HEALTHY_BOTH,
        RED_BACK | BLUE_BACK,
        "→ none, ← ok",
    ),
    Fault(
        "flood_list_empty",
        "VyOS replicates red at the head end, to nobody",
        remake_red(_GROUP, _UNICAST),
        HEALTHY_RED,
        RED_FORTH,
        "→ ok, ← none",
    ),
)

_ARISTA_HEADEND = "".join(
    remake(name, f"type vxlan id {vni} dev et1 local 172.16.3.1 dstport 4789 ttl 16")
    + f"bridge fdb append 00:00:00:00:00:00 dev {name} dst 172.16.2.1\n"
    for name, vni in (("vx10", 10), ("vx20", 20))
)
_ARISTA_HEALTHY = "".join(
    remake(name, f"type vxlan id {vni} group {GROUP} dev et1 local 172.16.3.1 dstport 4789 ttl 16")
    for name, vni in (("vx10", 10), ("vx20", 20))
)

HARMLESS = (
    Fault(
        "headend_on_both",
        "no fault: both VTEPs replicate both VNIs at the head end",
        (*vyos(_RED_HEADEND + _BLUE_HEADEND), Step(ARISTA, _ARISTA_HEADEND)),
        (*HEALTHY_BOTH, Step(ARISTA, _ARISTA_HEALTHY)),
        harmless=True,
        claim="all pass",
    ),
)

FORWARDING = (
    Fault(
        "learning_off",
        "VyOS learns no remote MAC in red",
        remake_red("ttl", "nolearning ttl"),
        HEALTHY_RED,
        claim="all pass",
    ),
    Fault(
        "stale_fdb_entry",
        "VyOS sends n002's frames to 172.16.3.99, which is nobody",
        vyos(f"bridge fdb replace {MAC_N002} dev {RED} dst 172.16.3.99 self permanent"),
        vyos(f"bridge fdb del {MAC_N002} dev {RED} dst 172.16.3.99 self"),
        RED_BOTH,
        "red none",
    ),
    Fault(
        "local_address_wrong",
        "VyOS sends red from 172.16.2.99, which it has not",
        remake_red("dev eth2", "dev eth2 local 172.16.2.99"),
        HEALTHY_RED,
        RED_BOTH,
        "red none",
    ),
    Fault(
        "ttl_1",
        "VyOS sends red with TTL 1 over a routed underlay",
        remake_red("ttl 16", "ttl 1"),
        HEALTHY_RED,
        RED_BOTH,
        "red none",
    ),
    Fault(
        "ttl_auto_with_group",
        "VyOS sends red with `ttl auto`: 64 to an address, but 1 to the group",
        remake_red("ttl 16", "ttl auto"),
        HEALTHY_RED,
        RED_FORTH,
        "→ ok, ← none",
    ),
    Fault(
        "vxlan_ageing_short",
        "VyOS forgets red's remote MACs after a second",
        remake_red("ttl", "ageing 1 ttl"),
        HEALTHY_RED,
        claim="all pass",
    ),
)

TUNNEL_FAULTS = (*PORT_AND_VNI, *BUM, *FORWARDING)
