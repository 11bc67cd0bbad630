"""Find the two hosts of a trace: by MAC address, by IP address, or as a port of a device."""

from __future__ import annotations

import difflib
from dataclasses import replace

from vxcheck import values
from vxcheck.errors import UsageError
from vxcheck.trace.facts import Facts, listed, same_port
from vxcheck.trace.steps import End, Seat


def find(facts: Facts, given: str, option: str) -> End:
    """Return where a host is, as `_find`, and whether its address is in two places."""
    found = _find(facts, given, option)
    if found.mac is None or found.shared:
        return found
    apart: dict[str, Seat] = {}
    for seat in _of_mac(facts, found.mac, given).seats:
        if seat.port and not set(apart) & facts.twins.get(seat.device, set()):
            apart.setdefault(seat.device, seat)
    told = facts.rows(
        "SELECT device, coalesce(interface, 'the tunnel to ' || peer), evidence FROM evpn_duplicate_macs "
        "WHERE vni = ? AND mac = ? ORDER BY device",
        facts.vni,
        found.mac,
    )
    doubled = tuple(apart.values()) if len(apart) > 1 else tuple(Seat(d, p, line=line) for d, p, line in told)
    return replace(found, doubled=doubled)


def _find(facts: Facts, given: str, option: str) -> End:
    """Return where a host is; raises UsageError for what is neither MAC, IP, nor a port, or is nobody's address."""
    devices = [name for (name,) in facts.rows("SELECT device FROM devices")]
    if seat := next((name for name in sorted(devices, key=len, reverse=True) if given.startswith(f"{name}:")), None):
        return _of_port(facts, seat, given[len(seat) + 1 :], given, option)
    try:
        return _of_mac(facts, values.mac(given), given)
    except ValueError:
        pass
    try:
        address = values.ip(given) if given != "*" else ""
    except ValueError:
        address = ""
    if not address:
        near = difflib.get_close_matches(given.rpartition(":")[0] or given, devices, 1)
        hint = f"; did you mean {near[0]}:{given.rpartition(':')[2]}?" if near else f"; devices: {listed(devices)}"
        raise UsageError(f"{option} {given}: not a MAC address, an IP address or DEVICE:PORT{hint}")
    return _of_address(facts, address, given, option)


def _of_address(facts: Facts, address: str, given: str, option: str) -> End:
    """Find the MAC address of an IP address in the neighbour tables, of the VNI's own interfaces before all others."""
    rows = facts.rows(
        """
        SELECT n.mac, min(n.device), min(n.interface), min(n.evidence),
               bool_or(n.interface IN (SELECT coalesce(v.bridge, 'Vlan' || v.vlan) FROM vnis AS v
                                       WHERE v.device = n.device AND v.vni = ?)
                       OR n.interface IN (SELECT 'Vl' || v.vlan FROM vnis AS v WHERE v.device = n.device AND v.vni = ?))
        FROM (SELECT mac, device, interface, address, evidence FROM neighbors
              UNION ALL
              SELECT mac, device, interface, address, coalesce(mac_evidence, evidence) FROM virtual_gateways) AS n
        WHERE n.address = ? AND n.mac IS NOT NULL GROUP BY n.mac
        """,
        facts.vni,
        facts.vni,
        address,
    )
    rows = [row for row in rows if row[4]] or rows
    if len(rows) > 1:
        told = listed([f"{mac} ({interface} of {device})" for mac, device, interface, *_ in rows])
        raise UsageError(f"{option} {given}: several hosts have this address: {told}; give the MAC address of one")
    if not rows:
        raise UsageError(
            f"{option} {given}: no device shows the MAC address of it (neighbour tables, shared gateways): "
            "give the host's MAC address, or DEVICE:PORT"
        )
    mac, device, interface, line, _ = rows[0]
    found = _of_mac(facts, mac, given)
    note = (f"{address} is {mac}, by the neighbour table of {device} ({interface})", line)
    return replace(found, notes=(note, *found.notes))


