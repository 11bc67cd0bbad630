"""The same tables and results as Python objects: what `vxcheck.open` and the pytest fixture `vxlan` give.

A set or a table is given only where it is known: what could not be read raises UnreadError, and is never empty.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from vxcheck import check as checks
from vxcheck import pages, schema, source
from vxcheck.check import FAILED, NOT_RUN, DeviceState, Finding, Report, Result
from vxcheck.errors import UsageError
from vxcheck.fabric import Evidence, Fabric
from vxcheck.source import Opened

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl
    import pyarrow as pa


class UnreadError(Exception):
    """Say that what was asked for is not known of a device, because it could not be read; `device` names it."""

    def __init__(self, device: str, what: str, reason: str) -> None:
        super().__init__(f"{what} of {device} is not known: {reason}")
        self.device = device
        self.reason = reason


class Found(frozenset[Any]):
    """Be a set that knows what it is of, and by which lines the devices showed its elements."""

    about: str
    evidence: Mapping[Any, Evidence]

    # A set of another kind may be equal: type checkers ask for these two to know it.
    def __eq__(self, other: object) -> bool:
        return frozenset.__eq__(self, other)

    __hash__ = frozenset.__hash__

    @classmethod
    def of(cls, about: str, evidence: Mapping[Any, Evidence]) -> Found:
        """Return the set of the mapping's keys."""
        made = cls(evidence)
        made.about, made.evidence = about, evidence
        return made


@dataclass(frozen=True)
class Answer:
    """Hold the rows of a query. It iterates over dicts, one a row, and has as many elements as rows."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    _fabric: Fabric
    _sql: str
    _parameters: tuple[Any, ...] = ()

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return iter(self.dicts())

    def __len__(self) -> int:
        return len(self.rows)

    def dicts(self) -> list[dict[str, Any]]:
        """Return the rows as dicts by column."""
        return [dict(zip(self.columns, row, strict=True)) for row in self.rows]

    def column(self, name: str) -> list[Any]:
        """Return one column's values, in the rows' order."""
        return [row[self.columns.index(name)] for row in self.rows]

    def arrow(self) -> pa.Table:
        """Return the rows as an Arrow table; needs pyarrow."""
        return self._relation().to_arrow_table()

    def pandas(self) -> pd.DataFrame:
        """Return the rows as a pandas frame; needs pandas."""
        return self._relation().df()

    def polars(self) -> pl.DataFrame:
        """Return the rows as a Polars frame; needs polars and pyarrow."""
        frame: pl.DataFrame = self._relation().pl()
        return frame

    def _relation(self) -> duckdb.DuckDBPyRelation:
        return self._fabric.connection.sql(self._sql, params=list(self._parameters))


@dataclass(frozen=True)
class Vxlan:
    """Hold what the devices of a source said, and what the checks make of it."""

    opened: Opened
    fabric: Fabric
    _checks: Mapping[str, pages.Check]

    @cached_property
    def report(self) -> Report:
        """Return the results of every check, as `vxcheck check` has them."""
        return checks.run(self.fabric, self._checks, accepted=self.opened.waivers)

    @property
    def verdict(self) -> str:
        """Return passed, failed or incomplete."""
        return self.report.verdict

    @property
    def devices(self) -> dict[str, Device]:
        """Return every device of the source by name, read or not."""
        return {state.name: Device(self, state) for state in checks.device_states(self.fabric)}

    def __getitem__(self, name: str) -> Device:
        """Return a device; raises UsageError where the source has none of that name."""
        devices = self.devices
        if name not in devices:
            raise UsageError(f"there is no device {name!r}; the source has {', '.join(devices)}")
        return devices[name]

    def vni(self, number: int) -> Vni:
        """Return a VNI as all its devices have it."""
        return Vni(self, number)

    def check(self, name: str) -> Outcome:
        """Return what a check found; raises UsageError where there is no check of that name."""
        if name not in self._checks:
            raise UsageError(f"there is no check {name!r}; there are {', '.join(self._checks)}")
        return Outcome(name, tuple(result for result in self.report.results if result.check == name))

    def query(self, sql: str, parameters: Sequence[Any] = (), *, unread: bool = False) -> Answer:
        """Run one SELECT on the tables (docs/tables.md).

        Raises UnreadError where a table that it reads is not known of some device, unless `unread` accepts that.
        Raises UsageError with DuckDB's words for a query that cannot be run.
        """
        columns, rows = self.fabric.query(sql, parameters)
        if not unread:
            self.require(self.fabric.tables_read(sql))
        return Answer(tuple(columns), tuple(rows), self.fabric, sql, tuple(parameters))

    def table(self, name: str, *, unread: bool = False) -> Answer:
        """Return a table or view whole, as `query` does."""
        if name not in schema.tables() and name not in self.fabric.views:
            raise UsageError(f"there is no table or view {name!r}; docs/tables.md has them all")
        return self.query(f'SELECT * FROM "{name}"', unread=unread)

    def require(self, tables: Iterable[str], device: str | None = None) -> None:
        """Raise UnreadError where one of the tables is not known of a device, or of any where none is named."""
        _, rows = self.fabric.query(
            "SELECT device, table_name, reason FROM coverage "
            "WHERE covered IS NOT true AND list_contains(?::VARCHAR[], table_name) "
            "AND coalesce(device = ?, covered = false) "
            "ORDER BY covered IS NULL, device, table_name",
            [sorted(tables), device],
        )
        for name, table, reason in rows:
            raise UnreadError(name, table, reason)

    def found(self, about: str, sql: str, parameters: Sequence[Any] = ()) -> Found:
        """Return the set of a query's first column, with the lines that its second column stands for."""
        _, rows = self.fabric.query(sql, parameters)
        return Found.of(about, {value: self.fabric.evidence(line) for value, line in rows if value is not None})


