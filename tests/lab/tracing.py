"""Trace every flow of a lab through a snapshot of it, and compare with the pings that were lost."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from vxcheck import cli, source
from vxcheck.trace import BROADCAST, STOPS, UNICAST, UNKNOWN, Facts, follow

from .lab import Lab
from .topology import Flow

VNIS = {"red": 10, "blue": 20}


@dataclass(frozen=True)
class Host:
    """Hold what a trace is told of a node: its MAC address, its port, and the size of its largest packet."""

    mac: str
    port: str
    mtu: int


@dataclass(frozen=True)
class Traced:
    """Hold what the traces say of every probe, named as `traffic.measure` names them, and where frames stop."""

    lost: frozenset[str]
    unknown: frozenset[str]
    died: frozenset[tuple[str, str]]  # device and stage


def traced(lab: Lab, snapshot: Path) -> Traced:
    """Trace every flow, small and big.

    A ping is lost where ARP's broadcast stops, the echo, or its answer: broadcast one way, unicast both ways.
    """
    fabric = source.open_source(cli.defaults(snapshot)).fabric()
    hosts = {name: host(lab, name) for flow in lab.topology.flows for name in (flow.source, flow.target)}
    facts: dict[int, Facts] = {}
    lost: set[str] = set()
    unknown: set[str] = set()
    died: set[tuple[str, str]] = set()
    for flow in lab.topology.flows:
        one, other = hosts[flow.source], hosts[flow.target]
        vni = VNIS.get(flow.tenant) or int(flow.tenant.removeprefix("vni"))
        known = facts.setdefault(vni, Facts(fabric, vni))
        # Of two nodes with one MAC address only the ports tell which is meant.
        ends = (one.mac, other.mac) if one.mac != other.mac else (one.port, other.port)
        for big in (False, True):
            there, back = follow(known, *ends, one.mtu if big else None).directions
            for way, answer, probe in ((there, back, flow), (back, there, flow.reverse)):
                states = {way.state_of(UNICAST), way.state_of(BROADCAST), answer.state_of(UNICAST)}
                name = f"{probe}{' big' if big else ''}"
                lost |= {name} if STOPS in states else set()
                unknown |= {name} if UNKNOWN in states and STOPS not in states else set()
            ways = [way for direction in (there, back) for way in direction.ways]
            died |= {(hop.device, hop.stage) for way in ways for hop in way.hops if hop.state == STOPS}
    return Traced(frozenset(lost), frozenset(unknown), frozenset(died))


def answered_by_another(lab: Lab, snapshot: Path) -> Iterator[tuple[Flow, bool]]:
    """Yield the flows whose pings another node answers, and whether a trace to that one arrives in some VNI."""
    fabric = source.open_source(cli.defaults(snapshot)).fabric()
    for flow in lab.topology.flows:
        lab.execute(flow.source, f"ping -n -q -c 1 -w 1 {flow.target_address}")
        told = lab.execute(flow.source, f"ip neigh show to {flow.target_address}").stdout.split()
        answered = told[told.index("lladdr") + 1]
        if answered != host(lab, flow.target).mac:
            ends = (host(lab, flow.source).mac, answered)
            yield flow, any(follow(Facts(fabric, vni), *ends).exit_status == 0 for vni in VNIS.values())


def host(lab: Lab, name: str) -> Host:
    """Return what a trace is told of a node."""
    shown = lab.execute(name, "cat /sys/class/net/eth0/address /sys/class/net/eth0/mtu").stdout.split()
    cable = next(cable for cable in lab.topology.cables if name in (cable.machine, cable.peer))
    ends = ((cable.machine, cable.port), (cable.peer, cable.peer_port))
    return Host(shown[0], next(":".join(end) for end in ends if end[0] != name), int(shown[1]))
