"""Annotations of GitHub Actions, by workflow commands: an error or warning for each cause and for what was not run.

GitHub shows ten errors and ten warnings of a step: the last one counts what is left.
"""

from __future__ import annotations

from collections.abc import Sequence

from vxcheck import report as reports
from vxcheck.check import Report, exit_status
from vxcheck.report import Basis
from vxcheck.report.digest import Cause, digest, named
from vxcheck.rows import plain

_MOST = 10


def render(report: Report, basis: Basis) -> str:
    """Return the annotations, one a line."""
    read = digest(report)
    gaps = [("not run", f"{d.name}: {d.condition}: {d.reason}") for d in report.unexamined]
    if nothing := reports.nothing(report):
        gaps.append(("not run", nothing))
    gaps += [("not run", f"{named(gap.devices)}: {gap.reason} (costs {', '.join(gap.checks)})") for gap in read.gaps]
    faults, warnings = [_cause(cause) for cause in read.faults], [_cause(cause) for cause in read.warnings]
    # What was not run comes first: behind many faults it would not be seen.
    accepted = exit_status(report, allow_incomplete=basis.allow_incomplete) == 0
    lines = _bounded("error", faults if accepted else gaps + faults)
    lines += _bounded("warning", gaps + warnings if accepted else warnings)
    lines.append(_command("notice", "vxcheck", reports.headline(report)))
    return "".join(line + "\n" for line in lines)


def _cause(cause: Cause) -> tuple[str, str]:
    texts = [finding.message for finding in cause.findings[:3]]
    if len(cause.findings) > len(texts):
        texts.append(f"... and {len(cause.findings) - len(texts)} more of the same")
    for finding in cause.findings[:1]:
        texts += [f"{one.device}: {one.command}, line {one.number}: {one.line.strip()}" for one in finding.evidence[:4]]
    if cause.follows:
        texts.append(f"Follows from it: {named(cause.follows)}")
    return f"{cause.check}: {cause.device}", "\n".join(texts)


def _bounded(word: str, told: Sequence[tuple[str, str]]) -> list[str]:
    shown = list(told) if len(told) <= _MOST else list(told[: _MOST - 1])
    if left := len(told) - len(shown):
        shown.append(("vxcheck", f"{left} more: see another report of the same run"))
    return [_command(word, title, text) for title, text in shown]


def _command(word: str, title: str, text: str) -> str:
    return f"::{word} title={_property(title)}::{_message(text)}"


def _message(text: str) -> str:
    return plain(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _message(text).replace(":", "%3A").replace(",", "%2C")
