"""Build a topology's network namespaces and run things inside them."""

from __future__ import annotations

import fcntl
import os
import subprocess
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from .topology import MANAGEMENT, Machine, Topology

COLLECTOR_ADDRESS = "192.0.2.1/24"

# br_netfilter would fragment bridged frames and so hide MTU faults; forwarding and reverse-path
# filtering are inherited from the host, whatever that is (Docker turns forwarding on); looking for
# duplicate IPv6 addresses would hold an IPv6 underlay back for a second or two.
_SETTINGS = """
set -e
cd /proc/sys/net
for setting in bridge/bridge-nf-call-*tables; do if [ -e $setting ]; then echo 0 > $setting; fi; done
echo {forwards} > ipv4/ip_forward
echo {forwards} > ipv6/conf/all/forwarding
echo 0 > ipv4/conf/all/rp_filter
echo 0 > ipv4/conf/default/rp_filter
for setting in ipv6/conf/*/accept_dad; do echo 0 > $setting; done
exec ip -batch -
"""


class LabError(Exception):
    """Report what the lab could not do, with what the command said."""


def namespace(run: str, machine: str) -> str:
    """Name the namespace of a machine in one run of a lab."""
    return f"vxlab-{run}-{machine}"


def build(run: str, topology: Topology) -> None:
    """Make every namespace and every cable, then set all of them up side by side."""
    names = [MANAGEMENT, *(machine.name for machine in topology.machines)]
    cables = [(cable.machine, cable.port, cable.peer, cable.peer_port) for cable in topology.cables]
    cables += [(d.name, d.management_port, MANAGEMENT, f"port{i}") for i, d in enumerate(topology.devices)]
    lines = [f"netns add {namespace(run, name)}" for name in names]
    lines += [
        f"link add name {port} netns {namespace(run, machine)}"
        f" type veth peer name {peer_port} netns {namespace(run, peer)}"
        for machine, port, peer, peer_port in cables
    ]
    with _netns_lock():
        _run(["ip", "-batch", "-"], lines)
    machines = [_management(topology), *(_with_management(machine) for machine in topology.machines)]
    with ThreadPoolExecutor(max_workers=8) as pool:
        list(pool.map(lambda machine: _set_up(run, machine), machines))


def inside(run: str, machine: str, argv: Sequence[str]) -> list[str]:
    """Give the command line that runs `argv` in a machine's namespace."""
    return ["ip", "netns", "exec", namespace(run, machine), *argv]


def _management(topology: Topology) -> Machine:
    """Describe the management network; its isolated ports keep VXLAN from leaking between devices."""
    ports = [f"port{i}" for i in range(len(topology.devices))]
    return Machine(
        MANAGEMENT,
        (
            "link set lo up",
            "link add br0 type bridge",
            f"addr add {COLLECTOR_ADDRESS} dev br0",
            "link set br0 up",
            *(f"link set {port} master br0 up" for port in ports),
            *(f"link set {port} type bridge_slave isolated on" for port in ports),
        ),
    )


def _with_management(machine: Machine) -> Machine:
    if not machine.login:
        return machine
    port = machine.management_port
    first = ("link set lo up", f"addr add {machine.login.address}/24 dev {port}", f"link set {port} up")
    return Machine(machine.name, (*first, *machine.setup), machine.forwards)


def _set_up(run: str, machine: Machine) -> None:
    script = _SETTINGS.format(forwards=int(machine.forwards))
    _run(inside(run, machine.name, ["sh", "-c", script]), machine.setup)


def _run(argv: Sequence[str], lines: Sequence[str]) -> None:
    done = subprocess.run(argv, input="\n".join(lines) + "\n", capture_output=True, text=True, check=False)
    if done.returncode:
        raise LabError(f"{' '.join(argv[:5])} failed: {done.stderr.strip() or done.stdout.strip()}")


@contextmanager
def _netns_lock() -> Iterator[None]:
    """Keep another lab's end from unmounting /run/netns while namespaces are added."""
    folder = os.open(Path("/run"), os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)
