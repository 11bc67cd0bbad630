"""List faults of the lab with two multicast routers in a row."""

from __future__ import annotations

from ..chain import CORE1, CORE2, GROUP
from .fault import Fault, Step

_NOTHING: tuple[Step, ...] = ()

# A lab with one of these in it is thrown away, hence nothing is undone.
CHAIN_FAULTS = (
    Fault(
        "chain_group_cut_off",
        "core1 does not forward VNI 10's group from vtep1 to vtep3",
        (
            Step(
                CORE1,
                f"smcroutectl del eth1 {GROUP[10]} eth3 eth9\nsmcroutectl add eth1 {GROUP[10]} eth9",
            ),
        ),
        _NOTHING,
    ),
    Fault(
        "chain_no_route_back",
        "core2 has no route back to vtep1's second port",
        (Step(CORE2, "ip route add blackhole 10.2.0.0/16"),),
        _NOTHING,
    ),
    Fault(
        "chain_loop",
        "core2 sends what is for vtep2 back to core1",
        (Step(CORE2, "ip route add 10.1.2.2/32 via 10.9.0.1"),),
        _NOTHING,
    ),
)
