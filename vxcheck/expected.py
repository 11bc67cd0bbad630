"""Hold a change against what it is meant to do: tick off what is expected, and say what is missing or beyond it.

docs/change.md describes the file of `vxcheck diff --expect`; vxcheck/change.schema.json is what it is held against.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from vxcheck import lined, schema
from vxcheck.differences import GONE, Difference, Differences
from vxcheck.errors import UsageError
from vxcheck.fabric import Fabric
from vxcheck.watch import Changes, Thing

_LARGEST = 16777215
_ADDED, _REMOVED, _CHANGED = "added", "removed", "changed"
# Columns that name a part of a VNI on a device: its interface, its bridge, a port of that.
_PARTS = ("interface", "bridge", "master", "parent")
# What makes a device a member of a VNI: elsewhere that is no consequence of another device's having it.
_OWN = ("vnis", "vteps", "links", "bridges")


@dataclass(frozen=True)
class Expectation:
    """Hold one thing that is expected. `met` is None where nobody could tell; `reason` says what is missing."""

    text: str
    place: str
    met: bool | None
    reason: str = ""


@dataclass(frozen=True)
class Expected:
    """Hold what came of a planned change: `beyond` is state that it does not explain, `accepted` new findings."""

    title: str
    expectations: tuple[Expectation, ...]
    beyond: tuple[Difference, ...]
    accepted: tuple[Thing, ...]
    untold: int = 0

    @property
    def failed(self) -> bool:
        """Tell whether something is missing, or more has happened than was meant."""
        return bool(self.beyond or self.untold) or any(one.met is False for one in self.expectations)

    @property
    def unknown(self) -> bool:
        """Tell whether nobody could tell of something that is expected."""
        return any(one.met is None for one in self.expectations)


@dataclass(frozen=True)
class Plan:
    """Hold a file that says what a change is meant to do, as it was read."""

    told: lined.Lined

    def place(self, node: Any, key: Any) -> str:
        """Return the file and the line of a key of a mapping, or of an item of a list."""
        return f"{self.told.path}: line {lined.line_of(node, key)}"


def schema_text() -> str:
    """Return the JSON schema's text."""
    return resources.files("vxcheck").joinpath("change.schema.json").read_text(encoding="utf-8")


@cache
def _schema() -> dict[str, Any]:
    return dict(json.loads(schema_text()))


def load(path: Path) -> Plan:
    """Read a file. Raises UsageError with file and line where it is not of the schema."""
    told = lined.read(path)
    if told.content is None:
        raise UsageError(f"{path}: line 1: it is empty: it says nothing of what the change is meant to do")
    lined.require(told, _schema())
    plan = Plan(told)
    vnis = told.content.get("vnis") or {}
    for key in vnis:
        _range(key, plan.place(vnis, key))
    items = told.content.get("state") or []
    for index, item in enumerate(items):
        table = schema.tables().get(item["table"])
        if table is None or not table.comparison.thing:
            raise UsageError(
                f"{plan.place(items, index)}: state: no table {item['table']!r} is compared: docs/tables.md"
            )
        unknown = [name for name in item.get("where") or {} if table.column(str(name)) is None]
        if unknown:
            raise UsageError(f"{plan.place(items, index)}: state: {item['table']} has no column {unknown[0]!r}")
    vteps = told.content.get("vteps") or {}
    for name, entry in vteps.items():
        if (entry["what"] == "replaced") != ("to" in entry) or ("from" in entry and "to" not in entry):
            raise UsageError(f"{plan.place(vteps, name)}: vteps: {name}: `to` (and `from`) belong to `what: replaced`")
    return plan


def _range(key: Any, place: str) -> range:
    first, _, last = str(key).partition("-")
    low, high = int(first), int(last or first)
    if not 0 < low <= high <= _LARGEST:
        raise UsageError(f"{place}: vnis: VNI {key}: must be 1 to {_LARGEST}, a range from low to high")
    return range(low, high + 1)


def held(plan: Plan, before: Fabric, after: Fabric, findings: Changes, state: Differences) -> Expected:
    """Hold a change against its plan. Raises UsageError where the plan names a device that neither look has."""
    return _Holding(plan, (before, after), findings, state).expected()


