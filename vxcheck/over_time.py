"""Rows of a table over time: where a MAC address has been, since when a route was there, until when.

An output that did not change is parsed once: a table's rows rest on their own device's outputs alone, a view's on those
of all devices.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from vxcheck import content, fabric, loading, schema, snapshot, store
from vxcheck.content import Command, Platform
from vxcheck.snapshot import COLLECTED, Device, Snapshot
from vxcheck.timeline import GONE, intervals

# What goes on by itself says nothing of where something is.
_MOVING = {"age", "uptime", "moves", "seconds", "users", "local_sequence", "remote_sequence", "prefixes_received"}
# Filled otherwise than by commands that name them.
_OTHERWISE = {"devices", "commands", "coverage", "underlay_ways", "underlay_hops", "intent_devices", "intent_members"}
TIMES = ("first_seen", "last_seen", "gone_at", "state")


@dataclass(frozen=True)
class OverTime:
    """Hold rows with the times of each, and what is not known: of which device, why, and in which snapshots."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    lacking: Mapping[tuple[str, str], tuple[str, ...]]


@dataclass
class _Read:
    """Hold what one device gave (or, for a view, all of them): rows by device, and why something is not known."""

    rows: dict[str, set[tuple[Any, ...]]] = field(default_factory=lambda: defaultdict(set))
    lacking: dict[str, str] = field(default_factory=dict)


def rows(folder: Path, table: str, sql: str, values: Sequence[Any], platforms: Mapping[str, Platform]) -> OverTime:
    """Return what a SELECT on one table or view gives in all snapshots of a history, each row with its times.

    Raises UsageError where a snapshot cannot be read at all.
    """
    empty = fabric.empty()
    tables = empty.tables_read(sql)
    columns = empty.query(sql, values)[0]
    told_of = schema.tables().get(table)
    rules = told_of.comparison.rules if told_of else ()
    noise = _MOVING | {name for rule in rules if rule.word == "noise" for name in rule.names}
    shown = [i for i, name in enumerate(columns) if name not in noise and not name.endswith("evidence")]
    place = columns.index("device") if "device" in columns else None
    of_one = told_of is not None and place is not None and not tables & _OTHERWISE
    known: dict[Any, _Read] = {}
    seen: dict[tuple[str, tuple[Any, ...]], set[str]] = defaultdict(set)
    unknown: dict[str, dict[str, str]] = {}
    paths = store.snapshots(folder)
    for path in paths:
        told = snapshot.manifest(path)
        devices = _entries(path, told, tables, platforms)
        # Of a table, each device is read for itself; of a view, all are read again where one has changed.
        keys = {one.name: one.key for one in devices} if of_one else dict.fromkeys([""], tuple(d.key for d in devices))
        new = [one for one in devices if keys[one.name if of_one else ""] not in known]
        if new:
            taken = tuple(snapshot.read_device(path / store.MANIFEST, one.index, one.entry) for one in new)
            read = _query(taken, told, platforms, sql, values, tables, place, shown)
            for name, key in keys.items():
                if key not in known:
                    known[key] = _of(read, name) if of_one else read
        unknown[path.name] = dict.fromkeys(told.get("left_out", ()), "left out by --device")
        for key in keys.values():
            unknown[path.name] |= known[key].lacking
            for device, found in known[key].rows.items():
                for row in found:
                    seen[device, row].add(path.name)
    names = [path.name for path in paths]
    made = [
        (*row, when.first, when.last, when.after if when.state == GONE else None, when.state)
        for (device, row), there in seen.items()
        for when in intervals((name, name in there or _absent(unknown[name], device)) for name in names)
    ]
    made.sort(key=lambda row: (row[len(shown)], str(row)))
    lacking: dict[tuple[str, str], tuple[str, ...]] = {}
    for name in names:
        for lack in unknown[name].items():
            lacking[lack] = (*lacking.get(lack, ()), name)
    return OverTime((*(columns[i] for i in shown), *TIMES), tuple(made), lacking)


def _absent(unknown: Mapping[str, str], device: str) -> bool | None:
    """Tell what it means that a row is not there: it is gone, or nobody knows."""
    return None if device in unknown or (not device and unknown) else False


@dataclass(frozen=True)
class _Entry:
    """Hold the entry of one device with the outputs that matter, and what makes them the same as others."""

    index: int
    name: str
    entry: Any
    key: Any


def _entries(path: Path, told: dict[str, Any], tables: set[str], platforms: Mapping[str, Platform]) -> list[_Entry]:
    found = []
    for index, entry in enumerate(snapshot.entries_of(path, told)):
        if not isinstance(entry, dict) or not isinstance(entry.get("outputs"), list):
            found.append(_Entry(index, str(index), entry, object()))
            continue
        platform = platforms.get(content.canonical(platforms, str(entry.get("platform"))))
        outputs = entry["outputs"]
        if platform and not tables & _OTHERWISE:
            wanted = _wanted(platform, tables)
            outputs = [one for one in outputs if platform.command(str(one.get("command"))) in wanted]
        key: Any = tuple((o.get("command"), o.get("poll"), o.get("condition"), o.get("sha256")) for o in outputs)
        if any("file" in one for one in outputs):
            key = object()  # not packed: who knows whether it has changed
        reason = entry.get("reason", "") if entry.get("condition", COLLECTED) != COLLECTED else ""
        name = str(entry.get("device"))
        key = (name, entry.get("platform"), entry.get("condition"), reason, key)
        found.append(_Entry(index, name, {**entry, "outputs": outputs}, key))
    return found


def _wanted(platform: Platform, tables: set[str]) -> tuple[Command, ...]:
    """Return the commands that some tables rest on, with those that say what a refusal of theirs means."""
    fill = [command for command in platform.commands if tables & set(command.tables)]
    beside = {command.only_with[0] for command in fill if command.only_with}
    if any("vteps" in command.tables for command in fill):
        beside.add("links")
    return tuple(command for command in platform.commands if command in fill or beside & set(command.tables))


def _query(
    devices: tuple[Device, ...],
    told: dict[str, Any],
    platforms: Mapping[str, Platform],
    sql: str,
    values: Sequence[Any],
    tables: set[str],
    place: int | None,
    shown: Sequence[int],
) -> _Read:
    made = loading.build(Snapshot(devices, polls=int(told.get("polls", 1))), platforms, told.get("left_out", ()))
    read = _Read()
    for row in made.query(sql, values)[1]:
        device = "" if place is None else str(row[place])
        read.rows[device].add(tuple(_fixed(row[i]) for i in shown))
    read.lacking |= made.lacking(tables)
    return read


def _of(read: _Read, device: str) -> _Read:
    found = _Read()
    found.rows[device] = read.rows.get(device, set())
    found.lacking = {device: read.lacking[device]} if device in read.lacking else {}
    return found


def _fixed(value: Any) -> Any:
    return tuple(_fixed(one) for one in value) if isinstance(value, list) else value
