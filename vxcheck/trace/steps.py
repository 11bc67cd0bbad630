"""What a trace is made of: hops, the ways that they make, and both directions between two hosts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from vxcheck.fabric import Evidence
from vxcheck.results import Finding

PASSES, STOPS, UNKNOWN = "passes", "stops", "unknown"
ARRIVES = "arrives"
UNICAST, BROADCAST = "unicast", "broadcast"


@dataclass(frozen=True)
class Hop:
    """Say what becomes of a frame in one place.

    `stage` is port, bridge, encapsulation, underlay, multicast or decapsulation; `device` is empty where nobody is that
    was examined. `lines` are the evidence numbers of what shows it, `evidence` the lines themselves.
    """

    device: str
    stage: str
    state: str
    text: str
    interface: str = ""
    lines: tuple[int | None, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True)
class Way:
    """Hold the hops of one frame: `kind` is unicast (to the host's MAC address) or broadcast (as ARP asks for it).

    Where it is not known on which VTEP the target is, there is a way towards each that has the VNI, named by `towards`.
    """

    kind: str
    hops: tuple[Hop, ...]
    towards: str = ""

    @property
    def state(self) -> str:
        """Return arrives, stops, or unknown where a hop is not known and none is known to stop it."""
        states = {hop.state for hop in self.hops}
        return STOPS if STOPS in states else UNKNOWN if UNKNOWN in states or not self.hops else ARRIVES

    @property
    def end(self) -> Hop | None:
        """Return the hop that decides: where it stops, or the first that is not known; None where it arrives."""
        return next((hop for hop in self.hops if hop.state == self.state), None)


@dataclass(frozen=True)
class Seat:
    """Say where a host is: the port of a device, its bridge or VLAN, and the VNIs that these carry there.

    `port` is empty where only the device is known; `vnis` is None where it is not known what the port carries.
    """

    device: str
    port: str = ""
    bridge: str = ""
    vnis: frozenset[int] | None = None
    line: int | None = None


@dataclass(frozen=True)
class End:
    """Hold one end of a trace: as it was given, its MAC address, and where it is; no seat where nobody shows it.

    `shared` is an address that several devices have by design, `doubled` are the ports of one that should be in one
    place only. `notes` say how one was found from the other.
    """

    given: str
    mac: str | None
    seats: tuple[Seat, ...] = ()
    shared: bool = False
    doubled: tuple[Seat, ...] = ()
    notes: tuple[tuple[str, int | None], ...] = ()

    @property
    def name(self) -> str:
        """Return how a person is told of it."""
        return self.given if self.mac in (None, self.given) else f"{self.given} ({self.mac})"


@dataclass(frozen=True)
class Direction:
    """Hold what becomes of frames from one end to the other."""

    source: End
    target: End
    ways: tuple[Way, ...]

    @property
    def state(self) -> str:
        """Return the worst of its ways; of those to each VTEP where the target may be, the best."""
        told = [way.state for way in self.ways if not way.towards]
        for kind in dict.fromkeys(way.kind for way in self.ways if way.towards):
            guesses = {way.state for way in self.ways if way.kind == kind and way.towards}
            told.append(STOPS if guesses == {STOPS} else UNKNOWN)
        return worst(told)

    def state_of(self, kind: str) -> str:
        """Return the state of one kind of frame."""
        return Direction(self.source, self.target, tuple(way for way in self.ways if way.kind == kind)).state


@dataclass(frozen=True)
class Trace:
    """Hold a trace both ways. `size` is the IP packet's, in bytes; None where only small ones were followed."""

    vni: int
    size: int | None
    directions: tuple[Direction, ...]
    not_examined: tuple[str, ...] = ()

    @property
    def state(self) -> str:
        """Return arrives, stops or unknown: the worst of both directions."""
        return worst(direction.state for direction in self.directions)

    @property
    def exit_status(self) -> int:
        """Return 0 arrives, 1 stops, 3 not known."""
        return {ARRIVES: 0, STOPS: 1}.get(self.state, 3)


def worst(states: Iterable[str]) -> str:
    """Return the worst of several states: stops, then unknown; nothing at all is unknown."""
    found = set(states)
    return STOPS if STOPS in found else UNKNOWN if UNKNOWN in found or not found else ARRIVES
