"""Run the checks' queries on a fabric, weigh what could not be examined, and give results and a verdict."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from typing import Any

from vxcheck.errors import ContentError, UsageError
from vxcheck.fabric import Evidence, Fabric
from vxcheck.pages import SEVERITIES, Check
from vxcheck.snapshot import COLLECTED

PASSED, FAILED = "passed", "failed"
NOT_RUN, NOT_APPLICABLE, NOT_ASKED = "not_run", "not_applicable", "not_asked"
INCOMPLETE = "incomplete"


@dataclass(frozen=True)
class Finding:
    """Hold one finding: what is wrong, the lines that show it, and the remedy for each device that it names.

    `row` holds the query's columns; a column that differs among grouped rows holds the list of its values.
    `explained_by` names the check that found its cause on the same devices.
    """

    check: str
    device: str
    severity: str
    message: str
    evidence: tuple[Evidence, ...]
    mend: tuple[tuple[str, str, str], ...]
    row: Mapping[str, Any]
    explained_by: str = ""


@dataclass(frozen=True)
class Result:
    """Hold what one check says of one device. `examined` counts the rows that could be judged."""

    check: str
    device: str
    status: str
    severity: str
    examined: int = 0
    reason: str = ""
    findings: tuple[Finding, ...] = ()

    @property
    def faults(self) -> tuple[Finding, ...]:
        """Return the findings that fail the check."""
        return tuple(finding for finding in self.findings if finding.severity == "error")

    @property
    def warnings(self) -> tuple[Finding, ...]:
        """Return the findings that do not fail it."""
        return tuple(finding for finding in self.findings if finding.severity != "error")


@dataclass(frozen=True)
class DeviceState:
    """Hold how far a device could be examined. `vxlan` is None where that is not known."""

    name: str
    platform: str
    condition: str
    reason: str
    vxlan: bool | None


@dataclass(frozen=True)
class Report:
    """Hold a whole run: what every report is made of."""

    devices: tuple[DeviceState, ...]
    results: tuple[Result, ...]
    verdict: str
    started: str = ""
    seconds: float | None = None
    findings: tuple[Finding, ...] = field(default=())

    @property
    def unexamined(self) -> tuple[DeviceState, ...]:
        """Return the devices that were not, or not wholly, collected."""
        return tuple(device for device in self.devices if device.condition not in (COLLECTED, "left out"))


def select(checks: Mapping[str, Check], wanted: Sequence[str]) -> set[str]:
    """Return the names that the user's globs choose; all where there is none."""
    for pattern in wanted:
        if not any(fnmatchcase(name, pattern) for name in checks):
            raise UsageError(f"--check {pattern}: there is no such check; `vxcheck explain` lists them")
    return {name for name in checks if not wanted or any(fnmatchcase(name, pattern) for pattern in wanted)}


def run(fabric: Fabric, checks: Mapping[str, Check], selected: Collection[str] | None = None) -> Report:
    """Run checks on a fabric; those not in `selected` are listed as not asked."""
    devices = device_states(fabric)
    asked = [device for device in devices if device.name not in fabric.left_out]
    results: list[Result] = []
    for check in checks.values():
        reason = ""
        if selected is not None and check.name not in selected:
            reason = "left out by --check"
        elif check.polls > fabric.polls:
            reason = f"it compares counters of {check.polls} polls: give --polls {check.polls}"
        if reason:
            results += [Result(check.name, device.name, NOT_ASKED, check.severity, 0, reason) for device in asked]
        else:
            results += _Examination(fabric, check, devices).results()
    results = _explain(results, checks)
    findings = [finding for result in results for finding in result.findings]
    findings.sort(key=lambda finding: (bool(finding.explained_by), SEVERITIES.index(finding.severity)))
    return Report(tuple(devices), tuple(results), _verdict(devices, results), findings=tuple(findings))


def device_states(fabric: Fabric) -> list[DeviceState]:
    """Return every device with its condition, and whether it has any VXLAN interface."""
    _, rows = fabric.query(
        """
        SELECT d.device, coalesce(d.platform, ''), d.condition, coalesce(d.reason, ''),
               CASE WHEN d.device IN (SELECT device FROM vteps) THEN true
                    WHEN c.covered IS NOT false THEN false END AS vxlan
        FROM devices AS d
        LEFT JOIN coverage AS c ON c.device = d.device AND c.table_name = 'vteps'
        """
    )
    order = {device.name: index for index, device in enumerate(fabric.devices)}
    return sorted((DeviceState(*row) for row in rows), key=lambda device: order.get(device.name, len(order)))


