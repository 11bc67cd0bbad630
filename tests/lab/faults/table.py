"""Print every fault with the pings that it must lose and those that it lost."""

from __future__ import annotations

from collections.abc import Iterator

from ..lab import running
from ..topology import Topology
from ..traffic import Reach, converge, settle
from .fault import Fault, inject, undo


def measured(topology: Topology, faults: tuple[Fault, ...]) -> Iterator[str]:
    """Put each fault into a lab brought up for it, and yield a Markdown table row by row."""
    yield "| fault | LAB.md says | expected | measured | after undo | |"
    yield "|---|---|---|---|---|---|"
    with running(topology) as lab:
        converge(lab)
        for fault in faults:
            inject(lab, fault)
            lost = settle(lab, fault.explains, seconds=5).lost
            undo(lab, fault)
            after = converge(lab)
            verdict = "ok" if fault.explains(lost) and not after.lost else "**differs**"
            yield f"| {fault.name} | {fault.claim} | {Reach(fault.lost)} | {Reach(lost)} | {after} | {verdict} |"
