"""Follow a packet over the underlay: by routes to an address, by multicast state to a group."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator

from vxcheck.trace.facts import Facts, Link, listed
from vxcheck.trace.frame import Frame, Packet
from vxcheck.trace.steps import PASSES, STOPS, UNKNOWN, Hop
from vxcheck.underlay import Hop as Routed


def unicast(facts: Facts, packet: Packet, device: str) -> Iterator[Hop]:
    """Yield a hop for every device that routes the packet; the last one's text says who takes it."""
    routed = facts.underlay.hops(device, packet.destination)
    entered: str | None = None
    before = routed[0]
    for hop in routed:
        if hop.hop_device is None:
            text = f"the next hop, {before.gateway or packet.destination}, is none of the devices that were examined"
            yield Hop("", "underlay", UNKNOWN, text)
            return
        before = hop
        router = hop.hop > 1
        if router and (stop := _arrives_at_router(facts, packet, hop, entered)):
            yield stop
            return
        if hop.ends == "unknown" and hop.out_interface is None:
            _, reason = facts.covered(hop.hop_device, "routes")
            yield Hop(hop.hop_device, "underlay", UNKNOWN, f"its routes are not known here: {reason or 'none shown'}")
            return
        if stop := _leaves(facts, packet, hop):
            yield stop
            return
        entered = _entry(facts, hop, packet.destination)
        via = f"via {hop.gateway} " if hop.gateway else ""
        text = f"route {hop.route} {via}by {hop.out_interface}"
        yield Hop(hop.hop_device, "underlay", PASSES, text, hop.out_interface or "", _lines(hop.evidence))


def _arrives_at_router(facts: Facts, packet: Packet, hop: Routed, entered: str | None) -> Hop | None:
    """Say why a router does not take the packet up, or on."""
    device = hop.hop_device or ""
    if packet.ttl is not None and packet.ttl <= hop.hop - 1:
        text = f"the packet's TTL ({packet.ttl}) ends here, {hop.hop - 1} routers away"
        return Hop(device, "underlay", STOPS, text, "", _lines(packet.port_line))
    if stop := _fits(facts.link(device, entered), packet, device, "underlay"):
        return stop
    for line in (
        ()
        if ":" in packet.destination
        else facts.rows("SELECT evidence FROM ip_counters WHERE device = ? AND poll = 1 AND forwarding <> 1", device)
    ):
        text = "it does not forward IPv4 (Forwarding is not 1)"
        return Hop(device, "underlay", STOPS, text, "", _lines(*line))
    return None


def _leaves(facts: Facts, packet: Packet, hop: Routed) -> Hop | None:
    """Say why the packet does not leave a device towards the next."""
    device = hop.hop_device or ""
    why = {
        "no route": f"no route to {packet.destination}",
        "blackhole": f"route {hop.route} drops what is for {packet.destination}",
        "loop": f"route {hop.route} sends it back to {hop.gateway}: a loop",
    }.get(hop.ends or "")
    if why:
        return Hop(device, "underlay", STOPS, why, hop.out_interface or "", _lines(hop.evidence))
    link = facts.link(device, hop.out_interface)
    if stop := _fits(link, packet, device, "underlay"):
        return stop
    if link and not link.arp:
        text = f"{link.interface} has ARP off: it never learns where to send the packet"
        return Hop(device, "underlay", STOPS, text, link.interface, _lines(link.line))
    following = hop.gateway or packet.destination
    neighbor = facts.neighbor(device, hop.out_interface, following)
    if neighbor and neighbor[0] in ("FAILED", "INCOMPLETE"):
        text = f"nobody on {hop.out_interface} answers for {following} ({neighbor[0]})"
        return Hop(device, "underlay", STOPS, text, hop.out_interface or "", _lines(hop.evidence, neighbor[1]))
    return None


def _fits(link: Link | None, packet: Packet, device: str, stage: str) -> Hop | None:
    """Say why an interface does not pass the packet: it is down, or too small."""
    if link and link.up is False:
        return Hop(device, stage, STOPS, f"{link.interface} is down", link.interface, _lines(link.line))
    if link and link.mtu and packet.needed and link.mtu < packet.needed:
        text = (
            f"the packet has {packet.needed} bytes and {link.interface} takes {link.mtu}: it is dropped, or cut into "
            "fragments that the other VTEP may drop"
        )
        return Hop(device, stage, STOPS, text, link.interface, _lines(link.mtu_line))
    return None


def _entry(facts: Facts, hop: Routed, destination: str) -> str | None:
    """Return the interface by which the next device takes the packet in: that which has the next hop's address."""
    owners = [one for one in facts.owners.get(hop.gateway or destination, ()) if one[0] != hop.hop_device]
    return owners[0][1] or None if owners else None


