"""Read the kernel's VXLAN interfaces, bridges and forwarding entries as one switch sees them."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ALL_ZEROS = "00:00:00:00:00:00"
_PORTS = {"et1": "Et1", "et2": "Et2", "et3": "Et3"}


@dataclass(frozen=True)
class Vxlan:
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


@dataclass(frozen=True)
class Mac:
    """Describe one learned or static MAC address."""

    vlan: int
    address: str
    static: bool
    port: str  # Et2, or Vx1
    vtep: str | None  # where Vx1 leads to, by the VXLAN interface's own table
    age: int  # seconds


@dataclass(frozen=True)
class Switch:
    """Hold what the commands render."""

    vxlans: tuple[Vxlan, ...]
    macs: tuple[Mac, ...]  # by bridge port
    remote_macs: tuple[Mac, ...]  # by VTEP
    source_active: bool  # whether the source address stands on an interface


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


def _addresses() -> set[str]:
    return {address["local"] for link in _json("ip", "-j", "addr", "show") for address in link["addr_info"]}
