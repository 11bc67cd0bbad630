"""Rows to tables and views: one DuckDB database in memory that holds what every device of a snapshot said."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import duckdb

from vxcheck import parse, schema, underlay
from vxcheck.content import Command, Platform
from vxcheck.errors import UsageError
from vxcheck.snapshot import COLLECTED, NOT_ASKED, REFUSED, Device, Output, Snapshot

NOT_UNDERSTOOD = "not understood"
NOT_SUPPORTED = "not supported"
MISSING = "not in the snapshot"
_LINE_BITS = 32
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
    sources: list[tuple[str, str, list[str]]] = field(default_factory=list)

    def evidence(self, number: int) -> Evidence:
        """Return the line that an evidence column's number stands for."""
        device, command, lines = self.sources[number >> _LINE_BITS]
        line = number & ((1 << _LINE_BITS) - 1)
        return Evidence(device, command, line, lines[line - 1] if 0 < line <= len(lines) else "")

    def tables_read(self, sql: str) -> set[str]:
        """Return the tables that a query reads, through views too.

        A view that reads `coverage` has weighed by itself what is not known: its tables are not counted.
        """
        views = self.views
        tables = schema.tables()
        found: set[str] = set()
        queue, seen = [sql], {""}
        while queue:
            for name in self._names_in(queue.pop()) - seen:
                seen.add(name)
                if name in tables:
                    found.add(name)
                elif name in views and "coverage" in self._names_in(views[name]):
                    found.add("coverage")
                elif name in views:
                    queue.append(views[name])
        return found

    def _names_in(self, sql: str) -> set[str]:
        """Return the tables and views that a SELECT names itself."""
        # get_table_names() looks through views in some releases of DuckDB and not in others; the syntax tree does not.
        row = self.connection.execute("SELECT json_serialize_sql(?::VARCHAR)", [sql]).fetchone()
        tree = json.loads(row[0]) if row else {"error": True, "error_message": "no answer"}
        if tree.get("error"):
            raise UsageError(f"the query cannot be read: {tree.get('error_message')}")
        found, queue = set(), [tree]
        while queue:
            node = queue.pop()
            if isinstance(node, dict):
                if node.get("type") == "BASE_TABLE":
                    found.add(node["table_name"])
                queue.extend(node.values())
            elif isinstance(node, list):
                queue.extend(node)
        return found

    @cached_property
    def views(self) -> dict[str, str]:
        """Return every view's query, by name."""
        found = self.connection.execute("SELECT view_name, sql FROM duckdb_views() WHERE NOT internal").fetchall()
        return {name: re.sub(r"^CREATE VIEW .*? AS ", "", sql, flags=re.DOTALL).rstrip("; \n") for name, sql in found}

    def query(self, sql: str, parameters: Sequence[Any] = ()) -> tuple[list[str], list[tuple[Any, ...]]]:
        """Run one SELECT and return its columns and rows; raises UsageError with DuckDB's words for a bad one."""
        try:
            statements = duckdb.extract_statements(sql)
            if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
                raise UsageError("a query is one SELECT: nothing else is run")
            result = self.connection.execute(sql, parameters)
            return [column[0] for column in result.description or []], result.fetchall()
        except duckdb.Error as error:
            raise UsageError(f"the query cannot be run: {error}") from error


def empty() -> Fabric:
    """Return a fabric of no devices: the whole schema, with its views, and no rows."""
    connection = duckdb.connect(":memory:", config={"autoinstall_known_extensions": "false"})
    connection.execute(schema.text())
    connection.execute(schema.text("views.sql"))
    connection.execute("SET enable_external_access = false")
    return Fabric(connection, ())


def build(snapshot: Snapshot, platforms: Mapping[str, Platform], left_out: Iterable[str] = ()) -> Fabric:
    """Parse a snapshot into tables; what could not be parsed is in `commands` and `coverage`."""
    fabric = empty()
    fabric.devices = snapshot.devices
    fabric.polls = snapshot.polls
    fabric.left_out = frozenset(left_out)
    for device in snapshot.devices:
        _load_device(fabric, device, platforms.get(device.platform))
    ways, hops = underlay.trace(fabric.connection)
    insert(fabric.connection, "underlay_ways", underlay.Way._fields, ways)
    insert(fabric.connection, "underlay_hops", underlay.Hop._fields, hops)
    for name in sorted(fabric.left_out):
        insert(fabric.connection, "devices", ["device", "condition"], [(name, "left out")])
        _cover(fabric, name, dict.fromkeys(schema.tables(), (False, "left out by --device")))
    return fabric


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
    """Gather the rows of one table of one device until all its commands are parsed."""

    rows: dict[Any, dict[str, Any]] = field(default_factory=dict)

    def add(self, table: schema.Table, row: dict[str, Any]) -> None:
        key = tuple(row.get(name) for name in table.key) if table.key else len(self.rows)
        known = self.rows.setdefault(key, row)
        if known is not row:
            for name, value in row.items():
                if known.get(name) is None:
                    known[name] = value


