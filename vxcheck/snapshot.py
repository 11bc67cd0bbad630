"""What the devices said: a folder of raw text by device and command, with a manifest, that can be mailed and replayed.

    DIR/manifest.json
    DIR/<device>/<command>.txt          spaces are written _, other special characters %XX
    DIR/<device>/poll2/<command>.txt    the second look at counters

A manifest made by hand needs only platforms: {"vxcheck_snapshot": 1, "devices": [{"device": ..., "platform": ...}]}:
the outputs are then whatever lies in the devices' folders. docs/snapshot.md describes every key.
"""

from __future__ import annotations

import json
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

from vxcheck.errors import UsageError

FORMAT = 1
MANIFEST = "manifest.json"
COLLECTED = "collected"
REFUSED = "command refused"
NOT_ASKED = "not asked"


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
    """Hold what one device said, or why it said nothing."""

    name: str
    platform: str
    condition: str = COLLECTED
    reason: str = ""
    seconds: float | None = None
    outputs: tuple[Output, ...] = ()


@dataclass(frozen=True)
class Snapshot:
    """Hold what every device said. `started` is UTC in ISO 8601, empty where it is not known."""

    devices: tuple[Device, ...]
    started: str = ""
    seconds: float | None = None
    polls: int = 1


def is_snapshot(path: Path) -> bool:
    """Tell whether a path is a snapshot's folder."""
    return (path / MANIFEST).is_file()


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


def read(folder: Path) -> Snapshot:
    """Read a snapshot. Raises UsageError that names the file and the key where the manifest cannot be used."""
    path = folder / MANIFEST
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror}") from error
    except ValueError as error:
        raise UsageError(f"cannot read {path}: {error}") from error
    if not isinstance(manifest, dict) or manifest.get("vxcheck_snapshot") != FORMAT:
        raise UsageError(f'{path}: not a snapshot of this format: "vxcheck_snapshot" must be {FORMAT}')
    entries = manifest.get("devices")
    if not isinstance(entries, list):
        raise UsageError(f'{path}: "devices" must be a list')
    devices = tuple(_read_device(path, index, entry) for index, entry in enumerate(entries))
    names = [device.name for device in devices]
    if len(set(names)) < len(names):
        raise UsageError(f"{path}: devices: a device stands twice")
    return Snapshot(devices, str(manifest.get("started", "")), manifest.get("seconds"), int(manifest.get("polls", 1)))


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8", errors="surrogateescape", newline="") as file:
        file.write(text)


def _write_device(device: Device, folder: Path) -> dict[str, Any]:
    outputs = []
    for output in device.outputs:
        entry: dict[str, Any] = {"command": output.command, "condition": output.condition}
        if output.condition != NOT_ASKED:
            path = Path(_folder(device.name)) / (f"poll{output.poll}" if output.poll > 1 else ".")
            path /= file_name(output.command)
            _write(folder / path, output.text)
            entry["file"] = str(path)
        entry |= {"reason": output.reason, "seconds": output.seconds, "poll": output.poll}
        outputs.append(entry)
    return {
        "device": device.name,
        "platform": device.platform,
        "condition": device.condition,
        "reason": device.reason,
        "seconds": device.seconds,
        "outputs": outputs,
    }


def _folder(device: str) -> str:
    name = quote(device, safe=" :,@+=-")
    return name.replace(".", "%2E") if set(device) == {"."} else name


def _read_device(path: Path, index: int, entry: Any) -> Device:
    where = f"{path}: devices[{index}]"
    if not isinstance(entry, dict):
        raise UsageError(f"{where}: must be an object")
    for key in ("device", "platform"):
        if not isinstance(entry.get(key), str) or not entry[key]:
            raise UsageError(f'{where}: "{key}" must be a text')
    name = entry["device"]
    folder = path.parent
    if "outputs" in entry:
        if not isinstance(entry["outputs"], list):
            raise UsageError(f'{where}: "outputs" must be a list')
        outputs = tuple(_read_output(f"{where}: outputs[{i}]", folder, one) for i, one in enumerate(entry["outputs"]))
    else:
        outputs = tuple(_found_outputs(folder / _folder(name)))
    return Device(
        name,
        entry["platform"],
        str(entry.get("condition", COLLECTED)),
        str(entry.get("reason", "")),
        entry.get("seconds"),
        outputs,
    )


def _read_output(where: str, folder: Path, entry: Any) -> Output:
    if not isinstance(entry, dict) or not isinstance(entry.get("command"), str):
        raise UsageError(f'{where}: must be an object with a "command"')
    text, condition, reason = "", str(entry.get("condition", COLLECTED)), str(entry.get("reason", ""))
    if "file" in entry:
        path = (folder / str(entry["file"])).resolve()
        if not path.is_relative_to(folder.resolve()):
            raise UsageError(f'{where}: "file" points out of the snapshot: {entry["file"]}')
        try:
            text = _read(path)
        except OSError as error:
            condition, reason = "not in the snapshot", f"{entry['file']}: {error.strerror}"
    return Output(entry["command"], text, condition, reason, entry.get("seconds"), int(entry.get("poll", 1)))


def _read(path: Path) -> str:
    return path.read_bytes().decode("utf-8", errors="replace")


def _found_outputs(folder: Path) -> list[Output]:
    found = []
    for path in sorted(folder.glob("*.txt")) + sorted(folder.glob("poll*/*.txt")):
        poll = int(re.sub(r"\D", "", path.parent.name) or 1) if path.parent != folder else 1
        found.append(Output(command_of(path.name), _read(path), poll=poll))
    return found
