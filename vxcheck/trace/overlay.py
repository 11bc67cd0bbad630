"""Follow a frame where it is a frame: port, bridge, VXLAN interface, on either side of the underlay."""

from __future__ import annotations

from collections.abc import Iterator

from vxcheck.trace.facts import Facts, Member, listed, version
from vxcheck.trace.frame import Frame, Packet, Plan
from vxcheck.trace.steps import PASSES, STOPS, UNKNOWN, Hop, Seat

_OUTER = {4: 50, 6: 70}  # bytes that VXLAN adds to an IP packet of a frame without a tag


def enter(facts: Facts, frame: Frame) -> Iterator[Hop]:
    """Yield the hop by which the frame enters the sender's bridge."""
    seat = frame.at
    if not seat.port:
        text = f"it is behind {seat.device}, others say; on which port is not known here"
        yield _hop(seat.device, "port", UNKNOWN, text, "", seat.line)
        return
    yield from _port(facts, frame, seat)


def leave(facts: Facts, frame: Frame, seat: Seat | None, device: str) -> Iterator[Hop]:
    """Yield the hop by which the frame leaves the target's bridge for its host."""
    if seat is None:
        text = "no device shows the target's MAC address on a port: whether it is here is not known"
        yield _hop(device, "port", UNKNOWN, text)
    elif not seat.port:
        ports = _host_ports(facts, seat.device)
        if ports and all(up is False for _, up, _ in ports):
            text = f"every port of VNI {facts.vni} to hosts is down ({listed([name for name, *_ in ports])})"
            yield _hop(seat.device, "port", STOPS, text, "", *(line for *_, line in ports[:3]))
            return
        text = f"no port of {seat.device} shows {frame.target.name}: whether it is there is not known here"
        yield _hop(seat.device, "port", UNKNOWN, text, "", seat.line)
    else:
        port = facts.port(seat.device, seat.port)
        if frame.broadcast and port and port.bcast_flooding is False:
            yield _hop(seat.device, "port", STOPS, f"{seat.port} gets no broadcasts", seat.port, port.line)
            return
        yield from _port(facts, frame, seat)


def _host_ports(facts: Facts, device: str) -> list[tuple[str, bool | None, int | None]]:
    """Return the ports of the VNI's bridge towards hosts: whether they are up, and their lines."""
    member = facts.members.get(device)
    names = facts.rows(
        "SELECT DISTINCT interface FROM bridge_ports WHERE device = ? AND bridge = ? "
        "AND interface NOT IN (SELECT v.interface FROM vteps AS v WHERE v.device = ?) ORDER BY ALL",
        device,
        member.bridge if member else None,
        device,
    )
    links = [(name, facts.link(device, name)) for (name,) in names]
    return [(name, link.up if link else None, link.line if link else None) for name, link in links]


def _port(facts: Facts, frame: Frame, seat: Seat) -> Iterator[Hop]:
    member, link, port = (
        facts.members.get(seat.device),
        facts.link(seat.device, seat.port),
        facts.port(seat.device, seat.port),
    )
    where = f"{seat.port} of {seat.bridge}" if seat.bridge else seat.port
    state, text, lines = PASSES, "", [seat.line]
    if link and link.up is False:
        state, text, lines = STOPS, f"port {where} is down", [link.line]
    elif seat.vnis is not None and facts.vni not in seat.vnis:
        here = f"its VNI {facts.vni} is in {member.place or 'no bridge'}" if member else f"it has no VNI {facts.vni}"
        carried = f"VNI {listed(sorted(seat.vnis))}" if seat.vnis else "no VNI"
        state, text = STOPS, f"port {where} carries {carried}, and {here}"
        lines += [member.vni_line] if member else _vni_lines(facts, seat.device)
    elif port and port.stp_state not in (None, "forwarding", "unknown"):
        state, text, lines = STOPS, f"port {where} is {port.stp_state} (spanning tree)", [port.line]
    elif frame.size and link and link.mtu and link.mtu < frame.size:
        state, text, lines = STOPS, f"{frame.size} bytes do not fit port {where} (MTU {link.mtu})", [link.mtu_line]
    elif seat.vnis is None:
        state, text = UNKNOWN, f"whether port {where} carries VNI {facts.vni} is not known here"
    else:
        place = f", {member.place}" if member and member.place and not seat.bridge else ""
        shown = "up" if link and link.up else "its state is not shown"
        text = f"port {where}{place} ({shown})"
    yield _hop(seat.device, "port", state, text, seat.port, *lines)


