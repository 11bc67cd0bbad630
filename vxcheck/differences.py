"""Compare what two looks at a fabric's devices showed, table by table, by the rules that stand in tables.sql."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from vxcheck import schema
from vxcheck.content import Platform
from vxcheck.fabric import BEFORE, Evidence, Fabric
from vxcheck.loading import MISSING, NOT_SUPPORTED
from vxcheck.schema import Column, Comparison, Table
from vxcheck.snapshot import COLLECTED

NEW, GONE, CHANGED, MOVED, GROWING = "new", "gone", "changed", "moved", "growing"
WHATS = (MOVED, CHANGED, GONE, NEW, GROWING)
# Differences of one table and kind that are fetched; those beyond are counted.
_MOST = 1000
_SLOWEST = 0.1
_AFTER = "memory"


@dataclass(frozen=True)
class Value:
    """Hold what a column was before and is after: one value, none, or several where several rows are one thing."""

    column: str
    before: tuple[str, ...]
    after: tuple[str, ...]


@dataclass(frozen=True)
class Difference:
    """Hold one thing that is not as it was. `row` says of what it is; of one that is new or gone, `values` are all.

    `per_second` is told of a counter that has grown, where the time between the looks is known.
    """

    table: str
    thing: str
    what: str
    device: str
    row: Mapping[str, str]
    values: tuple[Value, ...]
    before: Evidence | None = None
    after: Evidence | None = None
    per_second: float | None = None


@dataclass(frozen=True)
class Unread:
    """Name tables of a device that were not compared, for one look or both did not give them."""

    device: str
    tables: tuple[str, ...]
    reason: str


@dataclass(frozen=True)
class Differences:
    """Hold all differences, and what was not compared; `noise` counts by table what ages, `more` what is not listed."""

    told: tuple[Difference, ...] = ()
    unread: tuple[Unread, ...] = ()
    compared: int = 0
    noise: Mapping[str, int] = field(default_factory=dict)
    more: Mapping[str, int] = field(default_factory=dict)


def differences(before: Fabric, after: Fabric, platforms: Mapping[str, Platform], seconds: float | None) -> Differences:
    """Compare two fabrics that were made by `fabric.two`; `seconds` lie between the looks, where that is known."""
    covered, unread = _coverage(before, after, platforms)
    return _Comparing(before, after, seconds, covered, unread).all()


def _coverage(
    before: Fabric, after: Fabric, platforms: Mapping[str, Platform]
) -> tuple[Mapping[str, list[str]], tuple[Unread, ...]]:
    """Return the devices that were read in both looks, by table, and what was not."""
    rows = after.connection.execute(
        f"""SELECT n.table_name, n.device, o.covered, coalesce(o.reason, ''), n.covered, coalesce(n.reason, '')
            FROM {BEFORE}.main.coverage AS o
            JOIN {_AFTER}.main.coverage AS n ON n.device = o.device AND n.table_name = o.table_name
            ORDER BY ALL"""
    ).fetchall()
    covered: dict[str, list[str]] = {}
    unread: dict[tuple[str, str], list[str]] = {}
    tables = schema.tables()
    left_out = before.left_out | after.left_out
    named = {device.name: platforms.get(device.platform) for device in after.devices}
    read = _read(before, after, named)
    for table, device, was, why_then, is_now, why_now in rows:
        if device in left_out or not tables[table].comparison.thing:
            continue
        if was and is_now and not (lacking := _lacking(table, named.get(device), read.get(device, ({}, {})))):
            covered.setdefault(table, []).append(device)
        elif was and is_now:
            unread.setdefault((device, lacking), []).append(table)
        elif was is not None or is_now is not None:
            # What neither look could have had is not missing, nor what nobody asks for.
            same = not was and not is_now and why_then == why_now
            platform = named.get(device)
            if same and platform and not any(command.collect for command in platform.fills(table)):
                continue
            looks = [f"before: {why_then}"] * (not was) + [f"after: {why_now}"] * (not is_now)
            reason = why_now if same else "; ".join(looks)
            if same and reason.endswith(MISSING):
                reason = "its commands are in neither snapshot"
            unread.setdefault((device, reason), []).append(table)
    covered["devices"] = _devices(before, after, left_out)
    found = (Unread(device, tuple(tables), reason) for (device, reason), tables in unread.items())
    return covered, tuple(found)


def _read(
    before: Fabric, after: Fabric, platforms: Mapping[str, Platform | None]
) -> dict[str, tuple[dict[str, str], dict[str, str]]]:
    """Return, by device, what kept each command from being read in the one look and the other; '' where it was read."""
    found: dict[str, tuple[dict[str, str], dict[str, str]]] = {}
    for look, made in enumerate((before, after)):
        _, rows = made.query("SELECT device, command, condition, coalesce(reason, '') FROM commands WHERE poll = 1")
        for device, text, condition, reason in rows:
            platform = platforms.get(device)
            if platform and (command := platform.command(text)):
                why = "" if condition in (COLLECTED, NOT_SUPPORTED) else f"{condition}: {reason}"
                of_device = found.setdefault(device, ({}, {}))[look]
                of_device[command.name] = of_device.get(command.name) or why
    return found


def _lacking(table: str, platform: Platform | None, read: tuple[dict[str, str], dict[str, str]]) -> str:
    """Say which command of those that fill a table one look alone has: what the other one lacks of it is not gone."""
    for command in platform.fills(table) if platform else ():
        whys = [of_look.get(command.name, "not in the snapshot") for of_look in read]
        if "" in whys and any(whys):
            return f"{command.name}: {'before' if whys[0] else 'after'}: {whys[0] or whys[1]}"
    return ""


def _devices(before: Fabric, after: Fabric, left_out: frozenset[str]) -> list[str]:
    names = dict.fromkeys(device.name for device in (*before.devices, *after.devices))
    return [name for name in names if name not in left_out]


@dataclass
class _Comparing:
    before: Fabric
    after: Fabric
    seconds: float | None
    covered: Mapping[str, Sequence[str]]
    unread: tuple[Unread, ...]
    told: list[Difference] = field(default_factory=list)
    compared: int = 0
    noise: dict[str, int] = field(default_factory=dict)
    more: dict[str, int] = field(default_factory=dict)

    def all(self) -> Differences:
        held = self._held()
        for table in schema.tables().values():
            if table.name in held and (devices := self.covered.get(table.name)):
                self._counters(table, devices) if table.comparison.rates else self._table(table, devices)
        return Differences(tuple(self.told), self.unread, self.compared, self.noise, self.more)

    def _held(self) -> set[str]:
        """Return the tables that are compared and hold any row in either look."""
        counts = (
            f"SELECT '{table.name}' AS name WHERE EXISTS (SELECT 1 FROM {BEFORE}.main.{table.name}) "
            f"OR EXISTS (SELECT 1 FROM {_AFTER}.main.{table.name})"
            for table in schema.tables().values()
            if table.comparison.thing
        )
        return {name for (name,) in self.after.connection.execute(" UNION ALL ".join(counts)).fetchall()}

    def _table(self, table: Table, devices: Sequence[str]) -> None:
        rule = table.comparison
        connection = self.after.connection
        columns = ", ".join(f'o."{name}" AS "{name} before", n."{name}" AS "{name} after"' for name in _kept(table))
        keys = ", ".join(f'coalesce(o."{name}", n."{name}") AS "{name}"' for name in rule.by)
        changed = " OR ".join(f'o."{name}" IS DISTINCT FROM n."{name}"' for name in rule.compared) or "false"
        moved = " OR ".join(f'o."{name}" IS DISTINCT FROM n."{name}"' for name in rule.moves) or "false"
        connection.execute(
            f"""CREATE OR REPLACE TEMP TABLE differing AS
                WITH o AS MATERIALIZED ({_side(table, BEFORE)}), n AS MATERIALIZED ({_side(table, _AFTER)})
                SELECT CASE WHEN o.here IS NULL THEN '{NEW}' WHEN n.here IS NULL THEN '{GONE}'
                            WHEN {moved} THEN '{MOVED}' ELSE '{CHANGED}' END AS what,
                       {keys}, {columns}, {_told(rule)} AS told
                FROM o FULL OUTER JOIN n ON {_same("o", "n", rule.by)}
                WHERE o.here IS NULL OR n.here IS NULL OR {changed}""",
            [devices, devices],
        )
        self.compared += _count(
            connection.execute(
                f"SELECT count(*) FROM {_AFTER}.main.{table.name} WHERE list_contains(?, device)", [devices]
            )
        )
        if left_out := _count(connection.execute("SELECT count(*) FROM differing WHERE NOT told")):
            self.noise[table.name] = left_out
        cursor = connection.execute(
            f"""SELECT *, count(*) OVER (PARTITION BY what) AS "of" FROM differing WHERE told
                QUALIFY row_number() OVER (PARTITION BY what) <= {_MOST} ORDER BY what, {_list(rule.by)}"""
        )
        names = [column[0] for column in cursor.description or []]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
        self.told += [self._difference(table, row) for row in rows]
        if more := sum({row["what"]: row["of"] for row in rows}.values()) - len(rows):
            self.more[table.name] = more

    def _difference(self, table: Table, row: Mapping[str, Any]) -> Difference:
        rule = table.comparison
        values = tuple(
            Value(name, tuple(row[f"{name} before"] or ()), tuple(row[f"{name} after"] or ())) for name in rule.compared
        )
        values = tuple(value for value in values if value.before != value.after)
        of = values[0].column if values and row["what"] in (CHANGED, MOVED) else ""
        then, now = (
            _line(made, row.get(f"{of}_evidence {look}") or row.get(f"evidence {look}"))
            for look, made in (("before", self.before), ("after", self.after))
        )
        identity = _identity(rule, row)
        return Difference(table.name, rule.thing, row["what"], row["device"], identity, values, then, now)

    def _counters(self, table: Table, devices: Sequence[str]) -> None:
        """Tell how fast counters have grown from the last look of before to the first one of after."""
        rule = table.comparison
        last = f"(SELECT max(poll) FROM {BEFORE}.main.{table.name} AS l WHERE l.device = o.device)"
        out = "".join(f" AND NOT coalesce(({_of('n', table, one)}), false)" for one in rule.left_out)
        values = ", ".join(
            f'o."{name}"::VARCHAR AS "{name} before", n."{name}"::VARCHAR AS "{name} after"' for name in rule.rates
        )
        rates = ", ".join(f'n."{name}"::HUGEINT - o."{name}" AS "{name}"' for name in rule.rates)
        cursor = self.after.connection.execute(
            f"""SELECT {", ".join(f'n."{name}"' for name in rule.by)}, {rates},
                       o.evidence AS "evidence before", n.evidence AS "evidence after",
                       {values}
                FROM {BEFORE}.main.{table.name} AS o
                JOIN {_AFTER}.main.{table.name} AS n ON {_same("o", "n", rule.by)}
                WHERE list_contains(?, n.device) AND n.poll = 1 AND o.poll = {last}{out}
                ORDER BY {", ".join(f'n."{name}"' for name in rule.by)}""",
            [devices],
        )
        names = [column[0] for column in cursor.description or []]
        for cells in cursor.fetchall():
            row = dict(zip(names, cells, strict=True))
            self.compared += 1
            for name in rule.rates:
                grown, rate = row[name], None
                if self.seconds and grown is not None:
                    rate = grown / self.seconds
                # One that went backwards was cleared.
                if grown is None or grown <= 0 or (rate is not None and rate < _SLOWEST):
                    continue
                value = Value(name, (row[f"{name} before"],), (row[f"{name} after"],))
                then, now = _line(self.before, row["evidence before"]), _line(self.after, row["evidence after"])
                identity = _identity(rule, row)
                self.told.append(
                    Difference(table.name, rule.thing, GROWING, row["device"], identity, (value,), then, now, rate)
                )


def _line(made: Fabric, number: int | None) -> Evidence | None:
    return None if number is None else made.evidence(number)


def _identity(rule: Comparison, row: Mapping[str, Any]) -> Mapping[str, str]:
    return {name: str(row[name]) for name in rule.by if name != "device" and row[name] is not None}


def _count(cursor: Any) -> int:
    return int(cursor.fetchone()[0])


def _kept(table: Table) -> list[str]:
    """Return the columns of a look that are fetched: those that are compared, and the lines of all."""
    lines = [column.name for column in table.columns if column.unit == "line"]
    return [*table.comparison.compared, *lines]


def _list(names: Iterable[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)


def _same(one: str, other: str, names: Sequence[str]) -> str:
    return " AND ".join(f'{one}."{name}" IS NOT DISTINCT FROM {other}."{name}"' for name in names)


def _of(alias: str, table: Table, condition: str) -> str:
    """Return a rule's condition on the rows of one of two joined tables."""
    return f"SELECT {condition} FROM (SELECT {', '.join(f'{alias}.{_quoted(c)}' for c in table.columns)}) AS one"


