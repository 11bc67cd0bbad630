"""Prove what becomes of a captured text, and that no address of an EOS VXLAN table is lost on the way."""

from __future__ import annotations

import ipaddress
import re
from pathlib import Path

import pytest

from tests.test_parsers import GOOD, name_of, rows_of, text_of
from vxcheck import content, loading, schema, values
from vxcheck.snapshot import COLLECTED, Device, Output, Snapshot

FLOOD = "show vxlan flood vtep"
EOS_TABLES = [path for path in GOOD if re.search("arista_eos/show_(vxlan|interfaces_vxlan|mac|ip_pim)", str(path))]
ADDRESS = re.compile(r"(?<![\w.:/])(?:\d+\.\d+\.\d+\.\d+|(?=[\da-f:]*::)[\da-f]{1,4}(?::[\da-f]{0,4}){2,7})(?![\w.:/])")
MAC = re.compile(r"(?<![\w.])[\da-f]{4}\.[\da-f]{4}\.[\da-f]{4}(?![\w.])")
NOBODY = {"0.0.0.0", "::", "00:00:00:00:00:00"}


def column(table: str, name: str) -> schema.Column:
    found = schema.tables()[table].column(name)
    assert found
    return found


@pytest.mark.parametrize("sample", EOS_TABLES, ids=name_of)
def test_every_address_of_the_text_is_in_a_row(sample: Path) -> None:
    text = text_of(sample)
    rows = rows_of(sample, text)
    read = {str(value) for table in rows.values() for row in table for value in row.values()}
    shown = {values.mac(mac) for mac in MAC.findall(text)}
    shown |= {str(ipaddress.ip_address(address)) for address in ADDRESS.findall(text)}
    assert shown - NOBODY <= read


def test_a_list_is_a_row_for_each_peer_and_vlan() -> None:
    sample = content.root("parsers") / "arista_eos/show_vxlan_flood_vtep_domain/lists-of-ranges.json"
    found = {(row["vlan"], row["peer"]) for row in rows_of(sample, text_of(sample))["flood_lists"]}
    assert {vlan for vlan, _ in found} == {1203, 4094, 1301, 1302, 1303, 1304}
    assert {peer for vlan, peer in found if vlan == 1304} >= {"100.0.0.22", "100.0.30.14"}
    assert (1302, "100.0.30.14") not in found


@pytest.mark.parametrize(
    ("name", "captured", "expected"),
    [
        ("vlan", "10,20-22", [10, 20, 21, 22]),
        ("vlan", "7", [7]),
        ("vlan", "", [None]),
        ("peer", ["10.0.0.1   10.0.0.2,", "FD00::1"], ["10.0.0.1", "10.0.0.2", "fd00::1"]),
        ("peer", [], [None]),
    ],
)
def test_a_captured_text_of_several_values(name: str, captured: str | list[str], expected: list[values.Value]) -> None:
    assert values.several(column("flood_lists", name), captured) == expected


def test_a_list_that_is_the_columns_own_stays_one() -> None:
    ways = ["Vlan10", "Ethernet1"]
    assert values.several(column("multicast_routes", "out_interfaces"), ways) == [ways]


@pytest.mark.parametrize("vlans", ["30-10", "1-5000"])
def test_a_range_of_vlans_that_is_none(vlans: str) -> None:
    with pytest.raises(ValueError, match=vlans):
        values.several(column("flood_lists", "vlan"), vlans)


@pytest.mark.parametrize(
    ("text", "covered", "condition"),
    [
        ("% Invalid input\n", True, "not supported"),
        ("% Invalid input (privileged mode required)\n", None, "command refused"),
        ("Segmentation fault\n", False, "not understood"),
    ],
)
def test_a_table_that_only_optional_commands_fill(text: str, covered: bool | None, condition: str) -> None:
    output = Output("show mlag", text, COLLECTED)
    snapshot = Snapshot((Device("leaf1", "arista_eos", COLLECTED, "", 0, (output,)),), "")
    built = loading.build(snapshot, content.platforms())
    _, rows = built.query("SELECT covered FROM coverage WHERE table_name = 'mlag'")
    assert rows == [(covered,)]
    _, rows = built.query("SELECT condition FROM commands")
    assert rows == [(condition,)]
