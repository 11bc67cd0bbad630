"""CSV: one row a finding, and one a result without any; no cell is a formula to a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from vxcheck.check import Finding, Report, Result
from vxcheck.report import Basis
from vxcheck.report.digest import accepted, peers
from vxcheck.rows import cell, defused, plain

COLUMNS = (
    "check",
    "device",
    "status",
    "severity",
    "examined",
    "reason",
    "message",
    "peer_device",
    "vni",
    "explained_by",
    "waived_by",
    "evidence",
    "mend",
)


def render(report: Report, _: Basis) -> str:
    """Return the report as CSV text, lines ended as RFC 4180 has it."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for device in report.unexamined:
        row = ["", device.name, "not_run", "error", "0", f"{device.condition}: {device.reason}"]
        writer.writerow([_cell(text) for text in [*row, *[""] * (len(COLUMNS) - len(row))]])
    for result in report.results:
        for finding in result.findings or (None,):
            writer.writerow([_cell(text) for text in _row(result, finding)])
    return out.getvalue()


def _row(result: Result, finding: Finding | None) -> Iterable[str]:
    severity = finding.severity if finding else result.severity
    yield from (result.check, result.device, result.status, severity, str(result.examined), result.reason)
    if finding is None:
        yield from [""] * 7
        return
    vni = cell(finding.row.get("vnis", finding.row.get("vni")))
    yield from (finding.message, ", ".join(peers(finding)), vni, finding.explained_by, accepted(finding))
    yield "\n".join(f"{one.device}: {one.command}, line {one.number}: {one.line.strip()}" for one in finding.evidence)
    yield "\n".join(f"{remedy.heading}: {' '.join(remedy.text.split())}" for remedy in finding.mend)


def _cell(text: str) -> str:
    return defused(plain(text))
