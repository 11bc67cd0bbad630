"""Find the content: parsers and checks, beside the package in a clone, inside it when installed.

The path is the registration. `parsers/<platform>/<command>/<table>.textfsm` fills one table from one command of one
platform (netmiko's name); `command.toml` beside it says what the path cannot; `parsers/<platform>/platform.toml` says
how the platform answers when it refuses.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from vxcheck.errors import ContentError

TOTALS = "totals"


@dataclass(frozen=True)
class Command:
    """Describe one command of one platform and the templates that read its output.

    `spellings` are what may be typed for it, the preferred one first; `{name}` in one stands for one interface's name.
    `collect` is false for what is read but never sent; the tables of an `optional` one are complete without it; one
    that is `never_empty` has at least one row in any answer. The device's own totals count rows, or, where one thing
    has several rows, what differs in the columns `counted_by`.
    """

    platform: str
    name: str
    templates: tuple[Path, ...]
    spellings: tuple[str, ...]
    collect: bool = True
    optional: bool = False
    never_empty: bool = False
    counted_by: tuple[str, ...] = ()

    @property
    def tables(self) -> tuple[str, ...]:
        """Return the names of the tables that it fills."""
        return tuple(path.stem for path in self.templates if path.stem != TOTALS)

    def matches(self, typed: str) -> bool:
        """Tell whether what was typed is this command in one of its spellings."""
        return any(_spelling_pattern(spelling).fullmatch(typed) for spelling in self.spellings)

    def of_one(self, typed: str) -> bool:
        """Tell whether what was typed asks for one interface only."""
        return not any(_spelling_pattern(one).fullmatch(typed) for one in self.spellings if "{" not in one)


@dataclass(frozen=True)
class Platform:
    """Describe how a platform is spoken to, and how it says no.

    `session` is what netmiko's login sends by itself; `refusals` and `unsupported` are patterns for a whole line of
    a reply: the first means that nothing can be said, the second that the device says it has no such thing.
    `noise` is for lines that the login itself adds to any output.
    """

    name: str
    commands: tuple[Command, ...]
    session: tuple[str, ...] = ()
    refusals: tuple[re.Pattern[str], ...] = ()
    unsupported: tuple[re.Pattern[str], ...] = ()
    noise: tuple[re.Pattern[str], ...] = ()

    def command(self, typed: str) -> Command | None:
        """Return the command that `typed` spells, or None."""
        typed = " ".join(typed.split())
        return next((command for command in self.commands if command.matches(typed)), None)

    def fills(self, table: str) -> tuple[Command, ...]:
        """Return the commands that fill a table."""
        return tuple(command for command in self.commands if table in command.tables)


@cache
def root(kind: str) -> Path:
    """Return the folder `parsers` or `checks`: inside the installed package, else beside it in a clone."""
    package = Path(__file__).resolve().parent
    inside = package / kind
    return inside if inside.is_dir() else package.parent / kind


@cache
def platforms(extra: tuple[Path, ...] = ()) -> dict[str, Platform]:
    """Return every platform that has a folder, by netmiko's name; folders in `extra` add to it or replace commands."""
    roots = (root("parsers"), *extra)
    names = sorted({path.name for folder in roots for path in folder.iterdir() if path.is_dir()})
    return {name: _platform(name, roots) for name in names}


def _platform(name: str, roots: tuple[Path, ...]) -> Platform:
    about: dict[str, Any] = {}
    commands: dict[str, Command] = {}
    for folder in (path / name for path in roots):
        if not folder.is_dir():
            continue
        about |= _toml(folder / "platform.toml", {"like", "session", "refusals", "unsupported", "noise"})
        for path in sorted(folder.iterdir()):
            if path.is_dir():
                command = _command(name, path)
                commands[command.name] = command
    base = _platform(about["like"], roots) if "like" in about else None
    if base:
        commands = {command.name: command for command in base.commands} | commands

    def patterns(key: str) -> tuple[re.Pattern[str], ...]:
        own = tuple(re.compile(pattern) for pattern in about.get(key, []))
        return own + (getattr(base, key) if base else ())

    return Platform(
        name,
        tuple(commands.values()),
        tuple(about.get("session", [])),
        patterns("refusals"),
        patterns("unsupported"),
        patterns("noise"),
    )


def _command(platform: str, folder: Path) -> Command:
    templates = tuple(sorted(folder.glob("*.textfsm")))
    if not templates:
        raise ContentError(f"{folder}: no template (<table>.textfsm) in it")
    known = {"command", "spellings", "collect", "optional", "never_empty", "counted_by", "reason"}
    about = _toml(folder / "command.toml", known)
    name = about.get("command", folder.name.replace("_", " "))
    return Command(
        platform,
        name,
        templates,
        (name, *about.get("spellings", [])),
        collect=about.get("collect", True),
        optional=about.get("optional", False),
        never_empty=about.get("never_empty", False),
        counted_by=tuple(about.get("counted_by", [])),
    )


def _toml(path: Path, known: set[str]) -> dict[str, Any]:
    if not path.exists():
        return {}
    try:
        about = tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise ContentError(f"{path}: {error}") from error
    for key in about:
        if key not in known:
            raise ContentError(f"{path}: unknown key {key!r}; known are {', '.join(sorted(known))}")
    return about


@cache
def _spelling_pattern(spelling: str) -> re.Pattern[str]:
    parts = (r"[\w.:@/-]+" if part.startswith("{") else re.escape(part) for part in re.split(r"(\{\w+\})", spelling))
    return re.compile("".join(parts), re.IGNORECASE)
