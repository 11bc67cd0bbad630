"""Find the content: parsers and checks, beside the package in a clone, inside it when installed.

The path is the registration. `parsers/<platform>/<command>/<table>.textfsm` fills one table from one command of one
platform (netmiko's name); `command.toml` beside it says what the path cannot; `parsers/<platform>/platform.toml` says
how the platform answers when it refuses.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from importlib import util
from pathlib import Path
from typing import Any

from vxcheck import spelling
from vxcheck.errors import ContentError

TOTALS = "totals"
_PLATFORM_KEYS = {"exec", "aliases", "like", "session", "shows", "refusals", "unsupported", "unknown", "noise"}
_COMMAND_KEYS = {
    "command",
    "spellings",
    "collect",
    "optional",
    "never_empty",
    "may_be_silent",
    "counted_by",
    "family",
    "only_with",
    "main",
    "ntc",
    "reason",
}


@dataclass(frozen=True)
class Borrowed:
    """Name a template of ntc-templates that fills a table: `columns` leads from its Values to the table's columns.

    `partial` are patterns for whole lines of which its rules may look at the beginning alone; a row without one of the
    `required` columns is cut.
    """

    path: Path
    table: str
    columns: Mapping[str, str]
    partial: tuple[re.Pattern[str], ...] = ()
    required: tuple[str, ...] = ()


@dataclass(frozen=True)
class Command:
    """Describe one command of one platform and the templates that read its output.

    `spellings` are what may be typed for it, the preferred one first; `{name}` in one stands for one interface's name.
    `collect` is false for what is read but never sent; the tables of an `optional` one are complete without it; one
    that is `never_empty` has at least one row in any answer, one that `may_be_silent` prints nothing where there is
    nothing, not even a total. The device's own totals count rows, or, where one thing
    has several rows, what differs in the columns `counted_by`. One that is `only_with` (table, column, value) may be
    refused by a device that shows no such row: it has nothing to tell of then. `family` is the IP family whose rows it
    shows, 4 or 6, or 0 where it shows all. `main` is the table that plain netmiko gets for the command, where it fills
    several. `folder` is where its samples lie.
    """

    platform: str
    name: str
    templates: tuple[Path, ...]
    spellings: tuple[str, ...]
    collect: bool = True
    optional: bool = False
    never_empty: bool = False
    may_be_silent: bool = False
    counted_by: tuple[str, ...] = ()
    only_with: tuple[str, ...] = ()
    family: int = 0
    main: str = ""
    borrowed: Borrowed | None = None
    folder: Path = Path()

    @cached_property
    def tables(self) -> tuple[str, ...]:
        """Return the names of the tables that it fills."""
        own = tuple(path.stem for path in self.templates if path.stem != TOTALS)
        return (*own, self.borrowed.table) if self.borrowed else own

    @property
    def sent(self) -> tuple[str, ...]:
        """Return what is sent for it: itself, then by its full path, where it is not found. Others are only read."""
        return (self.name, *(spelling for spelling in self.spellings if spelling.startswith("/")))

    def matches(self, typed: str) -> bool:
        """Tell whether what was typed is this command in one of its spellings."""
        return any(
            _spelling_pattern(one).fullmatch(typed) if "{" in one else one.lower() == typed.lower()
            for one in self.spellings
        )

    def of_one(self, typed: str) -> bool:
        """Tell whether what was typed asks for one interface only."""
        plain = spelling.plain(typed)
        if {typed.lower(), plain.lower()} & {one.lower() for one in self.spellings if "{" not in one}:
            return False
        closest = max(self.spellings, key=lambda one: spelling.closeness(plain, one))
        return "{" in closest or not spelling.closeness(plain, closest)


@dataclass(frozen=True)
class Platform:
    """Describe how a platform is spoken to, and how it says no.

    `session` is what netmiko's login sends by itself; `refusals`, `unsupported` and `unknown` are patterns for a whole
    line of a reply: the first means that nothing can be said, the second that the device says it has no such thing, the
    third that its release does not know the command: that is a refusal too, unless the command is optional.
    `noise` is for lines that the login itself adds to any output. `shows` are patterns for whole commands that change
    nothing: what `vxcheck record` may send. `aliases` are other names that are understood for the platform's.
    `exec` tells that commands may go over channels of their own: the interactive shell is then asked only where that
    gives no answer.
    """

    name: str
    commands: tuple[Command, ...]
    session: tuple[str, ...] = ()
    refusals: tuple[re.Pattern[str], ...] = ()
    unsupported: tuple[re.Pattern[str], ...] = ()
    unknown: tuple[re.Pattern[str], ...] = ()
    noise: tuple[re.Pattern[str], ...] = ()
    shows: tuple[re.Pattern[str], ...] = ()
    aliases: tuple[str, ...] = ()
    exec: bool = False

    def command(self, typed: str) -> Command | None:
        """Return the command that `typed` spells, in full, abbreviated, or with options in another order; or None."""
        typed = " ".join(typed.split())
        for way in dict.fromkeys((typed, spelling.plain(typed))):
            # A word of a command's own goes before one that stands for any interface.
            found = [command for command in self.commands if command.matches(way)]
            if found:
                return next((command for command in found if not command.of_one(way)), found[0])
        plain = spelling.plain(typed)
        close = {one.name: max(spelling.closeness(plain, way) for way in one.spellings) for one in self.commands}
        # Of two that it may stand for equally well it is neither; a platform's own goes before that of another like it.
        found = [one for one in self.commands if close[one.name] and close[one.name] == max(close.values())]
        found = [one for one in found if one.platform == self.name] or found
        return found[0] if len(found) == 1 else None

    def fills(self, table: str) -> tuple[Command, ...]:
        """Return the commands that fill a table."""
        return self._fills.get(table, ())

    @cached_property
    def _fills(self) -> dict[str, tuple[Command, ...]]:
        """Return the commands that fill each table."""
        tables = dict.fromkeys(table for command in self.commands for table in command.tables)
        return {table: tuple(one for one in self.commands if table in one.tables) for table in tables}


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


def sent(platform: Platform) -> tuple[str, ...]:
    """Return every line that may be sent to a platform unasked: what its session sends, and its commands."""
    commands = (command for command in platform.commands if command.collect)
    return (*platform.session, *(line for command in commands for line in command.sent))


def added(platform: Platform) -> tuple[str, ...]:
    """Return the lines that are sent to a platform, and that ours of the same name sends not."""
    ours = platforms().get(platform.name)
    return tuple(line for line in sent(platform) if ours is None or line not in sent(ours))


def canonical(known: Mapping[str, Platform], typed: str) -> str:
    """Return the name of the platform that `typed` names or is an alias of; `typed` itself where there is none."""
    if typed in known:
        return typed
    return next((name for name, platform in known.items() if typed.lower() in platform.aliases), typed)


def _platform(name: str, roots: tuple[Path, ...]) -> Platform:
    about: dict[str, Any] = {}
    commands: dict[str, Command] = {}
    for folder in (path / name for path in roots):
        if not folder.is_dir():
            continue
        about |= _toml(folder / "platform.toml", _PLATFORM_KEYS)
        for line in about.get("session", []):
            _require_line(folder / "platform.toml", line)
        known = {command.folder.name for command in commands.values()}
        for path in sorted(folder.iterdir()):
            # A user's folder of a command that has its templates elsewhere holds more samples of it.
            if path.is_dir() and not (path.name in known and _samples_alone(path)):
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
        patterns("unknown"),
        patterns("noise"),
        patterns("shows"),
        tuple(about.get("aliases", [])),
        bool(about.get("exec", base.exec if base else False)),
    )


def _require_line(path: Path, line: Any) -> None:
    # What ends a line would be a second command, which nobody was shown.
    if not isinstance(line, str) or not line.strip() or not line.isprintable():
        raise ContentError(f"{path}: a command is one line of text, not {line!r}")


def _samples_alone(folder: Path) -> bool:
    return not any(folder.glob("*.textfsm")) and not (folder / "command.toml").exists()


def _command(platform: str, folder: Path) -> Command:
    templates = tuple(sorted(folder.glob("*.textfsm")))
    about = _toml(folder / "command.toml", _COMMAND_KEYS)
    if not templates and "ntc" not in about:
        raise ContentError(f"{folder}: no template (<table>.textfsm) in it")
    name = about.get("command", folder.name.replace("_", " "))
    for line in (name, *about.get("spellings", [])):
        _require_line(folder / "command.toml", line)
    return Command(
        platform,
        name,
        templates,
        (name, *about.get("spellings", [])),
        collect=about.get("collect", True),
        optional=about.get("optional", False),
        never_empty=about.get("never_empty", False),
        may_be_silent=about.get("may_be_silent", False),
        counted_by=tuple(about.get("counted_by", [])),
        only_with=tuple(about.get("only_with", [])),
        family=about.get("family", 0),
        main=about.get("main", ""),
        borrowed=_borrowed(folder / "command.toml", about["ntc"]) if "ntc" in about else None,
        folder=folder,
    )


def _borrowed(path: Path, ntc: Any) -> Borrowed:
    if not isinstance(ntc, dict) or ntc.keys() - {"partial", "required"} != {"template", "table", "columns"}:
        raise ContentError(f'{path}: ntc: must be {{template = "...", table = "...", columns = {{VALUE = "column"}}}}')
    partial = tuple(re.compile(pattern) for pattern in ntc.get("partial", []))
    return Borrowed(
        ntc_templates() / ntc["template"], ntc["table"], ntc["columns"], partial, tuple(ntc.get("required", []))
    )


@cache
def ntc_templates() -> Path:
    """Return the folder of the installed ntc-templates."""
    found = util.find_spec("ntc_templates")
    if found is None or not found.submodule_search_locations:
        raise ContentError("the package ntc-templates, from which some templates are taken, is not installed")
    return Path(found.submodule_search_locations[0]) / "templates"


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
