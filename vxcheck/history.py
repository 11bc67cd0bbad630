"""Keep snapshots of a fabric over time in one folder: each output that does not change is stored once.

    DIR/history.json
    DIR/objects/...                         what devices said, by its SHA-256: see store.py
    DIR/2026-11-24T20-00-00Z/manifest.json  a snapshot, whose outputs are named by their digests, or told by what they
                                            change of those of an earlier one
    DIR/2026-11-24T20-00-00Z/verdict.json   what the run that made it found: see verdict.py

While it is collected, a snapshot is a plain one (see saving.py), then it is packed. The folder is locked while
something is packed or removed, not while devices are asked. Wherever a run is killed, all that has a manifest can be
read, and the next run tidies up.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from vxcheck import snapshot, store
from vxcheck.errors import UsageError
from vxcheck.intent import FILE as INTENT
from vxcheck.retention import Rule, name_of
from vxcheck.snapshot import COLLECTED, INTERRUPTED, JOURNAL, PACKED
from vxcheck.store import MANIFEST, DamagedError

VERDICT = "verdict.json"
FORMAT = 1
_OURS = {f"{name}{part}" for name in (MANIFEST, VERDICT, INTENT, JOURNAL) for part in ("", ".part")}
_ABANDONED = 3600  # seconds after which an empty folder is nobody's
# Outputs of which more than such a part has changed are stored as they are, for later ones to be told from.
_MUCH = 1 / 4


@dataclass(frozen=True)
class Removed:
    """Say what a rule removed, how many bytes that freed, and what could not go, with the reason."""

    names: tuple[str, ...]
    size: int
    held: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class History:
    """Hold the folder of a history that is written to."""

    folder: Path

    @classmethod
    def at(cls, folder: Path) -> History:
        """Open a history, or begin one in a folder that is new or empty. Raises UsageError where neither can be."""
        if snapshot.is_snapshot(folder) and not store.is_history(folder):
            raise UsageError(f"cannot save to {folder}: it is a snapshot; name a new folder, or a history")
        if not store.is_history(folder):
            with _writing(folder):
                folder.mkdir(parents=True, exist_ok=True, mode=0o700)
                with _locked(folder):
                    # A second run may have begun it meanwhile.
                    if not store.is_history(folder):
                        snapshot.require_writable(folder)
                        store.write_file(folder / store.MARKER, b'{"vxcheck_history": 1}\n')
        try:
            told = json.loads(store.read_file(folder / store.MARKER))
        except (OSError, ValueError) as error:
            raise UsageError(f"cannot read {folder / store.MARKER}: {error}") from error
        if not isinstance(told, dict) or told.get("vxcheck_history") != FORMAT:
            raise UsageError(f'{folder / store.MARKER}: "vxcheck_history" must be {FORMAT}')
        if not os.access(folder, os.W_OK):
            raise UsageError(f"cannot save to {folder}: no permission to write there")
        return cls(folder)

    def begin(self, started: str = "") -> Path:
        """Make the folder of a new snapshot, named by the time at which it was started; return it."""
        when = datetime.fromisoformat(started) if started else datetime.now(UTC)
        with _writing(self.folder), _locked(self.folder):
            while True:
                path = self.folder / name_of(when)
                try:
                    path.mkdir(mode=0o700)
                    return path
                except FileExistsError:
                    when += timedelta(seconds=1)

    def pack(self, path: Path) -> None:
        """Store a snapshot's outputs where each is kept once, in place of its own files."""
        with _writing(self.folder), _locked(self.folder):
            self._pack(path)

    def keep(self, rule: Rule | None) -> Removed:
        """Remove what a rule does not keep, and what runs that were killed left. The newest always stays."""
        with _writing(self.folder), _locked(self.folder):
            self._tidy()
            # One that another run is writing counts for nothing yet.
            paths = {path.name: path for path in store.snapshots(self.folder) if not (path / JOURNAL).exists()}
            judged = {name for name, path in paths.items() if (path / VERDICT).exists()}
            # What runs that were killed left takes the place of no snapshot with a verdict.
            kept = rule.kept(judged) | rule.kept(paths.keys() - judged) if rule else set(paths)
            removed, held = [], []
            for name in sorted(paths.keys() - kept):
                if reason := self._remove(paths[name]):
                    held.append((name, reason))
                else:
                    removed.append(name)
            size, reason = self._sweep() if removed else (0, "")
            if reason:
                held.append((store.OBJECTS, reason))
            return Removed(tuple(removed), size, tuple(held))

    def _pack(self, path: Path) -> None:
        told = snapshot.manifest(path)
        if told["vxcheck_snapshot"] != PACKED:
            entries = told["devices"] if not told.get(JOURNAL) else list(snapshot.journalled(path).values())
            if not all(isinstance(entry.get("outputs"), list) for entry in entries):
                return  # made by hand, and as readable as it is
            document: dict[str, Any] = {"vxcheck_snapshot": PACKED}
            document |= {key: told[key] for key in ("started", "seconds", "polls", "left_out") if key in told}
            if (path / INTENT).is_file():
                document["intent"] = store.put(self.folder, store.read_file(path / INTENT))
            earlier = self._earlier(path)
            document["devices"] = [self._entry(path, entry, earlier.get(entry["device"], "")) for entry in entries]
            store.write_sealed(path / MANIFEST, document)
        (path / JOURNAL).unlink(missing_ok=True)
        if any(one.is_dir() for one in path.iterdir()):
            _remove_outputs(path)

    def _earlier(self, path: Path) -> dict[str, str]:
        """Return the digests of the lists of outputs of the snapshot before another, by device."""
        for before in reversed(store.snapshots(self.folder)):
            if before.name < path.name and not (before / JOURNAL).exists():
                try:
                    return {one["device"]: str(one.get("outputs")) for one in snapshot.manifest(before)["devices"]}
                except UsageError:  # that it cannot be read is told where it is asked for
                    break
        return {}

    def _entry(self, path: Path, entry: dict[str, Any], earlier: str) -> dict[str, Any]:
        """Store a device's outputs, and the list of them; return its entry in the manifest."""
        # Over several channels outputs come in any order: the list is to be the same while they are.
        outputs = sorted(entry["outputs"], key=lambda one: (one.get("poll", 1), one["command"]))
        listed: list[dict[str, Any]] = []
        contents: dict[str, bytes] = {}
        for one in outputs:
            listed.append(_without_common(one))
            if "file" in one:
                try:
                    content = store.read_file(snapshot.require_inside(path, path / one["file"]))
                    listed[-1]["sha256"] = store.digest_of(content)
                    contents[listed[-1]["sha256"]] = content
                except FileNotFoundError as error:
                    reason = f"{one['file']}: {error.strerror}"
                    listed[-1] |= {"condition": "not in the snapshot", "reason": reason}
        stored = self._stored(listed, contents, earlier)
        reason = entry.get("reason", "")
        if entry.get("condition") == INTERRUPTED:
            reason = "the run was ended before this device was done"
        told = {**_without_common(entry), **({"reason": reason} if reason else {}), "seconds": entry.get("seconds")}
        took = [one.get("seconds") for one in outputs]
        return {**told, "took": took, **stored}

    def _stored(self, listed: list[dict[str, Any]], contents: dict[str, bytes], earlier: str) -> dict[str, Any]:
        """Store outputs and the list of them, or what they change of an earlier list's; return how to name that."""
        changes: dict[str, dict[str, str]] = {}
        with contextlib.suppress(DamagedError, ValueError):
            base = json.loads(store.get(self.folder, earlier))
            changes = self._changes(base, listed, contents)
            listed = [base[i] if str(i) in changes else one for i, one in enumerate(listed)]
        for one in listed:
            if one.get("sha256") in contents:
                store.put(self.folder, contents[one["sha256"]])
        text = "[\n" + ",\n".join(json.dumps(one) for one in listed) + "\n]\n"
        return {"outputs": store.put(self.folder, text.encode()), **({"changes": changes} if changes else {})}

    def _changes(
        self, base: list[dict[str, Any]], listed: list[dict[str, Any]], contents: dict[str, bytes]
    ) -> dict[str, dict[str, str]]:
        """Return what a list's outputs change of another's, by place; nothing where that is much, or more differs."""
        if [{**one, "sha256": "sha256" in one} for one in base] != [
            {**one, "sha256": "sha256" in one} for one in listed
        ]:
            return {}
        changes = {}
        for place, (was, one) in enumerate(zip(base, listed, strict=True)):
            if was != one:
                change = store.change(store.get(self.folder, was["sha256"]), contents[one["sha256"]])
                changes[str(place)] = {"sha256": one["sha256"], "change": change}
        size = sum(len(contents[one["sha256"]]) for one in changes.values())
        return changes if sum(len(one["change"]) for one in changes.values()) <= _MUCH * size else {}

    def _tidy(self) -> None:
        """Pack what a run that was killed left unpacked, and remove a folder in which it wrote nothing."""
        for path in store.times(self.folder):
            with _unclaimed(path) as free:
                if not free:
                    continue
                if not any(path.iterdir()):
                    if time.time() - path.stat().st_mtime > _ABANDONED:
                        path.rmdir()
                elif (path / MANIFEST).is_file():
                    with contextlib.suppress(UsageError):  # what cannot be read is told where it is asked for
                        self._pack(path)

    def _remove(self, path: Path) -> str:
        """Remove a snapshot; return why not, where it stays. The manifest goes last: until then it can be read."""
        with _unclaimed(path) as free:
            if not free:
                return "another run is writing there"
            if strange := sorted({one.name for one in path.iterdir()} - _OURS):
                return f"{', '.join(strange)} is not vxcheck's"
            for name in sorted(_OURS - {MANIFEST}):
                (path / name).unlink(missing_ok=True)
            (path / MANIFEST).unlink()
            path.rmdir()
        return ""

    def _sweep(self) -> tuple[int, str]:
        """Remove what no snapshot names any more; return its size, or why nothing was removed."""
        used: set[str] = set()
        for path in store.times(self.folder):
            if not (path / MANIFEST).is_file():
                continue
            try:
                told = snapshot.manifest(path)
                if told["vxcheck_snapshot"] == PACKED:
                    used |= {told.get("intent", "")} | self._used(told["devices"], used)
            except (UsageError, DamagedError, ValueError, KeyError) as error:
                return 0, f"what no snapshot names any more was not removed, because one cannot be read: {error}"
        size = 0
        for path in store.objects(self.folder):
            if path.name not in used:
                size += path.lstat().st_size
                path.unlink()
        return size, ""

    def _used(self, devices: Iterable[dict[str, Any]], known: set[str]) -> set[str]:
        found = set()
        for digest in {device["outputs"] for device in devices} - known:
            found.add(digest)
            outputs = json.loads(store.get(self.folder, digest))
            found |= {output["sha256"] for output in outputs if "sha256" in output}
        return found


