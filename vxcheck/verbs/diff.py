"""`vxcheck diff`: say what changed between two looks at a fabric."""

from __future__ import annotations

import argparse
import copy
import sys
from collections.abc import Mapping
from pathlib import Path

from vxcheck import change, check, expected, fabric, keeping, outputs, pages, snapshot, source
from vxcheck.change import Change, Look
from vxcheck.errors import UsageError
from vxcheck.fabric import Fabric
from vxcheck.pages import Check
from vxcheck.report import change as reports
from vxcheck.source import Opened


def run(given: argparse.Namespace) -> int:
    """Compare the two sources that the command line names."""
    given.source = given.after
    return between(given, given.before)


def between(given: argparse.Namespace, before: Path) -> int:
    """Compare a snapshot with the source that the command line names, and return the exit status."""
    wanted = outputs.outputs(given.format, given.output)
    reports.require(wanted)
    if not snapshot.is_snapshot(before):
        raise UsageError(f"{before}: there is no snapshot there (no manifest.json): `vxcheck collect` writes one")
    plan = expected.load(given.expect) if given.expect else None
    checks = pages.load(source.check_folders(given))
    history = keeping.history(given)
    earlier = copy.copy(given)
    earlier.source = before
    old, new = fabric.two()
    then = _look(given, source.open_source(earlier, checks), old, checks)
    opened = source.open_source(given, checks, history)
    now = _look(given, opened, new, checks)
    if history and opened.saved:
        keeping.keep(history, opened.saved, now.report, given.keep)
    found = change.compare(then, now, opened.platforms, plan, allow_incomplete=given.allow_incomplete)
    return told(found, given, wanted)


def told(found: Change, given: argparse.Namespace, wanted: tuple[outputs.Output, ...]) -> int:
    """Write the reports that are wanted, and return the exit status."""
    reports.write(found, wanted, verbose=given.verbose)
    files = [str(output.path) for output in wanted if output.path]
    if len(files) == len(wanted):
        print(f"vxcheck: {reports.headline(found)}; the report is in {' and '.join(files)}", file=sys.stderr)
    return found.status


def _look(given: argparse.Namespace, opened: Opened, into: Fabric, checks: Mapping[str, Check]) -> Look:
    made = opened.fabric(into)
    report = check.run(made, checks, check.select(checks, given.check), opened.waivers)
    return Look(opened.name, made, opened.dated(report))
