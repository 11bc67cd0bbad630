"""Follow a frame from host to host through what the devices showed, and say where it would stop."""

from vxcheck.trace.facts import Facts
from vxcheck.trace.steps import (
    ARRIVES,
    BROADCAST,
    PASSES,
    STOPS,
    UNICAST,
    UNKNOWN,
    Direction,
    End,
    Hop,
    Seat,
    Trace,
    Way,
)
from vxcheck.trace.walk import follow, trace

__all__ = [
    "ARRIVES",
    "BROADCAST",
    "PASSES",
    "STOPS",
    "UNICAST",
    "UNKNOWN",
    "Direction",
    "End",
    "Facts",
    "Hop",
    "Seat",
    "Trace",
    "Way",
    "follow",
    "trace",
]
