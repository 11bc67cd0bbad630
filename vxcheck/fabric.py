"""Rows to tables and views: one DuckDB database in memory that holds what every device of a snapshot said."""

from __future__ import annotations

import re
import shutil
import tempfile
import weakref
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from copy import copy
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Any

import duckdb

from vxcheck import ahead, blank, schema
from vxcheck.errors import UsageError
from vxcheck.snapshot import Device

TooLittleMemoryError = duckdb.OutOfMemoryException
# What DuckDB says of a disk that is full, and of everything else from then on.
NoRoomError = (duckdb.IOException, duckdb.TransactionException, duckdb.FatalException)
# Characters of outputs below which several threads cost more than they save, and a file more than it does.
SMALL = 4_000_000
BEFORE = "before"
_LINE_BITS = 32
# A query reads the tables and nothing else: no file, no extension, no variable of Python's; and nothing unlocks that.
_CONFINED = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "python_enable_replacements": "false",
}
# What is set only when all is attached.
_CLOSING = {"enable_external_access": "false", "lock_configuration": "true"}
# Views that have a row for every MAC address: to write them down costs more than to work them out again.
_ROW_FOR_ROW = {"remote_macs_by_vni", "evpn_mac_addresses"}
# The schema of views that are tables for a while.
_STANDING = "standing"
# The tables and views that each query names, as they were found.
_NAMES: dict[str, frozenset[str]] = {}
# The types of the columns that each query gives: every fabric has the same tables and views.
_KINDS: dict[str, dict[str, str]] = {}


@dataclass(frozen=True)
class Evidence:
    """Name one line that a device printed. `number` counts from 1."""

    device: str
    command: str
    number: int
    line: str


