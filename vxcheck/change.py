"""Say what became of a fabric between two looks: which findings and what state are new, gone or changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from vxcheck import watch
from vxcheck.check import NOT_ASKED, NOT_RUN, Report
from vxcheck.content import Platform
from vxcheck.differences import Differences, differences
from vxcheck.expected import Expected, Plan, held
from vxcheck.fabric import Fabric
from vxcheck.results import INCOMPLETE
from vxcheck.watch import Changes, Thing

SAME, FAILED, UNKNOWN = 0, 1, 3


@dataclass(frozen=True)
class Look:
    """Hold one of the two looks: how the user named it, what it rests on, and what the checks made of it."""

    name: str
    fabric: Fabric
    report: Report


@dataclass(frozen=True)
class Change:
    """Hold two looks and what differs: `findings` by the checks' verdicts, `state` by the tables."""

    before: Look
    after: Look
    seconds: float | None
    findings: Changes
    state: Differences
    allow_incomplete: bool = False
    expected: Expected | None = None

    @property
    def faults(self) -> tuple[Thing, ...]:
        """Return the faults that are new, and that no plan accepts."""
        accepted = self.expected.accepted if self.expected else ()
        return tuple(thing for thing in self.findings.new if thing.word == "FAULT" and thing not in accepted)

    @property
    def incomplete(self) -> bool:
        """Tell whether something could not be examined, so that nobody knows what became of it."""
        report = self.after.report
        not_run = any(result.status == NOT_RUN for result in report.results)
        unknown = self.expected is not None and self.expected.unknown
        return bool(self.state.unread or report.unexamined or not_run or unknown or report.verdict == INCOMPLETE)

    @property
    def status(self) -> int:
        """Return 0 where nothing new is wrong, 1 where something is, 3 where something could not be examined.

        With a plan, 1 too where something that is expected is missing, or more than that has changed.
        """
        if self.faults or (self.expected is not None and self.expected.failed):
            return FAILED
        return UNKNOWN if self.incomplete and not self.allow_incomplete else SAME

    @property
    def word(self) -> str:
        """Return the verdict's word."""
        return {SAME: "PASSED", FAILED: "FAILED"}.get(self.status, "INCOMPLETE")

    def unseen(self, thing: Thing) -> str:
        """Say why a finding that is new may have been there before, unseen; nothing where it was looked for."""
        if thing.cause is None:
            return ""
        of = (thing.cause.check, thing.cause.device)
        then = {(result.check, result.device): result for result in self.before.report.results}.get(of)
        if then is None:
            return "the look before knows nothing of it"
        return f"it was not told before: {then.reason}" if then.status in (NOT_RUN, NOT_ASKED) else ""


def compare(
    before: Look,
    after: Look,
    platforms: Mapping[str, Platform],
    plan: Plan | None = None,
    *,
    allow_incomplete: bool = False,
) -> Change:
    """Compare two looks, whose fabrics were made by `fabric.two`, and hold what differs against a plan."""
    seconds = _seconds(before.report, after.report)
    findings = watch.changes(before.report, after.report)
    state = differences(before.fabric, after.fabric, platforms, seconds)
    expected = held(plan, before.fabric, after.fabric, findings, state) if plan else None
    return Change(before, after, seconds, findings, state, allow_incomplete, expected)


def _seconds(before: Report, after: Report) -> float | None:
    """Return the time between the beginnings of two looks; None where one is not known, or they stand the wrong way."""
    try:
        then, now = (datetime.fromisoformat(report.started) for report in (before, after))
        passed = (now - then).total_seconds()
    except (ValueError, TypeError):
        return None
    return passed if passed > 0 else None
