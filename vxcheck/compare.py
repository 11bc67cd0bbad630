"""Compare a value across members, and accuse the minority: the one VTEP of four that uses another port.

A page that says `- value: udp_port` and `- among: vni` has a query that selects the members, one row each, without a
column `fault`. Those with the same columns `among` must have the same value. Where one value is held by more devices
than any other, those that hold another are at fault, each by itself; where the most are a tie, every one of them is.
A member whose value is NULL is unknown, and so is one whose others are all unknown. A member without others is not
examined.

Rows at fault, and unknown ones, are given columns for the messages: `peer_device` are those on the other side,
`peer_<column>` is what they have, `agreeing` of `members` hold the other value, `same_device` are those on the row's
own side, and `unknown_device` hold none.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from vxcheck.fabric import Fabric
from vxcheck.pages import Check

if TYPE_CHECKING:
    from vxcheck.examine import Row

MAJORITY = "majority_value"


def added(check: Check, kinds: Iterable[str]) -> list[str]:
    """Return the columns that the comparison adds to those of the query."""
    theirs = [f"peer_{name}" for name in kinds if name not in ("device", MAJORITY, "fault", *check.among)]
    return ["peer_device", *theirs, "agreeing", "members", "same_device", "unknown_device"]


def judge(fabric: Fabric, check: Check, kinds: Mapping[str, str]) -> dict[str, str]:
    """Make the table `judged` of `selected`, with `fault` and the value of the majority; return its columns' types."""
    among = ", ".join(f'"{name}"' for name in check.among)
    value = f'"{check.value}"'
    columns = ", ".join(f's."{name}"' for name in kinds if name not in ("fault", MAJORITY))
    return fabric.keep(
        "judged",
        f"""
        WITH held AS (
            SELECT {among}, {value} AS held_value, count(DISTINCT device) AS holders
            FROM temp.selected WHERE {value} IS NOT NULL GROUP BY ALL
        ),
        kinds AS (SELECT {among}, max(holders) AS most, count(*) AS kinds FROM held GROUP BY {among}),
        leaders AS (
            SELECT {among}, count(*) AS leaders, min(held_value) AS leader
            FROM held JOIN kinds USING ({among}) WHERE holders = most GROUP BY {among}
        ),
        members AS (
            SELECT {among}, count(DISTINCT device) AS members,
                   count(DISTINCT device) FILTER ({value} IS NOT NULL) AS known
            FROM temp.selected GROUP BY {among}
        )
        SELECT {columns}, CASE WHEN leaders = 1 THEN leader END AS {MAJORITY},
               CASE WHEN {value} IS NULL OR known IS NULL OR known < 2 THEN NULL
                    WHEN kinds = 1 THEN false
                    WHEN leaders = 1 THEN {value} <> leader
                    ELSE true END AS fault
        FROM temp.selected AS s
        LEFT JOIN members USING ({among}) LEFT JOIN kinds USING ({among}) LEFT JOIN leaders USING ({among})
        WHERE members IS NULL OR members > 1
        """,
    )


def is_evidence(column: str) -> bool:
    """Tell whether a column holds lines that show something (DuckDB numbers names that come twice)."""
    return bool(re.search(r"(^|_)evidence(_\d+)?$", column))


def complete(fabric: Fabric, check: Check, kinds: Mapping[str, str], rows: Sequence[Row]) -> list[Row]:
    """Give rows the columns of the other side; leave out those of a tie that the same devices have lost elsewhere."""
    groups = _groups(fabric, check, kinds)
    lost = {
        (row.device, row.values[check.value], row.values[MAJORITY])
        for row in rows
        if row.fault and row.values[MAJORITY] is not None
    }
    given: list[Row] = []
    for row in rows:
        group = groups[tuple(row.values[name] for name in check.among)]
        mine, majority = row.values[check.value], row.values.pop(MAJORITY)
        if row.fault and majority is None and len(group.sides.keys() - {None}) == 2:
            (other,) = group.sides.keys() - {None, mine}
            if group.all_lost(other, mine, lost):
                continue
            if group.all_lost(mine, other, lost):
                majority = other
        row.minority = bool(row.fault) and majority is not None
        row.members = group.members
        row.values |= group.across(mine, majority if row.minority else None)
        given.append(row)
    return given


