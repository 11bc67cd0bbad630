"""Draw up what a picture of the fabric shows: who is a member of which VNI, who sees whom, who should, over what."""

from __future__ import annotations

import ipaddress
import itertools
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from vxcheck.check import Finding, Report
from vxcheck.fabric import Fabric
from vxcheck.report.digest import accepted, peers

SAME, SEEN, UNSEEN, UNKNOWN, WARNING, FAULT = "same", "seen", "unseen", "unknown", "warning", "fault"
# From good to bad: what two directions, or several VNIs, come to together.
_ORDER = (SAME, SEEN, UNSEEN, UNKNOWN, WARNING, FAULT)


@dataclass(frozen=True)
class Cell:
    """Hold what one VTEP knows of another one, and the checks that say that it is wrong."""

    state: str
    checks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Matrix:
    """Hold who sees whom in one VNI, or in several of which all is the same: a row for each VTEP that looks."""

    vnis: tuple[int, ...]
    devices: tuple[str, ...]
    cells: tuple[tuple[Cell, ...], ...]

    @property
    def state(self) -> str:
        """Return the worst state of its cells."""
        return worst(cell.state for row in self.cells for cell in row)


@dataclass(frozen=True)
class Vtep:
    """Hold one VTEP as it is drawn. `state` is fault or warning where a finding names it alone, else seen."""

    device: str
    addresses: tuple[str, ...]
    vnis: tuple[int, ...]
    state: str


@dataclass(frozen=True)
class Tunnel:
    """Hold two VTEPs that share VNIs, and the worst that either knows of the other."""

    one: str
    other: str
    vnis: tuple[int, ...]
    state: str


@dataclass(frozen=True)
class Picture:
    """Hold what can be drawn of a fabric. `unseen` are devices of which it is not known whether they are VTEPs."""

    vteps: tuple[Vtep, ...]
    matrices: tuple[Matrix, ...]
    tunnels: tuple[Tunnel, ...]
    routers: tuple[str, ...]
    cables: tuple[tuple[str, str], ...]
    unseen: tuple[str, ...]
    order: tuple[str, ...]


def picture(report: Report, fabric: Fabric) -> Picture:
    """Return the picture of a fabric, with what the report finds wrong in it."""
    members = _members(fabric)
    blamed, alone = _blamed(report.findings)
    matrices = _matrices(fabric, members, blamed)
    order = [device.name for device in report.devices]
    vnis: dict[str, list[int]] = defaultdict(list)
    addresses: dict[str, set[str]] = defaultdict(set)
    for (device, vni), found in members.items():
        vnis[device].append(vni)
        addresses[device] |= found
    vteps = [
        Vtep(one.name, tuple(sorted(addresses[one.name])), tuple(sorted(vnis[one.name])), alone.get(one.name, SEEN))
        for one in report.devices
        if one.vxlan
    ]
    drawn = {vtep.device for vtep in vteps}
    cables = _cables(fabric)
    routers = [name for name in order if name not in drawn and any(name in cable for cable in cables)]
    shown = drawn | set(routers)
    return Picture(
        tuple(vteps),
        tuple(matrices),
        tuple(_tunnels(matrices)),
        tuple(routers),
        tuple(sorted(cable for cable in cables if set(cable) <= shown and not set(cable) <= drawn)),
        tuple(device.name for device in report.devices if device.vxlan is None and device.condition != "left out"),
        tuple(order),
    )


def worst(states: Iterable[str]) -> str:
    """Return the worst of states; `same` where there is none."""
    return max(states, key=_ORDER.index, default=SAME)


def _members(fabric: Fabric) -> dict[tuple[str, int], set[str]]:
    """Return the addresses of each device in each VNI that it bridges; none where they are not known."""
    _, rows = fabric.query(
        "SELECT m.device, m.vni, a.vtep_ip FROM vni_members AS m LEFT JOIN vtep_addresses AS a "
        "ON a.device = m.device AND a.interface = m.interface WHERE m.vni IS NOT NULL ORDER BY ALL"
    )
    found: dict[tuple[str, int], set[str]] = {}
    for device, vni, address in rows:
        found.setdefault((device, vni), set()).update([address] if address else [])
    return found


