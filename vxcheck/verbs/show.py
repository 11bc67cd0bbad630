"""`vxcheck show`: print a table or view, of a history the rows that are asked for over time."""

from __future__ import annotations

import argparse
import contextlib
import sys

from vxcheck import content, fabric, over_time, rows, schema, source, store, values
from vxcheck.errors import UsageError
from vxcheck.verbs import query


def run(given: argparse.Namespace) -> int:
    """Print the table or view that the command line names, or those of its rows that the filters choose."""
    empty = fabric.empty()
    names = [*schema.tables(), *empty.views]
    if given.table not in names:
        raise UsageError(f"there is no table or view {given.table!r}; there are {', '.join(names)}")
    sql = f"SELECT * FROM {given.table}"
    columns = empty.query(sql)[0]
    wanted = [("mac", text) for text in given.mac] + [_filter(text) for text in given.where]
    for name, _ in wanted:
        if name not in columns:
            raise UsageError(f"{given.table} has no column {name!r}; it has {', '.join(columns)}")
    if wanted:
        sql += " WHERE " + " AND ".join(f'CAST("{name}" AS VARCHAR) = ?' for name, _ in wanted)
    texts = [_canonical(name, text) for name, text in wanted]
    if wanted and store.is_history(given.source):
        return _over_time(given, sql, texts)
    return query.print_rows(source.open_source(given), sql, given.format, given.table, texts)


def _over_time(given: argparse.Namespace, sql: str, texts: list[str]) -> int:
    if given.device:
        raise UsageError("--device with a filter on a history: write --where device=NAME")
    platforms = content.platforms(source.parser_folders(given))
    told = over_time.rows(given.source, given.table, sql, texts, platforms)
    rows.write(told.columns, told.rows, given.format, sys.stdout)
    for (device, reason), names in told.lacking.items():
        when = f"{len(names)} snapshots from {names[0]} to {names[-1]}" if len(names) > 1 else names[0]
        print(f"vxcheck: not known of {device} at {when}: {reason}", file=sys.stderr)
    return 3 if told.lacking else 0


def _filter(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise UsageError(f"--where {text}: write COLUMN=VALUE")
    return name, value


def _canonical(name: str, text: str) -> str:
    """Return a value as the tables spell it: MAC and IP addresses may be written as any vendor does."""
    units = {column.unit for table in schema.tables().values() if (column := table.column(name))}
    for unit, spelt in (("MAC", values.mac), ("IP", values.ip)):
        if unit in units:
            with contextlib.suppress(ValueError):
                return spelt(text)
            if units == {unit}:
                raise UsageError(f"{name}: {text!r} is no {unit} address")
    return text
