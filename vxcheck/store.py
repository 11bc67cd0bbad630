"""Keep texts by what they hold: each once, under the SHA-256 of its bytes, which is verified when it is read.

    DIR/history.json                        says that DIR is a history
    DIR/objects/<2 digits>/<digest>         an output as it came, or the list of a device's outputs
    DIR/<time>/                             one snapshot: see history.py

The documents beside them are sealed: they hold the digest of all else that they say.
"""

from __future__ import annotations

import base64
import errno
import hashlib
import json
import os
import re
import stat
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from vxcheck.errors import UsageError

MARKER = "history.json"
OBJECTS = "objects"
MANIFEST = "manifest.json"
# Of an output that is told by what it changes of another, so many bytes at a time: deflate looks back 32 KiB at most.
_PART = 16 * 1024
_BEFORE = 8 * 1024
_DIGEST = re.compile(r"[0-9a-f]{64}")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ")
_WORDS = {"latest": 1, "previous": 2}


class DamagedError(Exception):
    """Say what of a history is missing, or is not what was saved."""


def is_history(folder: Path) -> bool:
    """Tell whether a folder holds a history."""
    return (folder / MARKER).is_file()


def times(folder: Path) -> list[Path]:
    """Return the folders of a history that are named as its snapshots are, the oldest first."""
    return sorted(path for path in folder.iterdir() if _TIME.fullmatch(path.name) and is_folder(path))


def snapshots(folder: Path) -> list[Path]:
    """Return the folders of a history's snapshots, the oldest first."""
    return [path for path in times(folder) if (path / MANIFEST).is_file()]


def located(path: Path) -> Path:
    """Return the folder of the snapshot that a path stands for, itself where it is none of a history's.

    A history stands for its newest snapshot; `latest`, `previous` and the beginning of a time can be said in it.
    Raises UsageError where the history has no such snapshot.
    """
    if is_history(path):
        return _newest(path, path, "", 1)
    if path.exists() or not is_history(path.parent):
        return path
    return _newest(path, path.parent, "" if path.name in _WORDS else path.name, _WORDS.get(path.name, 1))


def _newest(path: Path, folder: Path, begin: str, place: int) -> Path:
    found = [one for one in snapshots(folder) if one.name.startswith(begin)]
    # One that is being collected, or was not to its end, is meant only where it is named.
    whole = [one for one in found if not (one / "journal.jsonl").exists()] or found
    if len(whole) < place:
        raise UsageError(f"{path}: there is no such snapshot in the history; `vxcheck history {folder}` lists them")
    return whole[-place]


def is_folder(path: Path) -> bool:
    """Tell whether a path is a folder, and no link to one: what others made must not lead out of theirs."""
    return path.is_dir() and not path.is_symlink()


def make_folder(path: Path) -> None:
    """Make a folder for its owner alone where it is missing. Raises UsageError where a link is in its place."""
    path.mkdir(exist_ok=True, mode=0o700)
    if path.is_symlink():
        raise UsageError(f"{path} is a symbolic link: nothing is written through it")


def read_file(path: Path) -> bytes:
    """Return what a file holds. Raises OSError for a link, and for what is no file: a pipe would never end."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError(errno.EINVAL, "it is not a file", str(path))
        return file.read()


def write_file(path: Path, content: bytes) -> None:
    """Write a file for its owner alone, as a whole or not at all, in place of one that was."""
    part = path.with_name(f"{path.name}.part")
    part.unlink(missing_ok=True)
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
    part.replace(path)


def put(folder: Path, content: bytes) -> str:
    """Keep bytes in a history's folder; return their digest. What is kept already is written anew if it is damaged."""
    digest = digest_of(content)
    path = _path(folder, digest)
    if not (is_folder(folder / OBJECTS) and is_folder(path.parent)):
        make_folder(folder / OBJECTS)
        make_folder(path.parent)
    try:
        held = read_file(path)
    except OSError:
        held = None
    if held != content:
        write_file(path, content)
    return digest