def _vni_lines(facts: Facts, device: str) -> list[int | None]:
    return [line for (line,) in facts.rows("SELECT evidence FROM vnis WHERE device = ? ORDER BY vni LIMIT 3", device)]


def look_up(facts: Facts, frame: Frame) -> tuple[Plan, list[Hop]]:
    """Return what the sender's bridge does with the frame, and the hop that says so."""
    device = frame.at.device
    member = facts.members.get(device)
    if member is None:
        known, reason = facts.covered(device, "vnis")
        text = f"{device} has no VNI {facts.vni}" if known else f"its VNIs are not known here: {reason}"
        return Plan(), [_hop(device, "bridge", STOPS if known else UNKNOWN, text, "", *_vni_lines(facts, device))]
    name = member.place or member.interface
    if doubled := _doubled(frame):
        return Plan(), [_hop(device, "bridge", STOPS, doubled[0], name, *doubled[1])]
    if frame.to and frame.to.device == device:
        text = f"{name} has the target on a port of its own: the frame does not leave {device}"
        return Plan(local=True), [_hop(device, "bridge", PASSES, text, name, frame.to.line)]
    if frame.broadcast:
        return _flooded(facts, frame, member, f"{name} floods a broadcast")
    known, reason = facts.covered(device, "remote_macs")
    rows = facts.rows(
        "SELECT peer, min(evidence) FROM remote_macs_by_vni WHERE device = ? AND vni = ? AND mac = ? GROUP BY peer",
        device,
        facts.vni,
        frame.target.mac,
    )
    if rows:
        return _known(facts, frame, member, [(peer, line) for peer, line in rows])
    if not known:
        text = f"whether {name} knows {frame.target.name} is not known here: {reason}"
        return Plan(), [_hop(device, "bridge", UNKNOWN, text, name)]
    mac = frame.target.mac
    why = f"{name} does not know {mac}: it floods the frame" if mac else f"{name} floods what it does not know"
    return _flooded(facts, frame, member, why)


def _doubled(frame: Frame) -> tuple[str, list[int | None]] | None:
    """Say that a host's MAC address is in two places, where it is in neither by design."""
    for end in (frame.target, frame.source):
        if end.doubled:
            places = " and ".join(f"{seat.port} of {seat.device}" for seat in end.doubled)
            text = f"{end.mac} is in two places, {places}: frames for it go to whichever spoke last"
            return text, [seat.line for seat in end.doubled]
    return None


def _known(
    facts: Facts, frame: Frame, member: Member, rows: list[tuple[str | None, int | None]]
) -> tuple[Plan, list[Hop]]:
    """Follow a known unicast: to the VTEPs that the device has the MAC address behind."""
    device, name = member.device, member.place or member.interface
    lines = [line for _, line in rows]
    peers = [peer for peer, _ in rows if peer]
    if not peers:
        text = f"{name} has {frame.target.mac} behind an Ethernet segment: its VTEPs are not known here"
        return Plan(), [_hop(device, "bridge", UNKNOWN, text, name, *lines)]
    told = f"{name} has {frame.target.mac} behind {' and '.join(peers)}"
    if frame.to:
        right = [peer for peer in peers if _reaches(facts, frame.to.device, peer)]
        if not right and facts.covered(frame.to.device, "addresses")[0]:
            owners = {one[0] for peer in peers for one in facts.owners.get(peer, ())}
            whose = f"which is {listed(sorted(owners))}" if owners else "an address of none of the devices"
            text = f"{told}, {whose}; but it is behind {frame.to.device}"
            return Plan(), [_hop(device, "bridge", STOPS, text, name, *lines, frame.to.line)]
        peers = right or peers
    return Plan(peers=tuple(peers[:1])), [_hop(device, "bridge", PASSES, f"{told}: known unicast", name, *lines)]


def _reaches(facts: Facts, device: str, address: str) -> bool:
    """Tell whether an address is one of a device's, or of its MLAG peer's."""
    return bool({device, *facts.twins.get(device, set())} & {one[0] for one in facts.owners.get(address, ())})


