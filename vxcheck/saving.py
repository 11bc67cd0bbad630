"""Write a snapshot while it is collected, so that a run that is killed at any moment leaves what it has.

Each output is a whole file, or none; `journal.jsonl` gets a line for it, and for each device that is done. At the end
the manifest takes their place. `snapshot.read` reads either.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import threading
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from vxcheck import snapshot
from vxcheck.errors import UsageError
from vxcheck.snapshot import COLLECTED, JOURNAL, REFUSED, Device, Output
from vxcheck.store import MANIFEST


class Saver:
    """Hold a snapshot's folder while devices are collected into it; no second run gets it meanwhile.

    `devices` are the entries of the inventory's devices, by name: see snapshot.entry_of. With `resume`, `done` names
    the devices that the folder holds already: they are kept, others are written anew. Raises UsageError where the
    folder cannot be used or written.
    """

    def __init__(
        self,
        folder: Path,
        devices: Mapping[str, dict[str, Any]],
        polls: int,
        started: str,
        left_out: Sequence[str] = (),
        *,
        resume: bool,
    ) -> None:
        self.folder = folder
        self.done: dict[str, dict[str, Any]] = {}
        self._devices = devices
        self._head: dict[str, Any] = {"vxcheck_snapshot": snapshot.FORMAT, "started": started, "polls": polls}
        self._head |= {"left_out": list(left_out)} if left_out else {}
        self._lock = threading.Lock()
        if not resume:
            snapshot.require_writable(folder)
        with self._writing():
            self._claim()
            if resume:
                self._take_up(polls)
            elif any(folder.iterdir()):
                raise UsageError(f"cannot write the snapshot to {folder}: the folder is not empty; name a new one")
            self._begin()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._journal.close()
        os.close(self._claimed)

    def output(self, device: str, output: Output) -> None:
        """Write one output."""
        with self._writing():
            self._log({"of": device, **snapshot.write_output(self.folder, device, output)})

    def device(self, device: Device) -> None:
        """Say that a device is done, and in which condition."""
        with self._writing():
            self._log(snapshot.entry(device))

    def finish(self, seconds: float | None) -> None:
        """Write the manifest of all that there is, and drop the journal."""
        with self._writing():
            entries = snapshot.journalled(self.folder)
            devices = [entries[name] for name in self._devices]
            self._manifest({**self._head, "seconds": seconds, "devices": devices})
            (self.folder / JOURNAL).unlink()

    def _claim(self) -> None:
        self._claimed = os.open(self.folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            fcntl.flock(self._claimed, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(self._claimed)
            raise UsageError(f"cannot write the snapshot to {self.folder}: another run is writing there") from None

    def _take_up(self, polls: int) -> None:
        for path in self.folder.rglob("*"):
            if path.is_symlink():
                raise UsageError(f"cannot resume {self.folder}: {path} is a link, which no run of vxcheck made")
        held = snapshot.manifest(self.folder)
        if held.get("polls", 1) != polls:
            raise UsageError(
                f"cannot resume {self.folder}: it was begun with --polls {held.get('polls', 1)}; give the same"
            )
        entries = {str(one["device"]): one for one in held["devices"]}
        if JOURNAL in held:
            entries = snapshot.journalled(self.folder)
        self.done = {
            name: entry
            for name, entry in entries.items()
            if entry.get("condition") in (COLLECTED, REFUSED)
            and isinstance(entry.get("outputs"), list)
            and self._devices.get(name, {}).get("platform") == entry.get("platform")
        }
        self._head["started"] = held.get("started", "")

    def _begin(self) -> None:
        lines: list[dict[str, Any]] = []
        for name, entry in self.done.items():
            lines += ({"of": name, **output} for output in entry["outputs"])
            lines.append({key: value for key, value in entry.items() if key != "outputs"})
        path = self.folder / JOURNAL
        snapshot.write_whole(path, "".join(_line(line) for line in lines))
        # Nothing is buffered: what is written is there, whatever ends the run.
        self._journal = path.open("ab", buffering=0)
        self._manifest({**self._head, JOURNAL: True, "devices": list(self._devices.values())})

    def _manifest(self, manifest: dict[str, Any]) -> None:
        snapshot.write_whole(self.folder / MANIFEST, json.dumps(manifest, indent=1, ensure_ascii=False) + "\n")

    def _log(self, entry: dict[str, Any]) -> None:
        with self._lock:
            line = _line(entry).encode("utf-8", errors="surrogateescape")
            if self._journal.write(line) != len(line):
                raise OSError(28, os.strerror(28), str(self.folder / JOURNAL))

    @contextlib.contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            where = f": {error.filename}" if error.filename else ""
            raise UsageError(
                f"cannot write the snapshot to {self.folder}: {error.strerror}{where}; what was written until then "
                "stands there, and --resume goes on from it"
            ) from error


def _line(entry: Mapping[str, Any]) -> str:
    return json.dumps(entry, ensure_ascii=False) + "\n"
