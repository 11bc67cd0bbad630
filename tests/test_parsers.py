"""Run every recorded sample that lies beside the parsers, whole and damaged."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path
from typing import Any

import pytest
import textfsm

from vxcheck import content, parse, schema
from vxcheck.content import Command, Platform

ROOT = content.root("parsers")
SAMPLES = sorted(ROOT.glob("*/*/*.json"))
TEMPLATES = sorted(ROOT.glob("*/*/*.textfsm"))
GOOD = [path for path in SAMPLES if "rows" in json.loads(path.read_text(encoding="utf-8"))]


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def reader(sample: Path) -> tuple[Platform, Command]:
    """Return the platform and the command whose folder a sample lies in."""
    platform = content.platforms()[sample.parent.parent.name]
    return platform, next(command for command in platform.commands if command.templates[0].parent == sample.parent)


def text_of(sample: Path) -> str:
    return sample.with_suffix(".txt").read_bytes().decode("utf-8", errors="replace")


def rows_of(sample: Path, text: str) -> dict[str, list[dict[str, Any]]]:
    platform, command = reader(sample)
    return {rows.table: rows.dicts() for rows in parse.parse(platform, command, text)}


@pytest.mark.parametrize("sample", SAMPLES, ids=name_of)
def test_sample(sample: Path) -> None:
    expected = json.loads(sample.read_text(encoding="utf-8"))
    assert expected["source"], "say where it was recorded"
    if "error" in expected:
        with pytest.raises((parse.NotUnderstoodError, parse.RefusedError)) as caught:
            rows_of(sample, text_of(sample))
        assert expected["error"] in str(caught.value)
        return
    assert rows_of(sample, text_of(sample)) == expected["rows"]


@pytest.mark.parametrize("sample", GOOD, ids=name_of)
def test_the_same_rows_however_the_text_came(sample: Path) -> None:
    text, rows = text_of(sample), json.loads(sample.read_text(encoding="utf-8"))["rows"]
    lines = text.split("\n")
    assert rows_of(sample, text.replace("\n", "\r\n")) == rows
    assert rows_of(sample, "\n".join(line.rstrip() for line in lines)) == rows
    assert rows_of(sample, "\n".join(f"{line} " if line.strip() else line for line in lines)) == rows
    assert rows_of(sample, f"\x1b[?2004l{text}\x1b[0m") == rows


@pytest.mark.parametrize("sample", GOOD, ids=name_of)
def test_a_junk_line_is_never_passed_over(sample: Path) -> None:
    lines = text_of(sample).rstrip("\n").split("\n")
    for junk in ("%%% junk", " --More-- ", "Segmentation fault (core dumped)"):
        for at in {1, len(lines) // 2, len(lines)}:
            text = "\n".join([*lines[:at], junk, *lines[at:]]) + "\n"
            with pytest.raises((parse.NotUnderstoodError, parse.RefusedError)):
                rows_of(sample, text)


@pytest.mark.parametrize("sample", [path for path in GOOD if (path.parent / "totals.textfsm").exists()], ids=name_of)
def test_a_table_with_a_total_is_not_read_when_it_is_cut(sample: Path) -> None:
    text = text_of(sample).rstrip("\n")
    rows = json.loads(sample.read_text(encoding="utf-8"))["rows"]
    whole = re.compile(r"[Tt]otal[^\n]*$")
    for end in range(0, len(text) - 1, max(1, len(text) // 150)):
        cut = text[:end]
        try:
            found = rows_of(sample, cut)
        except (parse.NotUnderstoodError, parse.RefusedError):
            continue
        # A device may print one table or two, each with its total: a cut behind a total leaves a whole output.
        assert whole.search(cut.rstrip()), f"read in spite of the cut at {end}"
        assert all(some == rows[name][: len(some)] for name, some in found.items())


@pytest.mark.parametrize("template", TEMPLATES, ids=name_of)
def test_template_accounts_for_every_line(template: Path) -> None:
    text = template.read_text(encoding="utf-8")
    rules = [line for line in text.splitlines() if line.startswith(" ")]
    states = re.findall(r"^(?!Value\b|#)(\w+)$", text, re.MULTILINE)
    assert text.count("  ^. -> Error") == len([state for state in states if state not in ("EOF", "End")])
    for rule in [*rules, *re.findall(r"^Value .*\((.*)\)$", text, re.MULTILINE)]:
        outside_classes = re.sub(r"\[(?:\\.|[^\]\\])+\]", "", rule)
        assert not re.search(r"(?<!\\)\.[*+]", outside_classes), f"anything at all: {rule}"
    fsm = textfsm.TextFSM(io.StringIO(text))  # stock textfsm takes it, so netmiko does
    if template.stem == content.TOTALS:
        assert {name.lower() for name in fsm.header} <= schema.tables().keys()
        return
    table = schema.tables()[template.stem]
    assert all(table.column(name.lower()) for name in fsm.header)


@pytest.mark.parametrize("folder", sorted({path.parent for path in TEMPLATES}), ids=name_of)
def test_every_parser_has_samples(folder: Path) -> None:
    assert list(folder.glob("*.json")), "no recorded sample lies beside it"
    for path in folder.glob("*.txt"):
        assert path.with_suffix(".json").exists(), f"{path.name}: nothing says what it must give"
