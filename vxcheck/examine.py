"""Run one check's query: count what it examined, and keep the rows that are at fault or that could not be judged."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from queue import SimpleQueue
from typing import Any

import duckdb

from vxcheck import compare
from vxcheck.errors import ContentError, UsageError
from vxcheck.fabric import Fabric, TooLittleMemoryError, one_select
from vxcheck.pages import SEVERITIES, Check, line_of
from vxcheck.results import Waiver

# Rows of one device, peer and VNI that are told of, and rows of one check that are fetched; those beyond are counted: a
# wholly broken fabric has millions.
_ROWS = 1000
_ROWS_OF_CHECK = 20_000
_NAMED = 50
# Checks of a small fabric that are run at once: to plan a query takes longer there than to run it.
_BESIDE = 4
EXAMINED = "examined"
# Whose rows, whether they are at fault, and how heavy.
_Kind = tuple[str, bool | None, str | None]
_INTEGERS = {"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT"}


@dataclass(slots=True)
class Row:
    """Hold one row of a query that is at fault (`fault` is None where that is not known), and what becomes of it.

    `more` counts rows like it that were not fetched. `cause` is the row of another check that it is put down to.
    """

    check: Check
    device: str
    values: dict[str, Any]
    severity: str
    fault: bool | None
    more: int = 0
    members: frozenset[str] = field(default_factory=frozenset)
    minority: bool = False
    waiver: Waiver | None = None
    cause: Row | None = None

    @property
    def root(self) -> Row:
        """Return the row that it comes from in the end; itself where nothing explains it."""
        row = self
        while row.cause is not None:
            row = row.cause
        return row


@dataclass(frozen=True)
class Counts:
    """Count the rows of one device and VNI (None: of no VNI, or of several)."""

    examined: int = 0
    unknown: int = 0


@dataclass
class Examined:
    """Hold what one check's query gave: counts by device and VNI, and the rows that are to be told of."""

    check: Check
    uncovered: Mapping[str, str] = field(default_factory=dict)
    counts: dict[str, dict[int | None, Counts]] = field(default_factory=dict)
    faults: dict[str, list[Row]] = field(default_factory=dict)
    unknown: dict[str, list[Row]] = field(default_factory=dict)
    broken: str = ""
    cramped: bool = False

    def total(self, device: str) -> Counts:
        """Return the counts of a device, all VNIs together."""
        parts = self.counts.get(device, {}).values()
        return Counts(sum(one.examined for one in parts), sum(one.unknown for one in parts))


def examine_all(fabric: Fabric, checks: Sequence[Check], devices: Sequence[str]) -> list[Examined]:
    """Run checks on a fabric, in their order; those on a small one side by side.

    One that ran out of memory beside the tables that stood for views meanwhile is tried again by itself.
    """
    found = _examine_beside(fabric, checks, devices)
    return [examine(fabric, one.check, devices) if one.cramped else one for one in found]


def _examine_beside(fabric: Fabric, checks: Sequence[Check], devices: Sequence[str]) -> list[Examined]:
    beside = min(os.cpu_count() or 1, len(checks), _BESIDE) if fabric.small else 1
    with fabric.standing((check.sql for check in checks), beside if beside > 1 else 0) as alike:
        if beside <= 1:
            return [examine(fabric, check, devices) for check in checks]
        free = SimpleQueue[Fabric]()
        for one in alike:
            free.put(one)

        def run(check: Check) -> Examined:
            one = free.get()
            try:
                return examine(one, check, devices)
            finally:
                free.put(one)

        with ThreadPoolExecutor(beside) as pool:
            return list(pool.map(run, checks))


def examine(fabric: Fabric, check: Check, devices: Sequence[str]) -> Examined:
    """Run a check on a fabric; a check that cannot be run says why it is broken, and raises nothing."""
    if check.broken:
        return Examined(check, broken=check.broken)
    try:
        return _examine(fabric, check, devices)
    except ContentError as error:
        return Examined(check, broken=str(error))
    except UsageError as error:
        cramped = isinstance(error.__cause__, TooLittleMemoryError)
        return Examined(check, broken=_located(check, str(error)), cramped=cramped)
    except duckdb.Error as error:
        said = _located(check, f"the query's rows cannot be judged: {error}")
        return Examined(check, broken=said, cramped=isinstance(error, TooLittleMemoryError))
    finally:
        if check.value:
            fabric.connection.execute("DROP TABLE IF EXISTS temp.selected; DROP TABLE IF EXISTS temp.judged")


