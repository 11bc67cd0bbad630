"""The report as JSON, in the form that docs/json.md describes."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

from vxcheck.check import Finding, Report, Result, exit_status

VERSION = 1


def render(report: Report) -> str:
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
            "examined": sum(result.examined for result in report.results),
            **{name: counts[name] for name in ("passed", "failed", "not_run", "not_applicable", "not_asked")},
            "faults": sum(len(result.faults) for result in report.results),
            "warnings": sum(len(result.warnings) for result in report.results),
        },
    }
    return json.dumps(document, indent=1, ensure_ascii=False, default=str) + "\n"


def _result(result: Result) -> dict[str, Any]:
    return {
        "check": result.check,
        "device": result.device,
        "status": result.status,
        "severity": result.severity,
        "examined": result.examined,
        "reason": result.reason,
        "faults": [_finding(finding) for finding in result.faults],
        "warnings": [_finding(finding) for finding in result.warnings],
    }


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        **finding.row,
        "message": finding.message,
        "severity": finding.severity,
        "explained_by": finding.explained_by,
        "evidence": [
            {"device": line.device, "command": line.command, "line": line.line, "line_number": line.number}
            for line in finding.evidence
        ],
        "mend": [{"device": device, "platform": platform, "text": text} for device, platform, text in finding.mend],
    }
