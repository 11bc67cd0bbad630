"""What the devices said: a folder of raw text by device and command, with a manifest, that can be mailed and replayed.

    DIR/manifest.json
    DIR/<device>/<command>.txt          spaces are written _, other special characters %XX
    DIR/<device>/poll2/<command>.txt    the second look at counters

While it is collected, and after a run that was killed, DIR/journal.jsonl says what there is: see saving.py.
In a history the outputs are kept once for all snapshots: see history.py.
A manifest made by hand needs only platforms: {"vxcheck_snapshot": 1, "devices": [{"device": ..., "platform": ...}]}:
the outputs are then whatever lies in the devices' folders. docs/snapshot.md describes every key.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

from vxcheck import store
from vxcheck.errors import UsageError
from vxcheck.inventory import ROLES
from vxcheck.store import MANIFEST, DamagedError

FORMAT = 1
PACKED = 2
_MANY = 10**9
JOURNAL = "journal.jsonl"
COLLECTED = "collected"
REFUSED = "command refused"
NOT_ASKED = "not asked"
INTERRUPTED = "interrupted"
DAMAGED = "damaged"


class MissingFileError(UsageError):
    """Say that a file of a snapshot cannot be read."""


@dataclass(frozen=True)
class Output:
    """Hold one answer of one device. `condition` is collected, command refused, not supported, timed out, ..."""

    command: str
    text: str
    condition: str = COLLECTED
    reason: str = ""
    seconds: float | None = None
    poll: int = 1


@dataclass(frozen=True)
class Device:
    """Hold what one device said, or why it said nothing. `role` is the inventory's: vtep, underlay, or none told."""

    name: str
    platform: str
    condition: str = COLLECTED
    reason: str = ""
    seconds: float | None = None
    outputs: tuple[Output, ...] = ()
    role: str = ""


@dataclass(frozen=True)
class Snapshot:
    """Hold what every device said. `started` is UTC in ISO 8601, empty where it is not known.

    `left_out` names the devices of the inventory that were not asked, by the user's choice.
    """

    devices: tuple[Device, ...]
    started: str = ""
    seconds: float | None = None
    polls: int = 1
    left_out: tuple[str, ...] = ()


def is_snapshot(path: Path) -> bool:
    """Tell whether a path is a snapshot's folder, or stands for one of a history (see store.located)."""
    return (store.located(path) / MANIFEST).is_file()


def file_name(command: str) -> str:
    """Return the name of the file that holds a command's output."""
    return quote(command, safe=" :,@+=-").replace("_", "%5F").replace(" ", "_") + ".txt"


def command_of(name: str) -> str:
    """Return the command that a file's name stands for."""
    return unquote(name.removesuffix(".txt").replace("_", " "))


def write(snapshot: Snapshot, folder: Path) -> None:
    """Write a snapshot to a folder that is new or empty; nothing is overwritten."""
    require_writable(folder)
    try:
        devices = [_write_device(device, folder) for device in snapshot.devices]
        manifest = {
            "vxcheck_snapshot": FORMAT,
            "started": snapshot.started,
            "seconds": snapshot.seconds,
            "polls": snapshot.polls,
            **({"left_out": snapshot.left_out} if snapshot.left_out else {}),
            "devices": devices,
        }
        _write(folder / MANIFEST, json.dumps(manifest, indent=1, ensure_ascii=False) + "\n")
    except OSError as error:
        raise UsageError(f"cannot write the snapshot to {folder}: {error.strerror}: {error.filename}") from error


