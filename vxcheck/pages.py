"""Read checks: a query, and beside it the page that says what it finds, why it matters, how to mend it, and its cases.

A page's form, by headings: `# title`, then `- key: value` lines, prose under `## On the wire`, the remedy of each
platform under `## Mend` / `### <platform>`, and `## Cases`, each a `### heading` with tables named by `**table**`:
rows that go in, and under **faults**, **warnings**, **unknown** and **passed** the rows that must come out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path

from vxcheck import content
from vxcheck.errors import ContentError

SEVERITIES = ("error", "warning", "info")
INTENT = "intent"
_KEYS = {
    "severity",
    "message",
    "unknown",
    "not applicable",
    "group by",
    "explained by",
    "polls",
    "needs",
    "value",
    "among",
    "minority",
    "mend",
}


@dataclass(frozen=True)
class Case:
    """Hold one case of a page: rows by table, and the rows expected, all as text by column."""

    title: str
    rows: dict[str, list[dict[str, str]]]
    expected: dict[str, list[dict[str, str]]]


@dataclass(frozen=True)
class Check:
    """Hold one check. `polls` is how many looks at the counters it needs.

    `mend` holds a remedy by platform, for the device that a finding accuses; where `either` may be mended, for its peer
    too.

    Where it has a `value`, its query gives the members that are compared, and those with the same columns `among` must
    have the same value: see compare.py. `needs` is what the user has to give for it. `broken` says why it cannot be
    used, with file and line; nothing else of such a one means anything.
    """

    name: str
    path: Path
    sql: str = ""
    title: str = ""
    severity: str = SEVERITIES[0]
    message: str = ""
    unknown: str = ""
    not_applicable: str = ""
    group_by: tuple[str, ...] = ()
    explained_by: tuple[str, ...] = ()
    polls: int = 1
    mend: dict[str, str] = field(default_factory=dict)
    page: str = ""
    needs: str = ""
    value: str = ""
    among: tuple[str, ...] = ()
    minority: str = ""
    either: bool = False
    broken: str = ""

    @property
    def page_path(self) -> Path:
        """Return the path of its page."""
        return self.path.with_suffix(".md")

    @cached_property
    def cases(self) -> tuple[Case, ...]:
        """Return the cases of its page; raises ContentError with file and line."""
        sections = _sections(_sections(self.page, "## ").get("Cases", ""), "### ")
        return tuple(_case(self.page_path, self.page, name, text) for name, text in sections.items() if name)

    @property
    def group(self) -> str:
        """Return the name of the folder that it lies in."""
        return self.path.parent.name

    @property
    def templates(self) -> tuple[str, ...]:
        """Return every text of its page that names columns in braces."""
        return (self.message, self.minority, self.unknown, *self.mend.values())


@cache
def load(extra: tuple[Path, ...] = ()) -> dict[str, Check]:
    """Return every check by name, those of the folders in `extra` too (and in place of ours of the same name).

    One that cannot be read is among them, and says why it is `broken`.
    """
    found = {}
    ours = content.root("checks")
    for folder in (ours, *extra):
        for path in sorted(folder.rglob("*.sql")):
            try:
                found[path.stem] = check = read(path)
                # Ours are held to their cases before they are given to anybody.
                _ = folder == ours or check.cases
            except ContentError as error:
                found[path.stem] = Check(path.stem, path, broken=str(error))
        for path in sorted(folder.rglob("*.md")):
            # Prose may lie beside the checks; a page without its query would be a check that nobody misses.
            if not path.with_suffix(".sql").exists() and re.search(r"^- severity:", _text(path), re.MULTILINE):
                broken = f"{path}: line 1: the check's query {path.stem}.sql is missing"
                found[path.stem] = Check(path.stem, path.with_suffix(".sql"), broken=broken)
    return dict(sorted(found.items()))


def read(path: Path) -> Check:
    """Read one check from its query's path. Raises ContentError with file and line."""
    page_path = path.with_suffix(".md")
    if not page_path.exists():
        raise ContentError(f"{path}: line 1: the check's page {page_path.name} is missing")
    page = _text(page_path)
    title = re.match(r"# (\S[^\n]*)\n", page)
    if not title:
        raise ContentError(f"{page_path}: line 1: must be '# ' and the title")
    sections = _sections(page, "## ")
    keys = _keys(page_path, sections[""])
    mend = {name: text.strip("\n") for name, text in _sections(sections.get("Mend", ""), "### ").items() if name}
    return Check(
        path.stem,
        path,
        _text(path),
        title[1].strip(),
        keys["severity"],
        keys["message"],
        keys.get("unknown", ""),
        keys.get("not applicable", "there is nothing of the kind on the device"),
        _words(keys.get("group by", "")),
        _words(keys.get("explained by", "")),
        int(keys.get("polls", "1")),
        mend,
        page,
        keys.get("needs", ""),
        keys.get("value", ""),
        _words(keys.get("among", "")),
        keys.get("minority", ""),
        "value" in keys or "mend" in keys,
    )


