"""Read the schema from tables.sql: the one place where tables, columns and units are told."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from functools import cache
from importlib import resources

from vxcheck.errors import ContentError

EVIDENCE = "evidence"
_SUFFIX = "_evidence"
_RULES = ("diff", "noise", "noise rows", "moves", "ages", "heard", "rates")
_NOTHING = "nothing"


@dataclass(frozen=True)
class Column:
    """Describe one column: its DuckDB type, its unit (see tables.sql) and what it holds."""

    name: str
    type: str
    unit: str
    about: str


@dataclass(frozen=True)
class Rule:
    """Hold one line of a table's rules of comparison: its word (`noise`), what it names, and why."""

    word: str
    told: str
    reason: str

    @property
    def names(self) -> tuple[str, ...]:
        """Return what it names, a list of columns."""
        return _names(self.told)


@dataclass(frozen=True)
class Comparison:
    """Say how two looks at a table are compared; tables.sql explains each rule. `thing` is empty where they are not.

    `by` are the columns that say of what a row is, `compared` those that may not change unnoticed, `moves` those of
    them that say where it is, `rates` counters. `left_out` and `ages` are conditions on rows; `heard` is a column and
    a view.
    """

    rules: tuple[Rule, ...]
    thing: str = ""
    by: tuple[str, ...] = ()
    compared: tuple[str, ...] = ()
    moves: tuple[str, ...] = ()
    rates: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    ages: str = ""
    heard: tuple[str, str] | None = None


@dataclass(frozen=True)
class Table:
    """Describe one table. Rows with the same `key` are one row; no key, no merging."""

    name: str
    about: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    comparison: Comparison

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


def mark() -> str:
    """Return a mark of what the database is made from: another text, another mark."""
    return hashlib.sha256("".join((text(), text("views.sql"))).encode()).hexdigest()


@cache
def views() -> tuple[str, ...]:
    """Return the names of the views, each behind those that it reads."""
    return tuple(re.findall(r"^CREATE VIEW (\w+) AS$", text("views.sql"), re.MULTILINE))


@cache
def tables() -> dict[str, Table]:
    """Return every table, by name."""
    found = {}
    pattern = r"((?:^-- [^\n]*\n)+)CREATE TABLE (\w+) \(\n(.*?)^\);(?: -- key: ([^\n]*))?\n((?:-- [^\n]*\n)*)"
    for about, name, body, key, rules in re.findall(pattern, text(), re.MULTILINE | re.DOTALL):
        columns = tuple(
            Column(column, kind, unit, words.strip())
            for column, kind, unit, words in re.findall(
                r"^ +(\w+) +([A-Z]+(?:\[\])?),? +-- (\w+): (.*)$", body, re.MULTILINE
            )
        )
        comparison = _comparison(name, columns, rules)
        words = about.replace("-- ", "").replace("\n", " ").strip()
        found[name] = Table(name, words, columns, _names(key), comparison)
    return found


def _comparison(table: str, columns: tuple[Column, ...], lines: str) -> Comparison:
    """Read the lines below a table; a table without any is compared row by row."""
    rules = []
    for line in lines.splitlines():
        read = re.fullmatch(r"-- ([a-z ]+): (.*?)(?: \(([^()]*)\))?", line)
        if read is None or read[1] not in _RULES:
            raise ContentError(f"tables.sql: {table}: no rule of comparison: {line}; there are {', '.join(_RULES)}")
        rules.append(Rule(read[1], read[2], read[3] or ""))
    told = {word: [rule for rule in rules if rule.word == word] for word in _RULES}
    thing, _, by = next((rule.told for rule in told["diff"]), f"{table} by ").partition(" by ")
    if thing == _NOTHING:
        return Comparison(tuple(rules))
    names = {word: tuple(name for rule in told[word] for name in rule.names) for word in ("moves", "rates", "noise")}
    own = [column.name for column in columns if column.unit != "line" and column.name != "poll"]
    unknown = {*_names(by), *(name for found in names.values() for name in found)} - set(own)
    if unknown:
        raise ContentError(f"tables.sql: {table}: its rules name columns that it has none of: {', '.join(unknown)}")
    key = _names(by) or tuple(own)
    heard = [(column, view) for rule in told["heard"] for column, _, view in [rule.told.partition(" in ")]]
    return Comparison(
        tuple(rules),
        thing,
        key,
        tuple(name for name in own if name not in (*key, *names["noise"], *names["rates"])),
        names["moves"],
        names["rates"],
        tuple(rule.told for rule in told["noise rows"]),
        next((rule.told for rule in told["ages"]), ""),
        heard[0] if heard else None,
    )


def _names(words: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in words.split(",") if word.strip())
