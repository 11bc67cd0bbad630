"""`vxcheck query`: run a SELECT on the tables."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from typing import Any

from vxcheck import fabric, rows, source
from vxcheck.source import Opened


def run(given: argparse.Namespace) -> int:
    """Run the query that the command line gives."""
    fabric.empty().query(given.sql)  # a mistake in it is told before any device is asked
    return print_rows(source.open_source(given), given.sql, given.format)


def print_rows(opened: Opened, sql: str, style: str, table: str = "", values: Sequence[Any] = ()) -> int:
    """Print a query's rows; name on standard error whatever its tables lack, and return 3 then."""
    made = opened.fabric()
    columns, found = made.query(sql, values)
    evidence = [index for index, name in enumerate(columns) if name == "evidence" or name.endswith("_evidence")]
    if table and style == "table":
        # Where a value was read is a number to join by; a person is shown the values.
        columns = [name for index, name in enumerate(columns) if index not in evidence]
        found = [tuple(value for index, value in enumerate(row) if index not in evidence) for row in found]
    rows.write(columns, found, style, sys.stdout)
    lacking = made.lacking(made.tables_read(sql))
    for device, reason in lacking.items():
        print(f"vxcheck: not known of {device}: {reason}", file=sys.stderr)
    return 3 if lacking else 0