@dataclass
class Fabric:
    """Hold the database, and lead from an evidence number to the line that it stands for."""

    connection: duckdb.DuckDBPyConnection
    devices: tuple[Device, ...]
    polls: int = 1
    left_out: frozenset[str] = frozenset()
    intent_given: bool = False
    sources: list[tuple[str, str, Sequence[str]]] = field(default_factory=list)
    source: str = "SOURCE"
    # Whether there is so little that a query gains nothing by several threads; several queries then run side by side.
    small: bool = False
    # A device, a command whose answer was not understood though its tables are complete without it, and why.
    unread: list[tuple[str, str, str]] = field(default_factory=list)
    # What `_find_gaps` found, as long as nothing is written.
    _gaps: dict[str, list[tuple[str, str]]] | None = field(default=None, init=False, repr=False)

    def evidence(self, number: int) -> Evidence:
        """Return the line that an evidence column's number stands for."""
        device, command, lines = self.sources[number >> _LINE_BITS]
        line = number & ((1 << _LINE_BITS) - 1)
        return Evidence(device, command, line, lines[line - 1] if 0 < line <= len(lines) else "")

    def add_source(self, device: str, command: str, lines: Sequence[str]) -> int:
        """Keep a text whose lines are evidence; return the number that the number of a line is added to."""
        self.sources.append((device, command, lines))
        return (len(self.sources) - 1) << _LINE_BITS

    def tables_read(self, sql: str) -> set[str]:
        """Return the tables that a query reads, through views too.

        A view that reads `coverage` has weighed by itself what is not known: its tables are not counted.
        """
        tables = schema.tables()
        found: set[str] = set()
        queue, seen = [sql], set[str]()
        while queue:
            for name in self._names_in(queue.pop()) - seen:
                seen.add(name)
                if name in tables:
                    found.add(name)
                elif name in self.views and "coverage" in self._names_in(self.views[name]):
                    found.add("coverage")
                elif name in self.views:
                    queue.append(self.views[name])
        return found

    def lacking(self, tables: Iterable[str]) -> dict[str, str]:
        """Return the devices of which something of some tables is not known, with the reason."""
        gaps = self._gaps if self._gaps is not None else self._find_gaps()
        reasons = defaultdict[str, set[str]](set)
        for table in set(tables):
            for device, reason in gaps.get(table, ()):
                reasons[device].add(reason)
        return {device: "; ".join(filter(None, sorted(reasons[device]))) for device in sorted(reasons)}

    def _find_gaps(self) -> dict[str, list[tuple[str, str]]]:
        """Return by table the devices of which it is not known, each with the reason."""
        found = defaultdict[str, list[tuple[str, str]]](list)
        for table, device, reason in self.query(
            "SELECT DISTINCT table_name, device, coalesce(reason, '') FROM coverage WHERE NOT covered"
        )[1]:
            found[table].append((device, reason))
        return found

    def _names_in(self, sql: str) -> frozenset[str]:
        """Return the tables and views that a SELECT names itself."""
        self._learn([sql])
        if sql not in _NAMES:
            raise UsageError(f"the query cannot be read: {self.read_names([sql])[1][sql]}")
        return _NAMES[sql]

    def _learn(self, queries: Sequence[str]) -> None:
        """Find out, where it is not known yet, which tables and views queries name."""
        unread = [sql for sql in dict.fromkeys(queries) if sql not in _NAMES]
        _NAMES.update((sql, names) for sql in unread if (names := ahead.names(sql)) is not None)
        if unread := [sql for sql in unread if sql not in _NAMES]:
            _NAMES.update(self.read_names(unread)[0])

    def read_names(self, queries: Sequence[str]) -> tuple[dict[str, frozenset[str]], dict[str, str]]:
        """Ask DuckDB which tables and views queries name, and why some of them cannot be read, all in one statement."""
        # get_table_names() looks through views in some releases of DuckDB and not in others; the tree does not.
        rows = self.connection.execute(
            "SELECT query, tree->>'error_message', json_extract_string(tree, '$..table_name') "
            "FROM (SELECT query, json_serialize_sql(query) AS tree FROM (SELECT unnest(?::VARCHAR[]) AS query))",
            [list(queries)],
        ).fetchall()
        named = {query: frozenset(names) for query, error, names in rows if not error}
        return named, {query: error for query, error, _ in rows if error}

    def _read_ahead(self, queries: Iterable[str]) -> None:
        """Find at once which tables and views several queries name, and the views that they read."""
        seen: set[str] = set()
        while unread := [sql for sql in dict.fromkeys(queries) if sql not in seen]:
            self._learn(unread)
            seen.update(unread)
            named = {name for sql in unread for name in _NAMES.get(sql, ())}
            queries = [self.views[name] for name in named & self.views.keys()]

    @contextmanager
    def standing(self, queries: Iterable[str], beside: int = 0) -> Iterator[list[Fabric]]:
        """Work out once, until the end, what several of the queries read in common: such views are tables meanwhile.

        Gives the fabric, or so many of its like that threads can query at once, each its own. No other row may be
        written in the meantime.
        """
        queries = list(queries)
        self._read_ahead(queries)
        readers = Counter(name for sql in queries for name in self._views_read(sql))
        # Views stand in an order in which each reads those before it.
        wanted = [name for name in self.views if readers[name] > 1 and name not in _ROW_FOR_ROW]
        (catalog,) = self.connection.execute("SELECT current_database()").fetchone() or ("memory",)
        place = f'"{catalog}".{_STANDING}'
        made: list[str] = []
        alike: list[Fabric] = []
        try:
            self._gaps = self._find_gaps()
            self.connection.execute(f"CREATE SCHEMA {place}")
            for name in wanted:
                # What cannot be worked out stays a view, and the check that reads it says why it could not be run.
                with suppress(duckdb.Error):
                    self.connection.execute(f'CREATE TABLE {place}.{name} AS FROM "{catalog}".main.{name}')
                    _shadow(self.connection, name, place)
                    made.append(name)
            alike += [self._alike(catalog) for _ in range(beside)]
            for one in alike:
                for name in made:
                    _shadow(one.connection, name, place)
            yield alike or [self]
        finally:
            self._gaps = None
            for one in alike:
                one.connection.close()
            for name in made:
                self.connection.execute(f"DROP VIEW temp.{name}")
            self.connection.execute(f"DROP SCHEMA IF EXISTS {place} CASCADE")

    def _alike(self, catalog: str) -> Fabric:
        """Return the fabric with a connection of its own to the same tables."""
        made = copy(self)
        made.connection = self.connection.cursor()
        made.connection.execute(f'USE "{catalog}"')
        return made

    def _views_read(self, sql: str) -> set[str]:
        """Return the views that a query reads, through others too; none of a query that cannot be read."""
        found: set[str] = set()
        queue = [sql]
        while queue:
            try:
                named = self._names_in(queue.pop()) & self.views.keys()
            except UsageError:  # it is told when the check is run
                continue
            queue += [self.views[name] for name in named - found]
            found |= named
        return found

    @contextmanager
    def at_once(self) -> Iterator[None]:
        """Write all that is written until the end as one: a file is waited for once, not for each table."""
        self.connection.begin()
        try:
            yield
        except BaseException:
            self.connection.rollback()
            raise
        self.connection.commit()

    @cached_property
    def views(self) -> dict[str, str]:
        """Return every view's query, by name, in the order of views.sql."""
        found = self.connection.execute(
            "SELECT view_name, sql FROM duckdb_views() WHERE NOT internal AND NOT temporary"
        ).fetchall()
        place = {name: index for index, name in enumerate(schema.views())}
        found.sort(key=lambda one: place.get(one[0], len(place)))
        return {name: re.sub(r"^CREATE VIEW .*? AS ", "", sql, flags=re.DOTALL).rstrip("; \n") for name, sql in found}

    def query(self, sql: str, parameters: Sequence[Any] = ()) -> tuple[list[str], list[tuple[Any, ...]]]:
        """Run one SELECT and return its columns and rows; raises UsageError with DuckDB's words for a bad one."""
        try:
            one_select(sql)
            result = self.connection.execute(sql, parameters)
            return [column[0] for column in result.description or []], result.fetchall()
        except duckdb.Error as error:
            raise UsageError(f"the query cannot be run: {error}") from error

    def kinds(self, sql: str) -> dict[str, str]:
        """Return the types of the columns that a SELECT gives, by name."""
        if sql not in _KINDS:
            _KINDS[sql] = ahead.columns(sql) or self.describe(f"(\n{one_select(sql)}\n)")
        return _KINDS[sql]

    def describe(self, source: str) -> dict[str, str]:
        """Ask DuckDB for the types of the columns of a table, or of a query in parentheses, by name."""
        try:
            return {row[0]: row[1] for row in self.connection.execute(f"DESCRIBE FROM {source}").fetchall()}
        except duckdb.Error as error:
            raise UsageError(f"the query cannot be run: {error}") from error

    def keep(self, name: str, sql: str) -> dict[str, str]:
        """Run one SELECT and keep its rows as a temporary table; return its columns' types, by name."""
        try:
            one_select(sql)
            self.connection.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS\n{sql}")
        except duckdb.Error as error:
            raise UsageError(f"the query cannot be run: {error}") from error
        return self.describe(f"temp.{name}")


