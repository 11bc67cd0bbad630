"""Rows to findings: group those that are one thing to a person, and say it in the page's words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from vxcheck.compare import is_evidence
from vxcheck.examine import Row
from vxcheck.fabric import Evidence, Fabric
from vxcheck.pages import SEVERITIES, Check
from vxcheck.results import Finding, Remedy

_NAMES = 8
_REMEDIES = 4
_FOLLOWS = 20
_COUNTERS = "counters"


@dataclass
class Group:
    """Gather the rows of one finding, and what follows from it."""

    rows: list[Row]
    follows: dict[str, None] = field(default_factory=dict)


def group(rows: Iterable[Row]) -> list[Group]:
    """Group rows of one check: those that the page groups, and that one cause explains and one waiver accepts."""
    groups: dict[Any, Group] = {}
    for row in rows:
        key: Any = len(groups)
        by = _group_by(row.check)
        if by:
            root = row.root.check.name if row.cause else ""
            key = (row.device, *(str(row.values.get(name)) for name in by), root, row.waiver and id(row.waiver))
            if row.check.value:
                key = (*key, row.minority)
        groups.setdefault(key, Group([])).rows.append(row)
    return list(groups.values())


def _group_by(check: Check) -> tuple[str, ...]:
    if check.value and not check.group_by:
        return (check.value, f"peer_{check.value}")
    return check.group_by


def link(groups: Iterable[Group]) -> None:
    """Tell every cause what is put down to it."""
    groups = list(groups)
    of_row = {id(row): one for one in groups for row in one.rows}
    for one in groups:
        for row in one.rows:
            if row.cause:
                of_row[id(row.root)].follows[f"{row.check.name} on {row.device}"] = None


def finding(fabric: Fabric, platforms: Mapping[str, str], one: Group) -> Finding:
    """Return a group of rows as a finding; `platforms` are the devices'."""
    check, rows = one.rows[0].check, one.rows
    merged: dict[str, Any] = {}
    evidence: list[Evidence] = []
    for name in rows[0].values:
        values = list(dict.fromkeys(_hashable(row.values[name]) for row in rows))
        if is_evidence(name):
            evidence += [fabric.evidence(value) for value in values if value is not None]
        elif len(values) == 1:
            merged[name] = values[0]
        else:
            flat = dict.fromkeys(part for value in values for part in (value if isinstance(value, tuple) else (value,)))
            merged[name] = sorted(flat, key=lambda part: (part is None, part))
    if check.value:
        merged["agreeing"] = len(_listed(merged["peer_device"]))
        merged["members"] = len(frozenset[str]().union(*{row.members for row in rows}))
    minority = rows[0].minority
    follows = list(one.follows)
    left_out = {"rows": sum(row.more for row in rows), "follows": max(0, len(follows) - _FOLLOWS)}
    return Finding(
        check.name,
        rows[0].device,
        min((row.severity for row in rows), key=SEVERITIES.index),
        written(check.minority if minority else check.message, merged),
        tuple(dict.fromkeys(evidence)),
        tuple(_mend(check, merged, platforms, either=check.either and not minority)),
        merged,
        rows[0].root.check.name if rows[0].cause else "",
        rows[0].waiver,
        tuple(follows[:_FOLLOWS]),
        {name: count for name, count in left_out.items() if count},
        check.group == _COUNTERS,
    )


def _mend(check: Check, row: Mapping[str, Any], platforms: Mapping[str, str], *, either: bool) -> Iterable[Remedy]:
    """Yield the remedies of a finding on its device, and on its peer, where peer_x and x change places."""
    swapped = {f"peer_{name}": value for name, value in row.items() if f"peer_{name}" in row}
    swapped |= {name.removeprefix("peer_"): value for name, value in row.items() if name.startswith("peer_")}
    mine = row.get("same_device", row.get("device")) if either else row.get("device")
    sides = [(mine, row), (row.get("peer_device") if either else None, {**row, **swapped})]
    for instead, (names, values) in enumerate(sides):
        for name in _listed(names)[:_REMEDIES]:
            remedy = check.mend.get(platforms.get(name, "")) or check.mend.get("any")
            if remedy:
                yield Remedy(name, platforms.get(name, ""), written(remedy, values), bool(instead))


def written(template: str, row: Mapping[str, Any]) -> str:
    """Return a page's text with the columns that it names in braces."""
    return re.sub(r"\{(\w+)\}", lambda match: text(row.get(match[1])), template)


def _listed(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) else [value] if value else []


def _hashable(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def text(value: Any) -> str:
    """Return a value as a message tells it: numbers in a row as a range, and of many names the first few."""
    if value is None:
        return "unknown"
    if isinstance(value, list | tuple):
        parts = _ranges(value) if all(type(part) is int for part in value) else [text(part) for part in value]
        more = f" and {len(parts) - _NAMES} more" if len(parts) > _NAMES + 1 else ""
        return ", ".join(parts[:_NAMES] if more else parts) + more
    if isinstance(value, float):
        return f"{value:g}"
    return str(value)


def _ranges(numbers: Sequence[int]) -> list[str]:
    """Return numbers as text, three and more in a row as first-last."""
    found: list[list[int]] = []
    for number in numbers:
        if found and number == found[-1][-1] + 1:
            found[-1].append(number)
        else:
            found.append([number])
    return [
        part for run in found for part in ([f"{run[0]}-{run[-1]}"] if len(run) > 2 else [str(number) for number in run])
    ]