def columns(fabric: Fabric, check: Check) -> list[str]:
    """Return the columns that a check's rows have, those that the comparison adds too; evidence is not among them."""
    kinds = fabric.keep("selected", check.sql)
    if check.value:
        kinds = compare.judge(fabric, check, kinds)
    fabric.connection.execute("DROP TABLE IF EXISTS temp.selected; DROP TABLE IF EXISTS temp.judged")
    hidden = {"fault", "severity", EXAMINED, compare.MAJORITY}
    own = [name for name in kinds if not compare.is_evidence(name) and name not in hidden]
    return [*own, *(compare.added(check, own) if check.value else ())]


def _examine(fabric: Fabric, check: Check, devices: Sequence[str]) -> Examined:
    query = f"(\n{one_select(check.sql)}\n)"
    kinds = fabric.kinds(check.sql)
    for name in ("device", *((check.value, *check.among) if check.value else ("fault",))):
        if name not in kinds:
            raise ContentError(f"{check.path}: line 1: the query gives no column {name!r}")
    if check.value:
        fabric.keep("selected", check.sql)
        kinds, query = compare.judge(fabric, check, kinds), "temp.judged"
    _require_columns(check, {*kinds, *(compare.added(check, kinds) if check.value else ())})
    found = Examined(check, fabric.lacking(fabric.tables_read(check.sql)))
    parts = _count(fabric, check, query, kinds, found)
    _require_devices(check, found.counts.keys() - set(devices))
    rows = _rows(fabric, query, kinds, found, parts) if parts else []
    for row in compare.complete(fabric, check, kinds, rows) if check.value else rows:
        (found.unknown if row.fault is None else found.faults).setdefault(row.device, []).append(row)
    return found


@dataclass(frozen=True, slots=True)
class _Part:
    """Count the rows of one device and VNI that are alike in what they say."""

    device: str
    vni: int | None
    fault: bool | None
    severity: str | None
    rows: int

    @property
    def kind(self) -> _Kind:
        """Return what is judged, and how."""
        return (self.device, self.fault, self.severity)


def _part(kinds: Mapping[str, str]) -> str:
    """Return the columns of a part."""
    vni = "vni" if kinds.get("vni") in _INTEGERS else "NULL::BIGINT"
    severity = "severity" if "severity" in kinds else "NULL::VARCHAR"
    return f"device, {vni}, CAST(fault AS BOOLEAN), {severity}"


def _count(fabric: Fabric, check: Check, query: str, kinds: Mapping[str, str], found: Examined) -> list[_Part]:
    """Count what was examined, by device and VNI; return the parts that have something to tell.

    Only counts leave the query: the rows of a healthy fabric, one a VNI and pair of VTEPs, are kept nowhere.
    """
    weight = f"sum(coalesce({EXAMINED}, 1))::BIGINT" if EXAMINED in kinds else "count(*)"
    parts = []
    for device, vni, fault, severity, rows, number in fabric.connection.execute(
        f"FROM {query} AS selected SELECT {_part(kinds)}, count(*), {weight} GROUP BY ALL ORDER BY ALL"
    ).fetchall():
        counts = found.counts.setdefault(device, {})
        before, unknown = counts.get(vni, Counts()), number if fault is None else 0
        counts[vni] = Counts(before.examined + number - unknown, before.unknown + unknown)
        if severity not in (None, *SEVERITIES):
            raise ContentError(
                f"{check.path}: line {line_of(check.sql, 'severity')}: the query gives the severity {severity!r}; "
                f"it must be one of {', '.join(SEVERITIES)}"
            )
        if fault is not False and device not in found.uncovered:
            parts.append(_Part(device, vni, fault, severity, rows))
    return parts


