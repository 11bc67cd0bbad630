"""The verdict that stands beside a snapshot of a history: what was found, and what could not be told.

A finding is known again by its `key`, whatever its counters say meanwhile, and whomever else it concerns by then. One
that is not there was looked for only where its check was asked, on that device, to the end.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from vxcheck import __version__, store, watch
from vxcheck.check import exit_status
from vxcheck.errors import UsageError
from vxcheck.history import VERDICT
from vxcheck.results import NOT_ASKED, NOT_RUN, Finding, Report
from vxcheck.rows import printable
from vxcheck.store import DamagedError

FORMAT = 1
FAULT, WAIVED, UNEXAMINED = "fault", "waived", "not run"
COUNTS = ("devices", "examined", "expected", "faults", "warnings", "waived", "not_run")
_PAIR = 2


@dataclass(frozen=True)
class Found:
    """Hold one finding of a verdict, or (without a `check`) a device that was not wholly examined.

    `explained_by` is the check that found its cause: it has no message then.
    """

    key: str
    check: str
    devices: tuple[str, ...]
    kind: str
    message: str
    explained_by: str = ""

    @property
    def told(self) -> str:
        """Return it in a line, for a terminal."""
        return printable(f"{self.check}: {self.message}" if self.check else self.message)


@dataclass(frozen=True)
class Verdict:
    """Hold the verdict on one snapshot. `untold` are the devices on which a check could not tell all, by check."""

    verdict: str
    version: str
    judged: str
    counts: Mapping[str, int]
    checks: frozenset[str]
    left_out: frozenset[str]
    untold: Mapping[str, frozenset[str]]
    findings: Mapping[str, Found]

    def knows(self, found: Found) -> bool:
        """Tell whether a finding that is not among these was looked for to the end, on all devices that it names."""
        ends = set(found.devices)
        asked = not found.check or found.check in self.checks
        return asked and not ends & (self.left_out | self.untold.get(found.check, frozenset()))


def write(report: Report, folder: Path) -> None:
    """Write the verdict beside the snapshot in a folder of a history. Raises UsageError where it cannot be."""
    try:
        store.write_sealed(folder / VERDICT, _document(report))
    except OSError as error:
        raise UsageError(f"cannot write the verdict to {folder}: {error.strerror}") from error


def read(folder: Path) -> Verdict | None:
    """Read the verdict on a snapshot; None where there is none. Raises DamagedError where it cannot be used."""
    path = folder / VERDICT
    if not path.exists():
        return None
    told = store.read_sealed(path)
    if told.get("vxcheck_verdict") != FORMAT:
        raise DamagedError(f'{path}: "vxcheck_verdict" must be {FORMAT}')
    try:
        return _verdict(told)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise DamagedError(f"{path}: it is not in order: {error!r}") from error


def _verdict(told: Mapping[str, Any]) -> Verdict:
    untold: dict[str, set[str]] = defaultdict(set)
    for one in told["untold"]:
        for check in one["checks"]:
            untold[check].update(one["devices"])
    found = [_found(one) for one in told["findings"]]
    for device, reason in told["unexamined"].items():
        found.append(Found(json.dumps(["", [device]]), "", (device,), UNEXAMINED, f"{device}: {reason}"))
    return Verdict(
        printable(str(told["verdict"])),
        str(told["vxcheck"]),
        str(told["judged"]),
        {name: int(told["counts"][name]) for name in COUNTS},
        frozenset(told["checks"]),
        frozenset(told["left_out"]),
        {check: frozenset(devices) for check, devices in untold.items()},
        {one.key: one for one in found},
    )


def _document(report: Report) -> dict[str, Any]:
    asked = {result.check for result in report.results if result.status != NOT_ASKED}
    untold: dict[str, list[str]] = defaultdict(list)
    for one in report.results:
        whole = one.examined >= one.expected and not one.left_out
        if one.check in asked and (one.status in (NOT_RUN, NOT_ASKED) or not whole):
            untold[one.device].append(one.check)
    alike: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for device, checks in untold.items():
        alike[tuple(checks)].append(device)
    states = Counter(result.status for result in report.results)
    return {
        "vxcheck_verdict": FORMAT,
        "vxcheck": __version__,
        "judged": datetime.now(UTC).isoformat(timespec="seconds"),
        "started": report.started,
        "verdict": report.verdict,
        "exit_status": exit_status(report),
        "counts": {
            "devices": len(report.devices),
            "examined": report.examined,
            "expected": report.expected,
            **{kind: report.count(kind) for kind in ("faults", "warnings", "waived")},
            "not_run": states[NOT_RUN],
        },
        "unexamined": {device.name: f"{device.condition}: {device.reason}" for device in report.unexamined},
        "left_out": [device.name for device in report.devices if device.condition == "left out"],
        "checks": sorted(asked),
        "untold": [{"checks": list(checks), "devices": devices} for checks, devices in alike.items()],
        "findings": _findings(report),
    }


def _findings(report: Report) -> list[dict[str, Any]]:
    """Return the findings by what they are known again by: a disagreement that both ends found is one."""
    told: dict[str, dict[str, Any]] = {}
    for finding in report.findings:  # causes stand before what follows from them
        check, ends, names = _identity(finding)
        entry: dict[str, Any] = {
            "key": json.dumps([check, ends, names], default=str),
            "check": check,
            "devices": ends,
            "kind": WAIVED if finding.waiver else FAULT if finding.severity == "error" else finding.severity,
        }
        entry |= {"explained_by": finding.explained_by} if finding.explained_by else {"message": finding.message}
        told.setdefault(entry["key"], entry)
    return list(told.values())


def _identity(finding: Finding) -> tuple[str, list[str], Any]:
    """Return what a finding is known again by: check, device (and its only peer), and what else it is of."""
    check, ends, names = watch.identity(finding)
    return check, sorted(ends) if len(ends) <= _PAIR else [finding.device], _ordered(names)


def _ordered(value: Hashable) -> Any:
    if isinstance(value, frozenset):
        return sorted((_ordered(one) for one in value), key=repr)
    return [_ordered(one) for one in value] if isinstance(value, tuple) else value


def _found(told: Mapping[str, Any]) -> Found:
    return Found(
        str(told["key"]),
        str(told["check"]),
        tuple(map(str, told["devices"])),
        printable(str(told["kind"])),
        str(told.get("message", "")),
        str(told.get("explained_by", "")),
    )
