"""`vxcheck parse`: parse one output, and show the rows."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from vxcheck import content, parse, rows
from vxcheck.errors import UsageError


def run(given: argparse.Namespace) -> int:
    """Parse the file (or standard input) that the command line names; 0 when every line was understood, else 3."""
    platforms = content.platforms(tuple(given.parsers))
    platform = platforms.get(given.platform)
    if platform is None:
        raise UsageError(f"no parsers for platform {given.platform!r}; there are {', '.join(platforms)}")
    command = platform.command(given.command)
    if command is None:
        known = ", ".join(repr(command.name) for command in platform.commands)
        raise UsageError(f"no parser for {given.command!r} on {platform.name}; there are {known}")
    try:
        raw = sys.stdin.buffer.read() if given.file == "-" else Path(given.file).read_bytes()
    except OSError as error:
        raise UsageError(f"cannot read {given.file}: {error.strerror}") from error
    try:
        found = parse.parse(platform, command, raw.decode("utf-8", errors="replace"))
    except parse.RefusedError as refusal:
        print(f"vxcheck: the device refused {given.command!r}: {refusal}", file=sys.stderr)
        return 3
    except parse.NotUnderstoodError as error:
        print(f"vxcheck: {given.platform}: {given.command}: {error}", file=sys.stderr)
        return 3
    if given.format == "json":
        print(json.dumps({one.table: one.dicts() for one in found}, indent=1, ensure_ascii=False))
        return 0
    for one in found:
        print(one.table)
        found_rows = [(lines[""], *row) for lines, row in zip(one.lines, one.values, strict=True)]
        rows.write(["line", *one.columns], found_rows, "table", sys.stdout)
        print()
    return 0
