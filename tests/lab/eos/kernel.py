"""Read the kernel's VXLAN interfaces, bridges and forwarding entries as one switch sees them."""

from __future__ import annotations

import json
import subprocess
from ipaddress import ip_network
from pathlib import Path
from typing import Any, NamedTuple

ALL_ZEROS = "00:00:00:00:00:00"
_PORTS = {"et1": "Et1", "et2": "Et2", "et3": "Et3"}
_KINDS = {"et": "Ethernet", "lo": "Loopback", "ma": "Management", "vlan": "Vlan"}  # in the switch's own order


class Vxlan(NamedTuple):
    """Describe one kernel VXLAN interface: one VLAN's share of the switch's Vxlan1."""

    name: str
    vni: int
    vlan: int | None  # the number in its bridge's name; none outside any bridge
    up: bool
    dstport: int
    group: str | None
    local: str | None
    flood: tuple[str, ...]  # unicast addresses that BUM traffic is replicated to
    statistics: dict[str, int]  # bytes and packets, named as in /sys/class/net/*/statistics


class Mac(NamedTuple):
    """Describe one learned or static MAC address."""

    vlan: int
    address: str
    static: bool
    port: str  # Et2, or Vx1
    vtep: str | None  # where Vx1 leads to, by the VXLAN interface's own table
    age: int  # seconds


class Switch(NamedTuple):
    """Hold what the commands render."""

    vxlans: tuple[Vxlan, ...]
    macs: tuple[Mac, ...]  # by bridge port
    remote_macs: tuple[Mac, ...]  # by VTEP
    source_active: bool  # whether the source address stands on an interface


class Port(NamedTuple):
    """Describe one interface that is not a VXLAN's."""

    name: str  # Ethernet1
    kind: str  # Ethernet
    mac: str
    mtu: int
    up: bool  # by configuration
    carrier: bool
    switched: bool  # whether it is a port of a VLAN
    addresses: tuple[str, ...]  # with prefix lengths, the primary first
    statistics: dict[str, int]


class Route(NamedTuple):
    """Describe one IPv4 route; without next hops it discards."""

    destination: str
    code: str  # C or S
    metric: int
    next_hops: tuple[tuple[str | None, str], ...]  # gateway and interface


def read_ports() -> tuple[Port, ...]:
    """Ask the kernel for interfaces, as the switch orders them."""
    addresses = {link["ifname"]: link["addr_info"] for link in _json("ip", "-j", "-4", "addr", "show")}
    links = [link for link in _json("ip", "-j", "-d", "-s", "link", "show") if _kind(link["ifname"])]
    ports = [_port(link, addresses.get(link["ifname"], [])) for link in links]
    order = list(_KINDS.values())
    return tuple(
        sorted(
            (port for port in ports if port.kind != "Vlan" or port.addresses),
            key=lambda port: (order.index(port.kind), port.name),
        )
    )


def read_routes(ports: tuple[Port, ...]) -> tuple[Route, ...]:
    """Ask the kernel for routes; it has those to its own addresses elsewhere."""
    own = [
        Route(address, "C", 0, ((None, port.name),))
        for port in ports
        for address in port.addresses
        if address.endswith("/32") and port.up
    ]
    told = [_route(route) for route in _json("ip", "-j", "-4", "route", "show")]
    usable = [route for route in told if route is not None]
    return tuple(sorted(own + usable, key=lambda route: ip_network(route.destination)))


def read_switch() -> Switch:
    """Ask the kernel anew."""
    links = {link["ifname"]: link for link in _json("ip", "-j", "-d", "-s", "link", "show")}
    entries = _json("bridge", "-j", "-s", "fdb", "show")
    vxlans = tuple(
        _vxlan(link, entries) for link in links.values() if link.get("linkinfo", {}).get("info_kind") == "vxlan"
    )
    vlans = {name: _vlan(link) for name, link in links.items()}
    learned = [entry for entry in entries if _is_host(entry) and vlans.get(entry["ifname"])]
    names = {vxlan.name for vxlan in vxlans}
    by_vtep = {(e["ifname"], e["mac"]): e["dst"] for e in learned if "dst" in e}
    return Switch(
        tuple(sorted(vxlans, key=lambda vxlan: vxlan.vlan or 0)),
        _sorted(_mac(e, vlans, names, by_vtep) for e in learned if "master" in e),
        _sorted(_mac(e, vlans, names, by_vtep) for e in learned if "dst" in e),
        any(vxlan.local in _addresses() for vxlan in vxlans),
    )