@dataclass(frozen=True)
class _Side:
    """Hold the members of one group that have one value: who, and what else they show."""

    devices: tuple[str, ...]
    columns: Mapping[str, Any]


@dataclass
class _Group:
    """Hold the members that are compared with each other, by their value; what is worked out once is kept."""

    sides: dict[Any, _Side] = field(default_factory=dict)
    _across: dict[tuple[Any, Any], dict[str, Any]] = field(default_factory=dict)
    _all_lost: dict[tuple[Any, Any], bool] = field(default_factory=dict)

    @cached_property
    def members(self) -> frozenset[str]:
        return frozenset(device for side in self.sides.values() for device in side.devices)

    def all_lost(self, held: Any, other: Any, lost: set[tuple[Any, Any, Any]]) -> bool:
        """Tell whether every holder of a value is in the minority with it against the other one elsewhere."""
        if (held, other) not in self._all_lost:
            self._all_lost[held, other] = all((device, held, other) in lost for device in self.sides[held].devices)
        return self._all_lost[held, other]

    def across(self, mine: Any, majority: Any) -> dict[str, Any]:
        """Return the columns that tell a member of the majority, or where it is None of all that have another value."""
        if (mine, majority) in self._across:
            return self._across[mine, majority]
        others = [side for held, side in self.sides.items() if (held != mine if majority is None else held == majority)]
        devices = tuple(sorted({one for side in others for one in side.devices}))
        found: dict[str, Any] = {"peer_device": devices[0] if len(devices) == 1 else devices}
        for name in dict.fromkeys(name for side in others for name in side.columns):
            values = list(dict.fromkeys(side.columns[name] for side in others))
            found[name] = values[0] if len(values) == 1 else tuple(values)
        found["agreeing"], found["members"] = len(devices), len(self.members)
        found["same_device"] = self.sides[mine].devices
        found["unknown_device"] = self.sides[None].devices if None in self.sides else ()
        return self._across.setdefault((mine, majority), found)


def _groups(fabric: Fabric, check: Check, kinds: Mapping[str, str]) -> dict[tuple[Any, ...], _Group]:
    """Return every group that has anything to tell, by the columns `among`."""
    among = ", ".join(f'"{name}"' for name in check.among)
    others = [name for name in kinds if name not in ("device", "fault", MAJORITY, check.value, *check.among)]
    # One line shows what a side has; of what else it has, the first few are enough for a message.
    shown = [f'min("{name}")' if is_evidence(name) else f'list_sort(list(DISTINCT "{name}"))[1:10]' for name in others]
    rows = fabric.connection.execute(
        f"""SELECT {among}, "{check.value}", list_sort(list(DISTINCT device)) {"".join(", " + one for one in shown)}
            FROM temp.judged
            SEMI JOIN (SELECT {among} FROM temp.judged WHERE fault IS DISTINCT FROM false) AS told USING ({among})
            GROUP BY {among}, "{check.value}" ORDER BY ALL"""
    ).fetchall()
    found: dict[tuple[Any, ...], _Group] = defaultdict(_Group)
    width = len(check.among)
    for row in rows:
        columns = {f"peer_{check.value}": row[width]}
        columns |= {f"peer_{name}": _plain(cell) for name, cell in zip(others, row[width + 2 :], strict=True)}
        found[tuple(row[:width])].sides[row[width]] = _Side(tuple(row[width + 1]), columns)
    return found


def _plain(cell: Any) -> Any:
    if isinstance(cell, list):
        return cell[0] if len(cell) == 1 else tuple(cell)
    return cell
