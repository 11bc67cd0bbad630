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

    def best(self, destination: str) -> list[_Route]:
        """Return the routes that a packet may take: longest prefix, then lowest metric, as in the kernel."""
        version, number, bits = _number(destination)
        for length in self.lengths.get(version, []):
            found = self.by_network.get((version, length, number >> (bits - length)))
            if found:
                metric = min(route.metric for route in found)
                # A device that marks one next hop as in use sends everything there unless it was told to share.
                return sorted(
                    (route for route in found if route.metric == metric), key=lambda route: not route.selected
                )
        return self.of_any_family[:1]

    def ways(self, destination: str) -> Iterator[tuple[_Route, str | None, str | None]]:
        """Yield the routes that a packet may take, each with its next hop and the way out to that."""
        for route in self.best(destination):
            for gateway, interface in self._next_hops(route):
                yield route, gateway, interface

    def _next_hops(self, route: _Route, deepest: int = 8) -> list[tuple[str | None, str | None]]:
        """Return the next hops of a route and the ways out to them: a gateway alone is looked up in its turn."""
        if route.gateway is None or route.interface is not None or route.kind in _BLIND or not deepest:
            return [(route.gateway, route.interface)]
        further = [one for one in self.best(route.gateway) if one is not route and one.kind not in _BLIND]
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
        table = self.tables.get(device)
        return [
            Way(
                device,
                destination,
                route.destination,
                gateway,
                None if route.kind in _BLIND else interface,
                route.evidence,
            )
            for route, gateway, interface in (table.ways(destination) if table else ())
        ] or [Way(device, destination)]

    def hops(self, device: str, destination: str) -> list[Hop]:
        """Follow the first way from device to device, until the destination or the end of what was examined.

        The last hop says how the way ends: arrived, no route, blackhole, loop, or unknown (the next was not examined).
        """
        found: list[Hop] = []
        at = device
        while self.shows(at, destination):
            way = self.ways(at, destination)[0]
            following = self._following(way)
            ends = self._end(at, way, following, destination, {at, *(hop.hop_device for hop in found)})
            number = len(found) + 1
            found.append(
                Hop(device, destination, number, at, way.out_interface, way.evidence, way.route, way.gateway, ends)
            )
            if ends == "unknown":
                found.append(Hop(device, destination, number + 1, ends=ends))
            if ends is not None or following is None:
                return found
            at = following
        return [*found, Hop(device, destination, len(found) + 1, at, ends="unknown")]

    def _following(self, way: Way) -> str | None:
        """Return the one device that has the next hop's address; None where that is nobody, or not one alone."""
        owners = self.owners.get(way.gateway, set()) if way.gateway else set()
        return next(iter(owners)) if len(owners) == 1 else None

    def _end(self, at: str, way: Way, following: str | None, destination: str, seen: set[str | None]) -> str | None:
        """Say how the way ends at this hop; None where it leads on to another device."""
        if way.out_interface is None:
            return "no route" if way.route is None else "blackhole"
        if way.gateway is None:
            return "arrived"
        if following is None:
            return "unknown"
        if following != at and following in self.owners.get(destination, set()):
            return "arrived"
        return "loop" if following in seen else None


def trace(connection: duckdb.DuckDBPyConnection) -> Iterator[tuple[list[Way], list[Hop]]]:
    """Yield the rows of underlay_ways and underlay_hops, some at a time, for every device that shows routes.

    There are as many as pairs of VTEPs: they are not all held at once.
    """
    wanted = connection.execute(
        "SELECT device, destination FROM vtep_destinations "
        "WHERE device IN (SELECT device FROM routes WHERE vrf IS NULL) "
        "UNION SELECT device, peer FROM vxlan_peers WHERE NOT is_multicast(peer) "
        "AND device IN (SELECT device FROM routes WHERE vrf IS NULL) ORDER BY ALL"
    ).fetchall()
    underlay = Underlay.of(connection)
    for start in range(0, len(wanted), _AT_ONCE):
        some = [(device, peer) for device, peer in wanted[start : start + _AT_ONCE] if underlay.shows(device, peer)]
        ways = [way for device, peer in some for way in underlay.ways(device, peer)]
        yield ways, [hop for device, peer in some for hop in underlay.hops(device, peer)]


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
