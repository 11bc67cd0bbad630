"""The lock names what vxcheck runs on, whole, by version and hash, within what pyproject.toml allows."""

from __future__ import annotations

import re
import tomllib
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
TEXT = (ROOT / "requirements.lock").read_text(encoding="utf-8")
ENTRIES = [
    entry for entry in re.sub(r"^#.*\n", "", TEXT, flags=re.MULTILINE).replace("\\\n", " ").splitlines() if entry
]
LOCKED = {
    canonicalize_name(name): version for name, version in re.findall(r"^([\w.-]+)==([\w.+]+)", TEXT, re.MULTILINE)
}


def asked() -> list[Requirement]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return [Requirement(line) for line in project["dependencies"]]


def test_every_line_has_hashes_and_no_address() -> None:
    assert len(ENTRIES) == len(LOCKED) > 10
    for entry in ENTRIES:
        assert re.fullmatch(r"[\w.-]+==[\w.+]+(?:\s*;[^#]+?)?(?:\s+--hash=sha256:[0-9a-f]{64})+\s*", entry), entry
    assert "://" not in TEXT
    assert "index" not in TEXT


def test_it_is_what_the_project_asks_for() -> None:
    for requirement in asked():
        assert requirement.specifier.contains(LOCKED[canonicalize_name(requirement.name)]), requirement


def test_it_is_whole() -> None:
    """What the packages ask for themselves is locked too; those that are installed in another version tell nothing."""
    queue, seen = asked(), set()
    while queue:
        requirement = queue.pop()
        name = canonicalize_name(requirement.name)
        if name in seen or (requirement.marker and not requirement.marker.evaluate({"extra": ""})):
            continue
        seen.add(name)
        assert name in LOCKED
        if metadata.version(name) == LOCKED[name]:
            queue += [Requirement(line) for line in metadata.requires(name) or ()]


def test_every_dependency_has_its_reason() -> None:
    page = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
    told = set(re.findall(r"^\| ([\w.-]+) \|", page, re.MULTILINE)) - {"package"}
    assert told == {requirement.name for requirement in asked()}
