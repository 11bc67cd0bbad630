"""Columns of texts become the values that a row at a time would, and reach the database as they are."""

from __future__ import annotations

import itertools
from array import array
from collections.abc import Sequence
from typing import Any

import pytest

from vxcheck import bulk, fabric, schema, typed, values
from vxcheck.schema import Column
from vxcheck.textlines import Lines, lines


def column(unit: str, kind: str = "VARCHAR", name: str = "some") -> Column:
    return Column(name, kind, unit, "")


def rows(wanted: Sequence[Column], found: Sequence[Sequence[Any]]) -> list[tuple[Any, ...]]:
    """Return the rows that are made a record at a time."""
    made: list[tuple[Any, ...]] = []
    for record in zip(*found, strict=True):
        made += itertools.product(*map(values.several, wanted, record))
    return made


@pytest.mark.parametrize(
    "texts",
    [
        ["0a1b.2c3d.4e5f"] * 2,
        ["0A1B.2c3d.4e5f", "ffff.0000.1111"],
        ["0A:1b:2c:3d:4e:5f", "00:00:00:00:00:00"],
        ["0a1b.2c3d.4e5f", "0a:1b:2c:3d:4e:5f"],
        ["0a-1b-2c-3d-4e-5f", "0a1b2c3d4e5f", ""],
        ["0a1b.2c3d4.e5f"],
        ["0a:1b:2c:3d:4e5:f"],
    ],
)
def test_mac_addresses(texts: list[str]) -> None:
    wanted = [column("MAC")]
    made, records = typed.columns(wanted, [texts], [False])
    assert records is None
    assert list(zip(*made, strict=True)) == rows(wanted, [texts])


@pytest.mark.parametrize("wrong", ["0a1b.2c3d.4e5g", "0a1b.2c3d.4e\u0665f", "0a:1b:2c:3d:4e:5\n", "0a:1b:2c:3d:4e"])
def test_what_is_no_mac_address_is_told_with_its_record(wrong: str) -> None:
    good = "0a1b.2c3d.4e5f" if "." in wrong else "0a:1b:2c:3d:4e:5f"
    texts = [good, good, wrong, wrong]
    with pytest.raises(ValueError, match="is not a MAC address"):
        typed.columns([column("MAC")], [texts], [False])
    place, said = typed.first_fault([column("MAC")], [texts], [False]) or (None, None)
    assert (place, str(said)) == (2, f"{wrong.strip()!r} is not a MAC address")


@pytest.mark.parametrize(
    "texts", [["0:00:05 ago", "23:59:59"], ["0:00:05", "3 days, 1:02:03 ago"], ["17", "0:00:05"], ["", "100:00:00 ago"]]
)
def test_ages(texts: list[str]) -> None:
    wanted = [column("s", "DOUBLE")]
    made, _ = typed.columns(wanted, [texts], [False])
    assert list(zip(*made, strict=True)) == rows(wanted, [texts])


def test_lists_and_ranges_are_a_row_each() -> None:
    wanted = [column("VLAN", "INTEGER"), column("name"), column("IP"), column("word", "VARCHAR[]")]
    found: list[list[Any]] = [
        ["10", "20-22,30", "40", "50"],
        ["Et1", "Et2", ["Et3, Et4", "Et5"], []],
        ["10.0.0.1", "", "10.0.0.2", "::1"],
        ["a", ["a", "b"], [], "c"],
    ]
    made, records = typed.columns(wanted, found, [False, True, False, True])
    listed: list[list[Any]] = [found[0], [one if isinstance(one, list) else [one] for one in found[1]], found[2]]
    listed.append([one if isinstance(one, list) else [one] for one in found[3]])
    assert list(zip(*made, strict=True)) == rows(wanted, listed)
    assert records == [0, 1, 1, 1, 1, 2, 2, 2, 3]