def require_writable(folder: Path) -> None:
    """Make the folder where it is missing; raise UsageError where a snapshot cannot go there."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if any(folder.iterdir()):
            raise UsageError(f"cannot write the snapshot to {folder}: the folder is not empty; name a new one")
        if not os.access(folder, os.W_OK):
            raise UsageError(f"cannot write the snapshot to {folder}: no permission to write there")
    except OSError as error:
        raise UsageError(f"cannot write the snapshot to {folder}: {error.strerror}") from error


def read(folder: Path, *, texts: bool = True) -> Snapshot:
    """Read a snapshot, without the outputs' texts where they are not wanted.

    Raises UsageError that names the file and the key where the manifest cannot be used. What of a history is not what
    was saved is a device or an output in the condition `damaged`.
    """
    folder = store.located(folder)
    path, told = folder / MANIFEST, manifest(folder)
    entries = entries_of(folder, told, outputs=texts)
    devices = tuple(read_device(path, index, entry) for index, entry in enumerate(entries))
    names = [device.name for device in devices]
    if len(set(names)) < len(names):
        raise UsageError(f"{path}: devices: a device stands twice")
    started, polls = str(told.get("started", "")), told.get("polls", 1)
    return Snapshot(devices, started, told.get("seconds"), polls, tuple(told.get("left_out", ())))


def entries_of(folder: Path, told: dict[str, Any], *, outputs: bool = True) -> list[dict[str, Any]]:
    """Return the entries of all devices, as its manifest tells them, with what there is of each one's outputs."""
    entries: list[dict[str, Any]] = told["devices"] if not told.get(JOURNAL) else list(journalled(folder).values())
    if not outputs:
        return [{**entry, "outputs": []} for entry in entries]
    if told["vxcheck_snapshot"] == PACKED:
        return [unpacked(folder, entry) for entry in entries]
    return entries


def manifest(folder: Path) -> dict[str, Any]:
    """Return a snapshot's manifest as it stands. Raises UsageError where it is none."""
    path = folder / MANIFEST
    told = _json(path, _within(folder, path, "it"))
    if isinstance(told, dict) and told.get("vxcheck_snapshot") == PACKED:
        try:
            told = store.opened(told, path)
        except DamagedError as error:
            raise UsageError(f"cannot read {path}: {error}") from error
    if not isinstance(told, dict) or told.get("vxcheck_snapshot") not in (FORMAT, PACKED):
        raise UsageError(f'{path}: not a snapshot of this format: "vxcheck_snapshot" must be {FORMAT}')
    if not isinstance(told.get("devices"), list):
        raise UsageError(f'{path}: "devices" must be a list')
    for index, entry in enumerate(told["devices"]):
        _require_texts(f"{path}: devices[{index}]", entry, ("device", "platform"))
    if not isinstance(told.get("polls", 1), int) or not 0 < told.get("polls", 1) < _MANY:
        raise UsageError(f'{path}: "polls" must be a number from 1')
    _seconds(f"{path}", told)
    if not isinstance(told.get("left_out", []), list):
        raise UsageError(f'{path}: "left_out" must be a list')
    for name in told.get("left_out", []):
        _require_texts(f"{path}: left_out", {"name": name}, ("name",))
    return dict(told)


def journalled(folder: Path) -> dict[str, dict[str, Any]]:
    """Return the entries of all devices of an unfinished snapshot, by name, as a manifest has them."""
    devices: dict[str, dict[str, Any]] = {}
    for entry in manifest(folder)["devices"]:
        reason = "the collection was ended before this device was done; vxcheck collect --resume goes on"
        devices[entry["device"]] = {**entry, "condition": INTERRUPTED, "reason": reason, "outputs": []}
    outputs: dict[str, dict[tuple[str, int], dict[str, Any]]] = {name: {} for name in devices}
    path = folder / JOURNAL
    text = _within(folder, path, "it")
    for number, line in enumerate(text.split("\n")[:-1], 1):  # behind the last line's end is nothing, or a cut line
        where = f"{path}: line {number}"
        entry = _json(Path(where), line)
        if isinstance(entry, dict) and "of" in entry:
            _require_texts(where, entry, ("of", "command"))
            if entry["of"] in devices:
                outputs[entry["of"]][entry["command"], _poll(where, entry)] = {
                    key: value for key, value in entry.items() if key != "of"
                }
            continue
        _require_texts(where, entry, ("device", "platform"))
        if entry["device"] in devices:
            devices[entry["device"]] |= entry
    for name, device in devices.items():
        device["outputs"] = list(outputs[name].values())
    return devices


