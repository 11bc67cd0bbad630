"""Keep a report of bounded size: the first findings of each check, the first lines and names of each finding.

What is left out is counted, so that the summary and every status are those of the whole.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Any

from vxcheck.results import Finding, Report, Result

_LINES = 50
_VALUES = 100


def bounded(report: Report, findings: int) -> Report:
    """Return a report with so many findings a check, headlines first; 0 stands for all of them, with all they hold."""
    if not findings:
        return report
    told: Counter[str] = Counter()
    kept: dict[int, Finding] = {}
    for finding in report.findings:
        told[finding.check] += 1
        if told[finding.check] <= findings:
            kept[id(finding)] = _shortened(finding)
    results = tuple(_bounded(result, kept) for result in report.results)
    order = [kept[id(finding)] for finding in report.findings if id(finding) in kept]
    return replace(report, results=results, findings=tuple(order))


def _bounded(result: Result, kept: dict[int, Finding]) -> Result:
    left_out = Counter(result.left_out)
    for kind in ("faults", "warnings", "waived"):
        found: tuple[Finding, ...] = getattr(result, kind)
        left_out[kind] += sum(id(finding) not in kept for finding in found)
    findings = tuple(kept[id(finding)] for finding in result.findings if id(finding) in kept)
    return replace(result, findings=findings, left_out={kind: count for kind, count in left_out.items() if count})


def _shortened(finding: Finding) -> Finding:
    left_out = dict(finding.left_out)
    row: dict[str, Any] = {}
    for name, value in finding.row.items():
        row[name] = value[:_VALUES] if isinstance(value, list | tuple) else value
        if isinstance(value, list | tuple) and len(value) > _VALUES:
            left_out[name] = len(value) - _VALUES
    if len(finding.evidence) > _LINES:
        left_out["evidence"] = len(finding.evidence) - _LINES
    return replace(finding, row=row, evidence=finding.evidence[:_LINES], left_out=left_out)
