"""Say which reports are wanted, and where they go: `--format FORMAT`, `--format FORMAT=FILE`, `-o FILE`."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from vxcheck.errors import UsageError

# The formats, in the order in which they are told, and the endings by which a file's format is guessed.
FORMATS: dict[str, tuple[str, ...]] = {
    "table": (".txt",),
    "json": (".json",),
    "junit": (".xml",),
    "markdown": (".md", ".markdown"),
    "csv": (".csv",),
    "html": (".html", ".htm"),
    "github": (),
    "sarif": (".sarif", ".sarif.json"),
    "icinga": (),
}


@dataclass(frozen=True)
class Output:
    """Hold one report that is wanted; `path` is None for standard output."""

    style: str
    path: Path | None = None


def outputs(formats: Sequence[str], files: Sequence[Path]) -> tuple[Output, ...]:
    """Return the reports that the options ask for: a table on standard output where they ask for none.

    One `--format FORMAT` and one `-o FILE` belong together. Else an `-o FILE` has the format that its ending names, and
    a `--format` without a file goes to standard output. Raises UsageError for what contradicts itself.
    """
    bare = [text for text in formats if "=" not in text]
    found = [Output(_known(style), _path(name)) for style, _, name in (t.partition("=") for t in formats if "=" in t)]
    for style in bare:
        _known(style)
    if len(bare) == 1 and len(files) == 1:
        found.append(Output(bare[0], _agreed(bare[0], files[0])))
    else:
        found += [Output(style) for style in bare]
        found += [Output(_guessed(path), path) for path in files]
    found = found or [Output("table")]
    places = [str(output.path) if output.path else "standard output" for output in found]
    for place in places:
        if places.count(place) > 1:
            raise UsageError(f"two reports would go to {place}: give one of them a file: --format FORMAT=FILE")
    for output in found:
        if output.path:
            _require_writable(output.path)
    return tuple(found)


def one(style: str, path: Path | None) -> Output:
    """Return the one report that a verb writes: `text`, or what --format or the file's ending says.

    Raises UsageError for two that contradict each other, and for a file that cannot be written.
    """
    if path is None or str(path) == "-":
        return Output(style)
    ending = _endings(path)
    if style == "text" and ending in ("json", "html"):
        style = ending
    elif style != "text":
        _agreed(style, path)
    _require_writable(path)
    return Output(style, path)


def write(wanted: Sequence[Output], text_of: Callable[[Output], str]) -> None:
    """Write what `text_of` gives for each report that is wanted, to files first and then to standard output.

    Raises UsageError for a file that cannot be written.
    """
    for output in sorted(wanted, key=lambda one: one.path is None):
        text = text_of(output)
        if output.path is None:
            sys.stdout.write(text)
            continue
        try:
            output.path.write_text(text, encoding="utf-8", errors="replace", newline="")
        except OSError as error:
            raise UsageError(f"cannot write the report to {output.path}: {error.strerror}") from error


def _known(style: str) -> str:
    if style not in FORMATS:
        raise UsageError(f"--format {style}: there is no such format; there are {', '.join(FORMATS)}")
    return style


def _path(name: str) -> Path | None:
    if not name:
        raise UsageError("--format FORMAT=FILE: the file's name is empty")
    return None if name == "-" else Path(name)


def _endings(path: Path) -> str | None:
    """Return the format that a file's ending names."""
    matching = [(len(e), style) for style, endings in FORMATS.items() for e in endings if path.name.lower().endswith(e)]
    return max(matching)[1] if matching else None


def _guessed(path: Path) -> str:
    style = _endings(path)
    if style is None:
        known = ", ".join(ending for endings in FORMATS.values() for ending in endings)
        raise UsageError(f"-o {path}: no format is known by this ending ({known}): write --format FORMAT={path}")
    return style


def _agreed(style: str, path: Path) -> Path | None:
    """Refuse a file whose ending names another format than the one beside it: either could be meant."""
    if str(path) == "-":
        return None
    ending = _endings(path)
    if ending not in (None, style, "table") and (style, ending) != ("sarif", "json"):
        raise UsageError(
            f"--format {style} -o {path}: the file's ending says {ending}. For both reports write "
            f"--format {style} --format {ending}={path}; for {style} in that file, --format {style}={path}"
        )
    return path


def _require_writable(path: Path) -> None:
    """Refuse a file that cannot be written before any device is asked."""
    why = ""
    if path.is_dir():
        why = "it is a folder"
    elif not path.parent.is_dir():
        why = "there is no such folder"
    elif not os.access(path if path.exists() else path.parent, os.W_OK):
        why = "no permission to write there"
    if why:
        raise UsageError(f"cannot write the report to {path}: {why}")