def _shadow(connection: duckdb.DuckDBPyConnection, name: str, place: str) -> None:
    """Let a connection find the table of a view's name in its place; other views find it, too."""
    connection.execute(f"CREATE TEMP VIEW {name} AS FROM {place}.{name}")


@cache
def one_select(sql: str) -> str:
    """Return a query as it can stand inside another; raises UsageError where it is anything but one SELECT."""
    try:
        statements = duckdb.extract_statements(sql)
    except duckdb.Error as error:
        raise UsageError(f"the query cannot be run: {error}") from error
    if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
        raise UsageError("a query is one SELECT: nothing else is run")
    return sql.rstrip("; \n")


def empty(memory: int = 0, size: int = 0) -> Fabric:
    """Return a fabric of no devices: the whole schema, with its views, and no rows.

    `size` is how many characters it will be made from. A small one is held in memory, and a query of it runs on one
    thread. The tables of another are in a file, where they take a fifth of the room and are read in half the time, and
    its queries run on as many threads as the machine has processors. So much is held in memory (MiB; 0: four fifths of
    the machine's), the rest in a temporary folder that is removed with the connection, or when the process ends.
    """
    small = size < SMALL
    folder = tempfile.mkdtemp(prefix="vxcheck-")
    try:
        config: dict[str, Any] = {"temp_directory": folder}
        config |= {"memory_limit": f"{memory} MiB"} if memory else {}
        config |= {"threads": 1} if small else {}
        # The tables take less than the texts.
        kept = not small and shutil.disk_usage(folder).free > size
        made = _empty(_open(config, f"{folder}/fabric.duckdb" if kept else ":memory:"))
        _close(made.connection)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    weakref.finalize(made.connection, shutil.rmtree, folder, ignore_errors=True)
    made.small = small
    return made


@contextmanager
def room() -> Iterator[None]:
    """Say where there is no room for the tables. Raises UsageError."""
    try:
        yield
    except (UsageError, *NoRoomError) as error:
        cause = error.__cause__ if isinstance(error, UsageError) else error
        if not isinstance(cause, NoRoomError):
            raise
        words = " ".join(str(cause).split())
        where = tempfile.gettempdir()
        raise UsageError(f"the tables cannot be kept in {where} (TMPDIR names another place): {words}") from error


def two() -> tuple[Fabric, Fabric]:
    """Return two empty fabrics in one database: a query of the second can join the first, in the catalog `before`."""
    after = _open({})
    after.execute(f"ATTACH ':memory:' AS {BEFORE}")
    before = after.cursor()
    before.execute(f"USE {BEFORE}")
    made = _empty(before), _empty(after)
    _close(after)
    return made


def _open(config: Mapping[str, Any], database: str = ":memory:") -> duckdb.DuckDBPyConnection:
    """Open a database in which databases can still be attached."""
    return duckdb.connect(database, config={**_CONFINED, **config})


def _close(connection: duckdb.DuckDBPyConnection) -> None:
    """Attach nothing any more, and let nothing be set."""
    for name, to in _CLOSING.items():
        connection.execute(f"SET {name} = {to}")


def _empty(connection: duckdb.DuckDBPyConnection) -> Fabric:
    blank.fill(connection)
    return Fabric(connection, ())


def insert(
    connection: duckdb.DuckDBPyConnection, table: str, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]
) -> None:
    """Insert rows, a column at a time: DuckDB takes a list much faster than as many single rows."""
    if not rows:
        return
    types = {column.name: column.type for column in schema.tables()[table].columns}
    selects = ", ".join(f"unnest(?::{types[name]}[])" for name in columns)
    names = ", ".join(f'"{name}"' for name in columns)
    connection.execute(
        f"INSERT INTO {table} ({names}) SELECT {selects}", [[row[i] for row in rows] for i in range(len(columns))]
    )
