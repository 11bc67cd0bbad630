"""Run every recorded sample that lies beside the parsers, whole and damaged: right rows or an error, nothing else.

One test a command and property, not one a sample and damage: pytest's own work would cost more than the parsing.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import textfsm

from tests import damage
from vxcheck import account, content, parse, sample, schema
from vxcheck.content import Command, Platform

ROOT = content.root("parsers")
TEMPLATES = sorted(ROOT.glob("*/*/*.textfsm"))
FOLDERS = sorted({path.parent for path in ROOT.glob("*/*/*") if path.parent.is_dir()})
GOOD = [path for path in sorted(ROOT.glob("*/*/*.json")) if "rows" in json.loads(path.read_text(encoding="utf-8"))]

Found = dict[str, list[dict[str, Any]]]


@dataclass(frozen=True)
class Sample:
    """Hold one sample: its text, and what it must give."""

    path: Path
    text: str
    expected: dict[str, Any]

    @property
    def rows(self) -> Found:
        """Return the rows that must come out."""
        return dict(self.expected["rows"])

    @property
    def lines(self) -> list[str]:
        """Return its lines, without the empty ones at the end."""
        return self.text.rstrip("\n").split("\n")


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


@cache
def reader(folder: Path) -> tuple[Platform, Command]:
    """Return the platform and the command of a folder."""
    return sample.reader(folder / "any.txt")


def text_of(path: Path) -> str:
    """Return a sample's text."""
    return path.with_suffix(".txt").read_bytes().decode("utf-8", errors="replace")


def rows_of(path: Path, text: str) -> Found:
    """Return what a sample's command reads in a text."""
    platform, command = reader(path.parent)
    return {rows.table: rows.dicts() for rows in parse.parse(platform, command, text)}


@cache
def samples(folder: Path) -> list[Sample]:
    """Return the samples of a folder."""
    return [
        Sample(path, text_of(path), json.loads(path.read_text(encoding="utf-8")))
        for path in sorted(folder.glob("*.json"))
    ]


def good(folder: Path) -> list[Sample]:
    """Return the samples that must be read."""
    return [one for one in samples(folder) if "rows" in one.expected]


def read(folder: Path, text: str) -> Found | None:
    """Return the rows of a text, None where it was not read."""
    try:
        return rows_of(folder / "any.txt", text)
    except (parse.NotUnderstoodError, parse.RefusedError):
        return None


def begins(value: Any, whole: Any) -> bool:
    """Tell whether a value is the whole one, or a list the whole one's beginning."""
    return bool(value == whole or (isinstance(value, list) and value == whole[: len(value)]))


def assert_none_is_read(folder: Path, one: Sample, texts: Iterable[str]) -> None:
    for text in texts:
        assert read(folder, text) is None, f"{one.path.name}: read in spite of the damage:\n{text!r}"


def assert_right_or_none(folder: Path, one: Sample, texts: Iterable[str]) -> None:
    for text in texts:
        found = read(folder, text)
        assert found is None or found == one.rows, f"{one.path.name}: other rows from:\n{text!r}"


by_folder = pytest.mark.parametrize("folder", FOLDERS, ids=name_of)


@by_folder
def test_samples_give_what_stands_beside_them(folder: Path) -> None:
    for one in samples(folder):
        assert one.expected["source"], "say where it was recorded"
        gave = sample.given_by(one.path.with_suffix(".txt"))
        if "rows" in one.expected:
            assert gave.get("rows") == one.rows, f"{one.path.name}: {gave.get('error')}"
        assert sample.met(one.expected, gave), f"{one.path.name}: {gave}"


@by_folder
def test_the_same_rows_however_the_text_came(folder: Path) -> None:
    for one in good(folder):
        lines = one.text.split("\n")
        came = [
            one.text.replace("\n", "\r\n"),
            one.text.replace("\n", "\r\r\n"),
            one.text.replace("\n", "\n\r"),
            "\n".join(line.rstrip() for line in lines),
            "\n".join(f"{line} " if line.strip() else line for line in lines),
            f"\x1b[?2004l{one.text}\x1b[0m",
            f"\x1b]0;leaf1: ~\x07{one.text}",
            f"\n{one.text}\n",
        ]
        for text in came:
            assert read(folder, text) == one.rows, f"{one.path.name}: {text[:200]!r}"


@by_folder
def test_a_line_that_does_not_belong_there_is_never_passed_over(folder: Path) -> None:
    replies = damage.REPLIES.get(folder.parent.name, damage.ANY_REPLY)
    for one in good(folder):
        for junk in ("%%% junk", "Segmentation fault (core dumped)", "Connection to leaf1 closed.", *replies):
            lines = one.lines
            assert_none_is_read(folder, one, (damage.inserted(lines, at, junk) for at in damage.places(lines)))


@by_folder
def test_a_pager_is_named(folder: Path) -> None:
    platform, command = reader(folder)
    for one in good(folder):
        assert_none_is_read(folder, one, damage.paged(one.lines))
    for one in good(folder)[:1]:
        for text in damage.paged(one.lines):
            with pytest.raises(parse.NotUnderstoodError, match="paged"):
                parse.parse(platform, command, text)


@by_folder
def test_bytes_that_are_no_text_never_become_a_value(folder: Path) -> None:
    for one in good(folder):
        assert_right_or_none(folder, one, damage.overwritten(one.text, "\ufffd", 12))
        for char in ("\0", "\x08", "\x1b", "\x0c", "\x85"):
            assert_right_or_none(folder, one, damage.overwritten(one.text, char, 4))


