"""The report as JSON, in the form that docs/json.md describes."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from typing import Any

from vxcheck.check import exit_status
from vxcheck.fabric import Evidence
from vxcheck.report import Basis
from vxcheck.results import STATUSES, WAIVED, Finding, Report, Result, Waiver
from vxcheck.rows import as_json

VERSION = 1
_KINDS = ("faults", "warnings", "waived")


def render(report: Report, _: Basis | None = None) -> str:
    """Return the report as JSON text."""
    counts = Counter(result.status for result in report.results)
    document = {
        "version": VERSION,
        "verdict": report.verdict,
        "devices": [
            {
                "device": device.name,
                "platform": device.platform,
                "condition": device.condition,
                "reason": device.reason,
                "vxlan": device.vxlan,
                "role": device.role,
            }
            for device in report.devices
        ],
        "results": [_result(result) for result in report.results],
        "summary": {
            "started": report.started,
            "seconds": report.seconds,
            "exit_status": exit_status(report),
            "devices": len(report.devices),
            "not_examined": [device.name for device in report.unexamined],
            "without_vxlan": [device.name for device in report.devices if device.vxlan is False],
            "examined": report.examined,
            "expected": report.expected,
            **{name: counts[name] for name in STATUSES if name != WAIVED},
            "waived_results": counts[WAIVED],
            **{kind: report.count(kind) for kind in _KINDS},
            "left_out": sum(sum(result.left_out.values()) for result in report.results),
        },
        "vnis": [
            {"vni": one.vni, "examined": one.examined, "expected": one.expected, "faults": one.faults}
            for one in report.vnis
        ],
        "unexamined_next_hops": [asdict(hop) for hop in report.unexamined_next_hops],
        "not_understood": [asdict(one) for one in report.not_understood],
        "settled": [{"text": one.text, "seconds": round(one.seconds, 1)} for one in report.settled],
        "waivers": [{**_waiver(one.waiver), "state": one.state, "findings": one.findings} for one in report.waivers],
    }
    return as_json(document) + "\n"


def _result(result: Result) -> dict[str, Any]:
    return {
        "check": result.check,
        "device": result.device,
        "status": result.status,
        "severity": result.severity,
        "examined": result.examined,
        "reason": result.reason,
        "expected": result.expected,
        **{kind: [_finding(finding) for finding in getattr(result, kind)] for kind in _KINDS},
        "left_out": {kind: result.left_out.get(kind, 0) for kind in _KINDS},
    }


def _waiver(waiver: Waiver) -> dict[str, Any]:
    return {
        "check": waiver.check,
        "device": waiver.device,
        "where": {name: list(values) for name, values in waiver.where.items()},
        "reason": waiver.reason,
        "expires": waiver.expires.isoformat(),
        "place": waiver.place,
    }


def told_line(line: Evidence) -> dict[str, Any]:
    """Return a line of evidence in the form that every JSON document has."""
    return {"device": line.device, "command": line.command, "line": line.line, "line_number": line.number}


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        **finding.row,
        "message": finding.message,
        "severity": finding.severity,
        "explained_by": finding.explained_by,
        "follows": list(finding.follows),
        "waiver": _waiver(finding.waiver) if finding.waiver else None,
        "left_out": dict(finding.left_out),
        "evidence": [told_line(line) for line in finding.evidence],
        "mend": [asdict(remedy) for remedy in finding.mend],
    }
