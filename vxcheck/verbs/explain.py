"""`vxcheck explain`: print a check's page, or list the checks."""

from __future__ import annotations

import argparse
import difflib
import sys

from vxcheck import pages, rows, source
from vxcheck.errors import UsageError


def run(given: argparse.Namespace) -> int:
    """Print the page of the check that the command line names, without its cases; all checks where it names none."""
    checks = pages.load(source.check_folders(given))
    if given.check is None:
        listed = [(check.name, check.severity, check.title) for check in checks.values()]
        rows.write(["check", "severity", "finds"], listed, "table", sys.stdout)
        return 0
    if given.check not in checks:
        near = difflib.get_close_matches(given.check, checks, 3)
        hint = f"did you mean {' or '.join(near)}?" if near else "`vxcheck explain` lists them"
        raise UsageError(f"there is no check {given.check!r}; {hint}")
    check = checks[given.check]
    page, _, _ = check.page.partition("\n## Cases\n")
    print(f"{page.rstrip()}\n\n## Query\n\n{check.sql.rstrip()}")
    return 0
