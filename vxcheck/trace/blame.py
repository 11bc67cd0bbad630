"""Put the checks' findings on the hops that they are about, so that a hop tells the fault's name and its remedy."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from vxcheck.pages import Check
from vxcheck.report.digest import digest
from vxcheck.results import Finding, Report
from vxcheck.trace.steps import STOPS, Direction, Hop, Trace, Way

# Where a check's group has its say.
_STAGES = {
    "bridging": ("port", "bridge", "encapsulation", "decapsulation"),
    "learning": ("bridge",),
    "membership": ("bridge", "decapsulation"),
    "evpn": ("bridge",),
    "interconnection": ("decapsulation", "encapsulation", "bridge"),
    "underlay": ("underlay", "multicast", "encapsulation"),
    "counters": ("encapsulation", "decapsulation", "underlay"),
}


def blame(traced: Trace, report: Report, checks: Mapping[str, Check]) -> Trace:
    """Return a trace whose hops hold the findings of a report that are about them, each once a way.

    A finding that another explains, or that a waiver accepts, is left out; a warning is told only where a frame stops.
    """
    # What both ends of a disagreement found is told once.
    causes = [one for cause in digest(report).causes for one in cause.findings]
    directions = tuple(_direction(one, causes, checks, traced.vni) for one in traced.directions)
    return replace(traced, directions=directions)


def _direction(found: Direction, causes: Iterable[Finding], checks: Mapping[str, Check], vni: int) -> Direction:
    return replace(found, ways=tuple(_way(way, causes, checks, vni) for way in found.ways))


def _way(way: Way, causes: Iterable[Finding], checks: Mapping[str, Check], vni: int) -> Way:
    placed: dict[int, list[Finding]] = {}
    for finding in causes:
        at = _place(way, finding, checks[finding.check].group, vni)
        if at is not None and (finding.severity == "error" or way.hops[at].state == STOPS):
            placed.setdefault(at, []).append(finding)
    hops = tuple(replace(hop, findings=tuple(placed.get(index, ()))) for index, hop in enumerate(way.hops))
    return replace(way, hops=hops)


def _place(way: Way, finding: Finding, group: str, vni: int) -> int | None:
    """Return the index of the hop that a finding is told at; None where it is not about this way."""
    vnis = _values(finding.row, "vni", "vnis")
    others = _values(finding.row, "peer_device", "far_device")
    devices = {hop.device for hop in way.hops}
    if (vnis and vni not in vnis) or finding.device not in devices or (others and not others & devices):
        return None
    stages = _STAGES.get(group, ())

    def fitness(index: int) -> tuple[bool, bool, bool, int]:
        hop = way.hops[index]
        return (hop.state != STOPS, hop.stage not in stages, hop.device != finding.device, index)

    concerned: list[int] = [index for index, hop in enumerate(way.hops) if _concerns(hop, finding, others, stages)]
    return min(concerned, key=fitness, default=None)


def _concerns(hop: Hop, finding: Finding, others: set[Any], stages: tuple[str, ...]) -> bool:
    if hop.device != finding.device and hop.device not in others:
        return False
    return not stages or hop.stage in stages or hop.state == STOPS


def _values(row: Mapping[str, Any], *names: str) -> set[Any]:
    found: set[Any] = set()
    for name in names:
        value = row.get(name)
        found |= set(value) if isinstance(value, list | tuple) else {value} if value is not None else set()
    return found
