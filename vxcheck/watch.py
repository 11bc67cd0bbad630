"""Say what changed between two looks at a fabric: what is new, what is gone, what is still there."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from vxcheck import report as reports
from vxcheck.check import Finding, Report
from vxcheck.report.digest import Cause, digest, named, peers
from vxcheck.report.table import Terminal
from vxcheck.rows import printable

_MOST = 12


@dataclass(frozen=True)
class Thing:
    """Hold one thing that needs a look: a finding that nothing else explains, or what was not run."""

    word: str
    text: str
    cause: Cause | None = None


@dataclass(frozen=True)
class Changes:
    """Hold what is new, gone and still there since the look before."""

    new: tuple[Thing, ...]
    gone: tuple[Thing, ...]
    still: tuple[Thing, ...]


def changes(before: Report, now: Report) -> Changes:
    """Compare two looks.

    What another finding explains in one look alone has not come or gone: only who is blamed for it has changed.
    """
    old, new = things(before), things(now)
    then, here = ({identity(one) for one in report.findings if not one.waiver} for report in (before, now))
    return Changes(
        tuple(thing for key, thing in new.items() if key not in old and key not in then),
        tuple(thing for key, thing in old.items() if key not in new and key not in here),
        tuple(thing for key, thing in new.items() if key in old or key in then),
    )


def things(report: Report) -> Mapping[Hashable, Thing]:
    """Return what needs a look, by what makes it the same from look to look.

    Counters in a message change while the fault stays, and either end may tell of a disagreement: neither counts.
    """
    read = digest(report)
    found: dict[Hashable, Thing] = {}
    for device in report.unexamined:
        text = f"{device.name}: {device.condition}: {device.reason}"
        found["not examined", device.name, device.condition] = Thing("NOT RUN", text)
    for gap in read.gaps:
        text = f"{named(gap.devices)}: {gap.reason} (costs {named(gap.checks)})"
        found["not run", gap.reason, gap.checks] = Thing("NOT RUN", text)
    for cause in read.causes:
        for finding in cause.findings:
            text = f"{finding.check}: {finding.message}"
            alone = Cause(cause.check, cause.device, cause.severity, (finding,), ())
            found.setdefault(identity(finding), Thing(cause.word, text, alone))
    return found


def tell(report: Report, changed: Changes, terminal: Terminal, when: str) -> str:
    """Return what changed as text: what is new in full, the rest in a line each."""
    from vxcheck.report.table import cause_text

    word, _, rest = reports.headline(report).partition(" ")
    parts = [f"{when}  {terminal.paint(word)} {rest}"]
    if not changed.new and not changed.gone:
        parts.append("Nothing has changed since the last look.")
    for thing in changed.new[:_MOST]:
        if thing.cause:
            parts.append(f"{terminal.paint('NEW')} {cause_text(thing.cause, terminal)}")
        else:
            parts.append(terminal.wrap(f"{thing.word} {printable(thing.text)}", 4, "NEW"))
    parts += _more(changed.new, "new")
    parts += [terminal.wrap(f"{one.word} {printable(one.text)}", 5, "GONE") for one in changed.gone[:_MOST]]
    parts += _more(changed.gone, "gone")
    if changed.still:
        lines = [terminal.wrap(f"{one.word} {printable(one.text)}", 6, "STILL") for one in changed.still[:_MOST]]
        parts.append("\n".join(lines))
        parts += _more(changed.still, "still there")
    return "\n\n".join(parts) + "\n"


def _more(told: Sequence[Thing], word: str) -> list[str]:
    return [f"... and {len(told) - _MOST} more {word}"] if len(told) > _MOST else []


def identity(finding: Finding) -> tuple[str, frozenset[str], frozenset[tuple[str, Hashable]]]:
    """Return what makes a finding the same from look to look: check, devices, and what else it is of."""
    ends = frozenset([finding.device, *peers(finding)])
    row = {
        name.removeprefix("peer_"): _frozen(value)
        for name, value in finding.row.items()
        if name.removeprefix("peer_") in _NAMES
    }
    return (
        finding.check,
        ends,
        frozenset((name, value) for name, value in row.items() if len(ends) == 1 or "vni" in name),
    )


# Columns that say of what a finding is; all others may change from look to look.
_NAMES = {
    "vni",
    "vnis",
    "mac",
    "interface",
    "bridge",
    "multicast_group",
    "neighbor",
    "destination",
    "reason",
    "counter",
}


def _frozen(value: Any) -> Hashable:
    return tuple(_frozen(one) for one in value) if isinstance(value, list | tuple) else value
