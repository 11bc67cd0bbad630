"""Verdicts over time: when each finding first appeared, and when it went.

A finding is gone only where a later run looked for it to the end. Where none did, whether it is there is not known.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from vxcheck import snapshot, store, verdict
from vxcheck.errors import UsageError
from vxcheck.store import DamagedError
from vxcheck.verdict import Found, Verdict

STILL, GONE, UNKNOWN = "still there", "gone", "not known"


@dataclass(frozen=True)
class Look:
    """Hold one snapshot of a history: its folder's name, its verdict, or why there is none."""

    name: str
    verdict: Verdict | None
    problem: str = ""


@dataclass(frozen=True)
class Interval:
    """Say from when to when something was there: `first` and `last` are the snapshots that it was seen in.

    `before` is the last one before in which it was not, `after` the first one behind; "" where no snapshot tells it.
    """

    first: str
    last: str
    seen: int
    before: str
    after: str
    state: str


@dataclass(frozen=True)
class Spell:
    """Hold a finding from when it appeared to when it went."""

    found: Found
    when: Interval


def intervals(states: Iterable[tuple[str, bool | None]]) -> Iterable[Interval]:
    """Yield from when to when something was there, of each snapshot's name and whether it was there; None: unknown."""
    before, seen, newest = "", list[str](), ""
    for name, there in states:
        newest = name
        if there:
            seen.append(name)
        elif there is False:
            if seen:
                yield Interval(seen[0], seen[-1], len(seen), before, name, GONE)
            before, seen = name, []
    if seen:
        yield Interval(seen[0], seen[-1], len(seen), before, "", STILL if seen[-1] == newest else UNKNOWN)


def looks(folder: Path) -> tuple[Look, ...]:
    """Return the snapshots of a history, the oldest first, with what was made of them."""
    return tuple(_look(path) for path in store.snapshots(folder))


def _look(path: Path) -> Look:
    try:
        found = verdict.read(path)
        if found is not None:
            return Look(path.name, found)
        told = snapshot.manifest(path)
    except (DamagedError, UsageError) as error:
        return Look(path.name, None, str(error))
    if told.get(snapshot.JOURNAL):
        return Look(path.name, None, "it is being collected, or the run was ended before its end")
    return Look(path.name, None, "no verdict was saved: the run was ended before its end; --again judges it")


def spells(told: Sequence[Look]) -> tuple[Spell, ...]:
    """Return every finding of a history that was once told as a cause; one that came again is there several times."""
    keys = dict.fromkeys(key for look in told if look.verdict for key in look.verdict.findings)
    found = [spell for key in keys for spell in _spells(key, told)]
    order = {STILL: 0, UNKNOWN: 1, GONE: 2}
    found.sort(key=lambda spell: spell.when.last, reverse=True)
    found.sort(key=lambda spell: (order[spell.when.state], spell.found.kind != verdict.FAULT))
    return tuple(found)


def _spells(key: str, told: Sequence[Look]) -> Iterable[Spell]:
    seen = {look.name: look.verdict.findings[key] for look in told if look.verdict and key in look.verdict.findings}
    sample = next(iter(seen.values()))
    for when in intervals((look.name, _there(look, key, sample)) for look in told):
        causes = [one for name, one in seen.items() if when.first <= name <= when.last and one.message]
        if causes:
            yield Spell(causes[-1], when)


def _there(look: Look, key: str, sample: Found) -> bool | None:
    if look.verdict is None:
        return None
    return key in look.verdict.findings or (False if look.verdict.knows(sample) else None)
