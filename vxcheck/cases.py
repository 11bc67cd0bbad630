"""Run the cases of a page: rows go in; the faults, warnings, unknown and passed rows that it names must come out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from vxcheck import check, compare, examine, fabric, schema
from vxcheck.examine import Examined
from vxcheck.fabric import Fabric
from vxcheck.findings import text
from vxcheck.pages import INTENT, Case, Check
from vxcheck.results import NOT_RUN, Finding, Report

_TOLD = ("faults", "warnings", "unknown")


@dataclass(frozen=True)
class Outcome:
    """Hold what came of a case, and what of it its page tells otherwise, a line each."""

    report: Report | None
    differences: list[str]


def differences(checked: Check, case: Case, made: Fabric | None = None) -> list[str]:
    """Return what comes out of a case otherwise than its page says, a line each; nothing where all is as told."""
    return outcome(checked, case, made).differences


def outcome(checked: Check, case: Case, made: Fabric | None = None) -> Outcome:
    """Run a check on a case.

    `made` holds the case's rows already, where many queries are to be tried on them.
    """
    if made is None:
        with _lent() as lent:
            _fill(lent, case, checked)
            return outcome(checked, case, lent)
    devices = check.device_states(made)
    told = examine.examine(made, checked, [device.name for device in devices])
    if told.broken:
        return Outcome(None, [told.broken])
    report = check.judge(made, {checked.name: checked}, devices, [told], {})
    return Outcome(report, _differences(checked, case, made, told, report))


def _differences(checked: Check, case: Case, made: Fabric, told: Examined, report: Report) -> list[str]:
    faults = [fault for result in report.results for fault in result.faults]
    warnings = [warning for result in report.results for warning in result.warnings]
    found = _compared("faults", case, [_cells(one) for one in faults])
    found += _compared("warnings", case, [_cells(one) for one in warnings])
    found += _compared("unknown", case, [row.values for rows in told.unknown.values() for row in rows])
    if "passed" in case.expected:
        found += _compared("passed", case, _passed(made, checked))
    statuses = {result.device: result.status for result in report.results}
    for device in {row["device"] for row in case.expected.get("unknown", []) if "device" in row}:
        if statuses.get(device) not in (NOT_RUN, check.FAILED):
            found.append(f"something is unknown of {device}, and its result is {statuses.get(device)}")
    found += [f"no remedy is told for {one.device}" for one in (*faults, *warnings) if not one.mend]
    return found


def gaps(checked: Check) -> list[str]:
    """Return which cases a page lacks: at least one must give something, and one must give nothing."""
    found = []
    if not any(case.expected.get("faults") or case.expected.get("warnings") for case in checked.cases):
        found.append("no case that it must fail")
    if not any(not any(case.expected.get(name) for name in _TOLD) for case in checked.cases):
        found.append("no case that it must pass (a near miss)")
    return found


def fabric_of(case: Case, checked: Check) -> Fabric:
    """Return a fabric that holds a case's rows; every table of every device that it names counts as complete."""
    made = fabric.empty()
    _fill(made, case, checked)
    return made


# Fabrics without rows: to make one takes longer than most cases.
_SPARE: list[Fabric] = []


@contextmanager
def _lent() -> Iterator[Fabric]:
    """Lend a fabric without rows; what was written into it is taken out again."""
    made = _SPARE.pop() if _SPARE else fabric.empty()
    yield made
    for name in schema.tables():
        if name not in made.views:
            made.connection.execute(f"DELETE FROM {name}")
    _SPARE.append(made)


def _fill(made: Fabric, case: Case, checked: Check) -> None:
    made.polls = checked.polls
    made.intent_given = checked.needs == INTENT
    tables = schema.tables()
    named = {row["device"] for rows in case.rows.values() for row in rows}
    told = {row["device"]: row for row in case.rows.get("devices", [])}
    devices = [
        (name, row.get("platform", "linux"), "collected", row.get("role") or None, row.get("role_origin") or None)
        for name, row in {**{name: {} for name in sorted(named)}, **told}.items()
    ]
    columns = ["device", "platform", "condition", "role", "role_origin"]
    fabric.insert(made.connection, "devices", columns, devices)
    uncovered = {(row["device"], row["table_name"]) for row in case.rows.get("coverage", [])}
    covered = [(n, table, True, "") for n in sorted(named) for table in tables if (n, table) not in uncovered]
    fabric.insert(made.connection, "coverage", ["device", "table_name", "covered", "reason"], covered)
    for name, rows in case.rows.items():
        if name == "devices" or not rows:
            continue
        columns = list(rows[0])
        kinds = [tables[name].column(column) for column in columns]
        values = [tuple(value(k, row[c]) for k, c in zip(kinds, columns, strict=True) if k) for row in rows]
        fabric.insert(made.connection, name, columns, values)


def mistakes(case: Case) -> list[str]:
    """Return what a case names that no table has."""
    found = []
    for name, rows in case.rows.items():
        table = schema.tables().get(name)
        if table is None:
            found.append(f"there is no table {name!r}")
            continue
        columns = rows[0] if rows else ()
        found += [f"table {name} has no column {column!r}" for column in columns if table.column(column) is None]
        if any("device" not in row for row in rows):
            found.append(f"table {name}: a row without a device")
    return found


def value(column: schema.Column, cell: str) -> Any:
    """Return a cell's value: nothing is NULL."""
    if cell == "":
        return None
    if column.type == "BOOLEAN":
        return cell == "true"
    if column.type.endswith("[]"):
        return [part.strip() for part in cell.split(",")]
    return {"INTEGER": int, "UBIGINT": int, "DOUBLE": float}.get(column.type, str)(cell)


def _passed(made: Fabric, checked: Check) -> list[dict[str, Any]]:
    """Return the rows that were examined and found good."""
    table = "selected"
    kinds = made.keep(table, checked.sql)
    if checked.value:
        compare.judge(made, checked, kinds)
        table = "judged"
    columns, rows = made.query(f"SELECT * FROM temp.{table} WHERE NOT CAST(fault AS BOOLEAN)")
    made.connection.execute("DROP TABLE IF EXISTS temp.selected; DROP TABLE IF EXISTS temp.judged")
    return [dict(zip(columns, values, strict=True)) for values in rows]


def _cells(finding: Finding) -> dict[str, Any]:
    return {**finding.row, "device": finding.device, "severity": finding.severity}


def _compared(kind: str, case: Case, rows: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return the rows that only one side has, by the columns that the page names."""
    expected = case.expected.get(kind, [])
    columns = list(expected[0]) if expected else []
    rows = list(rows)
    missing = [name for name in columns if any(name not in row for row in rows)]
    if missing:
        return [f"{kind}: the findings have no column {name!r}" for name in missing]
    left = [tuple(row[name] for name in columns) for row in expected]
    found = []
    for row in rows:
        cells = tuple("" if row[name] is None else text(row[name]) for name in columns)
        if cells in left:
            left.remove(cells)
        else:
            found.append(f"{kind}: not expected: {_row(columns, cells) or _row(row, [text(c) for c in row.values()])}")
    return found + [f"{kind}: missing: {_row(columns, cells)}" for cells in left]


def _row(columns: Iterable[str], cells: Iterable[str]) -> str:
    return ", ".join(f"{name} {cell}" for name, cell in zip(columns, cells, strict=True))