@dataclass(frozen=True)
class Device:
    """Be one device. What it did not show raises UnreadError."""

    _vxlan: Vxlan
    state: DeviceState

    @property
    def name(self) -> str:
        """Return its name in the inventory."""
        return self.state.name

    @property
    def platform(self) -> str:
        """Return its platform, as netmiko calls it."""
        return self.state.platform

    @property
    def condition(self) -> str:
        """Return how its collection ended: collected, unreachable, login refused, ..."""
        return self.state.condition

    @property
    def vtep_ips(self) -> Found:
        """Return the source addresses of its VXLAN packets."""
        return self._found("VTEP addresses", ["vteps"], "vtep_ip, vtep_ip_evidence FROM vtep_addresses")

    @property
    def udp_ports(self) -> Found:
        """Return the UDP destination ports of its VXLAN interfaces."""
        return self._found("UDP ports", ["vteps"], "udp_port, udp_port_evidence FROM vtep_ports")

    @property
    def vnis(self) -> Found:
        """Return the VNIs that it bridges."""
        return self._found("VNIs", ["vnis", "vteps"], "vni, min(vni_evidence) FROM vni_members", group="vni")

    @property
    def remote_vteps(self) -> Found:
        """Return the addresses of the remote VTEPs that it knows, from its list, its MAC addresses and flood lists."""
        tables = ["remote_vteps", "remote_macs", "flood_lists", "vnis"]
        return self._found("remote VTEPs", tables, "peer, min(evidence) FROM known_vteps", any_of=True, group="peer")

    def flood_list(self, vni: int) -> Found:
        """Return the addresses that it floods a VNI's BUM traffic to by head-end replication."""
        about = f"flood list of VNI {vni}"
        return self._found(about, ["flood_lists", "vnis"], "peer, evidence FROM flooded_to", where=vni)

    def local_macs(self, vni: int) -> Found:
        """Return the MAC addresses of hosts behind its own ports in a VNI."""
        return self._found(f"local MACs of VNI {vni}", ["macs", "vnis"], "mac, evidence FROM local_macs", where=vni)

    def remote_macs(self, vni: int) -> Found:
        """Return the MAC addresses that it has behind other VTEPs in a VNI."""
        about = f"remote MACs of VNI {vni}"
        return self._found(about, ["remote_macs", "vnis"], "mac, evidence FROM remote_macs_by_vni", where=vni)

    def raw(self, command: str) -> str:
        """Return what it answered to a command, as it came; raises UnreadError where it gave no answer."""
        outputs = [
            output
            for device in self._vxlan.opened.snapshot.devices
            if device.name == self.name
            for output in device.outputs
            if output.command == command
        ]
        if not outputs:
            raise UnreadError(self.name, repr(command), f"it was not asked for it ({self.condition})")
        if outputs[0].condition != "collected":
            raise UnreadError(self.name, repr(command), f"{outputs[0].condition}: {outputs[0].reason}")
        return outputs[0].text

    def _found(
        self,
        about: str,
        tables: Sequence[str],
        select: str,
        *,
        where: int | None = None,
        group: str = "",
        any_of: bool = False,
    ) -> Found:
        self._require(tables, any_of=any_of)
        sql = f"SELECT {select} WHERE device = ?"
        sql += " AND vni = ?" if where is not None else ""
        sql += f" GROUP BY {group}" if group else ""
        parameters: list[Any] = [self.name] if where is None else [self.name, where]
        return self._vxlan.found(f"{about} of {self.name}", sql, parameters)

    def _require(self, tables: Sequence[str], *, any_of: bool) -> None:
        # Vendors tell of remote VTEPs in different tables: those that a platform has none of are not missing.
        _, rows = self._vxlan.fabric.query(
            "SELECT table_name FROM coverage WHERE device = ? AND covered AND list_contains(?::VARCHAR[], table_name)",
            [self.name, list(tables)],
        )
        known = {name for (name,) in rows}
        unread = [table for table in tables if table not in known]
        if any_of and known - {"vnis"}:
            _, rows = self._vxlan.fabric.query(
                "SELECT table_name FROM coverage WHERE device = ? AND covered IS NULL", [self.name]
            )
            unread = [table for table in unread if (table,) not in rows]
        if unread:
            self._vxlan.require(unread, self.name)


