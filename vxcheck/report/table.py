"""The report for a person at a terminal: the verdict, what could not be examined, the causes, then the counts."""

from __future__ import annotations

import itertools
import os
import shutil
import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TextIO

from tabulate import tabulate

from vxcheck import report as reports
from vxcheck.check import NOT_APPLICABLE, NOT_ASKED, NOT_RUN, PASSED, Finding, Report, Result, may_explain
from vxcheck.rows import printable

_COLOURS = {"PASSED": "32", "FAILED": "31", "INCOMPLETE": "33", "FAULT": "31", "WARNING": "33", "NOT RUN": "33"}
_WIDTH = 80
_LINES = 8


@dataclass(frozen=True)
class Terminal:
    """Say how wide the text may be, and whether colours are wanted."""

    width: int = _WIDTH
    colour: bool = False

    @classmethod
    def of(cls, stream: TextIO | None) -> Terminal:
        """Return what a stream can show; 80 columns without colour where it is no terminal."""
        if stream is None or not stream.isatty():
            return cls()
        colour = not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
        return cls(max(60, min(120, shutil.get_terminal_size((_WIDTH, 24)).columns)), colour)

    def paint(self, word: str) -> str:
        """Return a word in its colour."""
        code = _COLOURS.get(word)
        return f"\x1b[1;{code}m{word}\x1b[0m" if self.colour and code else word

    def wrap(self, text: str, indent: int) -> str:
        """Return text wrapped and indented, its own line breaks kept where it is laid out by hand."""
        lines = []
        for line in text.split("\n"):
            if line.startswith("    "):
                lines.append(" " * indent + line)
            else:
                blank = " " * indent
                lines += textwrap.wrap(
                    line, self.width, initial_indent=blank, subsequent_indent=blank, break_on_hyphens=False
                ) or [""]
        return "\n".join(lines)


def render(report: Report, terminal: Terminal, *, verbose: bool = False) -> str:
    """Return the report as text; `verbose` lists every result."""
    word, _, rest = reports.headline(report).partition(" ")
    parts = [f"{terminal.paint(word)} {rest}", *_devices(report, terminal), _nothing(report, terminal)]
    shown: set[tuple[str, frozenset[str]]] = set()
    told: list[Finding] = []
    for finding in report.findings:
        if finding.explained_by and not verbose:
            continue
        # Both ends of one disagreement find it: it is told once.
        ends = (finding.check, frozenset([finding.device, *_peers(finding)]))
        if len(ends[1]) > 1 and ends in shown and _mirrored(report, finding):
            continue
        shown.add(ends)
        told.append(finding)
    for _, group in itertools.groupby(told, key=lambda finding: (finding.check, finding.severity, finding.device)):
        parts.append(_findings(list(group), report, terminal))
    parts += _not_run(report, terminal)
    parts.append(_counts(report, terminal) if not verbose else _every(report))
    return "\n\n".join(part for part in parts if part) + "\n"


def _devices(report: Report, terminal: Terminal) -> Iterable[str]:
    rows = []
    for device in report.devices:
        vxlan = {True: "VTEP", False: "no VXLAN", None: "not known"}[device.vxlan]
        rows.append((device.name, device.platform, device.condition, vxlan))
    yield _table(rows, ["device", "platform", "condition", "VXLAN"])
    for device in report.unexamined:
        text = f"{device.name}: {device.condition}: {printable(device.reason)}"
        yield f"{terminal.paint('NOT RUN')} {terminal.wrap(text, 8).lstrip()}"


def _nothing(report: Report, terminal: Terminal) -> str:
    """Say why nothing was examined, where nothing was."""
    if any(result.examined for result in report.results):
        return ""
    if any(device.vxlan for device in report.devices):
        return terminal.wrap("Nothing was examined: see what was not run, and what was not asked.", 0)
    return terminal.wrap("Nothing was examined: none of the devices is known to have a VXLAN interface.", 0)


def _peers(finding: Finding) -> list[str]:
    peers = finding.row.get("peer_device")
    return list(peers) if isinstance(peers, tuple | list) else [peers] if peers else []


def _mirrored(report: Report, finding: Finding) -> bool:
    """Tell whether the same check says of the peer what this finding says of the device, the columns exchanged."""
    pairs = [(name, f"peer_{name}") for name in finding.row if f"peer_{name}" in finding.row and name != "device"]
    return bool(pairs) and any(
        other.check == finding.check
        and other.device in _peers(finding)
        and all(other.row.get(peer) == finding.row.get(name) for name, peer in pairs)
        for other in report.findings
    )