def _rows(fabric: Fabric, query: str, kinds: Mapping[str, str], found: Examined, parts: list[_Part]) -> list[Row]:
    """Fetch the rows that are to be told of; where there are too many, some of each device, of its first VNIs."""
    check = found.check
    part = [name for name in ("peer_device", "far_device", "vni", *check.group_by) if name in kinds]
    left = Counter[_Kind]()
    for one in parts:
        left[one.kind] += one.rows
    # The few places at fault in a large fabric: who is named so is looked for, and the rest is not worked out again.
    place, parameters = "device IN (SELECT unnest(?::VARCHAR[]))", list[Any]([list({one.device for one in parts})])
    if len(parameters[0]) <= _NAMED:
        parameters = parameters[0]
        place = f"device IN ({', '.join('?' * len(parameters))})"
    vnis = {one.vni for one in parts}
    if len(vnis) <= _NAMED and None not in vnis:
        place += f" AND vni IN ({', '.join(map(str, vnis))})"
    some = ""
    if left.total() > _ROWS_OF_CHECK:
        each = max(1, _ROWS_OF_CHECK // len(left))
        some = f"""
               AND ({_part(kinds)}) IN (
                   SELECT (d, v, f, s) FROM (SELECT unnest(?::VARCHAR[]) AS d, unnest(?::BIGINT[]) AS v,
                                                    unnest(?::BOOLEAN[]) AS f, unnest(?::VARCHAR[]) AS s))
            QUALIFY row_number() OVER (PARTITION BY {_part(kinds)}) <= {each}"""
        first = list(_first(parts, each))
        parameters += [[one.device for one in first], [one.vni for one in first]]
        parameters += [[one.fault for one in first], [one.severity for one in first]]
    cursor = fabric.connection.execute(
        f"""FROM {query} AS selected
            SELECT * {"EXCLUDE (examined) " if EXAMINED in kinds else ""}REPLACE (CAST(fault AS BOOLEAN) AS fault)
            WHERE CAST(fault AS BOOLEAN) IS DISTINCT FROM false AND {place}{some}
            ORDER BY ALL""",
        parameters,
    )
    names = [column[0] for column in cursor.description or []]
    rows: list[Row] = []
    taken, last = Counter[Any](), dict[Any, Row]()
    for cells in cursor.fetchall():
        values = dict(zip(names, cells, strict=True))
        fault, severity = values.pop("fault"), values.pop("severity", None)
        kind = (values["device"], fault, severity)
        key = (kind, *(str(values.get(name)) for name in part))
        left[kind] -= 1
        taken[key] += 1
        if taken[key] > _ROWS:
            last[key].more += 1
        else:
            rows.append(Row(check, values["device"], values, severity or check.severity, fault))
            last[key] = last[kind] = rows[-1]
    for kind, count in left.items():
        if kind not in last or count < 0:
            raise ContentError(f"{check.path}: line 1: the query gives other rows each time that it is run")
        last[kind].more += count
    return rows


def _first(parts: Iterable[_Part], rows: int) -> Iterator[_Part]:
    """Yield the first parts of each kind, until they have so many rows."""
    before = Counter[_Kind]()
    for one in parts:
        if before[one.kind] < rows:
            yield one
        before[one.kind] += one.rows


def _require_columns(check: Check, known: set[str]) -> None:
    """Name what the page tells of that the query does not give, before any fault needs it."""
    for template in check.templates:
        for name in re.findall(r"\{(\w+)\}", template):
            if name not in known and not (name.startswith("peer_") and name.removeprefix("peer_") in known):
                line = line_of(check.page, f"{{{name}}}")
                raise ContentError(f"{check.page_path}: line {line}: the query gives no column {name!r}")


def _require_devices(check: Check, strangers: Collection[str | None]) -> None:
    """Refuse rows of nobody: they would count for no device, and be lost."""
    if strangers:
        names = ", ".join(sorted("NULL" if name is None else repr(name) for name in strangers)[:5])
        raise ContentError(f"{check.path}: line 1: the query gives rows whose device is none of the source's: {names}")


def _located(check: Check, message: str) -> str:
    """Return DuckDB's words in one line, behind the file and the line that they point to."""
    at = re.search(r"\bLINE (\d+):", message)
    # The query stands a line lower in the statement that is run, and what comes behind it is ours.
    line = min(max(1, int(at[1]) - 1), check.sql.rstrip().count("\n") + 1) if at else 1
    words = re.sub(r"\s+", " ", message.partition("\n\nLINE")[0])
    return f"{check.path}: line {line}: {words}"
