"""The report for a person at a terminal: the verdict, what could not be examined, the causes, then the counts.

It stays as short as a screen or three whatever the size of the fabric; `-v` and the other formats have all of it.
"""

from __future__ import annotations

import os
import shutil
import textwrap
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TextIO

from tabulate import tabulate

from vxcheck import report as reports
from vxcheck.check import PASSED, Finding, Report
from vxcheck.fabric import Evidence
from vxcheck.report.digest import Cause, Digest, Gap, accepted, digest, named
from vxcheck.rows import printable

_COLOURS = {
    "DONE": "32",
    "MISSING": "31",
    "BEYOND": "31",
    "NEW": "35",
    "GONE": "36",
    "PASSED": "32",
    "FAILED": "31",
    "INCOMPLETE": "33",
    "FAULT": "31",
    "WARNING": "33",
    "NOT RUN": "33",
    "WAIVED": "36",
}
_WIDTH = 80
_LINES = 6  # of evidence, of one finding
_NEW = 2  # of one that says the same of another device
_FINDINGS = 3  # of one cause
_CAUSES = 8  # of each severity
_ALIKE = 2  # of one check
_GAPS = 8
_DEVICES = 12


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

    def wrap(self, text: str, indent: int, first: str = "") -> str:
        """Return text wrapped and indented, its own line breaks kept where it is laid out by hand.

        `first` is a word in colour that stands where the first line's indent would be.
        """
        lines = []
        blank = " " * indent
        for line in text.split("\n"):
            if line.startswith("    "):
                lines.append(blank + line)
            else:
                lines += textwrap.wrap(
                    line, self.width, initial_indent=blank, subsequent_indent=blank, break_on_hyphens=False
                ) or [""]
        if first:
            lines[0] = f"{self.paint(first)} {lines[0].lstrip()}"
        return "\n".join(lines)

    def quote(self, line: str) -> list[str]:
        """Return a line that a device printed, cut into as many as the width asks for."""
        text, room = " ".join(printable(line).split(" ")).strip(), self.width - 8
        return [f"      {'|' if at == 0 else ':'} {text[at : at + room]}" for at in range(0, len(text) or 1, room)]

    def table(self, rows: Sequence[tuple[str, ...]], header: list[str], wide: int) -> str:
        """Return a table whose column `wide` is wrapped where the whole would not fit."""
        widths = [max(len(row[i]) for row in [*rows, tuple(header)]) for i in range(len(header))]
        room = self.width - sum(widths) + widths[wide] - 2 * (len(header) - 1)
        # Where one device's name alone fills the line, nothing is gained by a column of single letters.
        most = [None if i != wide or room >= widths[wide] else max(room, 16) for i in range(len(header))]
        return tabulate(
            rows,
            header,
            tablefmt="simple",
            disable_numparse=True,
            colalign=("left",) * len(header),
            maxcolwidths=most if rows else None,
        )


def render(report: Report, terminal: Terminal, *, verbose: bool = False) -> str:
    """Return the report as text; `verbose` lists every result, and every finding with its lines."""
    read = digest(report)
    word, _, rest = reports.headline(report).partition(" ")
    parts = [f"{terminal.paint(word)} {rest}", *_devices(report, terminal, verbose=verbose)]
    parts.append(terminal.wrap(reports.nothing(report), 0))
    parts += _causes(read.faults, terminal, verbose=verbose)
    parts += _gaps(read.gaps, terminal, verbose=verbose)
    parts += _causes(read.warnings, terminal, verbose=verbose)
    if verbose:
        parts += _explained(report, terminal)
    parts += [_waived(finding, terminal) for finding in read.waived]
    parts += [terminal.wrap(printable(note), 0) for note in read.notes]
    parts += [_every(report, terminal)] if verbose else _counts(read, terminal)
    return "\n\n".join(part for part in parts if part.strip()) + "\n"


def _devices(report: Report, terminal: Terminal, *, verbose: bool) -> Iterable[str]:
    """List the devices; of a large fabric, those that were collected are counted."""
    shown = report.devices if verbose or len(report.devices) <= _DEVICES else report.unexamined
    rows = []
    for device in shown:
        vxlan = {True: "VTEP", False: "no VXLAN", None: "not known"}[device.vxlan]
        rows.append((device.name, device.platform, device.condition, vxlan))
    if rows:
        yield terminal.table(rows, ["device", "platform", "condition", "VXLAN"], 0)
    folded = Counter((d.condition, d.platform) for d in report.devices if d not in shown)
    if folded:
        words = [f"{count} {platform} {condition}" for (condition, platform), count in folded.items()]
        yield terminal.wrap(f"{'Besides: ' if rows else 'Devices: '}{', '.join(words)} (-v lists them).", 0)
    grouped: dict[tuple[str, str], list[str]] = {}
    for device in report.unexamined:
        # Devices behind one broken way say the same, but for their own names and addresses.
        grouped.setdefault((device.condition, device.reason), []).append(device.name)
    told = list(grouped.items())[: None if verbose else _GAPS]
    for (condition, reason), names in told:
        text = f"{named(names, len(names) if verbose else 4)}: {condition}: {printable(reason)}"
        yield terminal.wrap(text, 8, "NOT RUN")
    if left := len(grouped) - len(told):
        yield terminal.wrap(f"{left} more devices were not examined (-v says why).", 8, "NOT RUN")


