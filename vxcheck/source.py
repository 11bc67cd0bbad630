"""Open a source: read a snapshot, or ask the devices of an inventory."""

from __future__ import annotations

import argparse
import getpass
import sys
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vxcheck import content, intent, snapshot, store
from vxcheck.content import Platform
from vxcheck.errors import UsageError
from vxcheck.history import History
from vxcheck.intent import Intent
from vxcheck.snapshot import Snapshot

if TYPE_CHECKING:
    from vxcheck.collect import Options
    from vxcheck.fabric import Fabric
    from vxcheck.inventory import Host
    from vxcheck.pages import Check
    from vxcheck.results import Report, Waiver


@dataclass(frozen=True)
class Opened:
    """Hold what a source gave: the snapshot, the platforms it is read with, and who was left out by --device.

    `saved` is the folder that it was saved in. `memory` bounds the tables (MiB; 0: see `fabric.empty`).
    """

    snapshot: Snapshot
    platforms: dict[str, Platform]
    left_out: frozenset[str] = frozenset()
    intent: Intent | None = None
    name: str = "SOURCE"
    saved: Path | None = None
    memory: int = 0

    @property
    def waivers(self) -> tuple[Waiver, ...]:
        """Return what the intent accepts."""
        return self.intent.waivers if self.intent else ()

    def fabric(self, into: Fabric | None = None) -> Fabric:
        """Return the tables, in an empty fabric where one is given."""
        from vxcheck import fabric, intent_tables, loading

        try:
            with fabric.room():
                made = loading.build(self.snapshot, self.platforms, self.left_out, self.name, into, self.memory)
        except fabric.TooLittleMemoryError as error:
            raise UsageError(f"--memory {self.memory}: the tables need more to be made in: {error}") from error
        if self.intent:
            intent_tables.load(made, self.intent)
        return made

    def dated(self, report: Report) -> Report:
        """Return a report on it that says when it was collected."""
        return replace(report, started=self.snapshot.started, seconds=self.snapshot.seconds)

    def save(self, folder: Path) -> None:
        """Write the snapshot to a new folder, the intent too, so that it can be judged again."""
        snapshot.write(self.snapshot, folder)
        _save_intent(self.intent, folder)


def _save_intent(told: Intent | None, folder: Path) -> None:
    if told:
        snapshot.write_whole(folder / intent.FILE, "\n".join(told.lines) + "\n")


def open_source(
    given: argparse.Namespace,
    checks: Mapping[str, Check] | None = None,
    save: Path | History | None = None,
    *,
    resume: bool = False,
    texts: bool = True,
) -> Opened:
    """Open the source that the command line names; raises UsageError before any device is asked.

    Where `checks` are given, the intent's waivers must name some of them.
    What devices say is saved as it comes, where a folder or a history to save it in is named; with `resume` a folder
    that holds part of it already. Without `texts` what is returned holds no outputs, so that memory does not grow with
    the fabric.
    """
    if not snapshot.is_snapshot(given.source):
        return asking(given, checks, save, resume=resume, texts=texts)(None)
    given = argparse.Namespace(**{**vars(given), "source": store.located(given.source)})
    platforms = content.platforms(parser_folders(given))
    read = snapshot.read(given.source)
    chosen, left_out = _choose([device.name for device in read.devices], given.device)
    told = _intent(given, {device.name: device.role for device in read.devices}, checks)
    devices = tuple(device for device in read.devices if device.name in chosen)
    left_out += (name for name in read.left_out if name not in left_out)
    read = replace(read, devices=devices, left_out=tuple(left_out))
    memory: int = getattr(given, "memory", 0)
    opened = Opened(read, platforms, frozenset(left_out), told, str(given.source), memory=memory)
    if isinstance(save, History):
        if store.is_history(given.source.parent) and given.source.resolve().parent == save.folder.resolve():
            raise UsageError(f"{given.source} is in the history {save.folder} already")
        folder = save.begin(read.started)
        opened.save(folder)
        save.pack(folder)
        return replace(opened, saved=folder)
    if save:
        opened.save(save)
    return opened


