"""`vxcheck record`: save what a device says to a command as a parser's sample, without its secrets."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from vxcheck import content, parse, sample, schema, snapshot, source
from vxcheck.content import Platform
from vxcheck.errors import UsageError
from vxcheck.scrub import Scrubber
from vxcheck.verbs.parse import read, without_prompts

_SHOWS = (re.compile(r"(?:show|display)(?: \S+)+"),)  # of a platform that has no folder yet
_TYPED = re.compile(r"""[A-Za-z0-9 _.:/@,=+%"'-]+""")
# What netmiko's logins send for themselves: the width and the length of this session's terminal, nothing that stays.
_TERMINAL = re.compile(
    r"(?:set )?(?:terminal|cli|screen)[ -](?:width|length|screen-(?:width|length)|pager|datadump)[\w -]*"
)


@dataclass
class _Recording:
    """Hold what is recorded, and of what: `outputs` are by command."""

    platform: Platform
    outputs: dict[str, str] = field(default_factory=dict)
    session: tuple[str, ...] = ()
    case: str = "sample"
    names: tuple[str, ...] = ()
    users: tuple[str, ...] = ()
    secrets: tuple[str, ...] = ()


def run(given: argparse.Namespace) -> int:
    """Record the commands that the command line names; 3 where a device did not answer one."""
    folders = source.parser_folders(given)
    root = given.output or (folders[0] if folders else Path("parsers"))
    # A command that was recorded there before is no new one.
    own = (root,) if any(root.glob("*/*/*.textfsm")) else ()
    known = content.platforms(tuple(dict.fromkeys((*folders, *own))))
    if given.table and given.table not in schema.tables():
        raise UsageError(f"--table {given.table}: there is no such table; there are {', '.join(schema.tables())}")
    if given.case and not re.fullmatch(r"[\w.-]+", given.case):
        raise UsageError(f"--case {given.case}: letters, digits, dots and dashes only: it becomes a file's name")
    recording, lacking = _record(given, known)
    scrubber = _scrubber(recording) if given.scrub else None
    for command, text in recording.outputs.items():
        clean = sample.without_secrets(text, recording.secrets)
        clean = scrubber.text(clean) if scrubber else clean
        case = given.case or ("sample" if scrubber else recording.case)
        written = sample.write(root, recording.platform, command, clean, case, given.table, recording.session)
        _tell(recording.platform, command, clean, written)
    for reason in lacking:
        print(f"vxcheck: {reason}", file=sys.stderr)
    return 3 if lacking else 0


def _record(given: argparse.Namespace, known: dict[str, Platform]) -> tuple[_Recording, list[str]]:
    if given.platform:
        return _of_file(given, known), []
    path = Path(given.source)
    if not given.words:
        raise UsageError('name the device and the command: vxcheck record SOURCE DEVICE "COMMAND"')
    name, *commands = given.words
    if snapshot.is_snapshot(path):
        return _of_snapshot(path, name, commands, known)
    return _of_device(given, name, commands, known)


def _of_file(given: argparse.Namespace, known: dict[str, Platform]) -> _Recording:
    name = content.canonical(known, given.platform)
    platform = known.get(name, Platform(name, ()))
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        raise UsageError(f"--platform {given.platform}: netmiko's name, such as arista_eos")
    if len(given.words) != 1:
        raise UsageError('a file holds the output of one command: vxcheck record FILE --platform NAME "COMMAND"')
    command = _typed(given.words[0])
    text = without_prompts(read(given.source), platform, command)
    return _Recording(platform, {command: text.lstrip("\n") if text else text})


def _of_snapshot(
    path: Path, name: str, commands: list[str], known: dict[str, Platform]
) -> tuple[_Recording, list[str]]:
    taken = snapshot.read(path)
    device = next((one for one in taken.devices if one.name == name), None)
    if device is None:
        raise UsageError(f"{path}: there is no device {name!r}; there are {', '.join(d.name for d in taken.devices)}")
    platform_name = content.canonical(known, device.platform)
    platform = known.get(platform_name, Platform(platform_name, ()))
    outputs = {one.command: one.text for one in device.outputs if one.condition == snapshot.COLLECTED}
    wanted = [_typed(command) for command in commands] or list(_not_understood(platform, outputs))
    if not wanted:
        raise UsageError(f"{path}: every output of {name} was understood; name the commands to record all the same")
    missing = [f"{name}: {command}: not in the snapshot" for command in wanted if command not in outputs]
    found = {command: outputs[command] for command in wanted if command in outputs}
    return _Recording(platform, found, case=name, names=tuple(one.name for one in taken.devices)), missing