def _flooded(facts: Facts, frame: Frame, member: Member, why: str) -> tuple[Plan, list[Hop]]:
    """Follow BUM traffic: to the group, or to the one address of the flood list that is the target's VTEP."""
    device, name = member.device, member.place or member.interface
    port = facts.port(device, member.interface)
    if port and (port.bcast_flooding if frame.broadcast else port.flooding) is False:
        kind = "broadcasts" if frame.broadcast else "frames to unknown addresses"
        text = f"{why}, but not by {member.interface}: it gets no {kind}"
        return Plan(), [_hop(device, "bridge", STOPS, text, name, port.line)]
    if member.bum_mode == "multicast" and member.multicast_group:
        text = f"{why} to group {member.multicast_group}"
        plan = Plan(flooded=True, group=member.multicast_group)
        return plan, [_hop(device, "bridge", PASSES, text, name, member.bum_line)]
    rows = facts.rows(
        "SELECT peer, evidence FROM flooded_to WHERE device = ? AND vni = ? ORDER BY evidence", device, facts.vni
    )
    known, reason = facts.covered(device, "flood_lists")
    if member.bum_mode != "head-end" and not rows:
        text = f"{why}; how it carries BUM traffic is not known here"
        return Plan(), [_hop(device, "bridge", UNKNOWN, text, name, member.bum_line)]
    own = next(((peer, line) for peer, line in rows if facts.owns(device, peer)), None)
    there = [(peer, line) for peer, line in rows if frame.to and _reaches(facts, frame.to.device, peer)]
    whom = frame.to.device if frame.to else "the target's VTEP"
    if there:
        text = f"{why} to {there[0][0]} ({whom}), by head-end replication to {len(rows)} in all"
        found = [_hop(device, "bridge", PASSES, text, name, there[0][1])]
        if own:
            text = f"it floods to itself too ({own[0]}): whether it then has the sender behind itself is chance"
            found.append(_hop(device, "bridge", UNKNOWN, text, name, own[1]))
        return Plan(flooded=True, peers=(there[0][0],)), found
    if not known:
        return Plan(), [_hop(device, "bridge", UNKNOWN, f"{why}; its flood list is not known: {reason}", name)]
    told = f"only to {listed([peer for peer, _ in rows])}" if rows else "to nobody: its flood list is empty"
    lines = [line for _, line in rows[:3]] or [member.bum_line]
    if frame.to is None or not facts.covered(frame.to.device, "addresses")[0]:
        text = f"{why} {told}; whether {whom} is among them is not known"
        return Plan(), [_hop(device, "bridge", UNKNOWN, text, name, *lines)]
    return Plan(), [_hop(device, "bridge", STOPS, f"{why} {told}, not to {whom}", name, *lines)]


def encapsulate(facts: Facts, frame: Frame, plan: Plan) -> tuple[Packet, list[Hop]]:
    """Return the packet that the sender's VXLAN interface makes of a frame, and the hop that says so."""
    member = facts.members[frame.at.device]
    destination = plan.group or next(iter(plan.peers), "")
    tagged = facts.rows(
        "SELECT 1 FROM tagging_vteps WHERE device = ? AND interface = ?", member.device, member.interface
    )
    overhead = _OUTER[version(destination)] + (4 if tagged else 0)
    needed = frame.size + overhead if frame.size else None
    packet = Packet(member.vtep_ip, destination, _ttl(member, plan), needed, member.udp_port, member.udp_port_line)
    state, text, lines = _sent(facts, frame, member, packet)
    return packet, [_hop(member.device, "encapsulation", state, text, member.interface, *lines)]


def _sent(facts: Facts, frame: Frame, member: Member, packet: Packet) -> tuple[str, str, list[int | None]]:
    name, device = member.interface, member.device
    link, port = facts.link(device, name), facts.port(device, name)
    if down := _down(member, link, port):
        return down
    if frame.size and link and link.mtu and link.mtu < frame.size:
        return STOPS, f"{frame.size} bytes do not fit {name} (MTU {link.mtu}): dropped without a word", [link.mtu_line]
    if packet.source is None:
        reason = member.reason or "no address is shown"
        return UNKNOWN, f"{name} sends from an address that is not known here: {reason}", [member.line]
    # An address that only the VXLAN interface names, none of the device's interfaces has.
    owned = facts.owns(device, packet.source)
    if member.kernel and facts.covered(device, "addresses")[0] and not (owned and owned[0]):
        text = f"{name} sends from {packet.source}, which none of {device}'s interfaces has: nothing is sent"
        return STOPS, text, [member.vtep_ip_line]
    if own := facts.owns(device, packet.destination):
        text = f"{packet.destination} is an address of {device} itself ({own[0]}): the packet does not leave it"
        return STOPS, text, [own[1]]
    if version(packet.source) != version(packet.destination):
        text = f"{name} sends from {packet.source}, which cannot send to {packet.destination}"
        return STOPS, text, [member.vtep_ip_line]
    ttl = f", TTL {packet.ttl}" if packet.ttl is not None else ""
    port_text = f"UDP port {packet.port}" if packet.port else "a UDP port that is not known"
    text = f"{name} puts it into VNI {facts.vni}: {packet.source} to {packet.destination}, {port_text}{ttl}"
    return PASSES, text, [member.line, member.vtep_ip_line, member.udp_port_line]