def get(folder: Path, digest: str) -> bytes:
    """Return the bytes of a digest. Raises DamagedError where they are missing, or are not those that were saved."""
    if not _DIGEST.fullmatch(digest):
        raise DamagedError(f"{digest!r} is no SHA-256")
    path = _path(folder, digest)
    try:
        if not (is_folder(folder / OBJECTS) and is_folder(path.parent)):
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))
        content = read_file(path)
    except OSError as error:
        raise DamagedError(f"{path}: {error.strerror}") from error
    if digest_of(content) != digest:
        raise DamagedError(f"{path} is damaged: it is not what was saved (its SHA-256 is another)")
    return content


def digest_of(content: bytes) -> str:
    """Return the SHA-256 by which bytes are kept."""
    return hashlib.sha256(content).hexdigest()


def change(base: bytes, content: bytes) -> str:
    """Return what turns one text into another that is much like it, as ASCII.

    Each part is deflated with the same place of `base` for its dictionary.
    """
    parts = []
    for start in range(0, len(content), _PART):
        deflated = zlib.compressobj(9, zlib.DEFLATED, -15, zdict=_around(base, start))
        parts += [deflated.compress(content[start : start + _PART]), deflated.flush()]
    return base64.b85encode(b"".join(parts)).decode()


def changed(base: bytes, told: str, digest: str) -> bytes:
    """Return the text that `change` was told of. Raises DamagedError where it is not that of the digest."""
    content = bytearray()
    try:
        left = base64.b85decode(told)
        while left:
            inflated = zlib.decompressobj(-15, zdict=_around(base, len(content)))
            content += inflated.decompress(left, _PART)
            if not inflated.eof and inflated.decompress(inflated.unconsumed_tail, 1):
                break
            left = inflated.unused_data
    except (ValueError, zlib.error) as error:
        raise DamagedError(f"what an output changes cannot be read: {error}") from error
    if digest_of(bytes(content)) != digest:
        raise DamagedError("an output is damaged: it is not what was saved (its SHA-256 is another)")
    return bytes(content)


def _around(base: bytes, start: int) -> bytes:
    return base[max(0, start - _BEFORE) : start + _PART + _BEFORE]


def objects(folder: Path) -> Iterator[Path]:
    """Yield the files of all that is kept, those of a writing that was cut short too."""
    if is_folder(folder / OBJECTS):
        for part in sorted((folder / OBJECTS).iterdir()):
            if re.fullmatch(r"[0-9a-f]{2}", part.name) and is_folder(part):
                yield from (path for path in part.iterdir() if _DIGEST.fullmatch(path.name.removesuffix(".part")))


def _path(folder: Path, digest: str) -> Path:
    return folder / OBJECTS / digest[:2] / digest


def write_sealed(path: Path, document: dict[str, Any]) -> None:
    """Write a document as JSON with the digest of what it says; each element of a list on a line of its own."""
    parts = []
    for key, value in {**document, "sha256": _seal(document)}.items():
        text = _json(value)
        if isinstance(value, list) and value:
            text = "[\n  " + ",\n  ".join(_json(one) for one in value) + "\n ]"
        parts.append(f" {_json(key)}: {text}")
    write_file(path, ("{\n" + ",\n".join(parts) + "\n}\n").encode())


def opened(document: Any, path: Path) -> dict[str, Any]:
    """Return what a sealed document says, without its seal. Raises DamagedError where it was changed."""
    if isinstance(document, dict):
        told = {key: value for key, value in document.items() if key != "sha256"}
        if document.get("sha256") == _seal(told):
            return told
    raise DamagedError(f"{path} is damaged: it is not what was saved (its SHA-256 is another)")


def read_sealed(path: Path) -> dict[str, Any]:
    """Read a sealed document. Raises DamagedError where it is missing or damaged."""
    try:
        return opened(json.loads(read_file(path)), path)
    except OSError as error:
        raise DamagedError(f"{path}: {error.strerror}") from error
    except ValueError as error:
        raise DamagedError(f"{path} is damaged: {error}") from error


def _json(value: Any) -> str:
    # Escapes stand for what is not ASCII: bytes of an output that are no text survive as they are.
    return json.dumps(value)


def _seal(document: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(document, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
