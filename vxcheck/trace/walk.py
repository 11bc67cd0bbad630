"""Follow frames between two hosts through what the devices showed, both ways."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from vxcheck.errors import UsageError
from vxcheck.fabric import Fabric
from vxcheck.trace import ends, overlay, path
from vxcheck.trace.facts import Facts, listed
from vxcheck.trace.frame import Frame, Packet
from vxcheck.trace.steps import BROADCAST, STOPS, UNICAST, UNKNOWN, Direction, End, Hop, Seat, Trace, Way

_ENOUGH = 5  # packets sent between two looks: fewer prove nothing
_MANY = 20  # from which on it is told that half of them is missing
_VTEPS = 8  # where the target may be, of those that are followed


def trace(fabric: Fabric, vni: int, source: str, target: str, size: int | None = None) -> Trace:
    """Return what becomes of frames of a VNI from one host to another, and back.

    `source` and `target` are MAC or IP addresses or DEVICE:PORT; `size` is that of the IP packet, in bytes.
    Raises UsageError where there is no such VNI or nothing shows whose an address is.
    """
    return follow(Facts(fabric, vni), source, target, size)


def follow(facts: Facts, source: str, target: str, size: int | None = None) -> Trace:
    """Do what `trace` promises; several traces of one VNI may share what was asked of the tables."""
    vni = facts.vni
    if not facts.rows("SELECT 1 FROM vnis WHERE vni = ?", vni):
        known = [number for (number,) in facts.rows("SELECT DISTINCT vni FROM vnis WHERE vni IS NOT NULL ORDER BY vni")]
        unread = [device for (device,) in facts.rows("SELECT device FROM unknown_members ORDER BY device")]
        more = f"; not known are those of {listed(unread)}" if unread else ""
        raise UsageError(f"--vni {vni}: no device has it; there are {listed(known, 20) or 'none'}{more}")
    one, other = ends.find(facts, source, "--from"), ends.find(facts, target, "--to")
    if one.mac and one.mac == other.mac and one.given == other.given:
        raise UsageError(f"--from and --to are the same host, {one.name}")
    directions = tuple(_direction(facts, *pair, size) for pair in ((one, other), (other, one)))
    return Trace(vni, size, directions, tuple(_not_examined(facts)))


def _not_examined(facts: Facts) -> Iterator[str]:
    """Yield what no table tells, and could stop a frame all the same."""
    if facts.fabric.polls < 2:
        yield "what is lost on the way (one look only: --polls 2 compares counters)"
    yield "packet filters"
    yield "switches of the underlay that are no devices of the source, and IGMP snooping"


def _direction(facts: Facts, source: End, target: End, size: int | None) -> Direction:
    ways = [way for kind in (UNICAST, BROADCAST) for way in _ways(facts, source, target, kind, size)]
    return Direction(source, target, tuple(ways))


def _ways(facts: Facts, source: End, target: End, kind: str, size: int | None) -> Iterator[Way]:
    """Follow one frame; towards every VTEP of the VNI where nothing shows on which the target is."""
    if not source.seats:
        text = f"no examined device shows {source.name}: where its frames enter is not known here"
        yield Way(kind, (Hop("", "port", UNKNOWN, text),))
        return
    at = _chosen(facts, source, target)
    # A broadcast is asked with: it is small.
    frame = Frame(facts.vni, kind, size if kind == UNICAST else None, source, target, at, None)
    if target.seats:
        yield Way(kind, _followed(facts, replace(frame, to=_chosen(facts, target, source, at.device))))
        return
    others = [device for device in facts.members if device != at.device]
    for device in others[:_VTEPS]:
        yield Way(kind, _followed(facts, replace(frame, to=Seat(device))), device)
    if not others:
        yield Way(kind, _followed(facts, frame))


def _followed(facts: Facts, frame: Frame) -> tuple[Hop, ...]:
    """Follow a frame until it arrives or stops; what is not known is passed over, for more may be known behind it."""
    hops: list[Hop] = []
    for hop in _hops(facts, frame):
        hops.append(replace(hop, evidence=tuple(facts.fabric.evidence(line) for line in hop.lines if line is not None)))
        if hop.state == STOPS:
            break
    return tuple(hops)


def _chosen(facts: Facts, end: End, other: End, near: str = "") -> Seat:
    """Return where a host is, of several places: on the other's device, or where it has a port of its own."""
    devices = {near, *facts.twins.get(near, set())} if near else {seat.device for seat in other.seats}
    return min(end.seats, key=lambda seat: (seat.device != near, seat.device not in devices, not seat.port))