def test_a_vlan_that_is_none_is_refused_beside_lists() -> None:
    wanted = [column("VLAN", "INTEGER"), column("VLAN", "INTEGER")]
    with pytest.raises(ValueError, match="'5000' is not a list of VLANs"):
        typed.columns(wanted, [["5000", "10-11"], ["1", "2"]], [False, False])


@pytest.mark.parametrize("count", [1, 2, 2001])
def test_columns_reach_the_database(count: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "_ROWS", 800)
    made = fabric.empty().connection
    columns: dict[str, Sequence[Any] | bulk.Lines] = {
        "vlan": [None if at % 7 == 3 else at % 4094 for at in range(count)],
        "interface": ["Et1"] * count,
        "mac": [f"02:00:00:{at >> 16:02x}:{at >> 8 & 255:02x}:{at & 255:02x}" for at in range(count)],
        "kind": [("dynamic", "it's", "\u03b1; DROP", None)[at % 4] for at in range(count)],
        "moves": [None] * count,
        "age": [at / 8 for at in range(count)],
        "evidence": bulk.Lines(array("I", range(3, 3 + count)), 5 << 32),
    }
    bulk.insert(made, "macs", columns, {"device": "leaf1"})
    names = ", ".join(columns)
    found = made.execute(f"SELECT device, {names} FROM macs ORDER BY rowid").fetchall()
    evidence = [(5 << 32) + 3 + at for at in range(count)]
    told = [one if isinstance(one, list) else evidence for one in columns.values()]
    assert found == list(zip(["leaf1"] * count, *told, strict=True))


def test_lines_here_and_there_and_none() -> None:
    made = fabric.empty().connection
    columns: dict[str, Sequence[Any] | bulk.Lines] = {
        "vlan": [7, 7, 7],
        "evidence": bulk.Lines(array("I", [4, 0, 9]), 1 << 32),
    }
    bulk.insert(made, "macs", columns, {"device": "leaf1"})
    found = made.execute("SELECT vlan, evidence FROM macs").fetchall()
    assert found == [(7, (1 << 32) + 4), (7, None), (7, (1 << 32) + 9)]


def test_columns_of_one_value_are_as_many_rows() -> None:
    made = fabric.empty().connection
    bulk.insert(made, "macs", {"vlan": [7] * 3, "kind": ["a\nb"] * 3}, {"device": "leaf1"})
    assert made.execute("SELECT vlan, kind FROM macs").fetchall() == [(7, "a\nb")] * 3


def test_values_that_are_empty_or_have_line_ends_are_no_others() -> None:
    made = fabric.empty().connection
    kinds = ["", None, "a\nb"]
    bulk.insert(made, "macs", {"kind": kinds, "bridge": ["", None, "x"]}, {"device": "leaf1"})
    assert made.execute("SELECT kind, bridge FROM macs").fetchall() == list(zip(kinds, ["", None, "x"], strict=True))


def test_every_table_without_a_key_can_be_filled_so() -> None:
    made = fabric.empty().connection
    for table in schema.tables().values():
        if not table.key and any(one.name == "device" for one in table.columns):
            told = {one.name: [None, None] for one in table.columns if one.name != "device"}
            bulk.insert(made, table.name, told, {"device": "leaf1"})
            assert made.execute(f"SELECT count(*) FROM {table.name}").fetchall() == [(2,)]


@pytest.mark.parametrize("text", ["", "a", "a\n", "a\r\nb\x0bc\x85\n\nd", "line of some length\n" * 5000 + "\u2028end"])
def test_lines_of_a_long_text(text: str) -> None:
    whole = text.splitlines()
    found = Lines(text)
    assert list(lines(text)) == list(found) == whole
    assert len(found) == len(whole)
    for at in [*range(min(40, len(whole))), *range(max(0, len(whole) - 40), len(whole)), 1000, -1]:
        if at < len(whole) and whole:
            assert found[at] == whole[at]
    assert found[1:3] == whole[1:3]
    with pytest.raises(IndexError):
        found[len(whole)]
