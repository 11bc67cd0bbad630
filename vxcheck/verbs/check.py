"""`vxcheck check`: collect or read, run the checks, report, and return the verdict as exit status."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from vxcheck import bounds, check, keeping, outputs, pages, report, snapshot, source
from vxcheck.check import Report
from vxcheck.errors import UsageError
from vxcheck.fabric import Fabric
from vxcheck.history import History
from vxcheck.outputs import Output
from vxcheck.pages import Check
from vxcheck.results import Settled
from vxcheck.rows import printable
from vxcheck.source import Opened


def run(given: argparse.Namespace) -> int:
    """Check the source that the command line names, once or again and again, or say what changed since a snapshot."""
    if given.since:
        return _since(given)
    if given.expect:
        raise UsageError(f"--expect {given.expect}: it says what differs from before: give --since BEFORE, too")
    wanted = outputs.outputs(given.format, given.output)
    checks = pages.load(source.check_folders(given))
    examination = _Examination(given, wanted, checks, check.select(checks, given.check), keeping.history(given))
    if given.wait and (given.watch or given.save):
        raise UsageError("--wait goes with neither --watch nor --save: `vxcheck collect` saves what has settled")
    if given.watch:
        return _watch(examination)
    if given.wait:
        found = _settled(examination)
    else:
        found = examination.report(source.open_source(given, checks, examination.history))
    files = [str(output.path) for output in wanted if output.path]
    if len(files) == len(wanted):
        print(f"vxcheck: {report.headline(found)}; the report is in {' and '.join(files)}", file=sys.stderr)
    return examination.status(found)


def _settled(examination: _Examination) -> Report:
    """Ask again what is not yet right, for so long as the command line says, and report the end of it."""
    from vxcheck.settling import Settling

    given = examination.given
    if snapshot.is_snapshot(given.source):
        raise UsageError(f"--wait {given.wait:g}: {given.source} is a snapshot, which does not change")
    ask = source.asking(given, examination.checks)

    def tell(words: str) -> None:
        print(f"vxcheck: {printable(words)}", file=sys.stderr, flush=True)

    opened, told = Settling(ask, lambda opened: examination.judged(opened)[1], tell).settle(given.wait)
    return examination.report(opened, settled=told.settled)


def _since(given: argparse.Namespace) -> int:
    from vxcheck.verbs import diff

    if given.wait:
        raise UsageError("--wait with --since: wait first, then compare")
    if given.watch:
        raise UsageError("--watch with --since: --watch says what changed from look to look, --since since a snapshot")
    return diff.between(given, given.since)


@dataclass(frozen=True)
class _Examination:
    given: argparse.Namespace
    wanted: Sequence[Output]
    checks: Mapping[str, Check]
    selected: Collection[str]
    history: History | None = None

    def judged(self, opened: Opened) -> tuple[Fabric, Report]:
        """Return the tables, and what the checks make of them."""
        fabric = opened.fabric()
        whole = check.run(fabric, self.checks, self.selected, opened.waivers)
        return fabric, opened.dated(whole)

    def report(
        self, opened: Opened, wanted: Sequence[Output] | None = None, settled: tuple[Settled, ...] = ()
    ) -> Report:
        """Run the checks, and write the reports that are wanted."""
        fabric, whole = self.judged(opened)
        whole = replace(whole, settled=settled)
        if self.history and opened.saved:
            keeping.keep(self.history, opened.saved, whole, self.given.keep)
        basis = report.Basis(fabric, self.checks, self.given.allow_incomplete, whole)
        found = bounds.bounded(whole, self.given.max_findings)
        report.write(found, basis, self.wanted if wanted is None else wanted, verbose=self.given.verbose)
        # What is compared from look to look is all of it.
        return whole

    def status(self, found: Report) -> int:
        """Return the exit status: the plugin's own where standard output is for Icinga."""
        if Output("icinga") in self.wanted:
            from vxcheck.report import icinga

            return icinga.status(found, allow_incomplete=self.given.allow_incomplete)
        return check.exit_status(found, allow_incomplete=self.given.allow_incomplete)


def _watch(examination: _Examination) -> int:
    """Look again and again, and say what changed; Ctrl-C ends with the last verdict's exit status."""
    from vxcheck import watch
    from vxcheck.report.table import Terminal

    given = examination.given
    if snapshot.is_snapshot(given.source):
        raise UsageError(f"--watch {given.watch:g}: {given.source} is a snapshot, which does not change")
    if any(output.path is None and output.style != "table" for output in examination.wanted):
        raise UsageError("--watch tells what changed as a table: give other formats a file, --format FORMAT=FILE")
    ask = source.asking(given, examination.checks, examination.history)
    files = [output for output in examination.wanted if output.path]
    before: Report | None = None
    try:
        while True:
            found = examination.report(ask(None), examination.wanted if before is None else files)
            if before is not None:
                changed = watch.changes(before, found)
                print(f"\n{watch.tell(found, changed, Terminal.of(sys.stdout), time.strftime('%H:%M:%S'))}", end="")
            before = found
            print(f"\nNext look in {given.watch:g} s; Ctrl-C ends.", file=sys.stderr)
            sys.stdout.flush()
            time.sleep(given.watch)
    except KeyboardInterrupt:
        if before is None:
            raise
        print(f"\nvxcheck: the last look: {report.headline(before)}", file=sys.stderr)
        return examination.status(before)
