"""Put columns of values into a table of the database: as text that DuckDB divides, a column at a time."""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb

from vxcheck import schema

_ROWS = 100_000  # rows that are put in at once


@dataclass(frozen=True)
class Lines:
    """Hold the numbers of lines, 0 for none, and what is added to make evidence of them."""

    numbers: Sequence[int]
    base: int


def insert(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    columns: Mapping[str, Sequence[Any] | Lines],
    constants: Mapping[str, Any],
) -> None:
    """Insert rows that come as columns of one length; `constants` are columns of one value in all rows."""
    types = {column.name: column.type for column in schema.tables()[table].columns}
    count = max((len(one.numbers if isinstance(one, Lines) else one) for one in columns.values()), default=0)
    for start in range(0, count, _ROWS):
        part = slice(start, start + _ROWS)
        names, sources, values, given = list(constants), [], ["?"] * len(constants), list(constants.values())
        for name, column in columns.items():
            if isinstance(column, Lines):
                source, value, parameters = _of_lines(column.numbers[part], column.base)
            else:
                source, value, parameters = _of_values(column[part], types[name])
            names.append(f'"{name}"')
            sources.append(f"{source} AS c{len(names)}")
            values.append(value.format(f"c{len(names)}"))
            given += parameters
        if not any("unnest" in source for source in sources):
            sources.append("unnest(range(?))")
            given.append(min(count - start, _ROWS))
        connection.execute(
            f"INSERT INTO {table} ({', '.join(names)}) SELECT {', '.join(values)} FROM (SELECT {', '.join(sources)})",
            given,
        )


def _of_values(values: Sequence[Any], kind: str) -> tuple[str, str, list[Any]]:
    """Return how a column's values are told as a source, what is made of it, and the parameters."""
    if not kind.endswith("[]"):
        if len(values) > 1 and values.count(values[0]) == len(values):
            return "?", f"{{}}::{kind}", [values[0]]
        has_none = None in values
        texts = values
        if has_none or kind != "VARCHAR":
            text_of = {value: "" if value is None else str(value) for value in set(values)}
            texts = list(map(text_of.__getitem__, values))
        text = "\n".join(texts)
        if text.count("\n") == len(values) - 1 and not (has_none and "" in values):
            return _divided(text, kind, has_none=has_none)
    return f"unnest(?::{kind}[])", "{}", [list(values)]


def _of_lines(numbers: Sequence[int], base: int) -> tuple[str, str, list[Any]]:
    first, count = numbers[0], len(numbers)
    if first and numbers == array("I", range(first, first + count)):
        return "unnest(range(?, ?))", "{}", [base + first, base + first + count]
    text = "\n".join(map(str, numbers))
    return "unnest(string_split(?, chr(10)))", f"nullif({{}}::UBIGINT, 0) + {base}", [text]


def _divided(text: str, kind: str, *, has_none: bool) -> tuple[str, str, list[Any]]:
    value = "nullif({}, '')" if has_none else "{}"
    return "unnest(string_split(?, chr(10)))", f"{value}::{kind}", [text]
