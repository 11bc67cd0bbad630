"""Read checks: a query, and beside it the page that says what it finds, why it matters, how to mend it, and its cases.

A page's form, by headings: `# title`, then `- key: value` lines, prose under `## On the wire`, the remedy of each
platform under `## Mend` / `### <platform>`, and `## Cases`, each a `### heading` with tables named by `**table**`:
rows that go in, and under **faults**, **warnings** and **unknown** the rows that must come out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from vxcheck import content
from vxcheck.errors import ContentError

SEVERITIES = ("error", "warning", "info")
_KEYS = {"severity", "message", "unknown", "not applicable", "group by", "explained by", "polls"}


@dataclass(frozen=True)
class Case:
    """Hold one case of a page: rows by table, and the rows expected, all as text by column."""

    title: str
    rows: dict[str, list[dict[str, str]]]
    expected: dict[str, list[dict[str, str]]]


@dataclass(frozen=True)
class Check:
    """Hold one check. `polls` is how many looks at the counters it needs; `mend` a remedy by platform."""

    name: str
    path: Path
    sql: str
    title: str
    severity: str
    message: str
    unknown: str
    not_applicable: str
    group_by: tuple[str, ...]
    explained_by: tuple[str, ...]
    polls: int
    mend: dict[str, str]
    cases: tuple[Case, ...]
    page: str


@cache
def load(extra: tuple[Path, ...] = ()) -> dict[str, Check]:
    """Return every check by name, those of the folders in `extra` too (and in place of ours of the same name)."""
    found = {}
    for folder in (content.root("checks"), *extra):
        for path in sorted(folder.rglob("*.sql")):
            found[path.stem] = read(path)
    return dict(sorted(found.items()))


def read(path: Path) -> Check:
    """Read one check from its query's path. Raises ContentError with file and line."""
    page_path = path.with_suffix(".md")
    try:
        page = page_path.read_text(encoding="utf-8")
    except OSError as error:
        raise ContentError(f"{path}: the check's page {page_path.name} cannot be read: {error.strerror}") from error
    title = re.match(r"# (\S[^\n]*)\n", page)
    if not title:
        raise ContentError(f"{page_path}: line 1: must be '# ' and the title")
    sections = _sections(page, "## ")
    keys = _keys(page_path, sections[""])
    mend = {name: text.strip("\n") for name, text in _sections(sections.get("Mend", ""), "### ").items() if name}
    cases = tuple(
        _case(page_path, name, text) for name, text in _sections(sections.get("Cases", ""), "### ").items() if name
    )
    return Check(
        path.stem,
        path,
        path.read_text(encoding="utf-8"),
        title[1].strip(),
        keys["severity"],
        keys["message"],
        keys.get("unknown", ""),
        keys.get("not applicable", "there is nothing of the kind on the device"),
        _words(keys.get("group by", "")),
        _words(keys.get("explained by", "")),
        int(keys.get("polls", "1")),
        mend,
        cases,
        page,
    )


def _words(text: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in text.split(",") if word.strip())


def _sections(text: str, marker: str) -> dict[str, str]:
    """Split at headings; '' is what stands before the first. Headings inside code blocks are not headings."""
    found: dict[str, list[str]] = {"": []}
    name, fenced = "", False
    for line in text.split("\n"):
        fenced ^= line.startswith("```")
        if line.startswith(marker) and not fenced:
            name = line.removeprefix(marker).strip()
            found[name] = []
        else:
            found[name].append(line)
    return {name: "\n".join(lines) for name, lines in found.items()}


def _keys(path: Path, text: str) -> dict[str, str]:
    keys = {}
    for key, value in re.findall(r"^- ([a-z ]+): (\S.*(?:\n  \S.*)*)$", text, re.MULTILINE):
        if key not in _KEYS:
            raise ContentError(f"{path}: unknown key {key!r}; known are {', '.join(sorted(_KEYS))}")
        keys[key] = " ".join(value.split())
    for key in ("severity", "message"):
        if key not in keys:
            raise ContentError(f"{path}: no line '- {key}: ...' under the title")
    if keys["severity"] not in SEVERITIES:
        raise ContentError(f"{path}: severity must be one of {', '.join(SEVERITIES)}, not {keys['severity']!r}")
    return keys


def _case(path: Path, title: str, text: str) -> Case:
    rows: dict[str, list[dict[str, str]]] = {}
    table, header = "", list[str]()
    for line in text.split("\n"):
        if match := re.fullmatch(r"\*\*([\w ]+)\*\*(?:: none)?", line.strip()):
            table, header = match[1], []
            rows[table] = []
        elif line.startswith("|"):
            cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
            if not table:
                raise ContentError(f"{path}: case {title!r}: a table without a **name** before it")
            if not header:
                header = cells
            elif not all(re.fullmatch(r":?-+:?", cell) for cell in cells):
                if len(cells) != len(header):
                    raise ContentError(f"{path}: case {title!r}: {table}: a row of {len(cells)} cells: {line}")
                rows[table].append(dict(zip(header, cells, strict=True)))
    names: tuple[str, ...] = ("faults", "warnings", "unknown")
    expected = {name: rows.pop(name) for name in names if name in rows}
    if not expected:
        raise ContentError(
            f"{path}: case {title!r}: says nothing that must come out: write '**faults**: none' for none"
        )
    return Case(title, rows, expected)