def _verdict(devices: Sequence[DeviceState], results: Sequence[Result]) -> str:
    if any(result.status == FAILED for result in results):
        return FAILED
    whole = not any(device.condition not in (COLLECTED, "left out") for device in devices)
    examined = any(result.examined for result in results)
    if whole and examined and not any(result.status == NOT_RUN for result in results):
        return PASSED
    return INCOMPLETE


@dataclass
class _Examination:
    """Run one check's query and weigh its rows, device by device."""

    fabric: Fabric
    check: Check
    devices: Sequence[DeviceState]

    def results(self) -> list[Result]:
        tables = self.fabric.tables_read(self.check.sql)
        uncovered = self._uncovered(tables)
        try:
            columns, rows = self.fabric.query(self.check.sql)
        except UsageError as error:
            raise ContentError(f"{self.check.path}: {error}") from error
        for name in ("device", "fault"):
            if name not in columns:
                raise ContentError(f"{self.check.path}: the query gives no column {name!r}")
        by_device: dict[str, list[dict[str, Any]]] = {}
        for values in rows:
            row = dict(zip(columns, values, strict=True))
            by_device.setdefault(row["device"], []).append(row)
        return [
            self._result(device, by_device.get(device.name, []), uncovered)
            for device in self.devices
            if device.name not in self.fabric.left_out
        ]

    def _uncovered(self, tables: set[str]) -> dict[str, str]:
        """Return the devices of which a table that the query reads is not complete, with the reason."""
        _, rows = self.fabric.query(
            "SELECT device, reason FROM coverage WHERE NOT covered AND list_contains(?::VARCHAR[], table_name) "
            "ORDER BY device, reason",
            [sorted(tables)],
        )
        found: dict[str, list[str]] = {}
        for device, reason in rows:
            if reason not in found.setdefault(device, []):
                found[device].append(reason)
        return {device: "; ".join(reasons) for device, reasons in found.items()}

    def _result(self, device: DeviceState, rows: list[dict[str, Any]], uncovered: Mapping[str, str]) -> Result:
        check = self.check
        if device.name in uncovered:
            return Result(check.name, device.name, NOT_RUN, check.severity, 0, uncovered[device.name])
        unknown = [row for row in rows if row["fault"] is None]
        examined = len(rows) - len(unknown)
        findings = tuple(self._finding(group) for group in self._groups(row for row in rows if row["fault"]))
        severity = _worst([finding.severity for finding in findings]) or check.severity
        reason = "; ".join(dict.fromkeys(self._format(check.unknown or "a value is unknown", row) for row in unknown))
        if any(finding.severity == "error" for finding in findings):
            # What could not be told besides does not hide behind the fault.
            return Result(check.name, device.name, FAILED, severity, examined, reason, findings)
        if unknown and not all(row.get("unexamined_device") in self.fabric.left_out for row in unknown):
            return Result(check.name, device.name, NOT_RUN, severity, examined, reason, findings)
        if unknown and not examined:
            return Result(check.name, device.name, NOT_ASKED, severity, 0, reason, findings)
        if examined:
            return Result(check.name, device.name, PASSED, severity, examined, "", findings)
        others = {name: why for name, why in uncovered.items() if name not in self.fabric.left_out}
        if device.vxlan and others and self._compares():
            why = ", ".join(f"{name} ({reason})" for name, reason in others.items())
            return Result(check.name, device.name, NOT_RUN, severity, 0, f"nothing to compare with: not known: {why}")
        if device.vxlan and self._compares() and sum(bool(one.vxlan) for one in self.devices) == 1:
            status = NOT_ASKED if self.fabric.left_out else NOT_RUN
            reason = "it is the only VTEP that was examined: there is nothing to compare it with"
            return Result(check.name, device.name, status, severity, 0, reason)
        reason = check.not_applicable if device.vxlan else "it has no VXLAN interface"
        return Result(check.name, device.name, NOT_APPLICABLE, severity, 0, reason)

    def _compares(self) -> bool:
        return "peer_device" in self.check.sql

    def _groups(self, rows: Iterable[dict[str, Any]]) -> list[list[dict[str, Any]]]:
        groups: dict[Any, list[dict[str, Any]]] = {}
        for row in rows:
            key = tuple(str(row.get(name)) for name in self.check.group_by) if self.check.group_by else len(groups)
            groups.setdefault(key, []).append(row)
        return list(groups.values())

    def _finding(self, rows: list[dict[str, Any]]) -> Finding:
        merged: dict[str, Any] = {}
        evidence: list[Evidence] = []
        for name in rows[0]:
            values = list(dict.fromkeys(_hashable(row[name]) for row in rows))
            if name == "evidence" or name.endswith("_evidence"):
                evidence += [self.fabric.evidence(value) for value in values if value is not None]
            elif name not in ("fault", "severity"):
                merged[name] = values[0] if len(values) == 1 else sorted(values, key=lambda v: (v is None, v))
        severity = _worst([row.get("severity") or self.check.severity for row in rows])
        return Finding(
            self.check.name,
            rows[0]["device"],
            severity or self.check.severity,
            self._format(self.check.message, merged),
            tuple(dict.fromkeys(evidence)),
            tuple(self._mend(merged)),
            merged,
        )

    def _mend(self, row: Mapping[str, Any]) -> Iterable[tuple[str, str, str]]:
        """Yield device, platform and remedy for each device of a finding; for the peer, peer_x and x change places."""
        platforms = {device.name: device.platform for device in self.devices}
        swapped = {f"peer_{name}": value for name, value in row.items() if f"peer_{name}" in row}
        swapped |= {name.removeprefix("peer_"): value for name, value in row.items() if name.startswith("peer_")}
        for names, values in ((row.get("device"), row), (row.get("peer_device"), {**row, **swapped})):
            for name in names if isinstance(names, list) else [names] if names else []:
                platform = platforms.get(name, "")
                remedy = self.check.mend.get(platform) or self.check.mend.get("any")
                if remedy:
                    yield name, platform, self._format(remedy, values)

    def _format(self, template: str, row: Mapping[str, Any]) -> str:
        def value(match: re.Match[str]) -> str:
            if match[1] not in row:
                raise ContentError(f"{self.check.path.with_suffix('.md')}: the query gives no column {match[1]!r}")
            return _text(row[match[1]])

        return re.sub(r"\{(\w+)\}", value, template)


