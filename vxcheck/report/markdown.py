"""Markdown for a change ticket or a merge request: verdict, causes with their evidence, counts; details are folded.

What devices print stands in code blocks, or escaped: it makes no link, no heading and no mention of anybody.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Sequence

from vxcheck import report as reports
from vxcheck.check import FAILED, PASSED, Finding, Report
from vxcheck.report import Basis
from vxcheck.report.digest import Cause, accepted, digest, named
from vxcheck.rows import plain, printable

# A comment of GitHub holds 65,536 characters: what is told in full stays well below.
_CAUSES = 15
_FINDINGS = 3
_LINES = 8
_ROWS = 100
_SYMBOLS = {PASSED: "✅", FAILED: "❌"}


def render(report: Report, _: Basis) -> str:
    """Return the report as Markdown text."""
    read = digest(report)
    blocks = [f"## {_SYMBOLS.get(report.verdict, '⚠️')} vxcheck: {text(reports.headline(report))}"]
    blocks.append(text(reports.nothing(report)))
    lines = [f"- **{text(d.name)}** was not examined: {text(d.condition)}: {text(d.reason)}" for d in report.unexamined]
    lines += [
        f"- **{text(named(gap.devices))}**: {text(gap.reason)} (costs {', '.join(map(code, gap.checks))})"
        for gap in read.gaps
    ]
    if lines:
        blocks += ["### Not run", _bounded(lines)]
    for title, causes in (("Faults", read.faults), ("Warnings", read.warnings)):
        if causes:
            blocks.append(f"### {title}")
            blocks += [block for cause in causes[:_CAUSES] for block in _cause(cause)]
        if rest := causes[_CAUSES:]:
            blocks += _folded(f"{len(rest)} more", [_bounded([_short(cause.findings[0]) for cause in rest])])
    if read.waived:
        waived = [f"{_short(finding)} ({text(accepted(finding))})" for finding in read.waived]
        blocks += ["### Waived", _bounded(waived)]
    if read.notes:
        blocks.append("\n".join(f"- {text(note)}" for note in read.notes))
    rows = [(code(one.check), one.words, one.examined) for one in read.counts]
    if rows:
        title = f"Results of {reports.plural(len(rows), 'check')}"
        blocks += _folded(title, [_table(("check", "result by devices", "examined"), rows)])
    idle = [f"- {text(reason)}: {', '.join(map(code, checks))}" for reason, checks in read.idle]
    if idle:
        blocks += _folded("Checks that said nothing of any device", ["\n".join(idle)])
    devices = [(text(d.name), text(d.platform), text(d.condition), _vxlan(d.vxlan)) for d in report.devices]
    shown = [_table(("device", "platform", "condition", "VXLAN"), devices[:_ROWS])]
    if len(devices) > _ROWS:
        shown.append(f"... and {len(devices) - _ROWS} more.")
    blocks += _folded(reports.plural(len(devices), "device"), shown)
    if report.started:
        took = f" in {report.seconds:g} s" if report.seconds is not None else ""
        blocks.append(f"Collected at {text(report.started)}{took}.")
    return "\n\n".join(block for block in blocks if block) + "\n"


def text(words: str) -> str:
    """Return words that Markdown takes for nothing but words."""
    escaped = re.sub(r"([\\`*_\[\]<>|~#&$!])", r"\\\1", printable(" ".join(words.split())))
    # Neither a person (@name) nor a bare address that is made a link of.
    return re.sub(r"@(?=\w)", "@\u2060", escaped).replace("://", ":\u2060//")


def code(words: str) -> str:
    """Return words as code in a line."""
    words = printable(words).replace("|", "\\|")
    ticks = "`" * (max((len(run) for run in re.findall("`+", words)), default=0) + 1)
    space = " " if "`" in words else ""
    return f"{ticks}{space}{words}{space}{ticks}"


def block(lines: str) -> str:
    """Return lines as a block of code, whatever they hold."""
    lines = plain(lines)
    fence = "`" * max(3, max((len(run) for run in re.findall("`+", lines)), default=0) + 1)
    return f"{fence}text\n{lines}\n{fence}"


def _cause(cause: Cause) -> Iterable[str]:
    yield f"#### {code(cause.check)} on {text(cause.device)}"
    for finding in cause.findings[:_FINDINGS]:
        yield text(finding.message)
        shown = finding.evidence[:_LINES]
        lines = [f"{one.device}> {one.command}   (line {one.number})\n{one.line.strip()}" for one in shown]
        if more := len(finding.evidence) - len(shown):
            lines.append(f"... and {more} lines more")
        if lines:
            yield block("\n\n".join(lines))
    if rest := cause.findings[_FINDINGS:]:
        yield from _folded(f"{len(rest)} more of the same", [_bounded([_short(finding) for finding in rest])])
    remedies = []
    for heading, remedy in cause.remedies[:_FINDINGS]:
        remedies.append(f"{text(heading)}:")
        remedies += [
            block(textwrap.dedent(part)) if laid_out else _prose(part) for laid_out, part in reports.paragraphs(remedy)
        ]
    if remedies:
        yield from _folded("To mend", remedies)
    if cause.follows:
        yield f"Follows from it: {text(named(cause.follows, 8))}."


def _prose(words: str) -> str:
    """Return a remedy's prose: what stands between backticks is code, the rest is words."""
    parts = words.split("`")
    return "".join(code(part) if at % 2 and at < len(parts) - 1 else _kept(part) for at, part in enumerate(parts))


def _kept(part: str) -> str:
    lead, trail = part[: len(part) - len(part.lstrip())], part[len(part.rstrip()) :] if part.strip() else ""
    return lead + text(part) + trail


def _short(finding: Finding) -> str:
    return f"- {code(finding.check)} on {text(finding.device)}: {text(finding.message)}"


def _vxlan(vxlan: bool | None) -> str:
    return {True: "VTEP", False: "no VXLAN", None: "not known"}[vxlan]


def _bounded(lines: Sequence[str]) -> str:
    more = [f"- ... and {len(lines) - _ROWS} more"] if len(lines) > _ROWS else []
    return "\n".join([*lines[:_ROWS], *more])


def _folded(title: str, blocks: Sequence[str]) -> Iterable[str]:
    yield f"<details><summary>{title}</summary>"
    yield from blocks
    yield "</details>"


def _table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
