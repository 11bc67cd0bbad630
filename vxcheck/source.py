"""Open a source: read a snapshot, or ask the devices of an inventory."""

from __future__ import annotations

import argparse
import getpass
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING

from vxcheck import content, snapshot
from vxcheck.content import Platform
from vxcheck.errors import UsageError
from vxcheck.snapshot import Snapshot

if TYPE_CHECKING:
    from vxcheck.fabric import Fabric
    from vxcheck.inventory import Host


@dataclass(frozen=True)
class Opened:
    """Hold what a source gave: the snapshot, the platforms it is read with, and who was left out by --device."""

    snapshot: Snapshot
    platforms: dict[str, Platform]
    left_out: frozenset[str] = frozenset()

    def fabric(self) -> Fabric:
        """Return the tables."""
        from vxcheck import fabric

        return fabric.build(self.snapshot, self.platforms, self.left_out)


def open_source(given: argparse.Namespace) -> Opened:
    """Open the source that the command line names; raises UsageError before any device is asked."""
    platforms = content.platforms(_folders("--parsers", given.parsers))
    if snapshot.is_snapshot(given.source):
        read = snapshot.read(given.source)
        chosen, left_out = _choose([device.name for device in read.devices], given.device)
        devices = tuple(device for device in read.devices if device.name in chosen)
        return Opened(replace(read, devices=devices), platforms, frozenset(left_out))
    return _ask(given, platforms)


def check_folders(given: argparse.Namespace) -> tuple[Path, ...]:
    """Return the user's own folders of checks."""
    return _folders("--checks", given.checks)


def _folders(option: str, folders: Sequence[Path]) -> tuple[Path, ...]:
    for folder in folders:
        if not folder.is_dir():
            raise UsageError(f"{option} {folder}: there is no such folder")
    return tuple(folders)


def _choose(names: Sequence[str], wanted: Sequence[str]) -> tuple[list[str], list[str]]:
    for pattern in wanted:
        if not any(fnmatchcase(name, pattern) for name in names):
            raise UsageError(f"--device {pattern}: there is no such device; the source has {', '.join(names)}")
    chosen = [name for name in names if not wanted or any(fnmatchcase(name, pattern) for pattern in wanted)]
    return chosen, [name for name in names if name not in chosen]


def _ask(given: argparse.Namespace, platforms: dict[str, Platform]) -> Opened:
    from vxcheck import inventory

    hosts = inventory.load(given.source)
    chosen, left_out = _choose([host.name for host in hosts], given.device)
    hosts = [host for host in hosts if host.name in chosen]

    from vxcheck import collect, ssh

    hosts = _with_passwords(hosts, ask=given.ask_password)
    trust = ssh.Trust(accept_new=given.accept_new_host_keys)
    if given.known_hosts:
        if not given.known_hosts.exists() and not given.accept_new_host_keys:
            raise UsageError(f"--known-hosts {given.known_hosts}: there is no such file")
        trust = replace(trust, known_hosts=given.known_hosts)
    options = collect.Options(trust, given.login_timeout, given.timeout, given.workers, given.polls, given.interval)
    from vxcheck.progress import watching

    with watching([host.name for host in hosts]) as watch:
        collected = collect.collect(hosts, platforms, options, watch)
    return Opened(collected, platforms, frozenset(left_out))


def _with_passwords(hosts: list[Host], *, ask: bool) -> list[Host]:
    """Ask once, at a terminal, for what the inventory, the environment, the agent and the key files do not give."""
    from vxcheck import ssh

    lacking = {host.name for host in hosts if (ask and not host.password) or ssh.needs_password(host)}
    if not lacking or not (sys.stdin.isatty() and sys.stderr.isatty()):
        return hosts
    names = ", ".join(sorted(lacking)) if len(lacking) < 4 else f"{len(lacking)} devices"
    print(f"No password or key is known for {names}.", file=sys.stderr)
    username = None
    if any(host.username is None for host in hosts if host.name in lacking):
        username = input(f"User name [{getpass.getuser()}]: ").strip() or getpass.getuser()
    password = getpass.getpass("Password: ")
    return [
        replace(host, username=host.username or username, password=password) if host.name in lacking else host
        for host in hosts
    ]
