"""Ask the tables what a trace needs to know of one place."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

from vxcheck.fabric import Fabric
from vxcheck.underlay import Underlay


class Member(NamedTuple):
    """Hold a VNI of a device with its VXLAN interface; what the device does not show is None."""

    device: str
    vni: int
    interface: str
    vlan: int | None
    bridge: str | None
    bum_mode: str | None
    multicast_group: str | None
    flags: str | None
    admin_state: str | None
    oper_state: str | None
    source_interface: str | None
    ttl: str | None
    vtep_ip: str | None
    udp_port: int | None
    udp_port_origin: str
    sends_without_checksum: bool | None
    takes_without_checksum: bool | None
    vni_line: int | None
    bum_line: int | None
    line: int | None
    vtep_ip_line: int | None
    udp_port_line: int | None
    reason: str | None
    vni_state: str | None

    @property
    def kernel(self) -> bool:
        """Tell whether it is the Linux kernel's interface, of which all is shown."""
        return self.flags is not None

    @property
    def place(self) -> str:
        """Return the bridge or VLAN that the VNI is joined to; empty where it is in none."""
        return self.bridge or (f"VLAN {self.vlan}" if self.vlan is not None else "")


class Link(NamedTuple):
    """Hold an interface: whether it is up (None where that is not shown), whether it speaks ARP, and its MTU."""

    interface: str
    up: bool | None
    arp: bool
    mtu: int | None
    line: int | None
    mtu_line: int | None


class Port(NamedTuple):
    """Hold the switches of a bridge port; None where the device does not show one."""

    bridge: str
    stp_state: str | None
    flooding: bool | None
    bcast_flooding: bool | None
    neigh_suppress: bool | None
    line: int | None


_MEMBER = """
SELECT n.device, n.vni, n.interface, n.vlan, n.bridge, n.bum_mode, n.multicast_group,
       v.flags, v.admin_state, v.oper_state, v.source_interface, v.ttl,
       a.vtep_ip, p.udp_port, p.udp_port_origin, v.udp6_zero_checksum_tx, v.udp6_zero_checksum_rx,
       n.vni_evidence, coalesce(v.multicast_group_evidence, v.bum_mode_evidence, n.vni_evidence), v.evidence,
       a.vtep_ip_evidence, p.udp_port_evidence, a.reason, n.vni_state
FROM vnis_of_vteps AS n
JOIN vteps AS v ON v.device = n.device AND v.interface = n.interface
JOIN vtep_addresses AS a ON a.device = n.device AND a.interface = n.interface
JOIN vtep_ports AS p ON p.device = n.device AND p.interface = n.interface
WHERE n.vni = ? ORDER BY n.device, n.interface
"""


