"""Run every case of every check's page, and every query on the empty schema."""

from __future__ import annotations

from typing import Any

import pytest

from vxcheck import check, fabric, pages, schema
from vxcheck.check import Finding, Report
from vxcheck.fabric import Fabric
from vxcheck.pages import Case, Check

CHECKS = pages.load()
CASES = [(each, case) for each in CHECKS.values() for case in each.cases]


def value(column: schema.Column, text: str) -> Any:
    """Return a cell's value: nothing is NULL."""
    if text == "":
        return None
    if column.type == "BOOLEAN":
        return text == "true"
    if column.type.endswith("[]"):
        return [part.strip() for part in text.split(",")]
    return {"INTEGER": int, "UBIGINT": int, "DOUBLE": float}.get(column.type, str)(text)


def fabric_of(case: Case, polls: int) -> Fabric:
    """Return a fabric that holds a case's rows; every table of every device that it names counts as complete."""
    made = fabric.empty()
    made.polls = polls
    tables = schema.tables()
    named = {row["device"] for rows in case.rows.values() for row in rows}
    told = {row["device"] for row in case.rows.get("devices", [])}
    devices = [(name, "linux", "collected") for name in named - told]
    devices += [(row["device"], row["platform"], "collected") for row in case.rows.get("devices", [])]
    fabric.insert(made.connection, "devices", ["device", "platform", "condition"], devices)
    uncovered = {(row["device"], row["table_name"]) for row in case.rows.get("coverage", [])}
    covered = [(n, table, True, "") for n in sorted(named) for table in tables if (n, table) not in uncovered]
    fabric.insert(made.connection, "coverage", ["device", "table_name", "covered", "reason"], covered)
    for name, rows in case.rows.items():
        if name == "devices" or not rows:
            continue
        columns = list(rows[0])
        kinds = [tables[name].column(column) for column in columns]
        assert all(kinds), f"{name} has no such column: {columns}"
        values = [tuple(value(k, row[c]) for k, c in zip(kinds, columns, strict=True) if k) for row in rows]
        fabric.insert(made.connection, name, columns, values)
    return made


def shown(finding: Finding, columns: list[str]) -> tuple[str, ...]:
    """Return the columns of a finding as a page writes them."""
    row = {**finding.row, "device": finding.device, "severity": finding.severity}
    return tuple("" if row[name] is None else check._text(row[name]) for name in columns)


def assert_rows(found: list[Finding], expected: list[dict[str, str]]) -> None:
    columns = list(expected[0]) if expected else []
    got = sorted(shown(finding, columns) for finding in found)
    assert got == sorted(tuple(row.values()) for row in expected), [finding.message for finding in found]
    assert len(found) == len(expected)


@pytest.mark.parametrize(("checked", "case"), CASES, ids=[f"{each.name}: {case.title}" for each, case in CASES])
def test_case(checked: Check, case: Case) -> None:
    made = fabric_of(case, checked.polls)
    report = check.run(made, {checked.name: checked})
    assert_rows([fault for result in report.results for fault in result.faults], case.expected.get("faults", []))
    assert_rows([one for result in report.results for one in result.warnings], case.expected.get("warnings", []))
    unknown = unknown_rows(made, checked)
    expected = case.expected.get("unknown", [])
    columns = list(expected[0]) if expected else []
    assert sorted(tuple(str(row[name]) for name in columns) for row in unknown) == sorted(
        tuple(row.values()) for row in expected
    )
    for row in expected:
        assert status_of(report, row["device"]) == check.NOT_RUN
    assert "{" not in "".join(finding.message for finding in report.findings)
    for finding in report.findings:
        assert finding.mend, f"{checked.name} says no remedy for {finding.device}"


def unknown_rows(made: Fabric, checked: Check) -> list[dict[str, Any]]:
    columns, rows = made.query(checked.sql)
    return [row for row in (dict(zip(columns, values, strict=True)) for values in rows) if row["fault"] is None]


def status_of(report: Report, device: str) -> str:
    return next(result.status for result in report.results if result.device == device)


@pytest.mark.parametrize("checked", CHECKS.values(), ids=lambda each: each.name)
def test_every_check_has_a_fault_and_a_near_miss(checked: Check) -> None:
    faulty = [case for case in checked.cases if case.expected.get("faults") or case.expected.get("warnings")]
    clean = [case for case in checked.cases if not any(case.expected.values())]
    assert faulty, "no case that it must fail"
    assert clean, "no case that it must pass"
    for case in clean:
        made = fabric_of(case, checked.polls)
        assert made.query(f"SELECT count(*) FROM ({checked.sql})") is not None


@pytest.mark.parametrize("checked", CHECKS.values(), ids=lambda each: each.name)
def test_query_on_the_empty_schema(checked: Check) -> None:
    made = fabric.empty()
    made.polls = checked.polls
    report = check.run(made, {checked.name: checked})
    assert report.results == ()
    assert report.verdict == check.INCOMPLETE


@pytest.mark.parametrize("checked", CHECKS.values(), ids=lambda each: each.name)
def test_page(checked: Check) -> None:
    assert "## On the wire" in checked.page
    assert checked.mend
    for platform in checked.mend:
        assert platform == "any" or platform in {"arista_eos", "vyos", "linux"}
