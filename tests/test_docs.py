"""The generated pages are those of the code, and what the other pages name exists."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests import docs
from vxcheck import cli, pages, schema

ROOT = Path(__file__).resolve().parent.parent


@pytest.mark.parametrize("name", docs.PAGES)
def test_generated_page_is_current(name: str) -> None:
    assert (docs.DOCS / name).read_text(encoding="utf-8") == docs.PAGES[name](), "run `make docs`"


def test_every_page_of_a_check_is_of_one() -> None:
    assert {f"checks/{path.name}" for path in (docs.DOCS / "checks").iterdir()} <= docs.PAGES.keys(), "run `make docs`"


@pytest.mark.parametrize(
    "path", [*ROOT.glob("*.md"), *sorted((ROOT / "docs").rglob("*.md"))], ids=lambda path: path.name
)
def test_links_lead_somewhere(path: Path) -> None:
    for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", path.read_text(encoding="utf-8")):
        assert (path.parent / target).exists(), target


def test_every_test_that_a_promise_names_is_there() -> None:
    named = re.findall(r"(tests/[\w/]+\.py)::(\w+)", (ROOT / "docs" / "security.md").read_text(encoding="utf-8"))
    assert len(named) > 40
    for path, test in named:
        text = (ROOT / path).read_text(encoding="utf-8")
        assert re.search(rf"^def {test}\(", text, re.MULTILINE), f"{path}::{test}"


def test_readme_commands_exist() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    parser = cli.make_parser()
    commands = re.findall(r"`vxcheck ([a-z]+)[^`]*`|^ {4}vxcheck ([a-z]+)", text, re.MULTILINE)
    verbs = {one or other for one, other in commands}
    assert {"check", "collect", "show", "query", "parse", "explain"} <= verbs
    for verb in verbs:
        assert f" {verb} " in parser.format_help()
    for target in re.findall(r"make ([a-z]+)", text):
        assert f"\n{target}:" in (ROOT / "Makefile").read_text(encoding="utf-8")


def test_changelog_names_every_check() -> None:
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert [name for name in pages.load() if f"`{name}`" not in text] == []


def test_every_column_has_a_unit_and_a_meaning() -> None:
    for table in schema.tables().values():
        assert table.about
        declared = re.search(rf"CREATE TABLE {table.name} \((.*?)^\)", schema.text(), re.DOTALL | re.MULTILINE)
        assert declared
        lines = [line for line in declared[1].splitlines() if line.strip()]
        assert len(lines) == len(table.columns), f"{table.name}: a column without a comment"
        assert all(column.unit and column.about for column in table.columns)


def test_faults_page_has_every_fault_of_the_matrix() -> None:
    from tests.lab import test_chain, test_evpn_matrix, test_matrix
    from tests.lab.faults import CHAIN_FAULTS, EVPN_FAULTS, FAULTS, HEADEND_FAULTS

    page = (ROOT / "docs" / "faults.md").read_text(encoding="utf-8")
    expected: dict[str, str] = {}
    for table in (test_matrix.EXPECTED, test_matrix.EXPECTED_HEADEND, test_evpn_matrix.EXPECTED, test_chain.EXPECTED):
        expected |= {name: named.check for name, named in table.items()}
    for fault in (*FAULTS, *HEADEND_FAULTS, *EVPN_FAULTS, *CHAIN_FAULTS):
        rows = [line for line in page.splitlines() if f"{fault.description} |" in line]
        assert len(rows) == 1, f"{fault.name}: run `make faults`"
        assert f"`{expected[fault.name]}`" in rows[0], f"{fault.name}: run `make faults`"
