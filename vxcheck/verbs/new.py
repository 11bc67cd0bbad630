"""`vxcheck new`: start a check of one's own."""

from __future__ import annotations

import argparse

from vxcheck import scaffold


def run(given: argparse.Namespace) -> int:
    """Write what the command line asks for."""
    for path in scaffold.check(given.name, given.output):
        print(path)
    print(f"Try: vxcheck test {given.output}    vxcheck check SOURCE --checks {given.output} --check {given.name}")
    return 0
