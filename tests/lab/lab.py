"""Bring a topology up as a running lab, reach into it, and take it down without a trace."""

from __future__ import annotations

import ctypes
import os
import re
import secrets
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from . import device, removal
from .chain import CHAIN
from .evpn import EVPN
from .headend import HEADEND
from .inventory import write_inventory, write_known_hosts, write_ssh_config
from .namespaces import LabError, build, inside, namespace
from .pim import PIM
from .seed import SEED
from .topology import MANAGEMENT, Topology

TOPOLOGIES = {topology.name: topology for topology in (SEED, HEADEND, EVPN, CHAIN, PIM)}
_CLONE_NEWNET = 0x40000000


class Lab:
    """Reach into a running lab: its inventory, its machines, its management network."""

    def __init__(self, run: str, topology: Topology) -> None:
        self.run = run
        self.topology = topology
        self.folder = removal.folder_of(run)
        self.inventory = self.folder / "inventory"
        self.known_hosts = self.folder / "known_hosts"
        self.key_file = self.folder / "user_key"
        self.ssh_config = self.folder / "ssh_config"
        self._children: list[subprocess.Popen[bytes]] = []

    def execute(self, machine: str, script: str) -> subprocess.CompletedProcess[str]:
        """Run a shell script as root on a device or a node; a device's own files and daemons are in sight."""
        root = self.folder / machine
        argv = ["sh", "-c", script]
        words = [*device.enter(root), *argv] if root.is_dir() else inside(self.run, machine, argv)
        return subprocess.run(words, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)

    def command(self, *argv: str) -> list[str]:
        """Give the words that run `argv` in the management network, where the devices can be logged in to."""
        return inside(self.run, MANAGEMENT, argv)

    def collect(self, *argv: str) -> subprocess.CompletedProcess[str]:
        """Run the collector, or anything else, in the management network."""
        return subprocess.run(self.command(*argv), capture_output=True, text=True, check=False)

    @contextmanager
    def entered(self) -> Iterator[None]:
        """Put the calling thread, and the threads it starts, into the management network for a while."""
        libc = ctypes.CDLL(None, use_errno=True)
        home = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
        there = os.open(removal.NETNS / namespace(self.run, MANAGEMENT), os.O_RDONLY)
        try:
            if libc.setns(there, _CLONE_NEWNET):
                raise LabError(f"entering the management network failed: {os.strerror(ctypes.get_errno())}")
            yield
        finally:
            libc.setns(home, _CLONE_NEWNET)
            os.close(there)
            os.close(home)

    def down(self) -> None:
        """Remove the lab: its processes, namespaces, mounts and folder."""
        removal.remove(self.run)
        for child in self._children:
            if child.stdin:
                child.stdin.close()
            child.wait()

    def _start(self) -> None:
        self.folder.mkdir(mode=0o700)
        (self.folder / "topology").write_text(self.topology.name)
        build(self.run, self.topology)
        user_key = device.make_key(self.key_file, "vxlab")
        host_keys = {}
        for machine in self.topology.devices:
            if machine.login is None:  # never so for a device; mypy cannot know
                continue
            root = self.folder / machine.name
            host_keys[machine.login.address] = device.prepare(root, machine, machine.login, user_key)
            self._children.append(device.start(self.run, root, machine))
        write_known_hosts(self.known_hosts, host_keys)
        devices = self.topology.devices
        write_inventory(self.inventory, devices, device.PASSWORD, self.key_file)
        write_ssh_config(self.ssh_config, devices, self.key_file, self.known_hosts)
        for machine, child in zip(devices, self._children[-len(devices) :], strict=True):
            device.wait_for_sshd(self.folder / machine.name, machine, child)


def up(topology: Topology, run: str | None = None, *, keep: bool = False) -> Lab:
    """Bring a lab up; unless `keep`, it is removed when this process ends, however it ends.

    `run` names the lab (lower-case letters and digits), so that several can stand side by side.
    """
    run = run or secrets.token_hex(4)
    if not re.fullmatch("[a-z0-9]{1,20}", run):
        raise LabError(f"a lab's name is made of lower-case letters and digits, not {run!r}")
    if run in removal.runs():
        raise LabError(f"there is a lab named {run} already: `python -m tests.lab down --name {run}` removes it")
    lab = Lab(run, topology)
    umask = os.umask(0o022)  # the devices' users must be able to read their files
    try:
        if not keep:
            lab._children.append(_watchdog(run))
        lab._start()
    except BaseException:
        lab.down()
        raise
    finally:
        os.umask(umask)
    return lab


def attach(run: str) -> Lab:
    """Find a lab that another process brought up."""
    try:
        name = (removal.folder_of(run) / "topology").read_text()
    except FileNotFoundError:
        raise LabError(f"there is no lab named {run}; running: {', '.join(removal.runs()) or 'none'}") from None
    return Lab(run, TOPOLOGIES[name])


@contextmanager
def running(topology: Topology) -> Iterator[Lab]:
    """Keep a lab up for the length of a `with` block."""
    lab = up(topology)
    try:
        yield lab
    finally:
        lab.down()


def _watchdog(run: str) -> subprocess.Popen[bytes]:
    """Start the process that removes the lab once this one has closed the pipe or died."""
    words: Sequence[str] = [sys.executable, "-I", str(Path(removal.__file__)), run]
    return subprocess.Popen(words, stdin=subprocess.PIPE, start_new_session=True)
