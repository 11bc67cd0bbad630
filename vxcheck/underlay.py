"""Trace the underlay: which route of a device leads to each address that its VXLAN interfaces send to."""

from __future__ import annotations

import ipaddress
from typing import Any

import duckdb

from vxcheck.values import ip

_BLIND = {"blackhole", "unreachable", "prohibit", "throw"}
_DEFAULT = {4: "0.0.0.0/0", 6: "::/0"}


def ways(connection: duckdb.DuckDBPyConnection) -> list[tuple[Any, ...]]:
    """Return rows for underlay_ways: device, destination, route, gateway, out_interface, evidence.

    The longest prefix wins, then the lowest metric, as in the kernel; several next hops of one route are a row each. A
    destination without a route has a row without a way.
    """
    wanted = connection.execute(
        "SELECT DISTINCT device, peer FROM vxlan_peers WHERE NOT is_multicast(peer) "
        "AND device IN (SELECT device FROM routes) ORDER BY ALL"
    ).fetchall()
    routes: dict[str, list[tuple[Any, ...]]] = {}
    for device, *route in connection.execute(
        "SELECT device, destination, gateway, interface, coalesce(metric, 0), evidence, coalesce(kind, 'unicast') "
        "FROM routes WHERE coalesce(kind, 'unicast') NOT IN ('multicast', 'broadcast', 'anycast')"
    ).fetchall():
        routes.setdefault(device, []).append(tuple(route))
    return [row for device, peer in wanted for row in _ways_to(device, peer, routes.get(device, []))]


def _ways_to(device: str, peer: str, routes: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    address = ipaddress.ip_address(ip(peer))
    matching = []
    for destination, gateway, interface, metric, evidence, kind in routes:
        if destination == "default" and gateway and ipaddress.ip_address(gateway).version != address.version:
            continue
        network = _network(destination, address.version)
        if network is not None and network.version == address.version and address in network:
            matching.append((-network.prefixlen, metric, destination, gateway, interface, evidence, kind))
    if not matching:
        return [(device, peer, None, None, None, None)]
    best = min(matching, key=lambda way: way[:2])[:2]
    return [
        (device, peer, destination, gateway, None if kind in _BLIND else interface, evidence)
        for length, metric, destination, gateway, interface, evidence, kind in matching
        if (length, metric) == best
    ]


def _network(destination: str, version: int) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
    try:
        return ipaddress.ip_network(_DEFAULT[version] if destination == "default" else destination, strict=False)
    except ValueError:
        return None
