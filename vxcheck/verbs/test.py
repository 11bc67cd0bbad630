"""`vxcheck test`: run the cases of checks of one's own."""

from __future__ import annotations

import argparse

from vxcheck import cases, examine, fabric, pages, source
from vxcheck.pages import Check


def run(given: argparse.Namespace) -> int:
    """Run every case of every check in the folders; return 0 where all give what their pages say, else 1."""
    folders = source.folders_of_checks(given.folders)
    checks = [each for each in pages.load(folders).values() if any(each.path.is_relative_to(one) for one in folders)]
    failed = ran = 0
    for each in checks:
        for title, found in _outcomes(each):
            ran += 1
            failed += bool(found)
            print(f"{'FAILED' if found else 'ok':6} {each.name}: {title}")
            for line in found:
                print(f"       {line}")
    print(f"{ran - failed} of {ran} passed" if failed else f"{ran} passed")
    return 1 if failed else 0


def _outcomes(each: Check) -> list[tuple[str, list[str]]]:
    """Return what is run of a check, each with what is wrong with it."""
    if each.broken:
        return [("its query and page", [each.broken])]
    broken = examine.examine(fabric.empty(), each, []).broken
    found = [("its query runs, and gives what its page names", [broken] if broken else [])]
    if not broken:
        found += [(case.title, cases.mistakes(case) or cases.differences(each, case)) for case in each.cases]
    return [*found, ("it has a case that fails and one that passes", cases.gaps(each))]
