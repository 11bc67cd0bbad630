"""Trace the underlay: by which routes, and over which of the examined devices, a VTEP reaches each other one."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from typing import NamedTuple

import duckdb

from vxcheck.values import ip

_BLIND = {"blackhole", "unreachable", "prohibit", "throw"}
_DEFAULT = {4: "0.0.0.0/0", 6: "::/0"}
_HOPS = 16


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


class _Route(NamedTuple):
    destination: str
    gateway: str | None
    interface: str | None
    metric: int
    evidence: int | None
    kind: str


@dataclass
class Underlay:
    """Hold every device's routes and addresses, and trace ways through them."""

    routes: dict[str, list[_Route]]
    owners: dict[str, set[str]]

    @classmethod
    def of(cls, connection: duckdb.DuckDBPyConnection) -> Underlay:
        """Read what the devices showed."""
        routes: dict[str, list[_Route]] = {}
        for device, *route in connection.execute(
            "SELECT device, destination, gateway, interface, coalesce(metric, 0), evidence, coalesce(kind, 'unicast') "
            "FROM routes WHERE coalesce(kind, 'unicast') NOT IN ('multicast', 'broadcast', 'anycast')"
        ).fetchall():
            routes.setdefault(device, []).append(_Route(*route))
        owners: dict[str, set[str]] = {}
        for address, device in connection.execute("SELECT address, device FROM addresses").fetchall():
            owners.setdefault(address, set()).add(device)
        return cls(routes, owners)

    def shows(self, device: str, destination: str) -> bool:
        """Tell whether a device shows any route of an address's family: else none is known to be missing."""
        version = ipaddress.ip_address(ip(destination)).version
        return any(_family(route) == version for route in self.routes.get(device, []))

    def ways(self, device: str, destination: str) -> list[Way]:
        """Return the ways out of a device to an address: longest prefix, then lowest metric, as in the kernel.

        Several next hops of one route are a way each; without a route there is one that leads nowhere.
        """
        address = ipaddress.ip_address(ip(destination))
        matching = []
        for route in self.routes.get(device, []):
            version = ipaddress.ip_address(route.gateway).version if route.gateway else address.version
            network = _network(route.destination, version)
            if network is not None and network.version == address.version and address in network:
                matching.append((-network.prefixlen, route.metric, route))
        if not matching:
            return [Way(device, destination)]
        best = min(found[:2] for found in matching)
        return [
            Way(
                device,
                destination,
                route.destination,
                route.gateway,
                None if route.kind in _BLIND else route.interface,
                route.evidence,
            )
            for length, metric, route in matching
            if (length, metric) == best
        ]

    def hops(self, device: str, destination: str) -> list[Hop]:
        """Follow the first way from device to device, until the destination or the end of what was examined."""
        found: list[Hop] = []
        at: str | None = device
        while at is not None and len(found) < _HOPS and at not in {hop.hop_device for hop in found}:
            if at not in self.routes:
                found.append(Hop(device, destination, len(found) + 1, at))
                break
            way = self.ways(at, destination)[0]
            found.append(Hop(device, destination, len(found) + 1, at, way.out_interface, way.evidence))
            if way.out_interface is None or way.gateway is None:
                break
            next_hop = self.owners.get(way.gateway, set())
            at = next(iter(next_hop)) if len(next_hop) == 1 else None
            if at is None:
                found.append(Hop(device, destination, len(found) + 1))
            elif destination in self.owners and at in self.owners[destination]:
                break
        return found


def trace(connection: duckdb.DuckDBPyConnection) -> tuple[list[Way], list[Hop]]:
    """Return the rows of underlay_ways and underlay_hops, for every device that shows routes."""
    wanted = connection.execute(
        "SELECT device, destination FROM vtep_destinations WHERE device IN (SELECT device FROM routes) "
        "UNION SELECT device, peer FROM vxlan_peers WHERE NOT is_multicast(peer) "
        "AND device IN (SELECT device FROM routes) ORDER BY ALL"
    ).fetchall()
    underlay = Underlay.of(connection)
    wanted = [(device, peer) for device, peer in wanted if underlay.shows(device, peer)]
    ways = [way for device, peer in wanted for way in underlay.ways(device, peer)]
    hops = [hop for device, peer in wanted for hop in underlay.hops(device, peer)]
    return ways, hops


def _family(route: _Route) -> int:
    text = route.gateway if route.destination == "default" else route.destination
    return 6 if text and ":" in text else 4


def _network(destination: str, version: int) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
    try:
        return ipaddress.ip_network(_DEFAULT[version] if destination == "default" else destination, strict=False)
    except ValueError:
        return None
