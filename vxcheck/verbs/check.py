"""`vxcheck check`: collect or read, run the checks, report, and return the verdict as exit status."""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace

from vxcheck import check, pages, report, snapshot, source


def run(given: argparse.Namespace) -> int:
    """Check the source that the command line names."""
    checks = pages.load(source.check_folders(given))
    selected = check.select(checks, given.check)
    if given.save:
        snapshot.require_writable(given.save)
    opened = source.open_source(given)
    if given.save:
        snapshot.write(opened.snapshot, given.save)
    found = check.run(opened.fabric(), checks, selected)
    found = replace(found, started=opened.snapshot.started, seconds=opened.snapshot.seconds)
    report.write(found, given.format, given.output, verbose=given.verbose)
    status = check.exit_status(found, allow_incomplete=given.allow_incomplete)
    if given.output:
        print(f"vxcheck: {report.headline(found)}; the report is in {given.output}", file=sys.stderr)
    return status