def _down(member: Member, link: object, port: object) -> tuple[str, str, list[int | None]] | None:
    """Say why a VXLAN interface passes nothing: it is down, in no bridge, or blocked."""
    from vxcheck.trace.facts import Link, Port

    name = member.interface
    flags = set((member.flags or "").split(","))
    if (member.kernel and "UP" not in flags) or "down" in (member.admin_state, member.oper_state):
        return STOPS, f"{name} is down", [member.line]
    if isinstance(link, Link) and link.up is False:
        return STOPS, f"{name} is down", [link.line]
    if member.vni_state == "down":
        return STOPS, f"VNI {member.vni} of {name} is down", [member.vni_line]
    if member.kernel and not member.place:
        return STOPS, f"{name} is in no bridge", [member.vni_line]
    if isinstance(port, Port) and port.stp_state not in (None, "forwarding", "unknown"):
        return STOPS, f"{name} is {port.stp_state} in {port.bridge}", [port.line]
    return None


def _ttl(member: Member, plan: Plan) -> int | None:
    """Return the outer TTL: the kernel, where it is left to it, gives a group 1 and an address 64."""
    if not member.kernel:
        return int(member.ttl) if member.ttl and member.ttl.isdigit() else None
    if member.ttl in (None, "auto", "0"):
        return 1 if plan.group else 64
    return int(member.ttl) if member.ttl and member.ttl.isdigit() else None


def decapsulate(facts: Facts, frame: Frame, packet: Packet, device: str) -> list[Hop]:
    """Return the hop in which a VTEP takes the packet's frame out, or does not."""
    member = facts.members.get(device)
    if member is None:
        known, reason = facts.covered(device, "vnis")
        others = facts.rows("SELECT DISTINCT vni FROM vnis WHERE device = ? ORDER BY vni", device)
        has = f"it has {listed([f'VNI {vni}' for (vni,) in others])}" if others else "it has none at all"
        text = f"{device} has no VNI {facts.vni}: {has}" if known else f"its VNIs are not known here: {reason}"
        lines = _vni_lines(facts, device)
        return [_hop(device, "decapsulation", STOPS if known else UNKNOWN, text, "", *lines)]
    state, text, lines = _taken(facts, frame, packet, member)
    return [_hop(device, "decapsulation", state, text, member.interface, *lines)]


def _taken(facts: Facts, frame: Frame, packet: Packet, member: Member) -> tuple[str, str, list[int | None]]:
    name, device = member.interface, member.device
    sender = facts.members[frame.at.device]
    if down := _down(member, facts.link(device, name), facts.port(device, name)):
        return down
    if packet.source and (own := facts.owns(device, packet.source)):
        text = f"the packet comes from {packet.source}, which {device} has itself ({own[0]}): it is dropped"
        return STOPS, text, [own[1]]
    if member.vtep_ip and version(member.vtep_ip) != version(packet.destination):
        text = f"{name} takes packets to {member.vtep_ip} only by IPv{version(member.vtep_ip)}"
        return STOPS, text, [member.vtep_ip_line]
    if packet.port is None or member.udp_port is None:
        who = sender.device if packet.port is None else device
        return UNKNOWN, f"the UDP port of {who} is not known here", [member.udp_port_line]
    if packet.port != member.udp_port:
        text = f"{name} listens on UDP port {member.udp_port}, the packet is for {packet.port}"
        return STOPS, text, [member.udp_port_line, packet.port_line]
    if version(packet.destination) == 6 and sender.sends_without_checksum and member.takes_without_checksum is False:
        return STOPS, f"{name} takes no packet without a UDP checksum over IPv6", [member.line, sender.line]
    text = f"{name} takes it: UDP port {member.udp_port}, VNI {member.vni} in {member.place or 'its bridge'}"
    return PASSES, text, [member.vni_line, member.udp_port_line]


def _hop(device: str, stage: str, state: str, text: str, interface: str = "", *lines: int | None) -> Hop:
    return Hop(device, stage, state, text, interface, tuple(dict.fromkeys(line for line in lines if line is not None)))