def _hashable(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _text(value: Any) -> str:
    if value is None:
        return "unknown"
    if isinstance(value, list | tuple):
        return ", ".join(_text(part) for part in value)
    if isinstance(value, float):
        return f"{value:g}"
    return str(value)


def _worst(severities: Sequence[str]) -> str | None:
    for severity in severities:
        if severity not in SEVERITIES:
            raise ContentError(f"a query gives the severity {severity!r}; it must be one of {', '.join(SEVERITIES)}")
    return min(severities, key=SEVERITIES.index, default=None)


def _explain(results: Sequence[Result], checks: Mapping[str, Check]) -> list[Result]:
    """Mark findings whose cause another check found on the same devices: one cause, one headline."""
    causes: dict[str, list[Finding]] = {}
    for result in results:
        for finding in result.findings:
            causes.setdefault(finding.check, []).append(finding)

    def explained(finding: Finding) -> Finding:
        for name in checks[finding.check].explained_by:
            found = [cause for cause in causes.get(name, []) if may_explain(cause, finding)]
            # A fault of one VNI leaves another one's unexplained; a cause without any is of all.
            vnis = [_vnis_of(cause) for cause in found]
            if found and (not all(vnis) or _vnis_of(finding) <= set().union(*vnis)):
                return replace(finding, explained_by=name)
        return finding

    return [replace(result, findings=tuple(explained(f) for f in result.findings)) for result in results]


def may_explain(cause: Finding, finding: Finding) -> bool:
    """Tell whether a cause is as heavy as what it would explain, and of the same devices, or of one of them alone.

    A MAC address that is wrong in one place is wrong wherever it was learned from there: the same one will do too.
    """
    if SEVERITIES.index(cause.severity) > SEVERITIES.index(finding.severity):
        return False
    mine, theirs = _devices_of(finding), _devices_of(cause)
    macs = _parts_of(finding.row.get("mac"))
    same_macs = bool(macs) and macs <= _parts_of(cause.row.get("mac"))
    return same_macs or mine <= theirs or (len(theirs) == 1 and theirs <= mine)


def _vnis_of(finding: Finding) -> set[Any]:
    return _parts_of(finding.row.get("vnis", finding.row.get("vni")))


def _parts_of(value: Any) -> set[Any]:
    """Return what stands in a column: one value, or those of several rows."""
    if isinstance(value, list | tuple):
        return set().union(*(_parts_of(part) for part in value))
    return set() if value is None else {value}


def _devices_of(finding: Finding) -> set[str]:
    found = {finding.device}
    for name in ("peer_device", "far_device"):
        devices = finding.row.get(name)
        found |= set(devices if isinstance(devices, list) else [devices] if devices else [])
    return found


def exit_status(report: Report, *, allow_incomplete: bool = False) -> int:
    """Return 0 passed, 1 a fault, 3 something that should have been examined was not."""
    if report.verdict == FAILED:
        return 1
    if report.verdict == PASSED or (allow_incomplete and any(result.examined for result in report.results)):
        return 0
    return 3