@dataclass
class Facts:
    """Answer questions about a VNI and single devices from a fabric's tables, each asked once."""

    fabric: Fabric
    vni: int
    _links: dict[str, list[Link]] = field(default_factory=dict)
    _rows: dict[Any, list[tuple[Any, ...]]] = field(default_factory=dict)

    def rows(self, sql: str, *parameters: Any) -> list[tuple[Any, ...]]:
        """Return a query's rows."""
        asked = (sql, parameters)
        if asked not in self._rows:
            self._rows[asked] = self.fabric.connection.execute(sql, list(parameters)).fetchall()
        return self._rows[asked]

    @cached_property
    def underlay(self) -> Underlay:
        """Return every device's routes."""
        return Underlay.of(self.fabric.connection)

    @cached_property
    def members(self) -> dict[str, Member]:
        """Return the VNI's VTEPs by device."""
        found: dict[str, Member] = {}
        for row in self.rows(_MEMBER, self.vni):
            found.setdefault(row[0], Member(*row))
        return found

    @cached_property
    def twins(self) -> dict[str, set[str]]:
        """Return which devices are one VTEP with a device: MLAG peers."""
        found: dict[str, set[str]] = {}
        told = "SELECT t.device, t.peer_device FROM vtep_twins AS t JOIN vteps AS v ON v.device = t.device WHERE v.mlag"
        for device, peer in self.rows(told):
            found.setdefault(device, set()).add(peer)
        return found

    @cached_property
    def owners(self) -> dict[str, list[tuple[str, str, int | None]]]:
        """Return who has an address: device, interface and line."""
        found: dict[str, list[tuple[str, str, int | None]]] = {}
        for address, *owner in self.rows(
            "SELECT address, device, interface, evidence FROM addresses ORDER BY evidence"
        ):
            found.setdefault(address, []).append((owner[0], owner[1], owner[2]))
        told = "SELECT address, device, '', evidence FROM member_addresses WHERE address IS NOT NULL"
        for address, *owner in self.rows(told):
            if owner[0] not in {one[0] for one in found.get(address, [])}:
                found.setdefault(address, []).append((owner[0], owner[1], owner[2]))
        return found

    def owns(self, device: str, address: str) -> tuple[str, int | None] | None:
        """Return the interface and line by which a device has an address; None where it has not."""
        return next(((i, line) for owner, i, line in self.owners.get(address, ()) if owner == device), None)

    def facing(self, device: str, interface: str) -> list[tuple[str, str]]:
        """Return the devices and interfaces that have an address in a network of an interface."""
        rows = self.rows(
            "SELECT address, prefix_length FROM addresses "
            "WHERE device = ? AND interface = ? AND prefix_length IS NOT NULL "
            "AND coalesce(scope, 'global') = 'global'",
            device,
            interface,
        )
        networks = [ipaddress.ip_interface(f"{address}/{length}").network for address, length in rows]
        return [
            (owner, port)
            for address, owners in self.owners.items()
            for owner, port, _ in owners
            if owner != device and port and any(ipaddress.ip_address(address) in network for network in networks)
        ]

    def covered(self, device: str, table: str) -> tuple[bool, str]:
        """Tell whether all of a table is known of a device, and why not."""
        for covered, reason in self.rows(
            "SELECT covered, reason FROM coverage WHERE device = ? AND table_name = ?", device, table
        ):
            return bool(covered), reason or ""
        return False, "the device was not examined"

    def link(self, device: str, interface: str | None) -> Link | None:
        """Return an interface of a device, by its short name too (Et2 for Ethernet2)."""
        if device not in self._links:
            self._links[device] = [
                Link(name, _up(flags, admin, oper), "NOARP" not in (flags or ""), mtu, line, mtu_line)
                for name, flags, admin, oper, mtu, line, mtu_line in self.rows(
                    "SELECT interface, flags, admin_state, oper_state, mtu, evidence, coalesce(mtu_evidence, evidence) "
                    "FROM links WHERE device = ?",
                    device,
                )
            ]
        return next((link for link in self._links[device] if same_port(link.interface, interface)), None)

    def port(self, device: str, interface: str) -> Port | None:
        """Return an interface as a port of its bridge."""
        for row in self.rows(
            "SELECT bridge, stp_state, flooding, bcast_flooding, neigh_suppress, "
            "coalesce(stp_state_evidence, learning_evidence, evidence) "
            "FROM bridge_ports WHERE device = ? AND interface = ? ORDER BY stp_state IS NULL",
            device,
            interface,
        ):
            return Port(*row)
        return None

    def neighbor(self, device: str, interface: str | None, address: str) -> tuple[str, int | None] | None:
        """Return the state of a neighbour on an interface and its line."""
        for state, line in self.rows(
            "SELECT state, evidence FROM neighbors WHERE device = ? AND interface = ? AND address = ?",
            device,
            interface,
            address,
        ):
            return state or "", line
        return None


def same_port(one: str, other: str | None) -> bool:
    """Tell whether two names are one port's: Et2, Eth2 and Ethernet2 are."""
    if other is None or one.lower() == other.lower():
        return other is not None
    parts = [re.fullmatch(r"([a-z][a-z-]*?)([\d/.:]+)", name.lower()) for name in (one, other)]
    if not all(parts):
        return False
    (word, number), (other_word, other_number) = (part.groups() for part in parts if part)
    return number == other_number and (word.startswith(other_word) or other_word.startswith(word))


def version(address: str) -> int:
    """Return 4 or 6."""
    return ipaddress.ip_address(address).version


def listed(words: Sequence[object], most: int = 6) -> str:
    """Return words with commas; of many, the first ones and how many more there are."""
    told = [str(word) for word in words]
    return ", ".join(told[:most]) + (f" and {len(told) - most} more" if len(told) > most else "")


def _up(flags: str | None, admin: str | None, oper: str | None) -> bool | None:
    if flags is not None:
        return {"UP", "LOWER_UP"} <= set(flags.split(","))
    if "down" in (admin, oper):
        return False
    return True if "up" in (admin, oper) else None
