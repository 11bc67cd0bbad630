"""One cause, one headline: put each row down to a row of another check that found its cause.

A page's `explained by` names the checks. A cause explains a row of the same pair of devices, or of any pair with the
one device that it accuses, in its VNIs (in all where it names none), if it is as heavy. Everything is looked up by
devices and VNI, so that the work grows with the rows, not with their square.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

from vxcheck.examine import Row
from vxcheck.pages import SEVERITIES, Check

_ANY_VNI = "any VNI"
# A row with more peers than these is put down to a cause on its own device, or to none.
_PEERS = 50


def explain(rows: Iterable[Row], checks: Mapping[str, Check]) -> None:
    """Set the cause of every row that has one.

    A row that a waiver accepts explains only rows that are accepted too: no fault is hidden under what is accepted.
    """
    by_check: dict[str, list[Row]] = {}
    for row in rows:
        by_check.setdefault(row.check.name, []).append(row)
    counted, accepted = _Index(), _Index()
    named = {name for check in checks.values() for name in check.explained_by}
    # Causes come first, and of checks that name each other only one explains: nothing is hidden by a circle.
    for name in _order(checks):
        mine = [(row, _Place.of(row)) for row in by_check.get(name, [])]
        for row, place in mine:
            row.cause = _cause(counted, row, place) or (_cause(accepted, row, place) if row.waiver else None)
        for row, place in mine if name in named else ():
            (accepted if row.waiver else counted).add(row, place)


@dataclass(frozen=True, slots=True)
class _Place:
    """Say which devices and VNIs a row names, and whether it stands for a pair with each of several peers."""

    devices: frozenset[str]
    several: bool
    vnis: tuple[Hashable, ...]

    @classmethod
    def of(cls, row: Row) -> _Place:
        peer, far = row.values.get("peer_device"), row.values.get("far_device")
        several = isinstance(peer, list | tuple) and len(peer) > 1
        vnis = _parts(row.values.get("vnis", row.values.get("vni")))
        return cls(frozenset({row.device} | _parts(peer) | _parts(far)), several, tuple(sorted(vnis)))


def _parts(value: Any) -> set[Any]:
    """Return what stands in a column: one value, or those of a list."""
    if isinstance(value, list | tuple):
        return set().union(*(_parts(part) for part in value))
    return set() if value is None else {value}


def _order(checks: Mapping[str, Check]) -> list[str]:
    """Return the checks' names, each behind those that explain it as far as that is possible."""
    ordered: dict[str, None] = {}
    entered: set[str] = set()
    for start in checks:
        stack = [(start, iter(checks[start].explained_by))]
        entered.add(start)
        while stack:
            name, causes = stack[-1]
            following = next((one for one in causes if one in checks and one not in entered), None)
            if following is None:
                ordered[name] = None
                stack.pop()
            else:
                entered.add(following)
                stack.append((following, iter(checks[following].explained_by)))
    return list(ordered)


def _cause(index: _Index, row: Row, place: _Place) -> Row | None:
    """Return the row that explains one wholly; of those that do together (several VNIs, several peers), the first."""
    names = [name for name in row.check.explained_by if name in index.names]
    if not names:
        return None
    vnis: tuple[Hashable, ...] = place.vnis or (_ANY_VNI,)
    pairs = [place.devices]
    if place.several:
        pairs = [frozenset([row.device, peer]) for peer in sorted(place.devices - {row.device})]
    macs = _parts(row.values.get("mac")) if not row.more else set()
    for name in names:
        found: list[Row | None] = []
        for vni in vnis:
            same = [index.mac(name, mac, vni, row) for mac in sorted(macs)]
            if same and all(same):
                found.append(same[0])
            elif place.several and (own := index.single(name, row.device, vni, row)):
                found.append(own)
            elif len(pairs) > _PEERS:
                found.append(None)
            else:
                found += [index.pair(name, pair, vni, row) for pair in pairs]
            if found[-1] is None:
                break
        if all(found):
            return found[0]
    return None


@dataclass
class _Index:
    """Lead from a check, devices and a VNI to the heaviest row that may be the cause there."""

    exact: dict[tuple[str, frozenset[str], Hashable], Row] = field(default_factory=dict)
    alone: dict[tuple[str, str, Hashable], Row] = field(default_factory=dict)
    stars: dict[tuple[str, str, Hashable], list[tuple[frozenset[str], Row]]] = field(default_factory=dict)
    touched: set[tuple[str, frozenset[str], Hashable]] = field(default_factory=set)
    macs: dict[tuple[str, Hashable, Hashable], Row] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)

    def add(self, row: Row, place: _Place) -> None:
        """Keep a row as a possible cause."""
        name, devices = row.check.name, place.devices
        self.names.add(name)
        for vni in (*(place.vnis or (None,)), _ANY_VNI):
            for mac in _parts(row.values.get("mac")):
                _keep(self.macs, (name, mac, vni), row)
            if len(devices) == 1:
                _keep(self.alone, (name, row.device, vni), row)
            if place.several or len(devices) > 3:
                peers = devices - {row.device}
                self.stars.setdefault((name, row.device, vni), []).append((peers, row))
                # Whatever is said of a peer alone may come of it too; those who share their peers are one cause.
                if (name, peers, vni) not in self.touched:
                    self.touched.add((name, peers, vni))
                    for device in (row.device, *peers):
                        _keep(self.exact, (name, frozenset([device]), vni), row)
            else:
                for size in range(1, len(devices) + 1):
                    for some in combinations(sorted(devices), size):
                        _keep(self.exact, (name, frozenset(some), vni), row)

    def single(self, name: str, device: str, vni: Hashable, row: Row) -> Row | None:
        """Return a cause that accuses one device alone."""
        found = (self.alone.get((name, device, key)) for key in _keys(vni))
        return next((one for one in found if one and _as_heavy(one, row)), None)

    def pair(self, name: str, devices: frozenset[str], vni: Hashable, row: Row) -> Row | None:
        """Return a cause of the same devices (of more of them), or of one of them alone."""
        for key in _keys(vni):
            one = self.exact.get((name, devices, key))
            if one and _as_heavy(one, row):
                return one
            for device in sorted(devices):
                one = self.alone.get((name, device, key))
                if one and _as_heavy(one, row):
                    return one
                for peers, star in self.stars.get((name, device, key), ()):
                    if devices - {device} <= peers and _as_heavy(star, row):
                        return star
        return None

    def mac(self, name: str, mac: Hashable, vni: Hashable, row: Row) -> Row | None:
        """Return a cause that names the same MAC address, wherever: what is wrong in one place is learned in others."""
        found = (self.macs.get((name, mac, key)) for key in _keys(vni))
        return next((one for one in found if one and _as_heavy(one, row)), None)


def _keys(vni: Hashable) -> tuple[Hashable, ...]:
    return (_ANY_VNI,) if vni == _ANY_VNI else (vni, None)


def _keep(index: dict[Any, Row], key: Any, row: Row) -> None:
    known = index.get(key)
    if known is None or SEVERITIES.index(row.severity) < SEVERITIES.index(known.severity):
        index[key] = row


def _as_heavy(cause: Row, row: Row) -> bool:
    return SEVERITIES.index(cause.severity) <= SEVERITIES.index(row.severity)
