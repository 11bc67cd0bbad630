"""Rows to tables and views: one DuckDB database in memory that holds what every device of a snapshot said."""

from __future__ import annotations

import re
import shlex
import shutil
import tempfile
import weakref
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from typing import Any

import duckdb

from vxcheck import bulk, content, parse, schema, underlay
from vxcheck.content import Command, Platform
from vxcheck.errors import UsageError
from vxcheck.snapshot import COLLECTED, NOT_ASKED, REFUSED, Device, Output, Snapshot
from vxcheck.textlines import Lines

TooLittleMemoryError = duckdb.OutOfMemoryException
NOT_UNDERSTOOD = "not understood"
NOT_SUPPORTED = "not supported"
MISSING = "not in the snapshot"
BEFORE = "before"
_LINE_BITS = 32
# A query reads the tables and nothing else: no file, no extension, no variable of Python's; and nothing unlocks that.
_CONFINED: dict[str, str | bool | int | float | list[str]] = {
    "enable_external_access": "false",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "python_enable_replacements": "false",
    "lock_configuration": "true",
}
# Views that have a row for every MAC address: to write them down costs more than to work them out again.
_ROW_FOR_ROW = {"remote_macs_by_vni", "evpn_mac_addresses"}
# The tables and views that each query names, as they were found.
_NAMES: dict[str, frozenset[str]] = {}
_DERIVED = {"underlay_ways": "routes", "underlay_hops": "routes"}


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
    # A device, a table, an IP family of which the table has no rows for want of an answer, and why.
    lacks_family: list[tuple[str, str, int, str]] = field(default_factory=list)
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
        if sql not in _NAMES and (error := self._read_names([sql]).get(sql)):
            raise UsageError(f"the query cannot be read: {error}")
        return _NAMES[sql]

    def _read_names(self, queries: Sequence[str]) -> dict[str, str]:
        """Find which tables and views queries name, all in one statement; return those that cannot be read, and why."""
        # get_table_names() looks through views in some releases of DuckDB and not in others; the tree does not.
        rows = self.connection.execute(
            "SELECT query, tree->>'error_message', json_extract_string(tree, '$..table_name') "
            "FROM (SELECT query, json_serialize_sql(query) AS tree FROM (SELECT unnest(?::VARCHAR[]) AS query))",
            [list(queries)],
        ).fetchall()
        _NAMES.update((query, frozenset(names)) for query, error, names in rows if not error)
        return {query: error for query, error, _ in rows if error}

    def _read_ahead(self, queries: Iterable[str]) -> None:
        """Find at once which tables and views several queries name, and the views that they read."""
        while unread := [sql for sql in dict.fromkeys(queries) if sql not in _NAMES]:
            self._read_names(unread)
            named = {name for sql in unread for name in _NAMES.get(sql, ())}
            queries = [self.views[name] for name in named & self.views.keys()]

    @contextmanager
    def standing(self, queries: Iterable[str]) -> Iterator[None]:
        """Work out once, until the end, what several of the queries read in common: such views are tables meanwhile.

        No other row may be written in the meantime.
        """
        queries = list(queries)
        self._read_ahead(queries)
        readers = Counter(name for sql in queries for name in self._views_read(sql))
        # Views stand in an order in which each reads those before it.
        wanted = [name for name in self.views if readers[name] > 1 and name not in _ROW_FOR_ROW]
        (catalog,) = self.connection.execute("SELECT current_database()").fetchone() or ("memory",)
        try:
            self._gaps = self._find_gaps()
            for name in wanted:
                # A temporary table is found before the view of its name, by other views too. What cannot be worked out
                # stays a view, and the check that reads it says why it could not be run.
                with suppress(duckdb.Error):
                    self.connection.execute(f'CREATE TEMP TABLE {name} AS FROM "{catalog}".main.{name}')
            yield
        finally:
            self._gaps = None
            for name in wanted:
                self.connection.execute(f"DROP TABLE IF EXISTS temp.{name}")

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

    @cached_property
    def views(self) -> dict[str, str]:
        """Return every view's query, by name, in the order of views.sql."""
        found = self.connection.execute(
            "SELECT view_name, sql FROM duckdb_views() WHERE NOT internal ORDER BY view_oid"
        ).fetchall()
        return {name: re.sub(r"^CREATE VIEW .*? AS ", "", sql, flags=re.DOTALL).rstrip("; \n") for name, sql in found}

    def query(self, sql: str, parameters: Sequence[Any] = ()) -> tuple[list[str], list[tuple[Any, ...]]]:
        """Run one SELECT and return its columns and rows; raises UsageError with DuckDB's words for a bad one."""
        try:
            one_select(sql)
            result = self.connection.execute(sql, parameters)
            return [column[0] for column in result.description or []], result.fetchall()
        except duckdb.Error as error:
            raise UsageError(f"the query cannot be run: {error}") from error

    def kinds(self, query: str) -> dict[str, str]:
        """Return the types of the columns that a query in parentheses gives, by name."""
        try:
            described = self.connection.execute(f"DESCRIBE FROM {query}").fetchall()
        except duckdb.Error as error:
            raise UsageError(f"the query cannot be run: {error}") from error
        return {row[0]: row[1] for row in described}

    def keep(self, name: str, sql: str) -> dict[str, str]:
        """Run one SELECT and keep its rows as a temporary table; return its columns' types, by name."""
        try:
            one_select(sql)
            self.connection.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS\n{sql}")
        except duckdb.Error as error:
            raise UsageError(f"the query cannot be run: {error}") from error
        return self.kinds(name)


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


