"""`vxcheck history`: print what became of a fabric, snapshot by snapshot and finding by finding."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from vxcheck import check, pages, retention, snapshot, source, store, timeline, verdict
from vxcheck.errors import UsageError
from vxcheck.report.table import Terminal
from vxcheck.rows import as_json, printable
from vxcheck.timeline import GONE, STILL, Look, Spell

_MOST = 12
_WORDS = {STILL: "STILL", GONE: "GONE"}


def run(given: argparse.Namespace) -> int:
    """Print the history that the command line names; 3 where it has snapshots without a verdict."""
    if not store.is_history(given.folder):
        raise UsageError(f"{given.folder} is no history: `vxcheck check SOURCE --save {given.folder}` begins one")
    if given.again:
        _judge(given)
    told = timeline.looks(given.folder)
    if not told:
        raise UsageError(f"{given.folder}: there is no snapshot in it")
    spells = [spell for spell in timeline.spells(told) if _wanted(spell, given)]
    if given.format == "json":
        print(as_json(_document(given.folder, told, spells)))
    else:
        print("\n\n".join(_table(given.folder, told, spells, Terminal.of(sys.stdout), verbose=given.verbose)))
    return 3 if any(look.verdict is None for look in told) else 0


def _wanted(spell: Spell, given: argparse.Namespace) -> bool:
    by_check = not given.check or any(fnmatchcase(spell.found.check, glob) for glob in given.check)
    names = spell.found.devices
    return by_check and (not given.device or any(fnmatchcase(name, glob) for name in names for glob in given.device))


def _judge(given: argparse.Namespace) -> None:
    """Judge every snapshot anew, with today's checks, as of its own day."""
    checks = pages.load(source.check_folders(given))
    for path in store.snapshots(given.folder):
        if (path / snapshot.JOURNAL).exists():
            continue
        options = source.defaults(path, parsers=given.parsers, checks=given.checks)
        opened = source.open_source(options, checks)
        report = check.run(opened.fabric(), checks, None, opened.waivers, retention.time_of(path.name).date())
        verdict.write(opened.dated(report), path)


def _table(
    folder: Path, told: Sequence[Look], spells: Sequence[Spell], terminal: Terminal, *, verbose: bool
) -> Iterable[str]:
    many = f"{len(told)} snapshots, from {told[0].name} to {told[-1].name}" if len(told) > 1 else told[0].name
    yield f"{printable(str(folder))}: {many}"
    yield _looks(told, spells, terminal, verbose=verbose)
    for look in told:
        if look.problem:
            yield terminal.wrap(f"{look.name}: {printable(look.problem)}", 8, "NOT RUN")
    shown = spells if verbose else spells[:_MOST]
    yield from (_spell(spell, told, terminal) for spell in shown)
    if len(spells) > len(shown):
        yield f"... and {len(spells) - len(shown)} findings more (-v shows them)"


def _looks(told: Sequence[Look], spells: Sequence[Spell], terminal: Terminal, *, verbose: bool) -> str:
    """Return a line for each snapshot; those in which nothing changed are counted together."""
    new = Counter(spell.when.first for spell in spells if spell.when.first != told[0].name)
    gone = Counter(spell.when.after for spell in spells)
    rows: list[tuple[str, ...]] = []
    skipped = 0
    for index, look in enumerate(told):
        row = _row(look, new[look.name], gone[look.name])
        # Between the first and the last of those that say the same, none need be looked at.
        alike = 0 < index < len(told) - 1 and not (new[look.name] or gone[look.name])
        alike = alike and _row(told[index - 1], 0, 0)[1:] == row[1:] == _row(told[index + 1], 0, 0)[1:]
        following = told[index + 1].name if index + 1 < len(told) else ""
        if alike and not verbose and not (new[following] or gone[following]):
            skipped += 1
            continue
        if skipped:
            rows.append((f"  ({skipped} more alike)", *[""] * (len(row) - 1)))
            skipped = 0
        rows.append(row)
    return terminal.table(rows, ["snapshot", "verdict", "examined", "faults", "warnings", "new", "gone"], 2)


def _row(look: Look, new: int, gone: int) -> tuple[str, ...]:
    if look.verdict is None:
        return (look.name, "not known", *[""] * 5)
    counts = look.verdict.counts
    made = str(counts["examined"])
    if counts["examined"] < counts["expected"]:
        made = f"{made} of {counts['expected']}"
    numbers = (counts["faults"], counts["warnings"], new, gone)
    return (look.name, look.verdict.verdict, made, *(str(number) if number else "" for number in numbers))


def _spell(spell: Spell, told: Sequence[Look], terminal: Terminal) -> str:
    found = spell.found
    first = f"in the oldest snapshot already, {spell.when.first}"
    if spell.when.before:
        first = f"first seen {spell.when.first}, not at {spell.when.before}"
    elif spell.when.first != told[0].name:
        first = f"first seen {spell.when.first}; not looked for before"
    if spell.when.state == STILL:
        rest = "still there"
    elif spell.when.state == GONE:
        rest = f"last seen {spell.when.last}, gone at {spell.when.after}"
    else:
        rest = f"last seen {spell.when.last}; not looked for to the end since"
    word = _WORDS.get(spell.when.state, "NOT KNOWN")
    head = terminal.wrap(f"{found.kind.upper()} {found.told}", 6, word)
    return f"{head}\n{terminal.wrap(f'{first}; {rest}.', 6)}"


def _document(folder: Path, told: Sequence[Look], spells: Sequence[Spell]) -> dict[str, Any]:
    return {
        "version": 1,
        "history": str(folder),
        "snapshots": [_json_look(look, spells) for look in told],
        "findings": [
            {
                "check": spell.found.check or None,
                "devices": list(spell.found.devices),
                "severity": spell.found.kind,
                "message": spell.found.message,
                "state": spell.when.state,
                "first_seen": spell.when.first,
                "not_before": spell.when.before or None,
                "last_seen": spell.when.last,
                "gone_at": spell.when.after or None,
                "seen": spell.when.seen,
            }
            for spell in spells
        ],
    }


def _json_look(look: Look, spells: Sequence[Spell]) -> dict[str, Any]:
    told: dict[str, Any] = {"snapshot": look.name, "verdict": None, "problem": look.problem}
    if look.verdict:
        told |= {"verdict": look.verdict.verdict, "vxcheck": look.verdict.version, "judged": look.verdict.judged}
        told |= look.verdict.counts
    told["new"] = sum(spell.when.first == look.name and bool(spell.when.before) for spell in spells)
    return told | {"gone": sum(spell.when.after == look.name for spell in spells)}
