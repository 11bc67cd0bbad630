"""What a fabric is meant to be: the optional intent.yaml, read, validated, and resolved for each device.

It says what the devices' agreement cannot: who must carry which VNI, and how. docs/intent.md describes every key;
vxcheck/intent.schema.json is what it is held against, and what an editor can use.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fnmatch import fnmatchcase
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from vxcheck import lined, snapshot
from vxcheck.errors import UsageError
from vxcheck.results import Waiver

FILE = "intent.yaml"
VALUES = ("udp_port", "bum_mode", "vtep_ip", "other_vnis")
MEMBER_VALUES = ("vlan", "udp_port", "bum_mode", "multicast_group")
_LARGEST = 16777215


@dataclass(frozen=True)
class Told:
    """Hold one value and the line that it stands on."""

    value: Any
    line: int


@dataclass(frozen=True)
class Intent:
    """Hold what is told of a fabric's devices, resolved: `devices` by name and key, `members` by name, VNI and key.

    The key "" of a device or member tells the line that makes it one. `roles` are by device.
    """

    path: Path
    lines: tuple[str, ...] = field(repr=False)
    devices: Mapping[str, Mapping[str, Told]]
    members: Mapping[tuple[str, int], Mapping[str, Told]]
    roles: Mapping[str, Told]
    waivers: tuple[Waiver, ...]

    @property
    def states_anything(self) -> bool:
        """Tell whether it says more than waivers."""
        return bool(self.devices or self.members or self.roles)


@cache
def schema() -> dict[str, Any]:
    """Return the JSON schema."""
    return dict(json.loads(schema_text()))


def schema_text() -> str:
    """Return the JSON schema's text."""
    return resources.files("vxcheck").joinpath("intent.schema.json").read_text(encoding="utf-8")


def beside(source: Path) -> Path | None:
    """Return the intent that lies with an inventory or in a snapshot, if one does."""
    path = (source if source.is_dir() else source.parent) / FILE
    if snapshot.is_snapshot(source) and path.is_symlink():
        raise UsageError(f"{path} points elsewhere: a snapshot's intent lies in it; name another with --intent")
    return path if path.is_file() else None


def load(path: Path, roles: Mapping[str, str]) -> Intent:
    """Read an intent for devices, given with the roles that their inventory tells ('' for none).

    Raises UsageError with file and line where it is not of the schema, or names what does not exist.
    """
    told = lined.read(path)
    if told.content is None:
        raise UsageError(f"{path}: line 1: it is empty; `vxcheck intent from SNAPSHOT` writes a first one")
    lined.require(told, schema())
    return _Resolving(told, roles).intent()


