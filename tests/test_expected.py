"""A change held against what it is meant to do: ticked off, missing, beyond it; and mistakes in the file."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Run
from tests.test_seedlab import verbatim, with_evidence
from vxcheck import expected, fabric, schema
from vxcheck.differences import differences
from vxcheck.errors import UsageError
from vxcheck.expected import Expected
from vxcheck.snapshot import Device
from vxcheck.watch import Changes

Rows = dict[str, list[dict[str, Any]]]
LEAVES = ("leaf1", "leaf2", "leaf3")


def member(device: str, vni: int, peers: Sequence[str] = ()) -> Rows:
    """Return the rows of a VNI on a Linux VTEP, each by its interface and bridge."""
    vxlan, bridge, port = f"vxlan{vni}", f"br{vni}", f"eth5.{vni}"
    return {
        "vnis": [{"device": device, "interface": vxlan, "vni": vni, "bridge": bridge}],
        "vteps": [{"device": device, "interface": vxlan, "vtep_ip": f"10.0.0.{device[-1]}", "udp_port": 4789}],
        "links": [
            {"device": device, "interface": name, "master": master}
            for name, master in ((vxlan, bridge), (bridge, None), (port, bridge))
        ],
        "bridge_ports": [{"device": device, "bridge": bridge, "interface": name} for name in (vxlan, port)],
        "flood_lists": [{"device": device, "interface": vxlan, "peer": peer} for peer in peers],
    }


def together(*parts: Rows) -> Rows:
    rows: Rows = {}
    for part in parts:
        for table, found in part.items():
            rows.setdefault(table, []).extend(found)
    return rows


def held(tmp_path: Path, text: str, then: Rows, now: Rows, unread: Sequence[tuple[str, str]] = ()) -> Expected:
    path = tmp_path / "change.yaml"
    path.write_text(text)
    looks = fabric.two()
    for look, rows in zip(looks, (then, now), strict=True):
        look.devices = tuple(Device(name, "linux") for name in LEAVES)
        cover = [(name, table, (name, table) not in unread, "refused") for name in LEAVES for table in schema.tables()]
        fabric.insert(look.connection, "coverage", ["device", "table_name", "covered", "reason"], cover)
        for table, found in rows.items():
            columns = list(dict.fromkeys(name for row in found for name in row))
            fabric.insert(look.connection, table, columns, [tuple(row.get(name) for name in columns) for row in found])
    plan = expected.load(path)
    return expected.held(plan, *looks, Changes((), (), ()), differences(*looks, {}, None))


OLD = together(*(member(name, 10) for name in LEAVES))
PLAN = "title: VNI 30\nvnis:\n  30:\n    added: [leaf1, leaf2]\n"


def test_a_planned_change_is_green(tmp_path: Path) -> None:
    new = together(OLD, member("leaf1", 30, ["10.0.0.2"]), member("leaf2", 30, ["10.0.0.1"]))
    found = held(tmp_path, PLAN, OLD, new)
    assert [(one.text, one.met) for one in found.expectations] == [
        ("VNI 30 added on leaf1", True),
        ("VNI 30 added on leaf2", True),
    ]
    assert found.expectations[0].place.endswith("change.yaml: line 4")
    assert (found.beyond, found.failed, found.title) == ((), False, "VNI 30")


def test_what_is_missing_is_told(tmp_path: Path) -> None:
    found = held(tmp_path, PLAN, OLD, together(OLD, member("leaf1", 30)))
    assert [one.met for one in found.expectations] == [True, False]
    assert found.expectations[1].reason == "before, leaf2 has it not; after, it has it not"
    assert found.failed


def test_a_side_effect_is_beyond_it(tmp_path: Path) -> None:
    new = together(OLD, *(member(name, 30) for name in LEAVES))
    new["vteps"][0] = {**new["vteps"][0], "udp_port": 8472}
    found = held(tmp_path, PLAN, OLD, new)
    assert all(one.met for one in found.expectations)
    told = {(one.table, one.what, one.device, one.row.get("interface")) for one in found.beyond}
    # leaf1's old VNI has another port, and nobody meant leaf3 to have the new one.
    assert ("vteps", "changed", "leaf1", "vxlan10") in told
    assert ("vnis", "new", "leaf3", None) in told
    assert {device for _, _, device, _ in told} == {"leaf1", "leaf3"}
    assert found.failed


def test_what_could_not_be_read_is_not_known(tmp_path: Path) -> None:
    new = together(OLD, member("leaf1", 30), member("leaf2", 30))
    found = held(tmp_path, PLAN, OLD, new, [("leaf2", "vnis")])
    assert [(one.met, one.reason) for one in found.expectations] == [(True, ""), (None, "refused")]
    assert found.unknown


def test_an_interface_that_carries_other_vnis_too_is_not_the_new_ones(tmp_path: Path) -> None:
    def eos(*vnis: int, port: int = 4789) -> Rows:
        return {
            "vnis": [{"device": "leaf1", "interface": "Vxlan1", "vni": vni, "vlan": vni + 100} for vni in vnis],
            "vteps": [{"device": "leaf1", "interface": "Vxlan1", "udp_port": port}],
            "flood_lists": [
                {"device": "leaf1", "interface": "Vxlan1", "vlan": v + 100, "peer": "10.0.0.2"} for v in vnis
            ],
        }

    text = "vnis: {30: {added: [leaf1]}}\n"
    assert not held(tmp_path, text, eos(10), eos(10, 30)).failed
    found = held(tmp_path, text, eos(10), eos(10, 30, port=8472))
    assert [(one.table, one.what) for one in found.beyond] == [("vteps", "changed")]


def test_a_vtep_that_is_replaced(tmp_path: Path) -> None:
    def at(address: str) -> Rows:
        rows = together(member("leaf1", 10, [address]), member("leaf3", 10, ["10.0.0.1"]))
        rows["vteps"][1] = {**rows["vteps"][1], "vtep_ip": address}
        rows["routes"] = [{"device": "leaf2", "destination": f"{address}/32", "gateway": "10.1.0.1"}]
        return rows

    text = "vteps:\n  leaf3: {what: replaced, from: 10.0.0.3, to: 10.0.0.13}\n"
    found = held(tmp_path, text, at("10.0.0.3"), at("10.0.0.13"))
    assert [one.met for one in found.expectations] == [True]
    assert (found.beyond, found.failed) == ((), False)
    found = held(tmp_path, text, at("10.0.0.3"), at("10.0.0.14"))
    assert [(one.met, one.reason) for one in found.expectations] == [(False, "after, its address is 10.0.0.14")]


def test_whatever_else_is_expected(tmp_path: Path) -> None:
    def mtu(size: int) -> Rows:
        return {"links": [{"device": "leaf1", "interface": "eth1", "mtu": size}]}

    text = "state:\n  - {table: links, device: 'leaf*', what: changed, where: {interface: eth1, mtu: 9000}}\n"
    assert not held(tmp_path, text, mtu(1500), mtu(9000)).failed
    found = held(tmp_path, text, mtu(1500), mtu(4000))
    assert ([one.met for one in found.expectations], len(found.beyond)) == ([False], 1)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "line 1: it is empty"),
        ("vnis:\n  30: {add: [leaf1]}\n", "line 2: vnis.30: unknown key 'add'; did you mean added?"),
        ("vnis:\n  ten: {added: [leaf1]}\n", "line 2: vnis: 'ten' is no VNI"),
        ("vnis:\n  39-30: {added: [leaf1]}\n", "line 2: vnis: VNI 39-30"),
        ("vnis: {30: {added: [leaf9]}}\n", "there is no device 'leaf9' in either look; there are leaf1"),
        ("vteps:\n  leaf1: {what: replaced}\n", "line 2: vteps: leaf1: `to` (and `from`)"),
        ("vteps:\n  leaf1: {what: replaced, to: here}\n", "line 2: vteps.leaf1.to: must be an IP address"),
        ("state:\n  - {table: vnies}\n", "line 2: state: no table 'vnies' is compared"),
        ("state:\n  - {table: commands}\n", "line 2: state: no table 'commands' is compared"),
        ("state:\n  - {table: links, where: {port: 1}}\n", "line 2: state: links has no column 'port'"),
    ],
)
def test_mistakes_are_told_with_their_line(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(UsageError) as caught:
        held(tmp_path, text, {}, {})
    assert words in str(caught.value)
    assert "change.yaml" in str(caught.value)


def test_a_new_fault_is_green_only_where_the_plan_accepts_it(vxcheck: Run, tmp_path: Path) -> None:
    before = with_evidence(verbatim(tmp_path / "before", "after", "before"))
    after = Path(shutil.copytree(before, tmp_path / "after"))
    (after / "vtep-vyos01/cat_%2Fsys%2Fmodule%2Fvxlan%2Fparameters%2Fudp%5Fport.txt").write_text("8472\n")
    plan = tmp_path / "change.yaml"
    plan.write_text(
        "state: [{table: vxlan_modules, where: {udp_port: 8472}}]\nfindings: [{check: udp_port_*, what: new}]\n"
    )
    given = ("--check", "udp_port_mismatch", "--expect", plan, "--allow-incomplete")
    page, ticket = tmp_path / "change.html", tmp_path / "change.md"
    ran = vxcheck("check", after, "--since", before, *given, "--format", "table", "-o", page, "-o", ticket)
    assert ran.status == 0
    assert "DONE vxlan_modules" in ran.out
    assert "ACCEPTED udp_port_mismatch" in ran.out
    assert all("vxlan_modules differs" in file.read_text().replace("\\", "") for file in (page, ticket))
    plan.write_text("title: nothing at all\n")
    ran = vxcheck("diff", before, after, *given, "--format", "json")
    assert ran.status == 1
    assert [one["table"] for one in ran.report["expected"]["beyond"]] == ["vxlan_modules"]
    assert vxcheck("check", after, "--expect", plan).status == 2


def test_the_schema_is_printed_for_editors(vxcheck: Run) -> None:
    assert json.loads(vxcheck("intent", "schema", "--change").out)["title"] == "vxcheck change"