def _hops(facts: Facts, frame: Frame) -> Iterator[Hop]:
    yield from overlay.enter(facts, frame)
    plan, found = overlay.look_up(facts, frame)
    yield from found
    if plan.local:
        if frame.to:
            yield from overlay.leave(facts, frame, frame.to, frame.to.device)
        return
    if not plan.peers and not plan.group:
        return
    packet, found = overlay.encapsulate(facts, frame, plan)
    yield from found
    device, found = _reached(facts, frame, packet)
    way = path.group(facts, frame, packet) if plan.group else path.unicast(facts, packet, frame.at.device)
    yield from way
    yield from found
    if not device:
        return
    yield from overlay.decapsulate(facts, frame, packet, device)
    # What no table explains, counters may show all the same.
    if device in facts.members and (lost := _lost(facts, frame, device)):
        yield lost
    here = next((seat for seat in frame.target.seats if seat.device == device), frame.to)
    yield from overlay.leave(facts, frame, here, device)


def _reached(facts: Facts, frame: Frame, packet: Packet) -> tuple[str, list[Hop]]:
    if packet.destination and not path.is_group(packet.destination):
        return path.receiver(facts, frame, packet)
    return (frame.to.device if frame.to else ""), []


def _lost(facts: Facts, frame: Frame, device: str) -> Hop | None:
    """Say that counters show that nothing, or not all, gets out of the sender or in at the receiver."""
    sender = facts.members[frame.at.device]
    dropped = facts.rows(
        "SELECT b.discarded - a.discarded, b.evidence FROM encap_counters AS a JOIN encap_counters AS b "
        "ON b.device = a.device AND b.reason = a.reason AND b.poll = (SELECT max(poll) FROM commands) AND b.poll > 1 "
        "WHERE a.device = ? AND a.poll = 1 AND starts_with(a.reason, ?) AND b.discarded > a.discarded",
        sender.device,
        f"{sender.interface}: ",
    )
    if dropped and _sent(facts, sender.device) == 0:
        text = f"{sender.interface} sent nothing and dropped {dropped[0][0]} packets between two looks"
        return Hop(sender.device, "encapsulation", STOPS, text, sender.interface, (dropped[0][1],))
    for sent, received, alone, *lines in facts.rows(
        "SELECT sent, received, alone, received_evidence, peer_evidence FROM vtep_traffic_between "
        "WHERE device = ? AND peer_device = ? AND list_contains(vnis, ?) ORDER BY vni NULLS LAST LIMIT 1",
        device,
        sender.device,
        facts.vni,
    ):
        if sent >= _ENOUGH and received == 0 and _for_it(facts, device):
            text = f"it received nothing between two looks, while {sender.device} sent {sent} packets"
            return Hop(device, "decapsulation", STOPS, text, "", tuple(lines))
        if sent >= _MANY and alone and received * 2 < sent:
            text = f"it received {received} packets between two looks, while {sender.device} sent {sent}: some are lost"
            return Hop(device, "decapsulation", UNKNOWN, text, "", tuple(lines))
    return None


def _for_it(facts: Facts, device: str) -> bool:
    """Tell whether what others send must reach a device: it is the only other, or knows nobody."""
    others = facts.members.keys() - {device} - facts.twins.get(device, set())
    known = "SELECT 1 FROM remote_macs_by_vni WHERE device = ? AND vni = ? LIMIT 1"
    return len(others) == 1 or not facts.rows(known, device, facts.vni)


def _sent(facts: Facts, device: str) -> int | None:
    """Return how many packets a device sent in the VNI between two looks, if that is known."""
    rows = facts.rows("SELECT sum(sent) FROM vtep_traffic WHERE device = ? AND vni = ?", device, facts.vni)
    return None if rows[0][0] is None else int(rows[0][0])
