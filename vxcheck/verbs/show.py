"""`vxcheck show`: print a table or view."""

from __future__ import annotations

import argparse

from vxcheck import fabric, schema, source
from vxcheck.errors import UsageError
from vxcheck.verbs import query


def run(given: argparse.Namespace) -> int:
    """Print the table or view that the command line names."""
    names = [*schema.tables(), *fabric.empty().views]
    if given.table not in names:
        raise UsageError(f"there is no table or view {given.table!r}; there are {', '.join(names)}")
    return query.print_rows(source.open_source(given), f"SELECT * FROM {given.table}", given.format, given.table)
