"""Add a look at a fabric to the history that --save names, and remove what --keep does not keep."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from vxcheck.errors import UsageError
from vxcheck.history import History
from vxcheck.report import plural
from vxcheck.results import Report
from vxcheck.retention import Rule


def history(given: argparse.Namespace) -> History | None:
    """Return the history that the command line names, if it names one, begun where it is new. Raises UsageError."""
    if given.keep and not given.save:
        raise UsageError("--keep says what is kept of a history: name it with --save DIR")
    return History.at(given.save) if given.save else None


def keep(kept_in: History, saved: Path, report: Report, rule: Rule | None) -> None:
    """Write the verdict beside its snapshot, and remove what the rule does not keep; say what that was."""
    from vxcheck import verdict

    verdict.write(report, saved)
    removed = kept_in.keep(rule)
    if rule and removed.names:
        count = plural(len(removed.names), "snapshot")
        size = f"{removed.size / 2**20:.1f} MiB freed"
        text = f"--keep {rule.text}: {count} removed from {kept_in.folder} ({size}): {', '.join(removed.names)}"
        print(f"vxcheck: {text}", file=sys.stderr)
    for name, reason in removed.held:
        print(f"vxcheck: {kept_in.folder / name} stays: {reason}", file=sys.stderr)
