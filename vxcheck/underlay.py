"""Trace the underlay: by which routes, and over which of the examined devices, a VTEP reaches each other one."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

import duckdb

from vxcheck.values import ip

_AT_ONCE = 20_000
_BLIND = {"blackhole", "unreachable", "prohibit", "throw"}
_DEFAULT = {4: "0.0.0.0/0", 6: "::/0"}


class Way(NamedTuple):
    """Hold one row of underlay_ways."""

    device: str
    destination: str
    route: str | None = None
    gateway: str | None = None
    out_interface: str | None = None
    evidence: int | None = None


class Hop(NamedTuple):
    """Hold one row of underlay_hops."""

    device: str
    destination: str
    hop: int
    hop_device: str | None = None
    out_interface: str | None = None
    evidence: int | None = None
    route: str | None = None
    gateway: str | None = None
    ends: str | None = None


class _Step(NamedTuple):
    """Hold a way out of a device, the one device that has its next hop, if it is one, and how the way ends there."""

    way: Way
    following: str | None
    ends: str | None


class _Route(NamedTuple):
    destination: str
    gateway: str | None
    interface: str | None
    metric: int
    evidence: int | None
    kind: str
    selected: bool


@dataclass
class _Table:
    """Hold one device's routes, so that the longest match is found without looking at all of them."""

    by_network: dict[tuple[int, int, int], list[_Route]] = field(default_factory=dict)
    lengths: dict[int, list[int]] = field(default_factory=dict)
    of_any_family: list[_Route] = field(default_factory=list)
    # The ways to the prefixes that were asked for.
    _ways: dict[tuple[int, int, int] | None, list[tuple[_Route, str | None, str | None]]] = field(default_factory=dict)

    def add(self, route: _Route) -> None:
        """Take a route in; one whose destination is no prefix is none."""
        version = ipaddress.ip_address(route.gateway).version if route.gateway else 4
        text = _DEFAULT[version] if route.destination == "default" else route.destination
        if route.destination == "default" and route.gateway is None:
            # Nothing in it tells its family.
            self.of_any_family.append(route)
        try:
            network = ipaddress.ip_network(text, strict=False)
        except ValueError:
            return
        key = (network.version, network.prefixlen, int(network.network_address) >> _host_bits(network))
        self.by_network.setdefault(key, []).append(route)
        known = self.lengths.setdefault(network.version, [])
        if network.prefixlen not in known:
            known.append(network.prefixlen)
            known.sort(reverse=True)

    def ways(self, destination: str) -> list[tuple[_Route, str | None, str | None]]:
        """Return the routes that a packet may take, each with its next hop and the way out to that."""
        key = self._match(destination)
        if key not in self._ways:
            self._ways[key] = [
                (route, gateway, interface)
                for route in self._best(key)
                for gateway, interface in self._next_hops(route)
            ]
        return self._ways[key]

    def _match(self, destination: str) -> tuple[int, int, int] | None:
        """Return the longest prefix that an address is in; None where there is none."""
        version, number, bits = _number(destination)
        for length in self.lengths.get(version, ()):
            key = (version, length, number >> (bits - length))
            if key in self.by_network:
                return key
        return None

    def _best(self, key: tuple[int, int, int] | None) -> list[_Route]:
        """Return the routes to a prefix that a packet may take: those of the lowest metric, as in the kernel."""
        if key is None:
            return self.of_any_family[:1]
        found = self.by_network[key]
        metric = min(route.metric for route in found)
        # A device that marks one next hop as in use sends everything there unless it was told to share.
        return sorted((route for route in found if route.metric == metric), key=lambda route: not route.selected)

    def _next_hops(self, route: _Route, deepest: int = 8) -> list[tuple[str | None, str | None]]:
        """Return the next hops of a route and the ways out to them: a gateway alone is looked up in its turn."""
        if route.kind in _BLIND:
            return [(route.gateway, None)]
        if route.gateway is None or route.interface is not None or not deepest:
            return [(route.gateway, route.interface)]
        further = [one for one in self._best(self._match(route.gateway)) if one is not route and one.kind not in _BLIND]
        found = [
            (gateway or route.gateway, interface)
            for one in further
            for gateway, interface in self._next_hops(one, deepest - 1)
        ]
        return list(dict.fromkeys(found)) or [(route.gateway, None)]