def _not_understood(platform: Platform, outputs: dict[str, str]) -> Iterator[str]:
    for command, text in outputs.items():
        known = platform.command(command)
        try:
            if known:
                parse.parse(platform, known, text)
            else:
                yield command
        except parse.NotUnderstoodError:
            yield command
        except parse.RefusedError:
            pass


def _of_device(
    given: argparse.Namespace, name: str, commands: list[str], known: dict[str, Platform]
) -> tuple[_Recording, list[str]]:
    from vxcheck import asking, collect, inventory, ssh

    hosts = inventory.load(Path(given.source), known)
    host = next((one for one in hosts if one.name == name), None)
    if host is None:
        raise UsageError(f"{given.source}: there is no device {name!r}; there are {', '.join(h.name for h in hosts)}")
    if not commands:
        raise UsageError(f'name the commands: vxcheck record {given.source} {name} "COMMAND"')
    platform = known.get(host.platform, Platform(host.platform, ()))
    commands = [_typed(command) for command in commands]
    for command in commands:
        _require_harmless(platform, command)
    ours = content.platforms().get(platform.name, Platform(platform.name, ()))
    new = [line for line in platform.session if line not in ours.session]
    new += [command for command in commands if ours.command(command) is None]
    if new and not given.yes:
        source.confirm(f"{name} ({platform.name}) will be sent what no parser of vxcheck's sends yet:", new, "--yes")
    host = source.with_passwords([host], ask=given.ask_password)[0]
    options = source.collect_options(given)
    while True:
        try:
            outputs = collect.ask(host, platform, commands, options)
            break
        except ssh.ForbiddenCommandError as error:
            platform = replace(platform, session=(*platform.session, _session_line(given, platform, error.line)))
        except asking.StoppedError as stop:
            raise UsageError(f"{name}: {stop.condition}: {stop}: nothing was recorded") from stop
    lacking = [f"{name}: {one.command}: {one.condition}: {one.reason}" for one in outputs if one.reason]
    found = {one.command: one.text for one in outputs if one.condition == snapshot.COLLECTED}
    recording = _Recording(
        platform,
        found,
        platform.session,
        name,
        tuple(one.name for one in hosts),
        (host.username,) if host.username else (),
        tuple(text for text in (host.password, host.options.get("passphrase")) if text),
    )
    return recording, lacking


def _typed(command: str) -> str:
    """Return a command without superfluous blanks; raise UsageError where it holds more than one or feeds another."""
    if not _TYPED.fullmatch(command):
        raise UsageError(f"{command!r}: one plain command: no |, ;, &, >, <, $, backquotes or line ends")
    return " ".join(command.split())


def _require_harmless(platform: Platform, command: str) -> None:
    """Raise UsageError where a command is none that only shows, by the platform's own list."""
    if any(pattern.fullmatch(command) for pattern in platform.shows or _SHOWS) and ".." not in command:
        return
    raise UsageError(
        f"{command!r} is not sent: it is not known to only show something (`shows` in {platform.name}/platform.toml "
        "lists what is)"
    )


def _session_line(given: argparse.Namespace, platform: Platform, line: str) -> str:
    if platform.commands or not _TERMINAL.fullmatch(line):
        raise UsageError(f"netmiko's login of {platform.name} would send {line!r}, which `session` does not list")
    if not given.yes:
        source.confirm(f"netmiko's login of {platform.name} sends this first, for its terminal:", [line], "--yes")
    return line


def _scrubber(recording: _Recording) -> Scrubber:
    scrubber = Scrubber()
    for name in recording.names:
        scrubber.host(name)
    for user in recording.users:
        scrubber.user(user)
    for text in recording.outputs.values():
        scrubber.learn(text)
    return scrubber


def _tell(platform: Platform, command: str, text: str, written: dict[str, Any]) -> None:
    """Say what was written, and how far vxcheck understands it."""
    known = platform.command(command)
    said = "a new command"
    if known:
        try:
            counts = (f"{len(one.values)} of {one.table}" for one in parse.parse(platform, known, text))
            said = f"understood, rows: {', '.join(counts)}"
        except (parse.NotUnderstoodError, parse.RefusedError) as error:
            said = f"not understood: {error}"
    print(f"{written['sample']}: {len(text.splitlines())} lines, {said}")
    for path, about in written["new"].items():
        print(f"  new: {path}: {about}")
    if known is None:
        print(f"  next: write the template's rules, look at vxcheck parse ... --parsers {written['root']}, then")
        print(f"        vxcheck expect {written['sample'].parent}")
