"""Run the checks on a fabric, weigh what could not be examined, and give results and a verdict."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from fnmatch import fnmatchcase
from functools import cached_property
from itertools import starmap

from vxcheck import causes, underlay, waivers
from vxcheck.errors import UsageError
from vxcheck.examine import Examined, Row, examine_all
from vxcheck.fabric import Fabric, room
from vxcheck.findings import Group, finding, group, link, written
from vxcheck.pages import INTENT, SEVERITIES, Check
from vxcheck.results import (
    FAILED,
    INCOMPLETE,
    NOT_APPLICABLE,
    NOT_ASKED,
    NOT_RUN,
    PASSED,
    WAIVED,
    DeviceState,
    Finding,
    NextHop,
    Report,
    Result,
    Unread,
    VniCoverage,
    Waiver,
)
from vxcheck.snapshot import COLLECTED

__all__ = [
    "FAILED",
    "INCOMPLETE",
    "NOT_APPLICABLE",
    "NOT_ASKED",
    "NOT_RUN",
    "PASSED",
    "WAIVED",
    "DeviceState",
    "Finding",
    "Report",
    "Result",
    "exit_status",
    "run",
    "select",
]

_REASONS = 5


def select(checks: Mapping[str, Check], wanted: Sequence[str]) -> set[str]:
    """Return the names that the user's globs choose; all where there is none."""
    for pattern in wanted:
        if not any(fnmatchcase(name, pattern) for name in checks):
            raise UsageError(f"--check {pattern}: there is no such check; `vxcheck explain` lists them")
    return {name for name in checks if not wanted or any(fnmatchcase(name, pattern) for pattern in wanted)}


def run(
    fabric: Fabric,
    checks: Mapping[str, Check],
    selected: Collection[str] | None = None,
    accepted: Sequence[Waiver] = (),
    today: date | None = None,
) -> Report:
    """Run checks on a fabric; those not in `selected` are listed as not asked, what `accepted` names as waived.

    Raises UsageError where the disk has no room for the tables.
    """
    with room():
        devices = device_states(fabric)
        names = [device.name for device in devices]
        not_asked = {name: _not_asked(fabric, check, selected) for name, check in checks.items()}
        asked_for = [check for name, check in checks.items() if not not_asked[name]]
        examined = examine_all(fabric, asked_for, names)
        return judge(fabric, checks, devices, examined, not_asked, accepted, today)


def judge(
    fabric: Fabric,
    checks: Mapping[str, Check],
    devices: Sequence[DeviceState],
    examined: Sequence[Examined],
    not_asked: Mapping[str, str],
    accepted: Sequence[Waiver] = (),
    today: date | None = None,
) -> Report:
    """Make the report of what checks have examined; `not_asked` says of each other check why it was not run."""
    today = today or datetime.now(UTC).date()
    rows = [row for one in examined for found in one.faults.values() for row in found]
    matched = waivers.accept(rows, accepted, today)
    causes.explain(rows, checks)
    groups = {(one.check.name, device): group(found) for one in examined for device, found in one.faults.items()}
    link(each for found in groups.values() for each in found)
    weighed = _Weighing(fabric, devices, groups)
    results: list[Result] = []
    told = {one.check.name: one for one in examined}
    asked = [device for device in devices if device.name not in fabric.left_out]
    for check in checks.values():
        if reason := not_asked.get(check.name):
            results += [Result(check.name, device.name, NOT_ASKED, check.severity, 0, reason) for device in asked]
        else:
            results += [weighed.result(told[check.name], device) for device in asked]
    findings = [each for result in results for each in result.findings]
    findings.sort(
        key=lambda one: (one.waiver is not None, bool(one.explained_by), SEVERITIES.index(one.severity), one.symptom)
    )
    ran = [(one.check, one.device) for one in results if one.status in (PASSED, FAILED, WAIVED)]
    return Report(
        tuple(devices),
        tuple(results),
        _verdict(devices, results),
        findings=tuple(findings),
        waivers=waivers.states(accepted, matched, findings, ran, today),
        vnis=_vnis(examined, rows),
        unexamined_next_hops=tuple(starmap(NextHop, underlay.unexamined_next_hops(fabric.connection))),
        not_understood=tuple(starmap(Unread, fabric.unread)),
    )


def _not_asked(fabric: Fabric, check: Check, selected: Collection[str] | None) -> str:
    """Say why a check is not asked; '' where it is."""
    if selected is not None and check.name not in selected:
        return "left out by --check"
    if check.polls > fabric.polls:
        return f"it compares counters of {check.polls} polls: give --polls {check.polls}"
    if check.needs == INTENT and not fabric.intent_given:
        return "no intent was given: agreement alone is judged; see --intent"
    return ""