def uptime() -> tuple[int, int]:
    """Give minutes since the start and free memory in kB."""
    seconds = float(Path("/proc/uptime").read_text().split()[0])
    memory = dict(line.split(":") for line in Path("/proc/meminfo").read_text().splitlines())
    return int(seconds) // 60, int(memory["MemFree"].split()[0])


def _json(*argv: str) -> list[dict[str, Any]]:
    done = subprocess.run(argv, capture_output=True, text=True, check=True)
    found: list[dict[str, Any]] = json.loads(done.stdout or "[]")
    return found


def _vxlan(link: dict[str, Any], entries: list[dict[str, Any]]) -> Vxlan:
    told = link["linkinfo"]["info_data"]
    received, sent = link["stats64"]["rx"], link["stats64"]["tx"]
    counters = {f"rx_{name}": count for name, count in received.items()}
    counters |= {f"tx_{name}": count for name, count in sent.items()}
    flood = [e["dst"] for e in entries if e["ifname"] == link["ifname"] and e["mac"] == ALL_ZEROS and "dst" in e]
    group = told.get("group") or told.get("group6")
    return Vxlan(
        link["ifname"],
        told["id"],
        _vlan(link),
        "UP" in link["flags"],
        told["port"],
        group,
        told.get("local") or told.get("local6"),
        tuple(sorted(address for address in flood if address != group)),
        counters,
    )


def _vlan(link: dict[str, Any]) -> int | None:
    """Give the VLAN that a port's bridge stands for: vlan100 is VLAN 100."""
    master = str(link.get("master", ""))
    return int(master.removeprefix("vlan")) if master.startswith("vlan") else None


def _is_host(entry: dict[str, Any]) -> bool:
    """Tell a learned or configured host from the bridge's own addresses and from flood entries."""
    own = entry.get("state") == "permanent" and "dst" not in entry
    return not own and entry["mac"] != ALL_ZEROS and not int(entry["mac"][:2], 16) & 1


def _mac(
    entry: dict[str, Any],
    vlans: dict[str, int | None],
    vxlans: set[str],
    by_vtep: dict[tuple[str, str], str],
) -> Mac:
    name = entry["ifname"]
    return Mac(
        vlans[name] or 0,
        entry["mac"],
        entry.get("state") in ("permanent", "static"),
        "Vx1" if name in vxlans else _PORTS.get(name, name),
        by_vtep.get((name, entry["mac"])),
        int(entry.get("updated", 0)),
    )


def _sorted(macs: Any) -> tuple[Mac, ...]:
    return tuple(sorted(macs, key=lambda mac: (mac.vlan, mac.address)))


def _kind(name: str) -> str | None:
    letters = name.rstrip("0123456789")
    return _KINDS.get(letters)


def _name(name: str) -> str:
    """Give the switch's name of a kernel interface: et1 is Ethernet1, lo Loopback0."""
    kind = _kind(name)
    return f"{kind}{name.lstrip('abcdefghijklmnopqrstuvwxyz') or 0}" if kind else name


def _port(link: dict[str, Any], addresses: list[dict[str, Any]]) -> Port:
    received, sent = link["stats64"]["rx"], link["stats64"]["tx"]
    counters = {f"rx_{name}": count for name, count in received.items()}
    counters |= {f"tx_{name}": count for name, count in sent.items()}
    return Port(
        _name(link["ifname"]),
        str(_kind(link["ifname"])),
        link["address"],
        link["mtu"],
        "UP" in link["flags"],
        "LOWER_UP" in link["flags"],
        "master" in link,
        tuple(f"{one['local']}/{one['prefixlen']}" for one in addresses if not one["local"].startswith("127.")),
        counters,
    )


def _route(route: dict[str, Any]) -> Route | None:
    """Describe one route; None for one whose link is down, which the switch does not show."""
    hops = [hop for hop in route.get("nexthops", [route]) if "dev" in hop]
    alive = [hop for hop in hops if not {"linkdown", "dead"} & {*route.get("flags", []), *hop.get("flags", [])}]
    if hops and not alive:
        return None
    destination = "0.0.0.0/0" if route["dst"] == "default" else str(ip_network(route["dst"]))
    code = "C" if route.get("protocol") == "kernel" else "S"
    discards = route.get("type", "unicast") != "unicast"
    next_hops = () if discards else tuple((hop.get("gateway"), _name(hop["dev"])) for hop in alive)
    return Route(destination, code, route.get("metric", 0), next_hops)


def _addresses() -> set[str]:
    return {address["local"] for link in _json("ip", "-j", "addr", "show") for address in link["addr_info"]}