def _without_common(entry: dict[str, Any]) -> dict[str, Any]:
    """Return an entry without what most have in common, which is the default when it is read."""
    common = {"condition": COLLECTED, "reason": "", "poll": 1}
    left_out = {"file", "seconds", "outputs"}
    return {k: v for k, v in entry.items() if k not in left_out and (k not in common or v != common[k])}


def _remove_outputs(path: Path) -> None:
    """Remove the files that a packed snapshot's outputs were in, and the folders that this leaves empty."""
    for entry in snapshot.manifest(path)["devices"]:
        folder = path / snapshot.folder_name(entry["device"])
        if not store.is_folder(folder):
            continue
        for output in snapshot.unpacked(path, entry)["outputs"]:
            poll = output.get("poll", 1)
            place = folder / f"poll{poll}" if poll > 1 else folder
            for part in ("", ".part") if store.is_folder(place) else ():
                (place / f"{snapshot.file_name(output['command'])}{part}").unlink(missing_ok=True)
        for place in (*folder.glob("poll*"), folder):
            with contextlib.suppress(OSError):  # something else lies there
                place.rmdir()


@contextlib.contextmanager
def _locked(folder: Path) -> Iterator[None]:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def _unclaimed(path: Path) -> Iterator[bool]:
    """Hold a snapshot's folder; tell whether that could be, or another run is writing there."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield True
    except BlockingIOError:
        yield False
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def _writing(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        where = f": {error.filename}" if error.filename else ""
        raise UsageError(f"cannot save to {folder}: {error.strerror}{where}") from error
