"""`vxcheck templates`: write the templates as a flat folder with an index, as netmiko and ntc-templates read them."""

from __future__ import annotations

import argparse
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

from vxcheck import content, source
from vxcheck.content import Command, Platform
from vxcheck.errors import ContentError, UsageError

_HEADER = "Template, Hostname, Platform, Command"
_NOTE = """\
# Written by `vxcheck templates`. Point NET_TEXTFSM (netmiko) and NTC_TEMPLATES_DIR (ntc-templates) at this folder.
# A command that fills several tables gives the first to whoever asks for the command; the others are asked for
# as the command and the table's name: "bridge fdb show flood_lists".
"""


def run(given: argparse.Namespace) -> int:
    """Write the folder that the command line names; it must be new or empty."""
    platforms = content.platforms(source.parser_folders(given))
    folder: Path = given.folder
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise UsageError(f"{folder}: the folder is not empty; name a new one")
        lines = list(_lines(platforms, folder))
        theirs = _theirs(folder) if given.with_ntc else []
        (folder / "index").write_text("\n".join([_NOTE, _HEADER, "", *lines, *theirs]) + "\n", encoding="utf-8")
    except OSError as error:
        raise UsageError(f"cannot write {folder}: {error.strerror}: {error.filename}") from error
    print(f"{folder}: {len(list(folder.glob('*.textfsm')))} templates and an index of {len(lines) + len(theirs)} lines")
    print(f"export NET_TEXTFSM={folder.resolve()} NTC_TEMPLATES_DIR={folder.resolve()}")
    return 0


def _lines(platforms: dict[str, Platform], folder: Path) -> Iterator[str]:
    """Write the templates, and yield the index's lines: the first that fits is taken."""
    for platform in platforms.values():
        # A word of a command's own, and a table's name, go before a spelling's word that stands for any interface.
        for of_one in (False, True):
            for command in platform.commands:
                spellings = [one for one in dict.fromkeys(command.spellings) if ("{" in one) == of_one]
                templates = by_table(command)
                for number, (table, path) in enumerate(reversed(templates.items()), 1):
                    name = file_name(command, table if len(templates) > 1 else "")
                    shutil.copyfile(path, folder / name)
                    behind = f"(?: {table})?" if number == len(templates) else f" {table}"
                    if spellings:
                        yield _line(name, platform, spellings, behind)


def by_table(command: Command) -> dict[str, Path]:
    """Return the templates of a command by table, the one first that plain netmiko gets for the command."""
    found = {path.stem: path for path in command.templates if path.stem != content.TOTALS}
    if command.borrowed:
        found[command.borrowed.table] = command.borrowed.path
    if command.main and command.main not in found:
        raise ContentError(f"{command.folder}: main: it fills no table {command.main!r}")
    return dict(sorted(found.items(), key=lambda item: item[0] != command.main))


def file_name(command: Command, table: str) -> str:
    """Return the name of a template in a flat folder."""
    return "_".join(part for part in (command.platform, command.folder.name, table) if part) + ".textfsm"


def _line(name: str, platform: Platform, spellings: list[str], behind: str) -> str:
    spelt = "|".join(map(_pattern, spellings))
    names = "|".join((platform.name, *platform.aliases))
    return f"{name}, .*, (?:{names})$, (?i:{spelt}){behind}$"


def _pattern(words: str) -> str:
    r"""Return a pattern for a command. The index is split at commas and ends at `#`: both are written as \\xNN."""
    parts = (
        r"[\w.:@/-]+" if part.startswith("{") else re.escape(part).replace(r"\ ", " ")
        for part in re.split(r"(\{\w+\})", words)
    )
    return "".join(parts).replace(",", r"\x2c").replace("#", r"\x23")


def _theirs(folder: Path) -> list[str]:
    """Copy the templates of the installed ntc-templates, and return their index's lines."""
    lines = []
    for line in (content.ntc_templates() / "index").read_text(encoding="utf-8").splitlines():
        names, _, rest = line.partition(",")
        if not rest or line.startswith(("#", "Template")):
            continue
        for name in names.strip().split(":"):
            # A name that ours has too is theirs under another one.
            if not (folder / f"ntc_{name}").exists():
                shutil.copyfile(content.ntc_templates() / name, folder / f"ntc_{name}")
        lines.append(":".join(f"ntc_{name}" for name in names.strip().split(":")) + f",{rest}")
    return lines
