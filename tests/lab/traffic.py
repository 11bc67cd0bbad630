"""Send traffic between nodes and say which of it arrived."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass

from .lab import Lab
from .namespaces import inside
from .topology import Flow

# Both ends forget each other first: with warm ARP caches most one-way faults stay hidden.
_FLUSH = "ip neigh flush all"
_SMALL = "ping -n -q -c 1 -w 1 -i 0.2 {address}"
# Small packets and large ones; the large may be fragmented, as most hosts' traffic may.
_TALK = """
size=$(($(cat /sys/class/net/eth0/mtu) - 28))
while :; do
    ip neigh flush all
    ping -n -q -c 3 -i 0.2 -W 1 {address}
    ping -n -q -c 3 -i 0.2 -W 1 -M dont -s $size {address}
done
"""
# The largest packet that the node would send, not to be fragmented.
_BIG = "ping -n -q -c 1 -w 1 -i 0.2 -M do -s $(($(cat /sys/class/net/eth0/mtu) - 28)) {address}"


@dataclass(frozen=True)
class Reach:
    """Hold which probes were lost, such as `n001>n002` and `n001>n002 big`."""

    lost: frozenset[str]

    def __str__(self) -> str:
        return "all pass" if not self.lost else "lost: " + ", ".join(sorted(self.lost))


def ping(lab: Lab, flow: Flow, *, big: bool = False) -> bool:
    """Ping from the flow's source to its target for a second; true as soon as one answer comes."""
    script = (_BIG if big else _SMALL).format(address=flow.target_address)
    return lab.execute(flow.source, script).returncode == 0


def measure(lab: Lab) -> Reach:
    """Ping along every flow of the lab, small and big, each way round; all tenants at once."""
    lost: set[str] = set()
    flows = lab.topology.flows
    for direction in (flows, tuple(flow.reverse for flow in flows)):
        forget_neighbours(lab, direction)
        lost |= _lost(lab, direction)
    return Reach(frozenset(lost))


def learn(lab: Lab) -> Reach:
    """Let everyone learn everyone: one small ping each way along every flow."""
    forget_neighbours(lab, lab.topology.flows)
    both = (*lab.topology.flows, *(flow.reverse for flow in lab.topology.flows))
    with ThreadPoolExecutor(max_workers=8) as pool:
        arrived = pool.map(lambda flow: ping(lab, flow), both)
        return Reach(frozenset(str(flow) for flow, answered in zip(both, arrived, strict=True) if not answered))


def converge(lab: Lab, seconds: float = 60) -> Reach:
    """Ping until nothing is lost and no link says NO-CARRIER, or until the time is up.

    A new bridge forwards at once but says NO-CARRIER for up to a second; BGP needs two or three seconds.
    """
    deadline = time.monotonic() + seconds
    while ((reach := learn(lab)).lost or _some_link_has_no_carrier(lab)) and time.monotonic() < deadline:
        time.sleep(0.1)
    return reach


@contextmanager
def talking(lab: Lab) -> Iterator[None]:
    """Keep every flow busy, both ways, ARP included, so that counters polled meanwhile have something to count."""
    talkers = [
        subprocess.Popen(
            inside(lab.run, flow.source, ["sh", "-c", _TALK.format(address=flow.target_address)]),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        for flow in (*lab.topology.flows, *(flow.reverse for flow in lab.topology.flows))
    ]
    try:
        yield
    finally:
        for talker in talkers:
            os.killpg(talker.pid, signal.SIGKILL)
            talker.wait()


def settle(lab: Lab, accept: Callable[[frozenset[str]], bool], seconds: float = 30) -> Reach:
    """Measure until the losses are those awaited or the time is up, and give the last losses."""
    deadline = time.monotonic() + seconds
    while not accept((reach := measure(lab)).lost) and time.monotonic() < deadline:
        time.sleep(0.1)
    return reach


def forget_neighbours(lab: Lab, flows: Iterable[Flow]) -> None:
    """Empty the ARP and neighbour tables of the flows' nodes."""
    for name in sorted({name for flow in flows for name in (flow.source, flow.target)}):
        lab.execute(name, _FLUSH)


def _some_link_has_no_carrier(lab: Lab) -> bool:
    return any("NO-CARRIER" in lab.execute(device.name, "ip -o link show").stdout for device in lab.topology.devices)


def _lost(lab: Lab, flows: tuple[Flow, ...]) -> set[str]:
    probes = [(flow, big) for flow in flows for big in (False, True)]
    with ThreadPoolExecutor(max_workers=8) as pool:
        arrived = pool.map(lambda probe: ping(lab, probe[0], big=probe[1]), probes)
        return {
            f"{flow}{' big' if big else ''}"
            for (flow, big), answered in zip(probes, arrived, strict=True)
            if not answered
        }