def device_states(fabric: Fabric) -> list[DeviceState]:
    """Return every device with its condition, whether it has any VXLAN interface, and what is expected of it."""
    _, rows = fabric.query(
        """
        SELECT d.device, coalesce(d.platform, ''), d.condition, coalesce(d.reason, ''),
               CASE WHEN d.device IN (SELECT device FROM vteps) THEN true
                    WHEN c.covered IS NOT false THEN false END AS vxlan,
               coalesce(d.role, '')
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
    # What is examined on a router proves nothing of a fabric in which there is no VTEP.
    examined = any(result.examined for result in results) and any(device.vxlan for device in devices)
    if whole and examined and not any(result.status == NOT_RUN for result in results):
        return PASSED
    return INCOMPLETE


@dataclass
class _Weighing:
    """Weigh what a check found on a device, and what could not be examined there."""

    fabric: Fabric
    devices: Sequence[DeviceState]
    groups: Mapping[tuple[str, str], list[Group]]

    @cached_property
    def _alone(self) -> str:
        """Say why no two VTEPs can be compared; '' where they can."""
        _, carriers = self.fabric.query("SELECT DISTINCT device FROM vnis LIMIT 2")
        if len(carriers) == 2:
            return ""
        who = f"only {carriers[0][0]} is" if carriers else "none is"
        return f"of the VTEPs that were examined, {who} known to carry a VNI: there is nothing to compare"

    @cached_property
    def _platforms(self) -> dict[str, str]:
        return {one.name: one.platform for one in self.devices}

    def result(self, told: Examined, device: DeviceState) -> Result:
        """Return what one check says of one device."""
        check, name = told.check, device.name
        counts = told.total(name)
        if told.broken:
            return Result(check.name, name, NOT_RUN, check.severity, 0, told.broken, expected=1)
        if name in told.uncovered:
            # Of what its other tables gave, nothing is judged; what gave no row at all is one examination not made.
            expected = max(1, counts.examined + counts.unknown)
            return Result(check.name, name, NOT_RUN, check.severity, 0, told.uncovered[name], expected=expected)
        examined, unknown = counts.examined, told.unknown.get(name, [])
        findings, left_out = self._findings(check, name)
        severity = min((one.severity for one in findings), key=SEVERITIES.index, default=check.severity)
        reason = _several([written(check.unknown or "a value is unknown", row.values) for row in unknown], "; ")
        expected = examined + counts.unknown

        def result(status: str, why: str = "") -> Result:
            return Result(check.name, name, status, severity, examined, why, findings, expected, left_out)

        if any(one.severity == "error" and one.waiver is None for one in findings):
            # What could not be told besides does not hide behind the fault.
            return result(FAILED, reason)
        if unknown and not all(row.values.get("unexamined_device") in self.fabric.left_out for row in unknown):
            return result(NOT_RUN, reason)
        expected = examined
        if unknown and not examined:
            return result(NOT_ASKED, reason)
        if any(one.severity == "error" for one in findings):
            reasons = (f"{one.waiver.reason} (until {one.waiver.expires})" for one in findings if one.waiver)
            return result(WAIVED, _several(reasons, "; "))
        if examined:
            return result(PASSED)
        return self._nothing(told, device)

    def _nothing(self, told: Examined, device: DeviceState) -> Result:
        """Say why nothing was examined on a device."""
        check, name = told.check, device.name
        if device.vxlan and _compares(check):
            others = [f"{other} ({why})" for other, why in told.uncovered.items() if other not in self.fabric.left_out]
            if others:
                reason = f"nothing to compare with: not known: {_several(others, ', ')}"
                return Result(check.name, name, NOT_RUN, check.severity, 0, reason, expected=1)
            if self._alone and self.fabric.left_out:
                return Result(check.name, name, NOT_ASKED, check.severity, 0, self._alone)
            if self._alone:
                return Result(check.name, name, NOT_RUN, check.severity, 0, self._alone, expected=1)
        reason = check.not_applicable if device.vxlan else "it has no VXLAN interface"
        return Result(check.name, name, NOT_APPLICABLE, check.severity, 0, reason)

    def _findings(self, check: Check, device: str) -> tuple[tuple[Finding, ...], dict[str, int]]:
        groups = self.groups.get((check.name, device), [])
        left_out: dict[str, int] = defaultdict(int)
        findings = []
        for one in groups:
            made = finding(self.fabric, self._platforms, one)
            findings.append(made)
            if not (check.group_by or check.value) and (more := made.left_out.get("rows")):
                # Each row is a finding of its own: those that were not fetched are so many findings.
                kind = "waived" if made.waiver else "faults" if made.severity == "error" else "warnings"
                left_out[kind] += more
        return tuple(findings), dict(left_out)


def _compares(check: Check) -> bool:
    return bool(check.value) or "peer_device" in check.sql


def _several(reasons: Iterable[str], separator: str) -> str:
    """Return different reasons, so many of them as can be read."""
    distinct = list(dict.fromkeys(reasons))
    more = [f"and {len(distinct) - _REASONS} more"] if len(distinct) > _REASONS else []
    return separator.join(distinct[:_REASONS] + more)


def _vnis(examined: Iterable[Examined], rows: Iterable[Row]) -> tuple[VniCoverage, ...]:
    """Count by VNI what was examined and what should have been, where rows name one."""
    made: dict[int, int] = defaultdict(int)
    expected: dict[int, int] = defaultdict(int)
    faults: dict[int, int] = defaultdict(int)
    for one in examined:
        for device, by_vni in one.counts.items():
            for vni, counts in by_vni.items():
                if vni is not None:
                    made[vni] += 0 if device in one.uncovered else counts.examined
                    expected[vni] += counts.examined + counts.unknown
    for row in rows:
        if row.severity == "error" and row.waiver is None and isinstance(row.values.get("vni"), int):
            faults[row.values["vni"]] += 1 + row.more
    return tuple(VniCoverage(vni, made[vni], expected[vni], faults[vni]) for vni in sorted(expected))


def exit_status(report: Report, *, allow_incomplete: bool = False) -> int:
    """Return 0 passed, 1 a fault, 3 something that should have been examined was not."""
    if report.verdict == FAILED:
        return 1
    if report.verdict == PASSED or (allow_incomplete and report.examined):
        return 0
    return 3
