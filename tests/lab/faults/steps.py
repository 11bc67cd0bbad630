"""Build the steps that faults are made of, and name the probes that they lose."""

from __future__ import annotations

from ..seed import ARISTA, BLUE_VYOS, MTU, RED_VYOS, ROUTER, VYOS
from .fault import Step

RED, BLUE = "vxlan0", "vxlan1"
_BRIDGES = {RED: "br100", BLUE: "br200", "vx10": "vlan100", "vx20": "vlan200"}
_HEALTHY = {RED: RED_VYOS, BLUE: BLUE_VYOS}


def _probes(*flows: str) -> frozenset[str]:
    return frozenset(probe for flow in flows for probe in (flow, f"{flow} big"))


RED_FORTH, RED_BACK = _probes("n001>n002"), _probes("n002>n001")
BLUE_FORTH, BLUE_BACK = _probes("n003>n004"), _probes("n004>n003")
RED_BOTH = RED_FORTH | RED_BACK
ALL = RED_BOTH | BLUE_FORTH | BLUE_BACK


def big_only(probes: frozenset[str]) -> frozenset[str]:
    """Keep the probes that send the largest packet."""
    return frozenset(probe for probe in probes if probe.endswith(" big"))


def vyos(script: str) -> tuple[Step, ...]:
    """Run a script on the VyOS-like VTEP."""
    return (Step(VYOS, script),)


def arista(script: str) -> tuple[Step, ...]:
    """Run a script on the EOS-like VTEP."""
    return (Step(ARISTA, script),)


def router(script: str) -> tuple[Step, ...]:
    """Run a script on the multicast router."""
    return (Step(ROUTER, script),)


# The router keeps an entry for every group that it has seen, so that only a new start forgets a wrong one.
ROUTER_RESTARTED = router("""\
smcroutectl kill
while [ -e /run/smcroute.pid ]; do sleep 0.01; done
smcrouted -f /run/smcroute.conf -l err""")


def remake(vxlan: str, how: str) -> str:
    """Give the script that makes a VXLAN interface anew: most of its settings cannot be changed in place."""
    return (
        f"ip link del {vxlan}\nip link add {vxlan} mtu {MTU} {how}\nip link set {vxlan} master {_BRIDGES[vxlan]} up\n"
    )


def remake_red(old: str, new: str) -> tuple[Step, ...]:
    """Make the red VXLAN interface of VyOS with one of its settings changed."""
    return vyos(remake(RED, _changed(RED, old, new)))


def remake_both(old: str, new: str) -> tuple[Step, ...]:
    """Make both VXLAN interfaces of VyOS with one setting changed."""
    return vyos(remake(RED, _changed(RED, old, new)) + remake(BLUE, _changed(BLUE, old, new)))


HEALTHY_RED = vyos(remake(RED, RED_VYOS))
# Both go before either comes back: two interfaces cannot hold one VNI on one port, not even in passing.
HEALTHY_BOTH = vyos(
    f"ip link del {RED}\nip link add {RED} type bridge\n" + remake(BLUE, BLUE_VYOS) + remake(RED, RED_VYOS)
)


def _changed(vxlan: str, old: str, new: str) -> str:
    healthy = _HEALTHY[vxlan]
    if old not in healthy:
        raise ValueError(f"{old!r} is not in {healthy!r}")
    return healthy.replace(old, new)