def unpacked(folder: Path, entry: dict[str, Any]) -> dict[str, Any]:
    """Return a device's entry of a history's snapshot with the list of its outputs in place of the list's digest."""
    try:
        outputs = json.loads(store.get(folder.resolve().parent, str(entry.get("outputs"))))
        for place, one in entry.get("changes", {}).items():
            was = outputs[int(place)]
            outputs[int(place)] = {**was, "sha256": one["sha256"], "change": one["change"], "base": was["sha256"]}
    except (DamagedError, ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        return {**entry, "condition": DAMAGED, "reason": f"its outputs cannot be read: {error}", "outputs": []}
    took = dict(enumerate(entry["took"] if isinstance(entry.get("took"), list) else ()))
    if isinstance(outputs, list):
        outputs = [{**one, "seconds": took.get(i)} if isinstance(one, dict) else one for i, one in enumerate(outputs)]
    return {**entry, "outputs": outputs}


def write_whole(path: Path, text: str) -> None:
    """Write a file that is there as a whole or not at all, in place of one that was."""
    part = path.with_name(f"{path.name}.part")
    part.unlink(missing_ok=True)
    _write(part, text)
    part.replace(path)


def write_output(folder: Path, device: str, output: Output) -> dict[str, Any]:
    """Write one output of a device; return its entry in the manifest."""
    entry: dict[str, Any] = {"command": output.command, "condition": output.condition}
    if output.condition != NOT_ASKED:
        path = Path(folder_name(device)) / (f"poll{output.poll}" if output.poll > 1 else ".")
        path /= file_name(output.command)
        write_whole(folder / path, output.text)
        entry["file"] = str(path)
    return entry | {"reason": output.reason, "seconds": output.seconds, "poll": output.poll}


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8", errors="surrogateescape", newline="") as file:
        file.write(text)


def _write_device(device: Device, folder: Path) -> dict[str, Any]:
    return entry(device) | {"outputs": [write_output(folder, device.name, output) for output in device.outputs]}


def entry_of(name: str, platform: str, role: str) -> dict[str, Any]:
    """Return how a manifest begins to tell of a device."""
    return {"device": name, "platform": platform, **({"role": role} if role else {})}


def entry(device: Device) -> dict[str, Any]:
    """Return what a manifest tells of a device, but for its outputs."""
    return entry_of(device.name, device.platform, device.role) | {
        "condition": device.condition,
        "reason": device.reason,
        "seconds": device.seconds,
    }


def folder_name(device: str) -> str:
    """Return the name of the folder that holds a device's outputs."""
    name = quote(device, safe=" :,@+=-")
    return name.replace(".", "%2E") if set(device) == {"."} else name


def read_device(path: Path, index: int, entry: Any) -> Device:
    """Return a device of a manifest's path, of the place in its list of devices and of the entry there."""
    where = f"{path}: devices[{index}]"
    name = entry["device"]
    folder = path.parent
    if "outputs" in entry:
        if not isinstance(entry["outputs"], list):
            raise UsageError(f'{where}: "outputs" must be a list')
        outputs = tuple(_read_output(f"{where}: outputs[{i}]", folder, one) for i, one in enumerate(entry["outputs"]))
    else:
        outputs = tuple(_found_outputs(folder, folder / folder_name(name)))
    return Device(
        name,
        entry["platform"],
        _condition(where, entry),
        str(entry.get("reason", "")),
        _seconds(where, entry),
        outputs,
        _role(where, entry),
    )


def _role(where: str, entry: dict[str, Any]) -> str:
    role = entry.get("role", "")
    if role not in ("", *ROLES):
        raise UsageError(f'{where}: "role" must be {" or ".join(ROLES)}, not {role!r}')
    return str(role)


def _read_output(where: str, folder: Path, entry: Any) -> Output:
    _require_texts(where, entry, ("command",))
    text, condition, reason = "", _condition(where, entry), str(entry.get("reason", ""))
    try:
        if "sha256" in entry:
            history = folder.resolve().parent
            content = store.get(history, str(entry["base" if "change" in entry else "sha256"]))
            if "change" in entry:
                content = store.changed(content, str(entry["change"]), str(entry["sha256"]))
            text = content.decode("utf-8", errors="replace")
        elif "file" in entry:
            text = _within(folder, folder / str(entry["file"]), f'{where}: "file"')
    except DamagedError as error:
        condition, reason = DAMAGED, str(error)
    except MissingFileError as error:
        condition, reason = "not in the snapshot", str(error)
    return Output(entry["command"], text, condition, reason, _seconds(where, entry), _poll(where, entry))


def require_inside(folder: Path, path: Path) -> Path:
    """Return a path without links. Raises UsageError where it leads out of the snapshot's folder."""
    real = path.resolve()
    if not real.is_relative_to(folder.resolve()):
        raise UsageError(f"{path} points out of the snapshot {folder}")
    return real


def _within(folder: Path, path: Path, what: str) -> str:
    """Return a file's text: one of the snapshot's own, whatever links somebody put into its folder."""
    try:
        found = path.resolve()
        if not found.is_relative_to(folder.resolve()):
            raise UsageError(f"{what} points out of the snapshot: {path}")
        # A pipe or a device would never end.
        if found.exists() and not found.is_file():
            raise MissingFileError(f"cannot read {path}: it is no file")
        return found.read_bytes().decode("utf-8", errors="replace")
    except OSError as error:
        raise MissingFileError(f"cannot read {path}: {error.strerror}") from error
    except (ValueError, RuntimeError) as error:  # a NUL in its name, links that lead in a circle
        raise MissingFileError(f"cannot read {str(path)!r}: {error}") from error


def _json(path: Path, text: str) -> Any:
    try:
        told = json.loads(text)
        json.dumps(told, ensure_ascii=False, allow_nan=False).encode()
    except (ValueError, RecursionError) as error:
        raise UsageError(f"cannot read {path}: {error}") from error
    return told


def _require_texts(where: str, entry: Any, keys: Iterable[str]) -> None:
    if not isinstance(entry, dict):
        raise UsageError(f"{where}: must be an object")
    for key in keys:
        text = entry.get(key)
        if not isinstance(text, str) or not text.strip():
            raise UsageError(f'{where}: "{key}" must be a text')
        if not text.isprintable():
            raise UsageError(f'{where}: "{key}" has control characters: {text!r}')


def _condition(where: str, entry: dict[str, Any]) -> str:
    if "condition" in entry:
        _require_texts(where, entry, ("condition",))
    return str(entry.get("condition", COLLECTED))


def _seconds(where: str, entry: dict[str, Any]) -> float | None:
    seconds = entry.get("seconds")
    if seconds is not None and (isinstance(seconds, bool) or not isinstance(seconds, int | float)):
        raise UsageError(f'{where}: "seconds" must be a number, not {seconds!r}')
    if seconds is not None and not 0 <= seconds < _MANY:
        raise UsageError(f'{where}: "seconds" is out of bounds')
    return seconds


def _poll(where: str, entry: dict[str, Any]) -> int:
    poll = entry.get("poll", 1)
    if not isinstance(poll, int) or isinstance(poll, bool) or not 0 < poll < _MANY:
        raise UsageError(f'{where}: "poll" must be a number from 1, not {poll!r}')
    return poll


def _found_outputs(folder: Path, own: Path) -> list[Output]:
    found = []
    for path in sorted(own.glob("*.txt")) + sorted(own.glob("poll*/*.txt")):
        poll = int(re.sub(r"[^0-9]", "", path.parent.name)[:9] or 1) if path.parent != own else 1
        command = command_of(path.name)
        _require_texts(str(path), {"name": command}, ("name",))
        found.append(Output(command, _within(folder, path, "it"), poll=poll))
    return found
