"""Accept what the user accepts: by check, device and any columns, for a reason, until a day."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from fnmatch import fnmatchcase
from typing import Any

from vxcheck import examine, fabric
from vxcheck.errors import UsageError
from vxcheck.examine import Row
from vxcheck.pages import Check
from vxcheck.results import EXPIRED, IN_FORCE, NOT_TRIED, UNUSED, Finding, Waiver, WaiverState


def require(waivers: Iterable[Waiver], checks: Mapping[str, Check], devices: Sequence[str]) -> None:
    """Raise UsageError where a waiver names a check, a device or a column that does not exist."""
    schema = fabric.empty()
    for waiver in waivers:
        named = [check for name, check in checks.items() if fnmatchcase(name, waiver.check)]
        if not named:
            raise UsageError(f"{waiver.place}: check: there is no check {waiver.check!r}; `vxcheck explain` lists them")
        if not any(fnmatchcase(name, waiver.device) for name in devices):
            raise UsageError(
                f"{waiver.place}: device: there is no device {waiver.device!r}; the source has {', '.join(devices)}"
            )
        if not waiver.where:
            continue
        known: dict[str, None] = {}
        told = True
        for check in named:
            try:
                known |= dict.fromkeys(examine.columns(schema, check))
            except UsageError:  # a check that cannot be run is a result of its own, and its columns are not known
                told = False
        if not told:
            continue
        for name in waiver.where:
            if name not in known:
                raise UsageError(
                    f"{waiver.place}: where: {waiver.check} has no column {name!r}; it has {', '.join(known)}"
                )


def accept(rows: Iterable[Row], waivers: Iterable[Waiver], today: date) -> Counter[int]:
    """Mark the rows that a waiver accepts; return how many rows each one matched, the expired ones too."""
    rows = list(rows)
    matched: Counter[int] = Counter()
    for waiver in waivers:
        for row in rows:
            if row.waiver is None and _matches(waiver, row):
                matched[id(waiver)] += 1
                if today <= waiver.expires:
                    row.waiver = waiver
    return matched


def states(
    waivers: Iterable[Waiver],
    matched: Mapping[int, int],
    findings: Iterable[Finding],
    ran: Iterable[tuple[str, str]],
    today: date,
) -> tuple[WaiverState, ...]:
    """Say what came of every waiver; `ran` are the checks and devices that were examined."""
    accepted = Counter(id(one.waiver) for one in findings if one.waiver)
    tried = set(ran)

    def state(waiver: Waiver) -> str:
        if not matched.get(id(waiver)):
            was_tried = any(fnmatchcase(c, waiver.check) and fnmatchcase(d, waiver.device) for c, d in tried)
            return (UNUSED if was_tried else NOT_TRIED) if today <= waiver.expires else EXPIRED
        return IN_FORCE if today <= waiver.expires else EXPIRED

    return tuple(WaiverState(one, state(one), accepted.get(id(one), 0)) for one in waivers)


def _matches(waiver: Waiver, row: Row) -> bool:
    return (
        fnmatchcase(row.check.name, waiver.check)
        and fnmatchcase(row.device, waiver.device)
        and all(name in row.values and _holds(row.values[name], any_of) for name, any_of in waiver.where.items())
        # It stands for others too, of which nobody knows what they hold.
        and not (row.more and waiver.where)
    )


def _holds(cell: Any, any_of: Sequence[str]) -> bool:
    """Tell whether every part of a cell is one of the values; an unknown cell is none."""
    parts = cell if isinstance(cell, list | tuple) else [cell]
    return bool(parts) and all(
        part is not None and any(fnmatchcase(_text(part), value) for value in any_of) for part in parts
    )


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:g}" if isinstance(value, float) else str(value)
