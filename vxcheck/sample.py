"""Samples of parsers: recorded outputs beside the templates that read them, and what each must give."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from vxcheck import content, parse, schema, scrub
from vxcheck.content import Command, Platform
from vxcheck.errors import UsageError

_PATTERNS = {
    "MAC": r"[0-9a-fA-F]{2}(?::[0-9a-fA-F]{2}){5}|[0-9a-fA-F]{4}\.[0-9a-fA-F]{4}\.[0-9a-fA-F]{4}",
    "IP": "[0-9a-fA-F]*[.:][0-9a-fA-F.:]*",
    "VNI": r"\d+",
    "VLAN": r"\d+",
    "count": r"\d+",
    "port": r"\d+",
    "bytes": r"\d+",
    "packets": r"\d+",
    "bits": r"\d+",
    "s": r"\d+",
    "word": r"\w+",
}


def without_secrets(text: str, known: tuple[str, ...] = ()) -> str:
    """Return a text without what looks like a secret, and without secrets that are known beforehand."""
    for secret in known:
        text = re.sub(rf"(?<!\w){re.escape(secret)}(?!\w)", scrub.SECRET, text)
    return scrub.secrets_of(text)


def write(
    root: Path, platform: Platform, command: str, text: str, case: str, table: str | None, session: tuple[str, ...]
) -> dict[str, Any]:
    """Write a sample where its parser's folder is, under `root`; make the folder of a new command.

    Returns the `sample`'s path, the `root`, and what is `new` with what to do about it. Nothing is overwritten.
    """
    known = platform.command(command)
    # A snapshot may come from anybody: what it calls its devices and commands names no file elsewhere.
    if not re.fullmatch(r"[a-z][a-z0-9_]*", platform.name):
        raise UsageError(f"{platform.name!r} is no name of a platform of netmiko's")
    case = re.sub(r"[^\w.-]+", "_", case).lstrip(".") or "sample"
    folder = root / (known.platform if known else platform.name)
    folder /= known.folder.name if known else re.sub(r"[^\w.:-]+", "_", command).strip("_.")
    new: dict[Path, str] = {}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if known is None:
            new = _skeleton(folder, platform, command, table, session)
        path = folder / f"{case}.txt"
        number = 1
        while path.exists():
            number += 1
            path = folder / f"{case}-{number}.txt"
        path.write_bytes(text.encode("utf-8", errors="surrogateescape"))
    except OSError as error:
        raise UsageError(f"cannot write the sample to {folder}: {error.strerror}") from error
    return {"sample": path, "root": root, "new": new}


def _skeleton(
    folder: Path, platform: Platform, command: str, table: str | None, session: tuple[str, ...]
) -> dict[Path, str]:
    """Write what a new command needs beside its samples: the platform's file, its own, and a template to fill in."""
    new: dict[Path, str] = {}
    about = folder.parent / "platform.toml"
    if not about.exists() and not platform.commands:
        lines = [
            f"# How {platform.name} is spoken to. What netmiko's login sends by itself:",
            f"session = {json.dumps(list(session))}",
            "# Whole lines by which it refuses a command:",
            "refusals = ['% Invalid .*']",
        ]
        about.write_text("\n".join(lines) + "\n", encoding="utf-8")
        new[about] = "say how the platform refuses a command"
    own = folder / "command.toml"
    if not own.exists():
        lines = [
            *([] if folder.name.replace("_", " ") == command else [f"command = {json.dumps(command)}"]),
            "# Until the template reads every sample, the command is read from snapshots but not sent by check.",
            "collect = false",
        ]
        own.write_text("\n".join(lines) + "\n", encoding="utf-8")
        new[own] = "delete `collect = false` when the template is done"
    if not any(folder.glob("*.textfsm")):
        template = folder / f"{table or 'TABLE'}.textfsm"
        template.write_text(_template(table), encoding="utf-8")
        new[template] = "write its rules" if table else "name it after the table that it fills (docs/tables.md)"
    return new


def _template(table: str | None) -> str:
    """Return a template without rules, whose Values are the table's columns."""
    lines = ["# Keep the columns that the output shows; write the rules that read them."]
    columns = schema.tables()[table].columns if table else ()
    left_out = ("device", "poll")
    for column in columns:
        if column.unit != "line" and column.name not in left_out:
            lines.append(f"Value {column.name.upper()} ({_PATTERNS.get(column.unit, chr(92) + 'S+')})")  # noqa: PERF401
    lines += [] if columns else [r"Value COLUMN (\S+)"]
    return "\n".join([*lines, "", "Start", r"  ^\s*$$", "  ^. -> Error", ""])


def reader(path: Path, folders: tuple[Path, ...] = ()) -> tuple[Platform, Command]:
    """Return the platform and the command whose folder a sample lies in."""
    folder = path.resolve().parent
    root = folder.parent.parent
    own = (root,) if root != content.root("parsers") else ()
    platforms = content.platforms((*folders, *own))
    platform = platforms.get(folder.parent.name)
    command = next((one for one in platform.commands if one.folder.name == folder.name), None) if platform else None
    if platform is None or command is None:
        raise UsageError(f"{path}: not in a parser's folder: <platform>/<command>/<case>.txt beside a template")
    return platform, command


def given_by(path: Path, folders: tuple[Path, ...] = ()) -> dict[str, Any]:
    """Return what a sample gives: `rows` by table, or the `error`."""
    platform, command = reader(path, folders)
    text = path.read_bytes().decode("utf-8", errors="replace")
    try:
        return {"rows": {rows.table: rows.dicts() for rows in parse.parse(platform, command, text)}}
    except (parse.NotUnderstoodError, parse.RefusedError) as error:
        return {"error": str(error)}


def expectation(path: Path) -> dict[str, Any] | None:
    """Return what stands written that a sample must give, or None."""
    path = path.with_suffix(".json")
    if not path.exists():
        return None
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise UsageError(f"{path}: {error}") from error
    if not isinstance(found, dict) or not found.get("source") or not (("rows" in found) ^ ("error" in found)):
        raise UsageError(f'{path}: must be an object with a "source", and "rows" or an "error"')
    return found


def met(expected: dict[str, Any], gave: dict[str, Any]) -> bool:
    """Tell whether a sample gave what was expected; of an error, its beginning or any part is enough."""
    if "error" in expected:
        return bool(expected["error"]) and expected["error"] in gave.get("error", "")
    return bool(expected["rows"] == gave.get("rows"))
