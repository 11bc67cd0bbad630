"""Hold where a trace says that a frame died to where tcpdump saw it last, device by device."""

from __future__ import annotations

import re
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from vxcheck import cli, source
from vxcheck.trace import BROADCAST, STOPS, UNICAST, Facts, follow

from . import verdict
from .lab import Lab
from .namespaces import inside
from .seed import ARISTA, ROUTER, VYOS
from .topology import Flow
from .tracing import VNIS, host
from .traffic import forget_neighbours, ping

# Faults that stop small frames: of each place at which one can die.
NAMES = {
    "bum_mode_mismatch",
    "dstport_mismatch",
    "flood_list_empty",
    "input_filter",
    "local_address_wrong",
    "multicast_route_one_way",
    "multicast_route_wrong_in",
    "no_return_route",
    "node_port_down",
    "output_filter",
    "router_forwarding_off",
    "ttl_1",
    "vxlan_unbridged",
}
DEVICES = (VYOS, ROUTER, ARISTA)


@contextmanager
def watched(lab: Lab, folder: Path) -> Iterator[dict[str, Path]]:
    """Let tcpdump write down what every interface of every device sees."""
    shown = {device: folder / device for device in DEVICES}
    watchers = []
    for device, path in shown.items():
        words = ["tcpdump", "-n", "-l", "-i", "any", "-T", "vxlan", "arp or icmp or udp"]
        with path.open("w") as out, path.with_suffix(".err").open("w") as err:
            watchers.append(subprocess.Popen(inside(lab.run, device, words), stdout=out, stderr=err))
    deadline = time.monotonic() + 10
    while not all("listening on" in path.with_suffix(".err").read_text() for path in shown.values()):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    try:
        yield shown
        time.sleep(0.3)
    finally:
        for watcher in watchers:
            watcher.terminate()
            watcher.wait()


def pattern(flow: Flow, kind: str) -> str:
    """Return what tcpdump writes of a flow's frames of one kind: ARP's requests, or all that goes to the one host."""
    here, there = map(re.escape, (flow.source_address, flow.target_address))
    if kind == BROADCAST:
        return rf"who-has {there} (\(\S+\) )?tell {here}\b"
    return rf"Reply {here} is-at|IP {here} > {there}: ICMP echo "


def assert_where_the_traces_say(lab: Lab, snapshot: Path, folder: Path) -> None:
    """Ping along every flow, and assert that the device that saw a frame last is one where the traces let it stop."""
    fabric = source.open_source(cli.defaults(snapshot)).fabric()
    compared = 0
    for flow in lab.topology.flows:
        one, other = host(lab, flow.source), host(lab, flow.target)
        # Tenants have the same addresses: nobody else may ask for one meanwhile, nor whether it is still there.
        forget_neighbours(lab, lab.topology.flows)
        with watched(lab, verdict.fresh(folder).parent) as shown:
            for way in (flow, flow.reverse):
                forget_neighbours(lab, [flow])
                ping(lab, way)
        written = {device: path.read_text() for device, path in shown.items()}
        directions = follow(Facts(fabric, VNIS[flow.tenant]), one.mac, other.mac, None).directions
        for direction, sent, end in zip(directions, (flow, flow.reverse), (one, other), strict=True):
            path = DEVICES if VYOS in end.port else DEVICES[::-1]
            for kind in (BROADCAST, UNICAST):
                died = {
                    hop.device for way in direction.ways if way.kind == kind for hop in way.hops if hop.state == STOPS
                }
                reached = [device for device in path if re.search(pattern(sent, kind), written[device])]
                # Where ARP is not answered, nothing is sent to the one host.
                if died and reached:
                    compared += 1
                    assert reached[-1] in died, f"{kind} {sent}: seen on {reached}, traced to die on {sorted(died)}"
    assert compared
