"""Outputs to rows: parse what every device of a snapshot said, and put it into a fabric's tables."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import duckdb

from vxcheck import bulk, content, parse, schema, underlay
from vxcheck.content import Command, Platform
from vxcheck.fabric import Fabric, empty, insert
from vxcheck.snapshot import COLLECTED, NOT_ASKED, REFUSED, Device, Output, Snapshot
from vxcheck.textlines import Lines

NOT_UNDERSTOOD = "not understood"
NOT_SUPPORTED = "not supported"
MISSING = "not in the snapshot"
_DERIVED = {"underlay_ways": "routes", "underlay_hops": "routes"}


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
    size = sum(len(output.text) for device in snapshot.devices for output in device.outputs)
    fabric = into or empty(memory, size)
    fabric.source = source
    fabric.devices = tuple(
        replace(device, platform=content.canonical(platforms, device.platform)) for device in snapshot.devices
    )
    fabric.polls = snapshot.polls
    fabric.left_out = frozenset(left_out)
    lacking = list[Lacking]()
    for device in fabric.devices:
        with fabric.at_once():
            lacking += load_device(fabric, device, platforms.get(device.platform))
    fabric.connection.execute(schema.text("derived.sql"))
    _require_families(fabric, lacking)
    trace_underlay(fabric.connection)
    for name in sorted(fabric.left_out):
        insert(fabric.connection, "devices", ["device", "condition"], [(name, "left out")])
        _cover(fabric, name, dict.fromkeys(schema.tables(), (False, "left out by --device")))
    return fabric


def trace_underlay(connection: duckdb.DuckDBPyConnection) -> None:
    """Fill underlay_ways and underlay_hops from what the other tables hold."""
    for ways, hops in underlay.trace(connection):
        bulk.insert(
            connection, "underlay_ways", dict(zip(underlay.Way._fields, zip(*ways, strict=True), strict=False)), {}
        )
        bulk.insert(
            connection, "underlay_hops", dict(zip(underlay.Hop._fields, zip(*hops, strict=True), strict=False)), {}
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


@dataclass(frozen=True)
class Lacking:
    """Name a table that lacks what a device shows of an IP family, and why."""

    device: str
    table: str
    family: int
    reason: str


def load_device(fabric: Fabric, device: Device, platform: Platform | None) -> list[Lacking]:
    """Parse what a device said into a fabric's tables; return what they lack of an IP family."""
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
    return list(_lacking_families(device.name, platform, states)) if platform else []


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
        shown = {states.get(one.name, ("", ""))[0] for one in platform.fills(table) if one.collect}
        whole = COLLECTED in shown or NOT_SUPPORTED in shown
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


def _lacking_families(device: str, platform: Platform, states: Mapping[str, tuple[str, str]]) -> Iterator[Lacking]:
    """Yield the tables that have a command for each IP family, with a family that none of them told, and why."""
    for table in schema.tables():
        fill = platform.fills(_DERIVED.get(table, table))
        for family in sorted({command.family for command in fill if command.family}):
            told = [
                (command, *states.get(command.name, (MISSING, ""))) for command in fill if command.family in (0, family)
            ]
            if not any(condition in (COLLECTED, NOT_SUPPORTED) for _, condition, _ in told):
                reasons = (_reason(*one) for one in told if one[0].collect or one[1] != MISSING)
                yield Lacking(device, table, family, "; ".join(reasons))


def _require_families(fabric: Fabric, lacking: Sequence[Lacking]) -> None:
    """Take a table for incomplete that lacks what a device shows of an IP family in which VTEPs send."""
    if not lacking:
        return
    _, rows = fabric.query(
        "SELECT DISTINCT contains(address, ':') FROM ("
        "SELECT unnest([vtep_ip, multicast_group, remote]) AS address FROM vteps UNION ALL "
        "SELECT multicast_group FROM vnis UNION ALL SELECT peer FROM flood_lists UNION ALL "
        "SELECT peer FROM remote_vteps) WHERE address IS NOT NULL"
    )
    used = {6 if six else 4 for (six,) in rows}
    for one in lacking:
        if one.family in used:
            fabric.connection.execute(
                "UPDATE coverage SET covered = false, reason = ? WHERE device = ? AND table_name = ? AND covered",
                [one.reason, one.device, one.table],
            )


def _reason(command: Command, condition: str, reason: str) -> str:
    if condition == NOT_ASKED:
        return reason
    return f"{command.name}: {condition}" + (f": {reason}" if reason else "")


def _cover(fabric: Fabric, device: str, found: Mapping[str, tuple[bool | None, str]]) -> None:
    rows = [(device, table, covered, reason) for table, (covered, reason) in found.items()]
    insert(fabric.connection, "coverage", ["device", "table_name", "covered", "reason"], rows)