def _causes(causes: Sequence[Cause], terminal: Terminal, *, verbose: bool) -> Iterable[str]:
    told: list[Cause] = []
    seen: Counter[str] = Counter()
    for cause in causes:
        # The same on a third device says no more; another check's first does.
        if verbose or (len(told) < _CAUSES and seen[cause.check] < _ALIKE):
            told.append(cause)
            seen[cause.check] += 1
            yield cause_text(cause, terminal, verbose=verbose)
    shown = {id(cause) for cause in told}
    left: dict[str, list[str]] = {}
    for cause in causes:
        if id(cause) not in shown:
            left.setdefault(cause.check, []).append(cause.device)
    for check, devices in list(left.items())[:_CAUSES]:
        yield terminal.wrap(f"{check}: {named(devices)}, too (-v has all)", 8, causes[0].word)
    if more := list(left)[_CAUSES:]:
        yield terminal.wrap(f"and of {len(more)} checks more: {named(more)} (-v has all)", 8, causes[0].word)


def cause_text(cause: Cause, terminal: Terminal, *, verbose: bool = False) -> str:
    """Return the findings of one check on one device, each with its lines, then the remedies that they share."""
    lines = [f"{terminal.paint(cause.word)} {cause.check}: {cause.device}"]
    told = cause.findings if verbose else cause.findings[:_FINDINGS]
    quoted: set[Evidence] = set()
    for finding in told:
        most = len(finding.evidence) if verbose else _NEW if quoted else _LINES
        lines += _finding(finding, terminal, quoted, most)
    if left := cause.findings[len(told) :]:
        others = [peer for peer in Cause("", "", "", left, ()).peers if peer != cause.device]
        whom = f", with {named(others)}" if others else ""
        lines.append(terminal.wrap(f"... and {len(left)} more of the same{whom} (-v shows them).", 2))
    for heading, text in cause.remedies[: None if verbose else _FINDINGS]:
        lines.append(terminal.wrap(f"{heading}:", 2))
        lines += [terminal.wrap(printable_block(text), 4)]
    if cause.follows:
        most = len(cause.follows) if verbose else 6
        lines.append(
            terminal.wrap(f"Follows from it: {named(cause.follows, most)}{'' if verbose else ' (-v shows them)'}.", 2)
        )
    return "\n".join(lines)


def _finding(finding: Finding, terminal: Terminal, quoted: set[Evidence], most: int) -> Iterable[str]:
    """Yield a finding and the lines that show it, those that were not quoted before."""
    yield terminal.wrap(printable(finding.message), 2)
    new = [line for line in finding.evidence if line not in quoted]
    for one in new[:most]:
        quoted.add(one)
        yield terminal.wrap(f"{one.device}: {one.command}, line {one.number}", 4)
        yield from terminal.quote(one.line)
    if more := len(new[most:]) + finding.left_out.get("evidence", 0):
        yield f"    ... and {reports.plural(more, 'line')} more (-v --max-findings 0 shows all)"


def _explained(report: Report, terminal: Terminal) -> Iterable[str]:
    """Return what follows from a cause, each finding with its lines: only -v shows them."""
    for finding in report.findings:
        if finding.explained_by and not accepted(finding):
            head = f"{finding.check}: {finding.device} (follows from {finding.explained_by})"
            yield "\n".join([terminal.wrap(head, 2), *_finding(finding, terminal, set(), len(finding.evidence))])


def _waived(finding: Finding, terminal: Terminal) -> str:
    lines = [f"{terminal.paint('WAIVED')} {finding.check}: {finding.device}"]
    lines += [terminal.wrap(printable(text), 2) for text in (accepted(finding), finding.message)]
    return "\n".join(lines)


def printable_block(text: str) -> str:
    """Return a remedy as it is to be printed: paragraphs joined to lines, laid out blocks kept."""
    lines = (line for _, paragraph in reports.paragraphs(text) for line in paragraph.split("\n"))
    return "\n".join(printable(line) for line in lines)


def _gaps(gaps: Sequence[Gap], terminal: Terminal, *, verbose: bool) -> Iterable[str]:
    told = gaps if verbose else gaps[:_GAPS]
    for gap in told:
        who = named(gap.devices, len(gap.devices) if verbose else 4)
        yield terminal.wrap(f"{who}: {printable(gap.reason)} (costs {', '.join(gap.checks)})", 8, "NOT RUN")
    left = gaps[len(told) :]
    if left:
        count = reports.plural(sum(len(gap.devices) * len(gap.checks) for gap in left), "result")
        yield terminal.wrap(f"{count} more for {len(left)} other reasons (-v has them).", 8, "NOT RUN")


def _counts(read: Digest, terminal: Terminal) -> Iterable[str]:
    """Return a line for each check that needs a look; those that passed, or said nothing, are named together."""
    rows = [(one.check, one.words, one.examined) for one in read.counts if not one.calm]
    if rows:
        yield terminal.table(rows, ["check", "result by devices", "examined"], 1)
    if passed := [f"{one.check} ({one.examined})" for one in read.counts if one.calm]:
        yield terminal.wrap(f"Passed (examined): {', '.join(passed)}.", 0)
    for reason, checks in read.idle:
        yield terminal.wrap(f"{reason}: {', '.join(checks)}.", 0)


def _every(report: Report, terminal: Terminal) -> str:
    rows = []
    for result in report.results:
        detail = f"{result.examined} examined" if result.status in (PASSED, "failed") else result.reason
        rows.append((result.check, result.device, result.status.replace("_", " "), printable(detail)))
    return terminal.table(rows, ["check", "device", "result", ""], 3)