def _load_device(fabric: Fabric, device: Device, platform: Platform | None) -> None:
    connection = fabric.connection
    tables = schema.tables()
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
        if states[name][0] == COLLECTED and (lacking := _lacking(platform, states, whole, loading)):
            states[name] = MISSING, lacking
    for name, gathered in loading.items():
        columns = ["device", *(column.name for column in tables[name].columns if column.name != "device")]
        insert(connection, name, columns, [tuple(row.get(c) for c in columns) for row in gathered.rows.values()])
    condition, reason = _condition(device, states)
    insert(
        connection,
        "devices",
        ["device", "platform", "condition", "reason"],
        [(device.name, device.platform, condition, reason)],
    )
    _cover(fabric, device.name, _coverage(device, platform, states))


def _lacking(
    platform: Platform | None,
    states: Mapping[str, tuple[str, str]],
    whole: set[str],
    loading: Mapping[str, _Loading],
) -> str:
    """Say what a command lacks of which only outputs of one interface each are there; '' where nothing is lacking."""
    listing = [command.name for command in (platform.fills("links") if platform else ()) if command.name in whole]
    if not any(states[one][0] == COLLECTED for one in listing):
        return "only single interfaces were shown, and nothing lists them all"
    listed, shown = (
        {row["interface"] for row in loading[table].rows.values()} if table in loading else set()
        for table in ("links", "vteps")
    )
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
        return NOT_UNDERSTOOD, str(error)
    source = len(fabric.sources)
    fabric.sources.append((device, output.command, parse.clean(output.text).splitlines()))
    tables = schema.tables()
    for rows in found:
        table = tables[rows.table]
        evidence, has_poll = table.evidence, table.has_poll
        gathered = loading.setdefault(rows.table, _Loading())
        for values, lines in zip(rows.values, rows.lines, strict=True):
            row: dict[str, Any] = dict(zip(rows.columns, values, strict=True)) | {"device": device}
            if has_poll:
                row["poll"] = output.poll
            for name, of in evidence.items():
                if of in lines:
                    row[name] = (source << _LINE_BITS) | lines[of]
            gathered.add(table, row)
    return COLLECTED, ""


def _worse(one: tuple[str, str] | None, other: tuple[str, str]) -> tuple[str, str]:
    """Weigh a command's several outputs (two polls, an interface each): what one of them lacks, the command lacks."""
    return other if one is None or one[0] == COLLECTED else one


def _condition(device: Device, states: Mapping[str, tuple[str, str]]) -> tuple[str, str]:
    """Return the device's condition, with refusals that only the parser recognised."""
    refused = [f"{command}: {reason}" for command, (condition, reason) in states.items() if condition == REFUSED]
    if device.condition == COLLECTED and refused:
        return REFUSED, "; ".join(refused)
    return device.condition, device.reason


def _coverage(
    device: Device, platform: Platform | None, states: Mapping[str, tuple[str, str]]
) -> dict[str, tuple[bool | None, str]]:
    """Say of each table whether it is complete: one command that fills it, and is not optional, was understood."""
    found: dict[str, tuple[bool | None, str]] = {}
    silent = device.condition not in (COLLECTED, REFUSED) and all(one[0] != COLLECTED for one in states.values())
    for table in schema.tables():
        if platform is None or silent:
            found[table] = (False, f"{device.condition}: {device.reason}")
            continue
        filled = _DERIVED.get(table, table)
        commands = [command for command in platform.fills(filled) if not command.optional]
        if not commands:
            found[table] = (None, f"vxcheck reads no {table} from {platform.name}")
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


def _reason(command: Command, condition: str, reason: str) -> str:
    if condition == NOT_ASKED:
        return reason
    return f"{command.name}: {condition}" + (f": {reason}" if reason else "")


def _cover(fabric: Fabric, device: str, found: Mapping[str, tuple[bool | None, str]]) -> None:
    rows = [(device, table, covered, reason) for table, (covered, reason) in found.items()]
    insert(fabric.connection, "coverage", ["device", "table_name", "covered", "reason"], rows)