def empty(memory: int = 0) -> Fabric:
    """Return a fabric of no devices: the whole schema, with its views, and no rows.

    So much of its tables is held in memory (MiB; 0: four fifths of the machine's), the rest in a temporary folder. This
    one is removed with the connection, or when the process ends.
    """
    folder = tempfile.mkdtemp(prefix="vxcheck-")
    try:
        limit = {"memory_limit": f"{memory} MiB"} if memory else {}
        made = _empty(duckdb.connect(":memory:", config=_CONFINED | {"temp_directory": folder} | limit))
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    weakref.finalize(made.connection, shutil.rmtree, folder, ignore_errors=True)
    return made


def two() -> tuple[Fabric, Fabric]:
    """Return two empty fabrics in one database: a query of the second can join the first, in the catalog `before`."""
    # What is attached comes first: the rest is closed behind it.
    still = ("enable_external_access", "lock_configuration")
    after = duckdb.connect(":memory:", config={name: to for name, to in _CONFINED.items() if name not in still})
    after.execute(f"ATTACH ':memory:' AS {BEFORE}")
    before = after.cursor()
    before.execute(f"USE {BEFORE}")
    made = _empty(before), _empty(after)
    for name in still:
        after.execute(f"SET {name} = {_CONFINED[name]}")
    return made


def _empty(connection: duckdb.DuckDBPyConnection) -> Fabric:
    connection.execute(schema.text())
    connection.execute(schema.text("views.sql"))
    return Fabric(connection, ())


def build(
    snapshot: Snapshot,
    platforms: Mapping[str, Platform],
    left_out: Iterable[str] = (),
    source: str = "SOURCE",
    into: Fabric | None = None,
    memory: int = 0,
) -> Fabric:
    """Parse a snapshot into tables; what could not be parsed is in `commands` and `coverage`.

    `source` is how the user named it: what is to be typed next begins with it. `into` is an empty fabric to fill;
    `memory` is that of `empty`.
    """
    fabric = into or empty(memory)
    fabric.source = source
    fabric.devices = tuple(
        replace(device, platform=content.canonical(platforms, device.platform)) for device in snapshot.devices
    )
    fabric.polls = snapshot.polls
    fabric.left_out = frozenset(left_out)
    for device in fabric.devices:
        _load_device(fabric, device, platforms.get(device.platform))
    fabric.connection.execute(schema.text("derived.sql"))
    _require_families(fabric)
    trace_underlay(fabric.connection)
    for name in sorted(fabric.left_out):
        insert(fabric.connection, "devices", ["device", "condition"], [(name, "left out")])
        _cover(fabric, name, dict.fromkeys(schema.tables(), (False, "left out by --device")))
    return fabric