@dataclass
class Underlay:
    """Hold every device's routes and addresses, and trace ways through them."""

    tables: dict[str, _Table]
    owners: dict[str, set[str]]
    # What was found out about the destination that was last asked for: many devices send there by the same ones.
    _destination: str = ""
    _ways: dict[str, list[Way]] = field(default_factory=dict)
    _steps: dict[str, _Step | None] = field(default_factory=dict)

    @classmethod
    def of(cls, connection: duckdb.DuckDBPyConnection) -> Underlay:
        """Read what the devices showed."""
        tables: dict[str, _Table] = {}
        for device, *route in connection.execute(
            "SELECT device, destination, gateway, interface, coalesce(metric, 0), evidence, coalesce(kind, 'unicast'), "
            "coalesce(selected, false) FROM routes WHERE vrf IS NULL AND coalesce(kind, 'unicast') NOT IN "
            "('multicast', 'broadcast', 'anycast', 'MultiRecv')"
        ).fetchall():
            tables.setdefault(device, _Table()).add(_Route(*route))
        owners: dict[str, set[str]] = {}
        for address, device in connection.execute("SELECT address, device FROM addresses").fetchall():
            owners.setdefault(address, set()).add(device)
        return cls(tables, owners)

    def shows(self, device: str, destination: str) -> bool:
        """Tell whether a device shows any route of an address's family: else none is known to be missing."""
        table = self.tables.get(device)
        return table is not None and _number(destination)[0] in table.lengths

    def ways(self, device: str, destination: str) -> list[Way]:
        """Return the ways out of a device to an address.

        Several next hops of one route are a way each; without a route there is one that leads nowhere.
        """
        self._remember(destination)
        if device not in self._ways:
            table = self.tables.get(device)
            self._ways[device] = [
                Way(device, destination, route.destination, gateway, interface, route.evidence)
                for route, gateway, interface in (table.ways(destination) if table else ())
            ] or [Way(device, destination)]
        return self._ways[device]

    def hops(self, device: str, destination: str) -> list[Hop]:
        """Follow the first way from device to device, until the destination or the end of what was examined.

        The last hop says how the way ends: arrived, no route, blackhole, loop, or unknown (the next was not examined).
        """
        self._remember(destination)
        found: list[Hop] = []
        at, seen = device, {device}
        while (step := self._step(at, destination)) is not None:
            way, following, ends = step
            if ends is None and following in seen:
                ends = "loop"
            number = len(found) + 1
            found.append(
                Hop(device, destination, number, at, way.out_interface, way.evidence, way.route, way.gateway, ends)
            )
            if ends == "unknown":
                found.append(Hop(device, destination, number + 1, ends=ends))
            if ends is not None or following is None:
                return found
            at = following
            seen.add(at)
        return [*found, Hop(device, destination, len(found) + 1, at, ends="unknown")]

    def _remember(self, destination: str) -> None:
        if destination != self._destination:
            self._destination, self._ways, self._steps = destination, {}, {}

    def _step(self, at: str, destination: str) -> _Step | None:
        """Return the step from a device towards the destination; None where it shows no routes to such an address."""
        if at not in self._steps:
            self._steps[at] = self._find_step(at, destination) if self.shows(at, destination) else None
        return self._steps[at]

    def _find_step(self, at: str, destination: str) -> _Step:
        way = self.ways(at, destination)[0]
        owners = self.owners.get(way.gateway, set()) if way.gateway else set()
        following = next(iter(owners)) if len(owners) == 1 else None
        ends = None
        if way.out_interface is None:
            ends = "no route" if way.route is None else "blackhole"
        elif way.gateway is None:
            ends = "arrived"
        elif following is None:
            ends = "unknown"
        elif following != at and following in self.owners.get(destination, set()):
            ends = "arrived"
        return _Step(way, following, ends)


def trace(connection: duckdb.DuckDBPyConnection) -> Iterator[tuple[list[Way], list[Hop]]]:
    """Yield the rows of underlay_ways and underlay_hops, some at a time, for every device that shows routes.

    There are as many as pairs of VTEPs: they are not all held at once.
    """
    wanted = connection.execute(
        "SELECT device, destination FROM vtep_destinations "
        "WHERE device IN (SELECT device FROM routes WHERE vrf IS NULL) "
        "UNION SELECT device, peer FROM vxlan_peers WHERE NOT is_multicast(peer) "
        "AND device IN (SELECT device FROM routes WHERE vrf IS NULL) ORDER BY destination, device"
    ).fetchall()
    underlay = Underlay.of(connection)
    for start in range(0, len(wanted), _AT_ONCE):
        ways: list[Way] = []
        hops: list[Hop] = []
        for device, peer in wanted[start : start + _AT_ONCE]:
            if underlay.shows(device, peer):
                ways += underlay.ways(device, peer)
                hops += underlay.hops(device, peer)
        yield ways, hops


def unexamined_next_hops(connection: duckdb.DuckDBPyConnection) -> list[tuple[str, tuple[str, ...]]]:
    """Return the next hops at which the ways between VTEPs leave what was examined, with the devices that use them."""
    found = connection.execute(
        "SELECT gateway, list_sort(list(DISTINCT hop_device)) FROM underlay_hops "
        "WHERE ends = 'unknown' AND gateway IS NOT NULL AND hop_device IS NOT NULL GROUP BY gateway ORDER BY ALL"
    ).fetchall()
    return [(address, tuple(devices)) for address, devices in found]


@lru_cache(maxsize=100_000)
def _number(address: str) -> tuple[int, int, int]:
    """Return an address as version, number and bits."""
    found = ipaddress.ip_address(ip(address))
    return found.version, int(found), found.max_prefixlen


def _host_bits(network: ipaddress.IPv4Network | ipaddress.IPv6Network) -> int:
    return network.max_prefixlen - network.prefixlen