@by_folder
def test_a_cut_never_gives_a_shortened_value(folder: Path) -> None:
    """Whatever is read of a text's beginning is what the whole text says."""
    for one in good(folder):
        for text in damage.cuts(one.text, 30):
            found = read(folder, text)
            if found is None:
                continue
            for table, rows in found.items():
                for row, whole in zip(rows, one.rows[table], strict=False):
                    # What stands on later lines is lacking, and nothing else is another.
                    other = {name: value for name, value in row.items() if value and not begins(value, whole[name])}
                    assert not other, f"{one.path.name}: {other} of {table}, cut to {text[-200:]!r}"
                assert len(rows) <= len(one.rows[table])


@by_folder
def test_a_table_with_a_total_is_not_read_when_it_is_cut(folder: Path) -> None:
    if not (folder / "totals.textfsm").exists():
        return
    last = re.compile(r"[Tt]otal[^\n]*$|\nDisplaying 0 of \d+ ")
    for one in good(folder):
        assert read(folder, one.text) is not None
        prepared = parse.prepared(reader(folder)[0], one.text)
        if parse.columns_of(folder / "totals.textfsm", prepared).state.startswith("Uncounted"):
            continue  # this layout has no total
        for text in damage.cuts(one.text, 60):
            if text == one.text.rstrip("\n"):
                continue
            # A device may print one table or two, each with its total: a cut behind a total leaves a whole output.
            if read(folder, text) is not None:
                # Where numbers stand above the rows, a cut behind what one counts leaves one, too.
                whole = last.search(text.rstrip()) or not last.search(one.text.rstrip())
                assert whole, f"{one.path.name}: read in spite of a cut: {text!r}"


@by_folder
def test_two_outputs_run_together_give_no_row_that_neither_has(folder: Path) -> None:
    for one in good(folder):
        for table, rows in (read(folder, one.text + one.text) or {}).items():
            assert all(row in one.rows[table] for row in rows), f"{one.path.name}: twice"
    for other in FOLDERS:
        if other.parent != folder.parent or other == folder:
            continue
        for one, behind in zip(good(folder)[:1], good(other)[:1], strict=False):
            found = read(folder, one.text + behind.text)
            # A command that reads all of another's output reads no foreign line there.
            if not behind.text.strip() or read(folder, behind.text) is not None:
                continue
            assert found is None or found == one.rows, f"{one.path.name} with {name_of(behind.path)} behind it"


@pytest.mark.parametrize("template", TEMPLATES, ids=name_of)
def test_template_accounts_for_every_line(template: Path) -> None:
    text = template.read_text(encoding="utf-8")
    rules = [line for line in text.splitlines() if line.startswith(" ")]
    states = re.findall(r"^(?!Value\b|#)(\w+)$", text, re.MULTILINE)
    assert text.count("  ^. -> Error") == len([state for state in states if state not in ("EOF", "End")])
    for rule in [*rules, *re.findall(r"^Value .*\((.*)\)$", text, re.MULTILINE)]:
        outside_classes = re.sub(r"\[(?:\\.|[^\]\\])+\]", "", rule)
        assert not re.search(r"(?<!\\)\.[*+]", outside_classes), f"anything at all: {rule}"
    for rule in rules if template.stem != content.TOTALS else ():  # what a total is not for, the tables account for
        goes_on = re.search(r" -> (?:Continue|Error)\b", rule)
        assert goes_on or re.search(r"\$\$(?: -> \S.*)?$", rule), f"does not reach the line's end: {rule}"
        assert not re.search(r" -> (?:\S+ )?(?:End|EOF)$", rule), f"leaves the rest unread: {rule}"
    fsm = textfsm.TextFSM(io.StringIO(text))  # stock textfsm takes it, so netmiko does
    if template.stem == content.TOTALS:
        assert {table for name in fsm.header for table in name.lower().split("_and_")} <= schema.tables().keys()
        return
    table = schema.tables()[template.stem]
    assert all(table.column(name.lower()) for name in fsm.header)


@by_folder
def test_every_parser_has_samples(folder: Path) -> None:
    assert list(folder.glob("*.json")), "no recorded sample lies beside it"
    for path in folder.glob("*.txt"):
        assert path.with_suffix(".json").exists(), f"{path.name}: nothing says what it must give"
    assert {path.suffix for path in folder.iterdir()} <= {".textfsm", ".txt", ".json", ".toml"}


@by_folder
def test_the_account_agrees_with_the_parser(folder: Path) -> None:
    """Every line of a sample that is read is taken by a rule, and every row was read on a line that says so."""
    platform, command = reader(folder)
    for one in good(folder):
        prepared = parse.prepared(platform, one.text)
        for told in account.of_command(command, prepared):
            assert len(told.steps) == len(prepared.splitlines())
            assert told.unknown == ()
        first = {path: list(parse.records(path, prepared)) for path in command.templates}
        for told in account.of_command(command, prepared):
            if told.template in first:
                records = [tuple(str(part) for part in record) for record, _ in first[told.template]]
                assert list(told.records) == records


@by_folder
def test_a_borrowed_template_fills_columns_that_there_are(folder: Path) -> None:
    borrowed = reader(folder)[1].borrowed
    if borrowed is None:
        return
    table = schema.tables()[borrowed.table]
    assert all(table.column(name) for name in (*borrowed.columns.values(), *borrowed.required))
    with borrowed.path.open(encoding="utf-8") as file:
        assert borrowed.columns.keys() <= set(textfsm.TextFSM(file).header)