@dataclass
class _Holding:
    plan: Plan
    looks: tuple[Fabric, Fabric]
    findings: Changes
    state: Differences
    expectations: list[Expectation] = field(default_factory=list)
    covered: set[int] = field(default_factory=set)
    accepted: list[Thing] = field(default_factory=list)

    def expected(self) -> Expected:
        content = self.plan.told.content
        self.devices = list(dict.fromkeys(one.name for look in self.looks for one in look.devices))
        self.vnis = [self._rows(look, "SELECT device, vni, interface, bridge, vlan FROM vnis") for look in self.looks]
        addresses = "SELECT device, vtep_ip FROM vtep_addresses WHERE vtep_ip IS NOT NULL"
        self.addresses = [self._rows(look, addresses) for look in self.looks]
        self._of_vnis(content.get("vnis") or {})
        self._of_vteps(content.get("vteps") or {})
        self._of_state(content.get("state") or [])
        self._of_findings(content.get("findings") or [])
        beyond = tuple(one for index, one in enumerate(self.state.told) if index not in self.covered)
        title = str(content.get("title", ""))
        untold = sum(self.state.more.values())
        return Expected(title, tuple(self.expectations), beyond, tuple(self.accepted), untold)

    def _of_vnis(self, vnis: Any) -> None:
        numbers = {vni for key in vnis for vni in _range(key, self.plan.place(vnis, key))}
        for key, entry in vnis.items():
            for what, patterns in entry.items():
                names = self._named(patterns)
                for vni in _range(key, self.plan.place(vnis, key)):
                    for name in names:
                        self._member(vni, name, what, self.plan.place(entry, what))
                    self._cover(one for one in self._indexed() if self._is_of(one[1], vni, names, numbers))

    def _member(self, vni: int, name: str, what: str, place: str) -> None:
        text = f"VNI {vni} {what} on {name}"
        if unknown := self._unread(name, "vnis"):
            self.expectations.append(Expectation(text, place, None, unknown))
            return
        was, is_now = (any(row[:2] == (name, vni) for row in rows) for rows in self.vnis)
        wanted = {_ADDED: (False, True), _REMOVED: (True, False), _CHANGED: (True, True)}[what]
        words = {True: "has it", False: "has it not"}
        reason = f"before, {name} {words[was]}; after, it {words[is_now]}"
        if (was, is_now) == wanted and what == _CHANGED:
            differs = any(self._is_of(one, vni, [name], {vni}) for one in self.state.told if one.device == name)
            self.expectations.append(Expectation(text, place, differs, "" if differs else "nothing of it differs"))
            return
        met = (was, is_now) == wanted
        self.expectations.append(Expectation(text, place, met, "" if met else reason))

    def _is_of(self, one: Difference, vni: int, names: Sequence[str], expected: set[int]) -> bool:
        """Tell whether a difference is of a VNI: by number, or by a part that it shares with no other VNI."""
        if one.device not in names and one.table in _OWN:
            return False
        cells = list(_cells(one))
        if any(name == "vni" for name, _ in cells):
            return any(name == "vni" and value == str(vni) for name, value in cells)
        rows = [row for look in self.vnis for row in look if row[0] == one.device]
        own = [row for row in rows if row[1] == vni]
        others = {part for row in rows if row[1] != vni and row[1] not in expected for part in row[2:]}
        vlans = {str(row[4]) for row in own if row[4] is not None and row[4] not in others}
        parts = {str(part) for row in own for part in row[2:4] if part is not None and part not in others}
        return any((n == "vlan" and v in vlans) or (n in _PARTS and v in parts) for n, v in cells)

    def _of_vteps(self, vteps: Any) -> None:
        for name, entry in vteps.items():
            self._named([name])
            what, place = entry["what"], self.plan.place(vteps, name)
            text = f"VTEP {name} {what}" + (f" by {entry['to']}" if "to" in entry else "")
            was, is_now = ({row[1] for row in rows if row[0] == name} for rows in self.addresses)
            missing = {
                _ADDED: "it is there before" if was else "" if is_now else "it is not there after",
                _REMOVED: "it is not there before" if not was else "it is still there" if is_now else "",
                "replaced": self._replaced(entry, was, is_now),
            }[what]
            unknown = self._unread(name, "vteps")
            self.expectations.append(Expectation(text, place, None if unknown else not missing, unknown or missing))
            told = was | is_now
            self._cover(
                one
                for one in self._indexed()
                if one[1].device == name or any(value.split("/")[0] in told for _, value in _cells(one[1]))
            )

    @staticmethod
    def _replaced(entry: Mapping[str, Any], was: set[str], is_now: set[str]) -> str:
        if entry["to"] not in is_now:
            return f"after, its address is {', '.join(sorted(is_now)) or 'not there'}"
        if "from" in entry and entry["from"] not in was:
            return f"before, its address is {', '.join(sorted(was)) or 'not there'}"
        return "it had this address before" if entry["to"] in was else ""

    def _of_state(self, items: Any) -> None:
        for index, item in enumerate(items):
            where = item.get("where") or {}
            found = [one for one in self._indexed() if _fits(one[1], item, where)]
            words = [item["table"], item.get("what", "differs"), item.get("device", "")]
            words += [f"{name} {value}" for name, value in where.items()]
            text = " ".join(word for word in words if word)
            unknown = [one for one in self.state.unread if item["table"] in one.tables and _on(one.device, item)]
            met = bool(found) or (None if unknown else False)
            reason = "" if found else unknown[0].reason if unknown else "nothing differs so"
            self.expectations.append(Expectation(text, self.plan.place(items, index), met, reason))
            self._cover(found)

    def _of_findings(self, items: Any) -> None:
        for index, item in enumerate(items):
            things = self.findings.new if item["what"] == "new" else self.findings.gone
            found = [
                one
                for one in things
                if one.cause and fnmatchcase(one.cause.check, item["check"]) and _on(one.cause.device, item)
            ]
            text = f"finding {item['check']} {item['what']}" + (f" on {item['device']}" if "device" in item else "")
            reason = "" if found else f"none is {item['what']}"
            self.expectations.append(Expectation(text, self.plan.place(items, index), bool(found), reason))
            self.accepted += found if item["what"] == "new" else []

    def _indexed(self) -> Iterable[tuple[int, Difference]]:
        return enumerate(self.state.told)

    def _cover(self, found: Iterable[tuple[int, Difference]]) -> None:
        self.covered.update(index for index, _ in found)

    def _unread(self, device: str, table: str) -> str:
        return next((one.reason for one in self.state.unread if one.device == device and table in one.tables), "")

    def _named(self, patterns: Iterable[Any]) -> list[str]:
        found: dict[str, None] = {}
        for pattern in patterns:
            names = [name for name in self.devices if fnmatchcase(name, str(pattern))]
            if not names:
                known = ", ".join(self.devices[:20])
                raise UsageError(
                    f"{self.plan.told.path}: there is no device {pattern!r} in either look; there are {known}"
                )
            found |= dict.fromkeys(names)
        return list(found)

    @staticmethod
    def _rows(look: Fabric, sql: str) -> list[tuple[Any, ...]]:
        return look.query(sql)[1]


def _on(device: str, item: Mapping[str, Any]) -> bool:
    return fnmatchcase(device, item.get("device", "*"))


def _cells(one: Difference) -> Iterable[tuple[str, str]]:
    """Yield every value that a difference shows, by column."""
    yield from one.row.items()
    for value in one.values:
        yield from ((value.column, cell) for cell in (*value.before, *value.after))


def _fits(one: Difference, item: Mapping[str, Any], where: Mapping[str, Any]) -> bool:
    if one.table != item["table"] or not _on(one.device, item) or one.what != item.get("what", one.what):
        return False
    shown: dict[str, tuple[str, ...]] = {name: (value,) for name, value in one.row.items()}
    shown |= {value.column: value.before if one.what == GONE else value.after for value in one.values}
    return all(
        any(fnmatchcase(cell, _text(wanted)) for cell in shown.get(str(name), ())) for name, wanted in where.items()
    )


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else f"{value:g}" if isinstance(value, float) else str(value)