@dataclass
class _Resolving:
    """Work out what an intent's globs, ranges and exceptions mean for each device."""

    told: lined.Lined
    inventory: Mapping[str, str]

    def intent(self) -> Intent:
        content = self.told.content
        by_device = self._entries()
        fabric = content.get("fabric") or {}
        members = self._members(fabric, by_device)
        roles = self._roles(by_device, members)
        devices: dict[str, dict[str, Told]] = {}
        # What holds for the fabric holds for whoever has a VXLAN interface, named or not.
        if any(name != "waivers" for name in content):
            for name in self.inventory:
                own = devices[name] = {"": Told(name, 1)}
                for layer in (fabric, *by_device[name]):
                    own |= self._values(layer, VALUES)
        return Intent(self.told.path, self.told.lines, devices, members, roles, tuple(self._waivers()))

    def _entries(self) -> dict[str, list[Any]]:
        """Return what `devices` says of each device: globs first, in the file's order, then its own name."""
        entries = self.told.content.get("devices") or {}
        found: dict[str, list[Any]] = {name: [] for name in self.inventory}
        for name in entries:
            self._named(name, lined.line_of(entries, name), "devices")
        for exact in (False, True):
            for pattern, entry in entries.items():
                for name in self.inventory:
                    if (pattern == name) == exact and fnmatchcase(name, str(pattern)):
                        found[name].append(entry)
        return found

    def _members(self, fabric: Any, by_device: Mapping[str, list[Any]]) -> dict[tuple[str, int], dict[str, Told]]:
        vnis = self.told.content.get("vnis") or {}
        lines: dict[int, int] = {}
        members: dict[tuple[str, int], dict[str, Told]] = {}
        for key, entry in vnis.items():
            line = lined.line_of(vnis, key)
            for vni in self._range(key, line):
                if vni in lines:
                    raise UsageError(f"{self.told.path}: line {line}: vnis: VNI {vni} stands in line {lines[vni]} too")
                lines[vni] = line
                for name in self._carriers(entry, by_device):
                    own = {"": Told(vni, line)}
                    for layer in (fabric, entry, *by_device[name]):
                        own |= self._values(layer, MEMBER_VALUES)
                    members[name, vni] = own
        for name, entries in by_device.items():
            for entry in entries:
                exceptions = entry.get("vnis") or {}
                for key, layer in exceptions.items():
                    line = lined.line_of(exceptions, key)
                    for vni in self._range(key, line):
                        if vni not in lines:
                            raise UsageError(f"{self.told.path}: line {line}: there is no VNI {vni} under `vnis`")
                        if (name, vni) in members:
                            members[name, vni] |= self._values(layer, MEMBER_VALUES)
        return members

    def _carriers(self, entry: Any, by_device: Mapping[str, list[Any]]) -> list[str]:
        """Return the devices that must carry a VNI; a glob passes over those that are of the underlay only."""
        found: dict[str, None] = {}
        for key in ("members", "except"):
            names = entry.get(key) or []
            for index, pattern in enumerate(names):
                for name in self._named(pattern, lined.line_of(names, index), key):
                    if key == "except":
                        found.pop(name, None)
                    elif name == pattern or self._role(name, by_device[name]) != "underlay":
                        found[name] = None
        return list(found)

    def _role(self, name: str, entries: Iterable[Any]) -> str:
        told = [entry["role"] for entry in entries if "role" in entry]
        return str(told[-1]) if told else self.inventory[name]

    def _roles(
        self, by_device: Mapping[str, list[Any]], members: Mapping[tuple[str, int], Mapping[str, Told]]
    ) -> dict[str, Told]:
        found: dict[str, Told] = {}
        for name, entries in by_device.items():
            for entry in entries:
                found |= {name: Told(entry["role"], lined.line_of(entry, "role"))} if "role" in entry else {}
            inventory = self.inventory[name]
            if name in found and inventory and inventory != found[name].value:
                raise UsageError(
                    f"{self.told.path}: line {found[name].line}: {name}: its role is {found[name].value} here, and "
                    f"{inventory} in the inventory"
                )
        for (name, vni), told in members.items():
            role = found.get(name)
            if (role.value if role else self.inventory[name]) == "underlay":
                raise UsageError(
                    f"{self.told.path}: line {told[''].line}: {name} is to carry VNI {vni}, and its role is underlay"
                )
            found.setdefault(name, Told("vtep", told[""].line))
        return found

    def _waivers(self) -> Iterable[Waiver]:
        items = self.told.content.get("waivers") or []
        for index, item in enumerate(items):
            where = {
                str(name): tuple(_cell(one) for one in (value if isinstance(value, list) else [value]))
                for name, value in (item.get("where") or {}).items()
            }
            expires = item["expires"]
            yield Waiver(
                str(item["check"]),
                " ".join(str(item["reason"]).split()),
                expires if isinstance(expires, date) else date.fromisoformat(expires),
                str(item.get("device", "*")),
                where,
                f"{self.told.path}: line {lined.line_of(items, index)}",
            )

    def _named(self, pattern: Any, line: int, key: str) -> Sequence[str]:
        names = [name for name in self.inventory if fnmatchcase(name, str(pattern))]
        if not names:
            known = ", ".join(list(self.inventory)[:20])
            raise UsageError(
                f"{self.told.path}: line {line}: {key}: there is no device {pattern!r}; the source has {known}"
            )
        return names

    def _range(self, key: Any, line: int) -> range:
        first, _, last = str(key).partition("-")
        low, high = int(first), int(last or first)
        if not 0 < low <= high <= _LARGEST:
            raise UsageError(
                f"{self.told.path}: line {line}: VNI {key}: must be 1 to {_LARGEST}, a range from low to high"
            )
        return range(low, high + 1)

    @staticmethod
    def _values(layer: Any, names: Sequence[str]) -> dict[str, Told]:
        return {name: Told(layer[name], lined.line_of(layer, name)) for name in names if name in layer}


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:g}" if isinstance(value, float) else str(value)
