"""Reports: one small module a format, each with `render(report, basis)`, which returns the text.

`docs/reports.md` says what each is for. A format is a line here, and a module of its name.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from vxcheck import outputs
from vxcheck.check import FAILED, NOT_RUN, PASSED, Report
from vxcheck.fabric import Fabric
from vxcheck.outputs import Output
from vxcheck.pages import Check


@dataclass(frozen=True)
class Basis:
    """Hold what a report rests on: tables, the checks' pages, and whether the user accepts what was not examined.

    `whole` is the report with all its findings, where the one that is told has only the first ones of each check.
    """

    fabric: Fabric
    checks: Mapping[str, Check] = field(default_factory=dict)
    allow_incomplete: bool = False
    whole: Report | None = None


def write(report: Report, basis: Basis, wanted: Sequence[Output], *, verbose: bool = False) -> None:
    """Write a report in every format that is wanted, to files first and then to standard output."""
    outputs.write(wanted, lambda output: render(report, basis, output, verbose=verbose))


def render(report: Report, basis: Basis, output: Output, *, verbose: bool = False) -> str:
    """Return a report as text in a format."""
    if output.style == "table":
        from vxcheck.report import table

        return table.render(report, table.Terminal.of(None if output.path else sys.stdout), verbose=verbose)
    module: Any = importlib.import_module(f"vxcheck.report.{output.style}")
    return str(module.render(report, basis))


def headline(report: Report) -> str:
    """Return the verdict in one line, with what it rests on."""
    faults, warnings, waived = (report.count(kind) for kind in ("faults", "warnings", "waived"))
    not_run = sum(result.status == NOT_RUN for result in report.results)
    parts = []
    if faults:
        parts.append(plural(faults, "fault"))
    if warnings:
        parts.append(plural(warnings, "warning"))
    if waived:
        parts.append(f"{waived} waived")
    if not_run:
        parts.append(f"{plural(not_run, 'result')} not run")
    made = f"{report.examined} examined"
    if report.examined < report.expected:
        made = f"{report.examined} of {report.expected} examinations made"
    what = f"{plural(len(report.devices), 'device')}, {made}"
    return f"{verdict(report)} ({what}{''.join(', ' + part for part in parts)})"


def verdict(report: Report) -> str:
    """Return the verdict's word."""
    return {PASSED: "PASSED", FAILED: "FAILED"}.get(report.verdict, "INCOMPLETE")


def nothing(report: Report) -> str:
    """Say why nothing was examined, where nothing was; else nothing."""
    if any(result.examined for result in report.results):
        return ""
    if any(device.vxlan for device in report.devices):
        return "Nothing was examined: see what was not run, and what was not asked."
    return "Nothing was examined: none of the devices is known to have a VXLAN interface."


def plural(count: int, word: str) -> str:
    """Return a count with its word."""
    return f"{count} {word}{'' if count == 1 else 's'}"


def paragraphs(text: str) -> Iterable[tuple[bool, str]]:
    """Split a remedy into paragraphs: whether it is laid out by hand (commands), and its text."""
    for paragraph in text.strip("\n").split("\n\n"):
        laid_out = paragraph.startswith("    ")
        yield laid_out, paragraph if laid_out else " ".join(paragraph.split())
