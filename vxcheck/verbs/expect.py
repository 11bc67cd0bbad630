"""`vxcheck expect`: write what samples must give, or compare with what stands written."""

from __future__ import annotations

import argparse
import difflib
import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from vxcheck import rows, sample, source
from vxcheck.errors import UsageError

_BAD = "bad-"


def run(given: argparse.Namespace) -> int:
    """Go through the samples that the command line names; 1 where one differs, 3 where one cannot be read."""
    if given.check and given.update:
        raise UsageError("--check writes nothing, --update writes: give one of them")
    folders = source.parser_folders(given)
    paths = list(_samples(given.paths or [Path("parsers")]))
    if not paths:
        raise UsageError(f"no samples (<case>.txt) in {', '.join(map(str, given.paths or ['parsers']))}")
    told = {path: _one(given, path, folders) for path in paths}
    counts = {word: list(told.values()).count(word) for word in dict.fromkeys(told.values())}
    print(f"{len(paths)} samples: {', '.join(f'{count} {word}' for word, count in counts.items())}")
    if "differing" in counts:
        return 1
    return 3 if counts.keys() & {"not understood", "without expectation"} else 0


def _samples(paths: Iterable[Path]) -> Iterable[Path]:
    for path in paths:
        if path.is_dir():
            yield from sorted(path.rglob("*.txt"))
        elif path.suffix in (".txt", ".json") and path.with_suffix(".txt").is_file():
            yield path.with_suffix(".txt")
        else:
            raise UsageError(f"{path}: no such sample (<case>.txt) or folder")


def _one(given: argparse.Namespace, path: Path, folders: tuple[Path, ...]) -> str:
    gave, expected = sample.given_by(path, folders), sample.expectation(path)
    if expected is not None:
        if sample.met(expected, gave):
            return "as expected"
        if not given.update:
            _print_difference(path, expected, gave)
            return "differing"
    elif given.check:
        print(f"vxcheck: {path}: nothing says what it must give", file=sys.stderr)
        return "without expectation"
    if "error" in gave and not (path.name.startswith(_BAD) or (expected and "error" in expected)):
        hint = f"write the rule; or, where it must not be read, name it {_BAD}{path.name}"
        print(f"vxcheck: {path}: {gave['error']}: {hint}", file=sys.stderr)
        return "not understood"
    where = expected["source"] if expected else _source(given, path)
    _show(path, gave)
    told = json.dumps({"source": where, **gave}, indent=1, ensure_ascii=False)
    path.with_suffix(".json").write_text(told + "\n", encoding="utf-8")
    return "written"


def _source(given: argparse.Namespace, path: Path) -> str:
    if given.source:
        return str(given.source)
    if not sys.stdin.isatty():
        raise UsageError(f"{path}: where was it recorded? Give --source")
    if said := input(f"{path}: where was it recorded (device, software release)? ").strip():
        given.source = said
        return said
    raise UsageError(f"{path}: a sample needs its source")


def _show(path: Path, gave: dict[str, Any]) -> None:
    """Show what will be expected from now on: read every row."""
    print(path)
    if "error" in gave:
        print(f"  must not be read: {gave['error']}")
    for table, found in gave.get("rows", {}).items():
        print(table)
        columns = list(found[0]) if found else []
        rows.write(columns, [list(row.values()) for row in found], "table", sys.stdout)
    print()


def _print_difference(path: Path, expected: dict[str, Any], gave: dict[str, Any]) -> None:
    written = {key: value for key, value in expected.items() if key != "source"}
    one, other = (json.dumps(what, indent=1, ensure_ascii=False).splitlines() for what in (written, gave))
    name = str(path.with_suffix(".json"))
    for line in difflib.unified_diff(one, other, name, "what it gives", lineterm="", n=2):
        print(line)