def receiver(facts: Facts, frame: Frame, packet: Packet) -> tuple[str, list[Hop]]:
    """Return the device that takes the packet: the target's VTEP or its MLAG peer; a hop where it is not known."""
    owners = [one[0] for one in facts.owners.get(packet.destination, ())]
    wanted = frame.to.device if frame.to else None
    if wanted in owners:
        return str(wanted), []
    if twin := next((one for one in owners if wanted and one in facts.twins.get(wanted, ())), None):
        return twin, []
    if owners:
        return owners[0], []
    text = f"{packet.destination} is an address of none of the devices that were examined"
    return "", [Hop("", "decapsulation", UNKNOWN, text)]


def group(facts: Facts, frame: Frame, packet: Packet) -> Iterator[Hop]:
    """Yield a hop for every router that must forward the group towards the target's VTEP, then for that VTEP."""
    device, to = frame.at.device, frame.to.device if frame.to else ""
    member, there = facts.members[device], facts.members.get(to)
    address = there.vtep_ip if there else next(iter(_any_address(facts, to)), None)
    routed = facts.underlay.hops(device, address) if address else []
    out = member.source_interface
    if not member.kernel or out is None or facts.link(device, out) is None:
        out = routed[0].out_interface if routed else out
    if stop := _fits(facts.link(device, out), packet, device, "multicast"):
        yield stop
        return
    text = f"to group {packet.destination} by {out}" if out else f"to group {packet.destination}"
    yield Hop(device, "multicast", PASSES, text, out or "", _lines(member.bum_line))
    entered, routers = _routers(facts, device, out, to, address)
    for hop in routers:
        last = _facing_target(facts, hop, packet, to)
        # Multicast need not take the way of unicast: where it reaches the target's network, there it is.
        forwarded = hop._replace(out_interface=last[0]) if last else hop
        yield from _router(facts, frame, packet, forwarded, entered)
        entered = last[1] if last else _entry(facts, hop, address) if address and hop.hop_device else None
        if last:
            break
    if entered is None and not routers:
        text = f"by which routers the group goes to {to or 'the target'} is not known here"
        yield Hop("", "multicast", UNKNOWN, text)
    yield from _joined(facts, packet, to, entered)


def _routers(
    facts: Facts, device: str, out: str | None, to: str, address: str | None
) -> tuple[str | None, list[Routed]]:
    """Return the routers between two VTEPs, by the way to the target's address, and where the first one is entered."""
    near = facts.facing(device, out) if out else []
    if direct := next((port for name, port in near if name == to), None):
        return direct, []
    routed = facts.underlay.hops(device, address)[1:] if address else []
    first = routed[0].hop_device if routed else None
    entered = next((port for name, port in near if name == first), None)
    if entered is None and near and address:
        first, entered = near[0]
        routed = [hop._replace(hop=hop.hop + 1) for hop in facts.underlay.hops(first, address)]
    elif entered is None and routed and address:
        entered = _entry(facts, facts.underlay.hops(device, address)[0], address)
    return entered, [hop for hop in routed if hop.hop_device != to]


def _facing_target(facts: Facts, hop: Routed, packet: Packet, to: str) -> tuple[str, str] | None:
    """Return the interface by which a router sends the group into a network of the target's, and the target's there."""
    router = hop.hop_device or ""
    outs = [out for row in _mroutes(facts, router, packet)[:1] for out in row[2]]
    return next(((out, port) for out in outs for name, port in facts.facing(router, out) if name == to), None)


def _any_address(facts: Facts, device: str) -> list[str]:
    rows = facts.rows("SELECT vtep_ip FROM vtep_addresses WHERE device = ? AND vtep_ip IS NOT NULL", device)
    return [address for (address,) in rows]


def _mroutes(facts: Facts, router: str, packet: Packet) -> list[tuple[str, str | None, list[str], str, int | None]]:
    """Return a router's routes of the group, the sender's own before those of any sender."""
    rows = facts.rows(
        "SELECT source, in_interface, coalesce(out_interfaces, []), lower(coalesce(state, '')), evidence "
        "FROM multicast_routes "
        "WHERE device = ? AND multicast_group = ? AND vrf IS NULL AND source IN (?, '0.0.0.0', '::') "
        "ORDER BY source = ? DESC, lower(coalesce(state, '')) = 'unresolved'",
        router,
        packet.destination,
        packet.source,
        packet.source,
    )
    return [(source, inside, [] if state == "pruned" else list(outs), state, line)
            for source, inside, outs, state, line in rows]  # fmt: skip


