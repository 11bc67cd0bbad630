"""One line for Icinga, Nagios and their kin, with performance data; and the exit status that such a plugin has."""

from __future__ import annotations

from vxcheck import report as reports
from vxcheck.check import FAILED, PASSED, Report
from vxcheck.report import Basis
from vxcheck.report.digest import accepted, digest, named
from vxcheck.rows import printable

OK, WARNING, CRITICAL, UNKNOWN = 0, 1, 2, 3
_WORDS = ("OK", "WARNING", "CRITICAL", "UNKNOWN")


def render(report: Report, basis: Basis) -> str:
    """Return the line: the state, the causes by name, and counts after the bar."""
    read = digest(report)
    parts = [reports.headline(report)]
    for title, causes in (("faults", read.faults), ("warnings", read.warnings)):
        if causes:
            parts.append(f"{title}: {named([f'{cause.check} on {cause.device}' for cause in causes])}")
    if report.unexamined:
        parts.append(f"not examined: {named([f'{one.name} ({one.condition})' for one in report.unexamined])}")
    counts = {
        "faults": (report.count("faults"), ";;0"),
        "warnings": (report.count("warnings"), ";0;"),
        "waived": (report.count("waived"), ";;;0"),
        "not_run": (sum(result.status == "not_run" for result in report.results), ";;;0"),
        "not_examined": (len(report.unexamined), f";;;0;{len(report.devices)}"),
        "devices": (len(report.devices), ";;;0"),
        "examined": (report.examined, f";;;0;{report.expected}" if report.expected else ";;;0"),
    }
    performance = [f"{name}={value}{limits}" for name, (value, limits) in counts.items()]
    if report.seconds is not None:
        performance.append(f"seconds={report.seconds:g}s;;;0")
    return line(status(report, allow_incomplete=basis.allow_incomplete), "; ".join(parts), " ".join(performance))


def status(report: Report, *, allow_incomplete: bool = False) -> int:
    """Return the plugin's exit status: 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN."""
    if report.verdict == FAILED:
        return CRITICAL
    if report.verdict != PASSED and not (allow_incomplete and any(result.examined for result in report.results)):
        return UNKNOWN
    found = (finding for result in report.results for finding in result.warnings)
    return WARNING if any(one.severity == "warning" and not accepted(one) for one in found) else OK


def line(state: int, text: str, performance: str = "") -> str:
    """Return a plugin's line; a bar in the text would begin the performance data."""
    told = printable(" ".join(text.split())).replace("|", "/")
    return f"VXCHECK {_WORDS[state]} - {told}{' | ' + performance if performance else ''}\n"