def _of_mac(facts: Facts, mac: str, given: str) -> End:
    shared = bool(facts.rows("SELECT 1 FROM shared_macs WHERE mac = ?", mac))
    seats: dict[tuple[str, str], Seat] = {}
    for device, port, vnis, line in facts.rows(
        "SELECT device, interface, list(DISTINCT vni), min(evidence) FROM "
        "(SELECT device, interface, vni, mac, evidence FROM local_macs UNION ALL "
        "SELECT device, interface, vni, mac, evidence FROM gateways) WHERE mac = ? GROUP BY ALL",
        mac,
    ):
        seats[device, port] = Seat(device, port, _place(facts, device, port), frozenset(vnis), line)
    for device, port, bridge, line in facts.rows(
        """
        SELECT m.device, m.interface, coalesce(min(m.bridge), min(p.bridge), ''), min(m.evidence) FROM macs AS m
        LEFT JOIN ports_of_bridges AS p ON p.device = m.device AND p.interface = m.interface
        WHERE m.mac = ? AND coalesce(lower(m.kind), '') <> 'permanent'
          AND m.interface NOT IN (SELECT v.interface FROM vteps AS v WHERE v.device = m.device)
          AND NOT regexp_matches(m.interface, '^(Vx[0-9]|Vxlan|Mt[0-9]|Cpu$|Router$)')
        GROUP BY m.device, m.interface
        """,
        mac,
    ):
        # What a port carries is known where the device's VNIs are.
        vnis = frozenset[int]() if facts.covered(device, "vnis")[0] else None
        seats.setdefault((device, port), Seat(device, port, bridge, vnis, line))
    found = [one for one in seats.values() if one.vnis and facts.vni in one.vnis]
    if found or seats:
        return End(given, mac, tuple(sorted(found or seats.values(), key=lambda one: one.device)), shared)
    return End(given, mac, _told(facts, mac), shared)


def _told(facts: Facts, mac: str) -> tuple[Seat, ...]:
    """Return the devices that others hold a MAC address to be behind, where none shows it on a port."""
    rows = facts.rows(
        "SELECT peer, min(evidence) FROM remote_macs_by_vni WHERE vni = ? AND mac = ? GROUP BY peer", facts.vni, mac
    )
    return tuple(
        dict.fromkeys(
            Seat(owner, line=line)
            for peer, line in rows
            for owner in dict.fromkeys(one[0] for one in facts.owners.get(peer, ()))
            if owner in facts.members
        )
    )


def _of_port(facts: Facts, device: str, port: str, given: str, option: str) -> End:
    known = [name for (name,) in facts.rows(
        "SELECT interface FROM links WHERE device = ? UNION SELECT interface FROM macs WHERE device = ? "
        "UNION SELECT interface FROM bridge_ports WHERE device = ? ORDER BY ALL",
        device, device, device,
    )]  # fmt: skip
    names = [name for name in known if same_port(name, port)]
    if not names:
        raise UsageError(
            f"{option} {given}: {device} shows no interface {port!r}; it has {listed(known, 12) or 'none'}"
        )
    hosts = [
        (mac, interface, line)
        for mac, interface, line in facts.rows(
            "SELECT mac, interface, evidence FROM local_macs WHERE device = ? AND vni = ?", device, facts.vni
        )
        if same_port(interface, port)
    ]
    name = hosts[0][1] if hosts else names[0]
    vnis = _carried(facts, device, names)
    if hosts:
        vnis = frozenset((*(vnis or ()), facts.vni))
    if len({mac for mac, *_ in hosts}) == 1:
        mac, _, line = hosts[0]
        return End(given, mac, (Seat(device, name, _place(facts, device, name), vnis, line),))
    link = facts.link(device, name)
    note = f"{device} shows {len(hosts) or 'no'} MAC addresses on {name}: frames to it are followed as unknown ones"
    seat = Seat(device, name, _place(facts, device, name), vnis, link.line if link else None)
    return End(given, None, (seat,), notes=((note, None),))


def _carried(facts: Facts, device: str, names: list[str]) -> frozenset[int] | None:
    """Return the VNIs of a port's bridge; None where it is in none, and the device may know it by VLANs."""
    if not facts.covered(device, "vnis")[0]:
        return None
    place = next((place for name in names if (place := _place(facts, device, name))), "")
    if not place:
        return frozenset() if _stands_alone(facts, device, names) else None
    rows = facts.rows("SELECT vni FROM vnis WHERE device = ? AND bridge = ?", device, place)
    return frozenset(vni for (vni,) in rows)


def _stands_alone(facts: Facts, device: str, names: list[str]) -> bool:
    """Tell whether a port is in no bridge, nor any interface on top of it, on a device that bridges all of its VNIs."""
    if not all(facts.covered(device, table)[0] for table in ("links", "bridge_ports")):
        return False
    ((bridged, carriers),) = facts.rows(
        "SELECT (SELECT bool_and(bridge IS NOT NULL) FROM vnis WHERE device = ?), "
        f"(SELECT count(*) FROM links WHERE device = ? AND parent IN ({', '.join('?' * len(names))}))",
        device,
        device,
        *names,
    )
    return bool(bridged) and not carriers


def _place(facts: Facts, device: str, port: str) -> str:
    for (bridge,) in facts.rows(
        "SELECT bridge FROM bridge_ports WHERE device = ? AND interface = ? "
        "UNION ALL SELECT master FROM links WHERE device = ? AND interface = ? AND master IS NOT NULL",
        device,
        port,
        device,
        port,
    ):
        return str(bridge)
    return ""