def _router(facts: Facts, frame: Frame, packet: Packet, hop: Routed, entered: str | None) -> Iterator[Hop]:
    router = hop.hop_device
    if router is None:
        yield Hop("", "multicast", UNKNOWN, "the next router is none of the devices that were examined")
        return
    if packet.ttl is not None and packet.ttl <= hop.hop - 1:
        text = f"the packet's TTL ({packet.ttl}) ends here, {hop.hop - 1} routers away"
        yield Hop(router, "multicast", STOPS, text, "", _lines(facts.members[frame.at.device].line))
        return
    if stop := _fits(facts.link(router, entered), packet, router, "multicast"):
        yield stop
        return
    known, reason = facts.covered(router, "multicast_routes")
    rows = _mroutes(facts, router, packet)
    what = f"({packet.source}, {packet.destination})"
    resolved = [row for row in rows if row[3] != "unresolved"]
    if not resolved and not known:
        yield Hop(router, "multicast", UNKNOWN, f"its multicast routes are not known here: {reason}")
    elif not resolved:
        speaks = facts.rows(
            "SELECT 1 FROM speakers WHERE device = ? AND vni = ? AND speaks", frame.at.device, facts.vni
        )
        text = f"no multicast route for {what}"
        if not speaks:
            text += ": the first packet makes it, and none of the sender's VNI has been seen"
        yield Hop(router, "multicast", STOPS if speaks else UNKNOWN, text, "", _lines(*(row[4] for row in rows)))
    else:
        yield _forwarded(facts, packet, hop, entered, resolved[0])


def _forwarded(
    facts: Facts,
    packet: Packet,
    hop: Routed,
    entered: str | None,
    route: tuple[str, str | None, list[str], str, int | None],
) -> Hop:
    """Return what a router does with the group by the route that it has."""
    router, (source, inside, outs, _, line) = hop.hop_device or "", route
    what = f"({source}, {packet.destination})"
    if inside and entered and inside != entered:
        text = f"it takes {what} in by {inside}, but the packet comes by {entered}"
        return Hop(router, "multicast", STOPS, text, inside, _lines(line))
    if hop.out_interface is None:
        return Hop(router, "multicast", UNKNOWN, f"it has no route that tells the way of {what}", "", _lines(line))
    if hop.out_interface not in outs:
        text = f"{what} goes to {listed(outs) or 'nobody'}, not to {hop.out_interface}"
        return Hop(router, "multicast", STOPS, text, hop.out_interface, _lines(line, hop.evidence))
    if stop := _fits(facts.link(router, hop.out_interface), packet, router, "multicast"):
        return stop
    text = f"{what} from {inside or 'where it comes in'} to {hop.out_interface}"
    return Hop(router, "multicast", PASSES, text, hop.out_interface, _lines(line))


def _joined(facts: Facts, packet: Packet, device: str, entered: str | None) -> Iterator[Hop]:
    """Yield the hop in which the target's VTEP takes the group in."""
    link = facts.link(device, entered)
    if stop := _fits(link, packet, device, "multicast"):
        yield stop
        return
    known, reason = facts.covered(device, "multicast_memberships")
    rows = facts.rows(
        "SELECT interface, evidence FROM multicast_memberships WHERE device = ? AND multicast_group = ?",
        device,
        packet.destination,
    )
    uses = facts.rows(
        "SELECT coalesce(multicast_group_evidence, evidence) FROM vteps WHERE device = ? AND multicast_group = ? "
        "UNION ALL SELECT evidence FROM vnis WHERE device = ? AND multicast_group = ?",
        device,
        packet.destination,
        device,
        packet.destination,
    )
    if rows:
        text, state, lines = f"{rows[0][0]} has joined {packet.destination}", PASSES, [rows[0][1]]
    elif known:
        text, state, lines = f"no interface has joined {packet.destination}", STOPS, _group_lines(facts, device)
    elif uses:
        text, state, lines = (
            f"a VTEP of group {packet.destination}; what it has joined is not shown",
            PASSES,
            [uses[0][0]],
        )
    elif facts.covered(device, "vteps")[0]:
        text, state, lines = f"none of its VNIs uses group {packet.destination}", STOPS, _group_lines(facts, device)
    else:
        text, state, lines = f"what it has joined is not known here: {reason}", UNKNOWN, []
    yield Hop(device, "multicast", state, text, entered or "", _lines(*lines))


def _group_lines(facts: Facts, device: str) -> list[int | None]:
    member = facts.members.get(device)
    return [member.bum_line] if member else []


def is_group(address: str) -> bool:
    """Tell whether an address is a multicast group's."""
    return ipaddress.ip_address(address).is_multicast


def _lines(*lines: int | None) -> tuple[int, ...]:
    return tuple(dict.fromkeys(line for line in lines if line is not None))