def trace_underlay(connection: duckdb.DuckDBPyConnection) -> None:
    """Fill underlay_ways and underlay_hops from what the other tables hold."""
    for ways, hops in underlay.trace(connection):
        insert(connection, "underlay_ways", underlay.Way._fields, ways)
        insert(connection, "underlay_hops", underlay.Hop._fields, hops)


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


@dataclass
class _Loading:
    """Gather the rows of one table of one device until all its commands are parsed.

    Rows of a table with a key are merged; those of another stay columns, of which a large table has no more.
    """

    table: schema.Table
    device: str
    rows: dict[Any, dict[str, Any]] = field(default_factory=dict)
    parts: list[tuple[parse.Rows, int, int]] = field(default_factory=list)

    def add(self, found: parse.Rows, poll: int, source: int) -> None:
        """Add what one output says; `source` is what the number of a line is added to."""
        if not self.table.key:
            self.parts.append((found, poll, source))
            return
        for values, lines in zip(found.values, found.lines, strict=True):
            row: dict[str, Any] = dict(zip(found.columns, values, strict=True)) | {"device": self.device}
            if self.table.has_poll:
                row["poll"] = poll
            for name, of in self.table.evidence.items():
                if of in lines:
                    row[name] = source + lines[of]
            known = self.rows.setdefault(tuple(row.get(name) for name in self.table.key), row)
            if known is not row:
                for name, value in row.items():
                    if known.get(name) is None:
                        known[name] = value

    def seen(self, column: str) -> set[Any]:
        """Return the different values of a column."""
        found = {row.get(column) for row in self.rows.values()}
        for rows, _, _ in self.parts:
            found |= set(rows.by_column[rows.columns.index(column)]) if column in rows.columns else {None}
        return found

    def insert(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Put the rows into the database."""
        columns = ["device", *(column.name for column in self.table.columns if column.name != "device")]
        insert(connection, self.table.name, columns, [tuple(map(row.get, columns)) for row in self.rows.values()])
        for rows, poll, source in self.parts:
            told: dict[str, Sequence[Any] | bulk.Lines] = dict(zip(rows.columns, rows.by_column, strict=True))
            for name, of in self.table.evidence.items():
                if of in rows.numbers:
                    told[name] = bulk.Lines(rows.numbers[of], source)
            constants = {"device": self.device} | ({"poll": poll} if self.table.has_poll else {})
            bulk.insert(connection, self.table.name, told, constants)


def _load_device(fabric: Fabric, device: Device, platform: Platform | None) -> None:
    connection = fabric.connection
    loading: dict[str, _Loading] = {}
    states: dict[str, tuple[str, str]] = {}
    whole: set[str] = set()
    sent: list[tuple[Any, ...]] = []
    for output in device.outputs:
        command = platform.command(output.command) if platform else None
        condition, reason = output.condition, output.reason
        if condition == COLLECTED and platform and command:
            condition, reason = _load_output(fabric, device.name, platform, command, output, loading)
        elif condition == COLLECTED:
            condition, reason = NOT_UNDERSTOOD, f"vxcheck has no parser for it on {device.platform}"
        sent.append((device.name, output.command, output.poll, condition, reason, output.seconds))
        if command:
            states[command.name] = _worse(states.get(command.name), (condition, reason))
            whole |= set() if command.of_one(output.command) else {command.name}
    insert(connection, "commands", ["device", "command", "poll", "condition", "reason", "seconds"], sent)
    for name in states.keys() - whole:
        if states[name][0] == COLLECTED and (lacking := _lacking(platform, name, states, whole, loading)):
            states[name] = MISSING, lacking
    forgiven = _forgive(platform, states, loading)
    for gathered in loading.values():
        gathered.insert(connection)
    condition, reason = _condition(device, states, forgiven=forgiven)
    insert(
        connection,
        "devices",
        ["device", "platform", "condition", "reason", "role", "role_origin"],
        [(device.name, device.platform, condition, reason, device.role or None, "inventory" if device.role else None)],
    )
    covered = _coverage(device, platform, states)
    _cover(fabric, device.name, covered)
    for command in platform.commands if platform else ():
        state, reason = states.get(command.name, (MISSING, ""))
        if state == NOT_UNDERSTOOD and all(covered[table][0] for table in command.tables):
            fabric.unread.append((device.name, command.name, reason))
    fabric.lacks_family += [(device.name, *lacking) for lacking in _lacking_families(platform, states)]


def _forgive(platform: Platform | None, states: dict[str, tuple[str, str]], loading: Mapping[str, _Loading]) -> bool:
    """Take a refusal for "no such thing" where the device shows, in full, that it has nothing to tell of."""
    forgiven = False
    if platform is None:
        return forgiven
    for command in platform.commands:
        condition, reason = states.get(command.name, ("", ""))
        if not command.only_with or condition != REFUSED:
            continue
        table, column, value = command.only_with
        whole = any(states.get(one.name, ("", ""))[0] == COLLECTED for one in platform.fills(table) if one.collect)
        if whole and not (table in loading and value in loading[table].seen(column)):
            states[command.name] = NOT_SUPPORTED, reason
            forgiven = True
    return forgiven


def _lacking(
    platform: Platform | None,
    name: str,
    states: Mapping[str, tuple[str, str]],
    whole: set[str],
    loading: Mapping[str, _Loading],
) -> str:
    """Say what a command lacks of which only outputs of one interface each are there; '' where nothing is lacking."""
    if not any(command.name == name for command in (platform.fills("vteps") if platform else ())):
        return "only single interfaces were shown"
    listing = [command.name for command in (platform.fills("links") if platform else ()) if command.name in whole]
    if not any(states[one][0] == COLLECTED for one in listing):
        return "only single interfaces were shown, and nothing lists them all"
    listed, shown = (loading[table].seen("interface") if table in loading else set() for table in ("links", "vteps"))
    # Interfaces of other kinds have no details that anything here would miss.
    missing = sorted(one for one in listed - shown if one.startswith("vxlan"))
    return f"the details of {', '.join(missing)} were not shown" if missing else ""


def _load_output(
    fabric: Fabric,
    device: str,
    platform: Platform,
    command: Command,
    output: Output,
    loading: dict[str, _Loading],
) -> tuple[str, str]:
    try:
        found = parse.parse(platform, command, output.text)
    except parse.RefusedError as refusal:
        return (NOT_SUPPORTED if refusal.unsupported else REFUSED), f"the device answered {str(refusal)!r}"
    except parse.NotUnderstoodError as error:
        record = shlex.join(["vxcheck", "record", fabric.source, device, output.command])
        return NOT_UNDERSTOOD, f"{error}; to have it supported: {record}"
    source = fabric.add_source(device, output.command, Lines(parse.clean(output.text)))
    tables = schema.tables()
    for rows in found:
        gathered = loading.setdefault(rows.table, _Loading(tables[rows.table], device))
        gathered.add(rows, output.poll, source)
    return COLLECTED, ""


def _worse(one: tuple[str, str] | None, other: tuple[str, str]) -> tuple[str, str]:
    """Weigh a command's several outputs (two polls, an interface each): what one of them lacks, the command lacks."""
    return other if one is None or one[0] == COLLECTED else one


def _condition(device: Device, states: Mapping[str, tuple[str, str]], *, forgiven: bool) -> tuple[str, str]:
    """Return the device's condition, with refusals that only the parser recognised."""
    refused = [f"{command}: {reason}" for command, (condition, reason) in states.items() if condition == REFUSED]
    if device.condition == REFUSED and forgiven:
        return (REFUSED, "; ".join(refused)) if refused else (COLLECTED, "")
    if device.condition == COLLECTED and refused:
        return REFUSED, "; ".join(refused)
    return device.condition, device.reason


def _coverage(
    device: Device, platform: Platform | None, states: Mapping[str, tuple[str, str]]
) -> dict[str, tuple[bool | None, str]]:
    """Say of each table whether it is complete: one command that fills it, and is not optional, was understood.

    A table that only optional commands fill is none of the platform's where the device gives none of them.
    """
    found: dict[str, tuple[bool | None, str]] = {}
    silent = device.condition not in (COLLECTED, REFUSED) and all(one[0] != COLLECTED for one in states.values())
    for table in schema.tables():
        if platform is None or silent:
            found[table] = (False, f"{device.condition}: {device.reason}")
            continue
        filled = _DERIVED.get(table, table)
        fill = platform.fills(filled)
        commands = [command for command in fill if not command.optional] or [
            command for command in fill if states.get(command.name, (MISSING, ""))[0] not in (MISSING, REFUSED)
        ]
        if not commands:
            lacking = ", ".join(command.name for command in fill)
            found[table] = (
                None,
                f"it gave none of: {lacking}" if fill else f"vxcheck reads no {table} from {platform.name}",
            )
            continue
        told = [(command, *states.get(command.name, (MISSING, ""))) for command in commands]
        if any(condition in (COLLECTED, NOT_SUPPORTED) for _, condition, _ in told):
            found[table] = (True, "")
            continue
        # The reason is that of the command that was asked; those that are only read count where one of them was given.
        asked = [one for one in told if one[1] != MISSING] or [one for one in told if one[0].collect] or told
        reasons = (_reason(command, condition, reason) for command, condition, reason in asked)
        found[table] = (False, "; ".join(reasons))
    return found


def _lacking_families(
    platform: Platform | None, states: Mapping[str, tuple[str, str]]
) -> Iterator[tuple[str, int, str]]:
    """Yield the tables that have a command for each IP family, with a family that none of them told, and why."""
    for table in schema.tables() if platform else ():
        fill = platform.fills(_DERIVED.get(table, table)) if platform else ()
        for family in sorted({command.family for command in fill if command.family}):
            told = [
                (command, *states.get(command.name, (MISSING, ""))) for command in fill if command.family in (0, family)
            ]
            if not any(condition in (COLLECTED, NOT_SUPPORTED) for _, condition, _ in told):
                reasons = (_reason(*one) for one in told if one[0].collect or one[1] != MISSING)
                yield table, family, "; ".join(reasons)


def _require_families(fabric: Fabric) -> None:
    """Take a table for incomplete that lacks what a device shows of an IP family in which VTEPs send."""
    if not fabric.lacks_family:
        return
    _, rows = fabric.query(
        "SELECT DISTINCT contains(address, ':') FROM ("
        "SELECT unnest([vtep_ip, multicast_group, remote]) AS address FROM vteps UNION ALL "
        "SELECT multicast_group FROM vnis UNION ALL SELECT peer FROM flood_lists UNION ALL "
        "SELECT peer FROM remote_vteps) WHERE address IS NOT NULL"
    )
    used = {6 if six else 4 for (six,) in rows}
    for device, table, family, reason in fabric.lacks_family:
        if family in used:
            fabric.connection.execute(
                "UPDATE coverage SET covered = false, reason = ? WHERE device = ? AND table_name = ? AND covered",
                [reason, device, table],
            )


def _reason(command: Command, condition: str, reason: str) -> str:
    if condition == NOT_ASKED:
        return reason
    return f"{command.name}: {condition}" + (f": {reason}" if reason else "")


def _cover(fabric: Fabric, device: str, found: Mapping[str, tuple[bool | None, str]]) -> None:
    rows = [(device, table, covered, reason) for table, (covered, reason) in found.items()]
    insert(fabric.connection, "coverage", ["device", "table_name", "covered", "reason"], rows)
