"""Reports: one small module a format, each with `render(report, ...)`."""

from __future__ import annotations

import sys
from pathlib import Path

from vxcheck.check import FAILED, PASSED, Report
from vxcheck.errors import UsageError


def write(report: Report, style: str, output: Path | None, *, verbose: bool = False) -> None:
    """Write a report in a format, to a file or to standard output."""
    if style == "json":
        from vxcheck.report import json

        text = json.render(report)
    else:
        from vxcheck.report import table

        text = table.render(report, table.Terminal.of(None if output else sys.stdout), verbose=verbose)
    if output is None:
        sys.stdout.write(text)
        return
    try:
        output.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"cannot write the report to {output}: {error.strerror}") from error


def headline(report: Report) -> str:
    """Return the verdict in one line, with what it rests on."""
    examined = sum(result.examined for result in report.results)
    faults = sum(len(result.faults) for result in report.results)
    warnings = sum(len(result.warnings) for result in report.results)
    not_run = sum(result.status == "not_run" for result in report.results)
    parts = []
    if faults:
        parts.append(_plural(faults, "fault"))
    if warnings:
        parts.append(_plural(warnings, "warning"))
    if not_run:
        parts.append(f"{_plural(not_run, 'result')} not run")
    word = {PASSED: "PASSED", FAILED: "FAILED"}.get(report.verdict, "INCOMPLETE")
    what = f"{_plural(len(report.devices), 'device')}, {examined} examined"
    return f"{word} ({what}{''.join(', ' + part for part in parts)})"


def _plural(count: int, word: str) -> str:
    return f"{count} {word}{'' if count == 1 else 's'}"