def _blamed(
    findings: Iterable[Finding],
) -> tuple[dict[tuple[str, str, int | None], list[Finding]], dict[str, str]]:
    """Return findings by device, peer and VNI (None for all VNIs), and the state of devices that are named alone."""
    pairs: dict[tuple[str, str, int | None], list[Finding]] = defaultdict(list)
    alone: dict[str, str] = {}
    for finding in findings:
        state = FAULT if finding.severity == "error" else WARNING
        if accepted(finding) or finding.severity == "info":
            continue
        others = peers(finding)
        # Where a value is compared among many, all those that have one are one end, and both ends are at odds.
        ends = finding.row.get("same_device") or finding.device
        same = ends if isinstance(ends, list | tuple) else [ends]
        if not others and not finding.explained_by:
            alone[finding.device] = worst([state, alone.get(finding.device, SEEN)])
        vnis = finding.row.get("vnis", finding.row.get("vni"))
        for vni in vnis if isinstance(vnis, list | tuple) else [vnis]:
            for mine, peer in itertools.product(same, others):
                pairs[mine, peer, vni if isinstance(vni, int) else None].append(finding)
                if "same_device" in finding.row:
                    pairs[peer, mine, vni if isinstance(vni, int) else None].append(finding)
    return dict(pairs), alone


def _matrices(
    fabric: Fabric,
    members: Mapping[tuple[str, int], set[str]],
    blamed: Mapping[tuple[str, str, int | None], list[Finding]],
) -> list[Matrix]:
    _, rows = fabric.query("SELECT device, vni, peer FROM known_vteps")
    known = set(rows)
    _, rows = fabric.query(
        "SELECT DISTINCT device FROM coverage "
        "WHERE NOT covered AND table_name IN ('remote_vteps', 'remote_macs', 'flood_lists')"
    )
    blind = {device for (device,) in rows}
    by_vni: dict[int, list[str]] = {}
    order = [device.name for device in fabric.devices]
    for device, vni in sorted(members, key=lambda one: (one[1], order.index(one[0]) if one[0] in order else 0)):
        by_vni.setdefault(vni, []).append(device)

    def cell(mine: str, other: str, vni: int) -> Cell:
        if mine == other or members[mine, vni] & members[other, vni]:
            return Cell(SAME)
        found = [*blamed.get((mine, other, vni), ()), *blamed.get((mine, other, None), ())]
        if found:
            state = FAULT if any(one.severity == "error" for one in found) else WARNING
            return Cell(state, tuple(dict.fromkeys(one.check for one in found)))
        if any((mine, vni, address) in known for address in members[other, vni]):
            return Cell(SEEN)
        return Cell(UNKNOWN if mine in blind or not members[other, vni] else UNSEEN)

    same: dict[tuple[tuple[str, ...], tuple[tuple[Cell, ...], ...]], list[int]] = {}
    for vni, devices in by_vni.items():
        cells = tuple(tuple(cell(mine, other, vni) for other in devices) for mine in devices)
        same.setdefault((tuple(devices), cells), []).append(vni)
    matrices = [Matrix(tuple(vnis), devices, cells) for (devices, cells), vnis in same.items()]
    return sorted(matrices, key=lambda matrix: (-_ORDER.index(matrix.state), matrix.vnis))


def _tunnels(matrices: Iterable[Matrix]) -> Iterable[Tunnel]:
    found: dict[tuple[str, str], list[tuple[tuple[int, ...], str]]] = {}
    for matrix in matrices:
        for i, one in enumerate(matrix.devices):
            for j, other in enumerate(matrix.devices[:i]):
                state = worst([matrix.cells[i][j].state, matrix.cells[j][i].state])
                if state != SAME:
                    found.setdefault((other, one), []).append((matrix.vnis, state))
    for (one, other), parts in found.items():
        vnis = tuple(sorted({vni for vnis, _ in parts for vni in vnis}))
        yield Tunnel(one, other, vnis, worst(state for _, state in parts))


def _cables(fabric: Fabric) -> set[tuple[str, str]]:
    """Return which devices are next to each other: by the way that packets take, and by networks of two devices.

    A network that more than two share tells nothing: it may be that of management.
    """
    _, hops = fabric.query(
        "SELECT device, destination, hop_device FROM underlay_hops ORDER BY device, destination, hop"
    )
    found: set[tuple[str, str]] = set()
    before: tuple[str, str, str | None] | None = None
    for hop in hops:
        if before and before[:2] == hop[:2] and before[2] and hop[2]:
            found.add(_pair(before[2], hop[2]))
        before = hop
    found |= {_pair(*sorted(devices)) for devices in _networks(fabric) if len(devices) == 2}
    return found


def _networks(fabric: Fabric) -> Iterable[set[str]]:
    """Yield the devices that have an address in each network."""
    _, rows = fabric.query(
        "SELECT device, address, prefix_length FROM addresses WHERE coalesce(scope, 'global') = 'global' "
        "AND prefix_length IS NOT NULL"
    )
    found: dict[str, set[str]] = {}
    for device, address, length in rows:
        network = ipaddress.ip_interface(f"{address}/{length}").network
        if network.num_addresses > 1 and not network.is_loopback and not network.is_link_local:
            found.setdefault(str(network), set()).add(device)
    return found.values()


def _pair(one: str, other: str) -> tuple[str, str]:
    return (one, other) if one < other else (other, one)