@dataclass(frozen=True)
class Vni:
    """Be one VNI as all devices have it. Where a device's VNIs are not known, who its members are is not known."""

    _vxlan: Vxlan
    number: int

    @property
    def members(self) -> Found:
        """Return the names of the devices that bridge it."""
        self._vxlan.require(["vnis"])
        return self._vxlan.found(
            f"members of VNI {self.number}",
            "SELECT device, min(vni_evidence) FROM vni_members WHERE vni = ? GROUP BY device",
            [self.number],
        )

    @property
    def vtep_ips(self) -> Found:
        """Return the addresses of its VTEPs."""
        return self._of_members(
            "VTEP addresses", "a.vtep_ip, min(a.vtep_ip_evidence)", "vtep_addresses AS a", "a.vtep_ip"
        )

    @property
    def udp_ports(self) -> Found:
        """Return the UDP destination ports that its VTEPs use: one where they agree."""
        return self._of_members("UDP ports", "a.udp_port, min(a.udp_port_evidence)", "vtep_ports AS a", "a.udp_port")

    @property
    def bum_modes(self) -> Found:
        """Return how its VTEPs carry BUM traffic (multicast, head-end): one where they agree."""
        self._vxlan.require(["vnis", "vteps"])
        return self._vxlan.found(
            f"BUM modes of VNI {self.number}",
            "SELECT bum_mode, min(bum_mode_evidence) FROM vni_members WHERE vni = ? GROUP BY bum_mode",
            [self.number],
        )

    @property
    def multicast_groups(self) -> Found:
        """Return the groups that its VTEPs send BUM traffic to."""
        self._vxlan.require(["vnis", "vteps"])
        return self._vxlan.found(
            f"groups of VNI {self.number}",
            "SELECT multicast_group, min(multicast_group_evidence) FROM vni_members WHERE vni = ? "
            "GROUP BY multicast_group",
            [self.number],
        )

    def _of_members(self, about: str, select: str, view: str, group: str) -> Found:
        self._vxlan.require(["vnis", "vteps"])
        return self._vxlan.found(
            f"{about} of VNI {self.number}",
            f"SELECT {select} FROM {view} JOIN vni_members AS m ON m.device = a.device AND m.interface = a.interface "
            f"WHERE m.vni = ? GROUP BY {group}",
            [self.number],
        )


@dataclass(frozen=True)
class Outcome:
    """Hold one check's results on all devices."""

    name: str
    results: tuple[Result, ...]

    @property
    def examined(self) -> int:
        """Return how many rows could be judged."""
        return sum(result.examined for result in self.results)

    @property
    def faults(self) -> tuple[Finding, ...]:
        """Return its faults on all devices."""
        return tuple(fault for result in self.results for fault in result.faults)

    @property
    def passed(self) -> bool:
        """Tell whether something was examined, all that should be was, and no fault was found."""
        return self.examined > 0 and not any(result.status in (FAILED, NOT_RUN) for result in self.results)

    def assert_passed(self) -> None:
        """Raise AssertionError with every fault, or with what could not be examined, unless it passed."""
        __tracebackhide__ = True
        if self.passed:
            return
        told = [text for result in self.results for text in describe(result)]
        reasons = "; ".join(dict.fromkeys(result.reason for result in self.results if result.reason))
        raise AssertionError("\n".join(told) or f"{self.name} examined nothing: {reasons or 'there is no device'}")


def describe(result: Result) -> list[str]:
    """Return what a result has to say to a person: its faults, or why it was not run; nothing where it passed."""
    told = [describe_finding(finding) for finding in result.faults]
    if result.status == NOT_RUN:
        told.append(f"{result.check} was not run on {result.device}: {result.reason}")
    return told


def describe_finding(finding: Finding) -> str:
    """Return a finding as text: its message, the lines that show it, and the remedies."""
    lines = [finding.message]
    for line in finding.evidence:
        lines += [f"  {line.device}: {line.command}, line {line.number}", f"    | {line.line.strip()}"]
    if finding.explained_by:
        lines.append(f"  It follows from {finding.explained_by}: mend that first.")
        return "\n".join(lines)
    for remedy in finding.mend:
        block = remedy.text.strip("\n").split("\n")
        lines += [f"  {remedy.heading}:", *(f"    {line}".rstrip() for line in block)]
    return "\n".join(lines)


def open_source(path: object, **options: Any) -> Vxlan:
    """Do what `vxcheck.open` promises."""
    given = source.defaults(Path(str(path)), **options)
    found = pages.load(source.check_folders(given))
    opened = source.open_source(given, found)
    return Vxlan(opened, opened.fabric(), found)
