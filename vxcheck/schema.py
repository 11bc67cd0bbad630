"""Read the schema from tables.sql: the one place where tables, columns and units are told."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib import resources

EVIDENCE = "evidence"
_SUFFIX = "_evidence"


@dataclass(frozen=True)
class Column:
    """Describe one column: its DuckDB type, its unit (see tables.sql) and what it holds."""

    name: str
    type: str
    unit: str
    about: str


@dataclass(frozen=True)
class Table:
    """Describe one table. Rows with the same `key` are one row; no key, no merging."""

    name: str
    about: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]

    @property
    def evidence(self) -> dict[str, str]:
        """Return evidence columns and the columns that they tell the line of ('' for the row's own line)."""
        return {
            column.name: column.name.removesuffix(_SUFFIX) if column.name != EVIDENCE else ""
            for column in self.columns
            if column.unit == "line"
        }

    @property
    def has_poll(self) -> bool:
        """Tell whether its rows are counters, read anew at every poll."""
        return any(column.name == "poll" for column in self.columns)

    def column(self, name: str) -> Column | None:
        """Return the column of that name, or None."""
        return next((column for column in self.columns if column.name == name), None)


@cache
def text(name: str = "tables.sql") -> str:
    """Return the text of one of the schema's files: tables.sql or views.sql."""
    return resources.files("vxcheck").joinpath(name).read_text(encoding="utf-8")


@cache
def tables() -> dict[str, Table]:
    """Return every table, by name."""
    found = {}
    pattern = r"((?:^-- [^\n]*\n)+)CREATE TABLE (\w+) \(\n(.*?)^\);(?: -- key: ([^\n]*))?$"
    for about, name, body, key in re.findall(pattern, text(), re.MULTILINE | re.DOTALL):
        columns = tuple(
            Column(column, kind, unit, words.strip())
            for column, kind, unit, words in re.findall(
                r"^ +(\w+) +([A-Z]+(?:\[\])?),? +-- (\w+): (.*)$", body, re.MULTILINE
            )
        )
        found[name] = Table(name, about.replace("-- ", "").replace("\n", " ").strip(), columns, _names(key))
    return found


def _names(words: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in words.split(",") if word.strip())