def _quoted(column: Column) -> str:
    return f'"{column.name}"'


def _side(table: Table, catalog: str) -> str:
    """Return the query that gives a look's things, one row each: of several rows, the different values in a list."""
    rule = table.comparison
    kinds = {column.name: column.type for column in table.columns}
    parts = [f'list_sort(list_distinct(list({_text(name, kinds[name])}))) AS "{name}"' for name in rule.compared]
    parts += [f'min("{column.name}") AS "{column.name}"' for column in table.columns if column.unit == "line"]
    parts.append(f"bool_and({rule.ages or 'false'}) AS ages")
    out = "".join(f" AND NOT coalesce(({condition}), false)" for condition in rule.left_out)
    return (
        f"SELECT {_list(rule.by)}, true AS here, {', '.join(parts)} FROM {catalog}.main.{table.name} "
        f"WHERE list_contains(?, device){out} GROUP BY {_list(rule.by)}"
    )


def _text(name: str, kind: str) -> str:
    if kind.endswith("[]"):
        return f"array_to_string(list_sort(\"{name}\"), ', ')"
    return f"printf('%g', \"{name}\")" if kind == "DOUBLE" else f'"{name}"::VARCHAR'


def _told(rule: Comparison) -> str:
    """Return whether a difference is told: of what ages and is in one look alone, only what is heard in both."""
    if not rule.ages:
        return "true"
    both = "o.here AND n.here"
    if rule.heard is None:
        return f"coalesce({both}, false) OR NOT coalesce(o.ages, n.ages)"
    column, view = rule.heard
    heard = " AND ".join(
        f'coalesce(o."{column}", n."{column}") IN (SELECT "{column}" FROM {catalog}.main.{view})'
        for catalog in (BEFORE, _AFTER)
    )
    place = [*(name for name in rule.by if name != column), *rule.moves]
    empty = (
        f"CASE WHEN n.here IS NULL THEN NOT EXISTS (SELECT 1 FROM n AS other WHERE {_same('other', 'o', place)}) "
        f"ELSE NOT EXISTS (SELECT 1 FROM o AS other WHERE {_same('other', 'n', place)}) END"
    )
    return f"coalesce({both}, false) OR NOT coalesce(o.ages, n.ages) OR ({heard} AND {empty})"
