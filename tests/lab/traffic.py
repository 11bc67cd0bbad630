"""Send traffic between nodes and say which of it arrived."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from .lab import Lab
from .topology import Flow

# Both ends forget each other first: with warm ARP caches most one-way faults stay hidden.
_FLUSH = "ip neigh flush all"
_SMALL = "ping -n -q -c 1 -w 1 -i 0.2 {address}"
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


def forget_neighbours(lab: Lab, flows: Iterable[Flow]) -> None:
    """Empty the ARP and neighbour tables of the flows' nodes."""
    for name in sorted({name for flow in flows for name in (flow.source, flow.target)}):
        lab.execute(name, _FLUSH)


def _lost(lab: Lab, flows: tuple[Flow, ...]) -> set[str]:
    probes = [(flow, big) for flow in flows for big in (False, True)]
    with ThreadPoolExecutor(max_workers=8) as pool:
        arrived = pool.map(lambda probe: ping(lab, probe[0], big=probe[1]), probes)
        return {
            f"{flow}{' big' if big else ''}"
            for (flow, big), answered in zip(probes, arrived, strict=True)
            if not answered
        }
