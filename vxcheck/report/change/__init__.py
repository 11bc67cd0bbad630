"""Reports of a change: one small module a format, each with `render(change)`, which returns the text."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterable, Sequence
from typing import Any

from vxcheck import outputs
from vxcheck.change import Change
from vxcheck.differences import NEW, WHATS, Difference
from vxcheck.errors import UsageError
from vxcheck.fabric import Evidence
from vxcheck.outputs import Output
from vxcheck.report import plural

FORMATS = ("table", "json", "markdown", "html")


def require(wanted: Sequence[Output]) -> None:
    """Raise UsageError for a format that a change has none of."""
    for output in wanted:
        if output.style not in FORMATS:
            raise UsageError(f"--format {output.style}: a change is told as {', '.join(FORMATS)}")


def write(change: Change, wanted: Sequence[Output], *, verbose: bool = False) -> None:
    """Write a change in every format that is wanted, to files first and then to standard output."""
    outputs.write(wanted, lambda output: render(change, output, verbose=verbose))


def render(change: Change, output: Output, *, verbose: bool = False) -> str:
    """Return a change as text in a format."""
    if output.style == "table":
        from vxcheck.report.change import table
        from vxcheck.report.table import Terminal

        return table.render(change, Terminal.of(None if output.path else sys.stdout), verbose=verbose)
    module: Any = importlib.import_module(f"vxcheck.report.change.{output.style}")
    return str(module.render(change))


def headline(change: Change) -> str:
    """Return the verdict in one line, with what it rests on."""
    return f"{change.word} ({', '.join(counts(change))})"


def counts(change: Change) -> Iterable[str]:
    """Yield how much is new, gone and still there, and how much was compared."""
    found, state = change.findings, change.state
    yield plural(len(change.after.report.devices), "device")
    yield f"{state.compared} rows and {change.after.report.examined} examinations compared"
    yield f"{len(found.new)} new, {len(found.gone)} gone, {len(found.still)} still there of the findings"
    yield f"{plural(len(state.told) + sum(state.more.values()), 'difference')} in state"


def looks(change: Change) -> str:
    """Return which looks were compared, and how far they are apart."""
    names = [f"{look.name} ({look.report.started or 'time not known'})" for look in (change.before, change.after)]
    apart = "" if change.seconds is None else f", {change.seconds:g} s apart"
    return f"{names[0]} and {names[1]}{apart}"


def subject(one: Difference) -> str:
    """Return of what a difference is, in the words that the device uses: `vni 10 vlan 100`."""
    return " ".join(f"{name} {value}" for name, value in one.row.items())


def told(one: Difference) -> str:
    """Return what became of it in one sentence without its subject."""
    match one.what:
        case "growing":
            value = one.values[0]
            rate = "" if one.per_second is None else f", {one.per_second:.3g} a second"
            return f"{value.column} grew from {value.before[0]} to {value.after[0]}{rate}"
        case "new" | "gone":
            own = [(value.column, value.after if one.what == NEW else value.before) for value in one.values]
            return ", ".join(f"{name} {', '.join(values)}" for name, values in own if values)
        case _:
            return ", ".join(
                f"{value.column} {', '.join(value.before) or 'none'} -> {', '.join(value.after) or 'none'}"
                for value in one.values
            )


def lines(one: Difference) -> list[Evidence]:
    """Return the lines that show it, before and after."""
    return [line for line in (one.before, one.after) if line is not None]


def by_table(change: Change) -> dict[str, list[Difference]]:
    """Return the differences by table, in the order of docs/tables.md; moves and changes first."""
    found: dict[str, list[Difference]] = {}
    for one in sorted(change.state.told, key=lambda one: WHATS.index(one.what)):
        found.setdefault(one.table, []).append(one)
    return {name: found[name] for name in dict.fromkeys(one.table for one in change.state.told)}


def plan(change: Change) -> tuple[str, list[tuple[str, str]]]:
    """Return the title of the plan, and what came of each thing that it expects: a mark and a sentence."""
    held = change.expected
    if held is None:
        return "", []
    rows = []
    for one in held.expectations:
        mark = {True: "DONE", False: "MISSING", None: "NOT KNOWN"}[one.met]
        rows.append((mark, f"{one.text}{f': {one.reason}' if one.reason else ''} ({one.place})"))
    rows += [("BEYOND", f"{one.what} {one.thing} {one.device} {subject(one)}: {told(one)}") for one in held.beyond]
    rows += [("BEYOND", f"{held.untold} more differences, which are not listed")] if held.untold else []
    rows += [("ACCEPTED", thing.text) for thing in held.accepted]
    return f"Expected: {held.title}" if held.title else "Expected", rows


def noise(change: Change) -> str:
    """Say what the tables' rules have left out; nothing where they have not."""
    parts = [f"{rows} of {table}" for table, rows in change.state.noise.items()]
    return f"Came or went by ageing, and left out: {', '.join(parts)} (docs/tables.md has the rules)." if parts else ""