def _findings(findings: list[Finding], report: Report, terminal: Terminal) -> str:
    """Return the findings of one check on one device, each with its lines, then the remedies that they share."""
    word = "FAULT" if findings[0].severity == "error" else findings[0].severity.upper()
    lines = [f"{terminal.paint(word)} {findings[0].check}: {findings[0].device}"]
    remedies: dict[str, list[str]] = {}
    for finding in findings:
        lines.append(terminal.wrap(printable(finding.message), 2))
        for one in finding.evidence[:_LINES]:
            lines += [f"    {one.device}: {one.command}, line {one.number}", f"      | {printable(one.line).strip()}"]
        if len(finding.evidence) > _LINES:
            lines.append(f"    ... and {len(finding.evidence) - _LINES} lines more (--format json has all)")
        for device, platform, text in finding.mend:
            devices = remedies.setdefault(text, [])
            if (who := f"{device} ({platform})") not in devices:
                devices.append(who)
    for text, devices in remedies.items():
        lines.append(f"  To mend on {' or '.join(devices)}:")
        lines.append(terminal.wrap(printable_block(text), 4))
    names = {
        f"{other.check} on {other.device}": None
        for finding in findings
        for other in report.findings
        if other.explained_by == finding.check and may_explain(finding, other)
    }
    if names:
        lines.append(terminal.wrap(f"Follows from it: {', '.join(names)} (-v shows them).", 2))
    return "\n".join(lines)


def printable_block(text: str) -> str:
    """Return a remedy as it is to be printed: paragraphs joined to lines, laid out blocks kept."""
    paragraphs = []
    for paragraph in text.split("\n\n"):
        laid_out = paragraph.startswith("    ")
        paragraphs.append(paragraph if laid_out else " ".join(paragraph.split()))
    return "\n".join("\n".join(printable(line) for line in paragraph.split("\n")) for paragraph in paragraphs)


def _not_run(report: Report, terminal: Terminal) -> Iterable[str]:
    """Group what was not run by reason: one cause is told once, with the checks that it costs."""
    whole = {device.name for device in report.unexamined}
    grouped: dict[tuple[str, str], list[str]] = {}
    for result in report.results:
        if result.status == NOT_RUN and result.device not in whole:
            grouped.setdefault((result.device, result.reason), []).append(result.check)
    for (device, reason), checks in grouped.items():
        text = f"{device}: {printable(reason)} (costs {', '.join(checks)})"
        yield f"{terminal.paint('NOT RUN')} {terminal.wrap(text, 8).lstrip()}"


def _counts(report: Report, terminal: Terminal) -> str:
    """Return a line for each check that said something of any device; those that did not are named together."""
    rows, idle = [], dict[str, list[str]]()
    for check in dict.fromkeys(result.check for result in report.results):
        results = [result for result in report.results if result.check == check]
        states = {result.status for result in results}
        if states <= {NOT_APPLICABLE, NOT_ASKED}:
            reason = next((result.reason for result in results if result.status == NOT_ASKED), "")
            idle.setdefault(f"Not asked ({reason})" if reason else "Not applicable to any device", []).append(check)
        else:
            rows.append((check, _words(results), str(sum(result.examined for result in results))))
    parts = [_table(rows, ["check", "result by devices", "examined"])] if rows else []
    parts += [terminal.wrap(f"{reason}: {', '.join(checks)}.", 0) for reason, checks in idle.items()]
    return "\n\n".join(parts)


def _words(results: list[Result]) -> str:
    words = {"failed": "failed", NOT_RUN: "not run", PASSED: "passed", NOT_APPLICABLE: "n/a", NOT_ASKED: "not asked"}
    counts = {word: sum(result.status == status for result in results) for status, word in words.items()}
    warned = sum(bool(result.warnings) for result in results if result.status == PASSED)
    parts = [f"{count} {word}" for word, count in counts.items() if count]
    if warned:
        parts.append(f"{warned} with a warning")
    return ", ".join(parts)


def _every(report: Report) -> str:
    rows = []
    for result in report.results:
        detail = f"{result.examined} examined" if result.status in (PASSED, "failed") else result.reason
        rows.append((result.check, result.device, result.status.replace("_", " "), printable(detail)))
    return _table(rows, ["check", "device", "result", ""])


def _table(rows: Sequence[tuple[str, ...]], header: list[str]) -> str:
    return tabulate(rows, header, tablefmt="simple", disable_numparse=True, colalign=("left",) * len(header))
