"""`vxcheck trace`: follow a frame between two hosts through what the devices showed."""

from __future__ import annotations

import argparse
import sys

from vxcheck import check, outputs, pages, source, trace
from vxcheck.report.table import Terminal
from vxcheck.trace import Trace, blame, told


def run(given: argparse.Namespace) -> int:
    """Trace both ways what the command line names; return 0 where it arrives, 1 where it stops, 3 if not known."""
    wanted = outputs.one(given.format, given.output)
    checks = pages.load(source.check_folders(given))
    opened = source.open_source(given, checks)
    fabric = opened.fabric()
    found = trace.trace(fabric, given.vni, given.source_host, given.target_host, given.size)
    found = blame.blame(found, check.run(fabric, checks, accepted=opened.waivers), checks)
    outputs.write([wanted], lambda output: _written(found, output))
    if wanted.path:
        print(f"vxcheck: {told.headline(found)}; the report is in {wanted.path}", file=sys.stderr)
    return found.exit_status


def _written(found: Trace, output: outputs.Output) -> str:
    if output.style == "html":
        from vxcheck.trace import page

        return page.render(found)
    if output.style == "json":
        return told.document(found)
    return told.text(found, Terminal.of(None if output.path else sys.stdout))