def _intent(given: argparse.Namespace, roles: Mapping[str, str], checks: Mapping[str, Check] | None) -> Intent | None:
    """Read the intent that the command line names, or that lies with the source; None where there is neither."""
    path = getattr(given, "intent", None) or intent.beside(given.source)
    if path is None:
        return None
    told = intent.load(path, roles)
    if checks is not None and told.waivers:
        from vxcheck import waivers

        waivers.require(told.waivers, checks, list(roles))
    return told


def defaults(path: Path, **options: Any) -> argparse.Namespace:
    """Return what the command line gives for a source without options, changed by options of Python's spelling.

    Raises UsageError for an option that there is not.
    """
    from vxcheck import cli

    given = cli.defaults(path)
    for name, value in options.items():
        if not hasattr(given, name):
            raise UsageError(f"there is no option {name!r}; there are {', '.join(sorted(vars(given)))}")
        setattr(given, name, value)
    return given


def parser_folders(given: argparse.Namespace) -> tuple[Path, ...]:
    """Return the user's own folders of parsers."""
    return _folders("--parsers", given.parsers)


def check_folders(given: argparse.Namespace) -> tuple[Path, ...]:
    """Return the user's own folders of checks."""
    return folders_of_checks(given.checks)


def folders_of_checks(folders: Sequence[Path]) -> tuple[Path, ...]:
    """Return folders that the user names, each with some check in it."""
    return _folders("--checks", folders)


def _folders(option: str, folders: Sequence[Path]) -> tuple[Path, ...]:
    for folder in folders:
        if not folder.is_dir():
            raise UsageError(f"{option} {folder}: there is no such folder")
        if option == "--checks" and not any((*folder.rglob("*.sql"), *folder.rglob("*.md"))):
            raise UsageError(f"{option} {folder}: there is no check in it (<name>.sql and <name>.md)")
    return tuple(folders)


def _choose(names: Sequence[str], wanted: Sequence[str]) -> tuple[list[str], list[str]]:
    for pattern in wanted:
        if not any(fnmatchcase(name, pattern) for name in names):
            raise UsageError(f"--device {pattern}: there is no such device; the source has {', '.join(names)}")
    chosen = [name for name in names if not wanted or any(fnmatchcase(name, pattern) for pattern in wanted)]
    return chosen, [name for name in names if name not in chosen]


def asking(
    given: argparse.Namespace,
    checks: Mapping[str, Check] | None = None,
    save: Path | History | None = None,
    *,
    resume: bool = False,
    texts: bool = True,
) -> Callable[[Collection[str] | None], Opened]:
    """Return what asks the devices of the inventory that the command line names, each time that it is called.

    It takes the names of the devices to ask this time, None for all of them. Raises UsageError before any device is
    asked; a password is asked for once.
    """
    from vxcheck import inventory

    platforms = content.platforms(parser_folders(given))
    hosts = inventory.load(given.source, platforms)
    chosen, left_out = _choose([host.name for host in hosts], given.device)
    told = _intent(given, {host.name: host.role for host in hosts}, checks)
    hosts = [host for host in hosts if host.name in chosen]

    options = collect_options(given)
    _require_allowed(hosts, platforms, allowed=given.allow_commands)

    from vxcheck import collect

    hosts = with_passwords(hosts, ask=given.ask_password)
    memory: int = getattr(given, "memory", 0)

    def ask(names: Collection[str] | None = None) -> Opened:
        from vxcheck.progress import watching

        folder = save.begin() if isinstance(save, History) else save
        if folder is not None:
            history = save if isinstance(save, History) else None
            wanted = _Wanted(tuple(hosts), tuple(left_out), told)
            collected = _collect_into(folder, wanted, platforms, options, history, resume=resume, texts=texts)
        else:
            asked = [host for host in hosts if names is None or host.name in names]
            with watching([host.name for host in asked]) as watch:
                collected = collect.collect(asked, platforms, options, watch)
        return Opened(collected, platforms, frozenset(left_out), told, str(given.source), folder, memory)

    return ask