def line_of(text: str, words: str) -> int:
    """Return the first line of a text that has these words; 1 where none has."""
    at = text.find(words)
    return text.count("\n", 0, at) + 1 if at >= 0 else 1


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise ContentError(f"{path}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        line = path.read_bytes().count(b"\n", 0, error.start) + 1
        raise ContentError(f"{path}: line {line}: not UTF-8 text") from error


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
    for match in re.finditer(r"^- ([a-z ]+): (\S.*(?:\n  \S.*)*)$", text, re.MULTILINE):
        key, value = match.groups()
        where = f"{path}: line {text.count(chr(10), 0, match.start()) + 1}"
        if key not in _KEYS:
            raise ContentError(f"{where}: unknown key {key!r}; known are {', '.join(sorted(_KEYS))}")
        keys[key] = " ".join(value.split())
        if key == "severity" and value not in SEVERITIES:
            raise ContentError(f"{where}: severity must be one of {', '.join(SEVERITIES)}, not {value!r}")
        if key == "polls" and value not in ("1", "2"):
            raise ContentError(f"{where}: polls must be 1 or 2, not {value!r}")
        if key == "mend" and value != "either":
            raise ContentError(f"{where}: mend must be either (device), not {value!r}")
        if key == "needs" and value != INTENT:
            raise ContentError(f"{where}: needs must be {INTENT}, not {value!r}")
    for key in ("severity", "message", *(("among", "minority") if "value" in keys else ())):
        if key not in keys:
            raise ContentError(f"{path}: line 1: no line '- {key}: ...' under the title")
    return keys


def _case(path: Path, page: str, title: str, text: str) -> Case:
    where = f"{path}: line {line_of(page, f'### {title}')}: case {title!r}"
    rows: dict[str, list[dict[str, str]]] = {}
    table, header = "", list[str]()
    for line in text.split("\n"):
        if match := re.fullmatch(r"\*\*([\w ]+)\*\*(?:: none)?", line.strip()):
            table, header = match[1], []
            rows[table] = []
        elif line.startswith("|"):
            cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
            if not table:
                raise ContentError(f"{where}: a table without a **name** before it")
            if not header:
                header = cells
            elif not all(re.fullmatch(r":?-+:?", cell) for cell in cells):
                if len(cells) != len(header):
                    raise ContentError(f"{where}: {table}: a row of {len(cells)} cells: {line}")
                rows[table].append(dict(zip(header, cells, strict=True)))
    names: tuple[str, ...] = ("faults", "warnings", "unknown", "passed")
    expected = {name: rows.pop(name) for name in names if name in rows}
    if not expected:
        raise ContentError(f"{where}: says nothing that must come out: write '**faults**: none' for none")
    return Case(title, rows, expected)