@dataclass(frozen=True)
class _Wanted:
    """Hold who is asked, who is left out, and the intent that they are judged by."""

    hosts: tuple[Host, ...]
    left_out: tuple[str, ...]
    intent: Intent | None


def _collect_into(
    folder: Path,
    wanted: _Wanted,
    platforms: dict[str, Platform],
    options: Options,
    history: History | None,
    *,
    resume: bool,
    texts: bool,
) -> Snapshot:
    """Collect into a folder, a history's too, and read it again: what devices said is kept nowhere else meanwhile."""
    from vxcheck import collect
    from vxcheck.progress import watching
    from vxcheck.saving import Saver

    started = datetime.now(UTC).isoformat(timespec="seconds")
    entries = {host.name: snapshot.entry_of(host.name, host.platform, host.role) for host in wanted.hosts}
    with Saver(folder, entries, options.polls, started, wanted.left_out, resume=resume) as saver:
        _save_intent(wanted.intent, folder)
        rest = [host for host in wanted.hosts if host.name not in saver.done]
        try:
            with watching([host.name for host in rest]) as watch:
                seconds = collect.collect(rest, platforms, options, watch, saver, keep=False).seconds
        except KeyboardInterrupt:
            further = "" if history else "; --resume goes on from it"
            raise KeyboardInterrupt(f"what was collected until then is in {folder}{further}") from None
        saver.finish(None if saver.done else seconds)
        # The folder is claimed meanwhile: another run that tidies up lets it alone.
        if history:
            history.pack(folder)
        return snapshot.read(folder, texts=texts)


def _require_allowed(hosts: Sequence[Host], platforms: Mapping[str, Platform], *, allowed: bool) -> None:
    """Show what the user's own parsers would send beside ours, and ask whether it may be sent.

    Raises UsageError where nobody says that it may.
    """
    added = {name: content.added(platforms[name]) for host in hosts if (name := host.platform) in platforms}
    if allowed or not any(added.values()):
        return
    confirm(
        "your own parsers (--parsers) send this, beside what vxcheck sends:",
        [f"{name}: {line}" for name, lines in sorted(added.items()) for line in lines],
        "--allow-commands",
    )


def confirm(why: str, lines: Sequence[str], option: str) -> None:
    """Show what would be sent to devices and ask for it; raise UsageError where it may not be sent."""
    from vxcheck.rows import printable

    print(f"vxcheck: {why}", file=sys.stderr)
    for line in lines:
        print(f"    {printable(line)}", file=sys.stderr)
    if not sys.stdin.isatty():
        raise UsageError(f"not sent: nobody is there to confirm it; read it, and give {option}")
    if input("Send it? [y/N] ").strip().lower() not in ("y", "yes"):
        raise UsageError("not sent")


def collect_options(given: argparse.Namespace) -> Options:
    """Return how to collect, as the command line says."""
    from vxcheck import collect, ssh

    trust = ssh.Trust(accept_new=given.accept_new_host_keys)
    if given.known_hosts:
        if not given.known_hosts.exists() and not given.accept_new_host_keys:
            raise UsageError(f"--known-hosts {given.known_hosts}: there is no such file")
        trust = replace(trust, known_hosts=given.known_hosts)
    return collect.Options(
        trust,
        given.login_timeout,
        given.timeout,
        given.workers,
        given.polls,
        given.interval,
        given.retries,
        given.device_timeout,
        given.max_output * 2**20,
    )


def with_passwords(hosts: list[Host], *, ask: bool) -> list[Host]:
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
