"""Two looks at a fabric: what is told of findings and state, what the rules leave out, and the exit status."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Run
from tests.test_seedlab import verbatim, with_evidence
from vxcheck import content, fabric, schema
from vxcheck.differences import Differences, differences
from vxcheck.fabric import Fabric
from vxcheck.snapshot import file_name

PORT = Path("vtep-vyos01/cat_%2Fsys%2Fmodule%2Fvxlan%2Fparameters%2Fudp%5Fport.txt")


@pytest.fixture(scope="session")
def seed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a snapshot of the seed lab in which every command is answered."""
    folder = with_evidence(verbatim(tmp_path_factory.mktemp("seed") / "seed", "after", "before"))
    for command in content.platforms()["vyos"].commands:
        path = folder / "vtep-vyos01" / file_name(command.name)
        if command.collect and not path.exists():
            path.write_text("Exiting: failed to connect to any daemons.\n")
    return folder


@pytest.fixture
def before(seed: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(seed, tmp_path / "before"))


@pytest.fixture
def after(seed: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(seed, tmp_path / "after"))


@pytest.mark.parametrize("table", schema.tables().values(), ids=lambda table: table.name)
def test_every_column_of_every_table_has_its_rule(table: schema.Table) -> None:
    rules = table.comparison
    assert rules.rules, f"tables.sql: {table.name}: say below the table how it is compared"
    assert all(rule.reason for rule in rules.rules if "noise" in rule.word or rule.word == "ages")
    if not rules.thing:
        assert rules.rules[0].reason
        return
    noise = [name for rule in rules.rules if rule.word == "noise" for name in rule.names]
    told = [*rules.by, *rules.compared, *rules.rates, *noise]
    own = [column.name for column in table.columns if column.unit != "line" and column.name != "poll"]
    assert sorted(told) == sorted(own), "each once"
    assert {*rules.moves} <= {*rules.compared}
    assert table.has_poll == bool(rules.rates)


def test_the_rules_conditions_run_on_rows_of_every_table() -> None:
    rows = {name: [{"device": "leaf1"}] for name, table in schema.tables().items() if table.comparison.thing}
    assert {one.table for one in compared({}, rows).told} >= {"links", "vteps", "vnis", "multicast_routes"}


@cache
def looks() -> tuple[Fabric, Fabric]:
    return fabric.two()


def compared(
    then: Mapping[str, Sequence[Mapping[str, Any]]],
    now: Mapping[str, Sequence[Mapping[str, Any]]],
    seconds: float | None = None,
) -> Differences:
    """Compare rows by table, of devices that were wholly read."""
    for look, rows in zip(looks(), (then, now), strict=True):
        names = {str(row["device"]) for found in (*then.values(), *now.values()) for row in found}
        cover = [(name, table, True) for name in sorted(names) for table in schema.tables()]
        look.connection.execute("".join(f"DELETE FROM {table};" for table in ("coverage", *then, *now)))
        fabric.insert(look.connection, "coverage", ["device", "table_name", "covered"], cover)
        for table, found in rows.items():
            columns = list(dict.fromkeys(name for row in found for name in row))
            fabric.insert(look.connection, table, columns, [tuple(row.get(name) for name in columns) for row in found])
    result = differences(*looks(), {}, seconds)
    for look in looks():
        look.connection.execute("".join(f"DELETE FROM {table};" for table in (*then, *now)))
    return result


def what(found: Differences) -> list[tuple[str, str, str, str]]:
    return [(one.what, one.table, one.device, one.row.get("mac", "")) for one in found.told]


def remote(mac: str, peer: str = "10.0.0.2", kind: str | None = None) -> dict[str, Any]:
    return {"device": "leaf1", "interface": "vxlan10", "mac": mac, "peer": peer, "kind": kind}


A, B = "02:00:00:00:00:0a", "02:00:00:00:00:0b"
# leaf2 hears A and B on ports of its own.
HEARD = {
    "vnis": [{"device": "leaf2", "interface": "Vxlan1", "vni": 10, "vlan": 100}],
    "macs": [{"device": "leaf2", "vlan": 100, "interface": "Et1", "mac": mac, "kind": "DYNAMIC"} for mac in (A, B)],
}


def test_a_mac_address_that_moved_is_always_told() -> None:
    found = compared({"remote_macs": [remote(A)]}, {"remote_macs": [remote(A, "10.0.0.3")]})
    assert what(found) == [("moved", "remote_macs", "leaf1", A)]
    (value,) = found.told[0].values
    assert (value.column, value.before, value.after) == ("peer", ("10.0.0.2",), ("10.0.0.3",))
    moved = [{**HEARD["macs"][0], "interface": "Vx1"}, HEARD["macs"][1]]
    assert what(compared(HEARD, {**HEARD, "macs": moved})) == [("moved", "macs", "leaf2", A)]


def test_a_mac_address_that_aged_out_is_noise() -> None:
    silent = compared({"remote_macs": [remote(A)]}, {"remote_macs": []})
    assert (what(silent), silent.noise) == ([], {"remote_macs": 1})
    spoke = compared({"remote_macs": []}, {"remote_macs": [remote(A)]})
    assert (what(spoke), spoke.noise) == ([], {"remote_macs": 1})


def test_a_mac_address_is_lost_where_its_host_is_heard_all_along_and_nothing_else_is_left_there() -> None:
    both = {**HEARD, "remote_macs": [remote(A), remote(B)]}
    none, one = {**HEARD, "remote_macs": []}, {**HEARD, "remote_macs": [remote(B)]}
    assert what(compared(both, none)) == [("gone", "remote_macs", "leaf1", mac) for mac in (A, B)]
    assert what(compared(none, both)) == [("new", "remote_macs", "leaf1", mac) for mac in (A, B)]
    assert what(compared(both, one)) == [], "the place still has another: only one host was silent"
    assert what(compared(one, both)) == []
    assert what(compared(both, {"vnis": HEARD["vnis"]})) == [], "nobody hears the host any more"


def test_a_static_mac_address_never_ages() -> None:
    found = compared({"remote_macs": [remote(A, kind="static")]}, {"remote_macs": []})
    assert what(found) == [("gone", "remote_macs", "leaf1", A)]


def test_ages_and_uptimes_and_a_ports_own_addresses_are_noise() -> None:
    then = {
        "remote_macs": [remote(A) | {"age": 7.0, "moves": 1}],
        "pim_neighbors": [{"device": "leaf1", "interface": "eth1", "neighbor": "10.0.0.9", "uptime": "00:01:00"}],
        "addresses": [{"device": "leaf1", "interface": "vxlan10", "address": "fe80::1", "scope": "link"}],
        "neighbors": [{"device": "leaf1", "interface": "eth1", "address": "10.0.0.9", "mac": B, "state": "STALE"}],
    }
    now = {
        "remote_macs": [remote(A) | {"age": 300.0, "moves": 2}],
        "pim_neighbors": [{"device": "leaf1", "interface": "eth1", "neighbor": "10.0.0.9", "uptime": "09:00:00"}],
        "addresses": [{"device": "leaf1", "interface": "vxlan10", "address": "fe80::2", "scope": "link"}],
        "neighbors": [],
    }
    assert what(compared(then, now)) == []
    now["neighbors"] = [{**then["neighbors"][0], "mac": A}]
    assert what(compared(then, now)) == [("changed", "neighbors", "leaf1", "")]


def test_several_rows_of_one_thing_are_compared_as_a_set() -> None:
    ways = [
        {"device": "leaf1", "destination": "10.0.0.0/24", "gateway": f"10.1.{n}.1", "interface": f"eth{n}"}
        for n in (1, 2)
    ]
    assert what(compared({"routes": ways}, {"routes": ways[::-1]})) == []
    found = compared({"routes": ways}, {"routes": ways[:1]})
    (one,) = found.told
    assert (one.what, one.row) == ("changed", {"destination": "10.0.0.0/24"})
    assert [(value.column, value.before, value.after) for value in one.values] == [
        ("gateway", ("10.1.1.1", "10.1.2.1"), ("10.1.1.1",)),
        ("interface", ("eth1", "eth2"), ("eth1",)),
    ]


def test_counters_are_told_as_rates() -> None:
    def counted(poll: int, errors: int, packets: int) -> dict[str, Any]:
        return {"device": "leaf1", "interface": "eth1", "poll": poll, "rx_errors": errors, "rx_packets": packets}

    def look(*rows: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
        return {"link_counters": list(rows)}

    found = compared(look(counted(1, 3, 10), counted(2, 5, 20)), look(counted(1, 65, 900), counted(2, 99, 999)), 120)
    (one,) = found.told
    assert (one.what, one.values[0].column, one.per_second) == ("growing", "rx_errors", 0.5)
    assert (one.values[0].before, one.values[0].after) == (("5",), ("65",)), "the last look before, the first after"
    assert what(compared(look(counted(1, 5, 10)), look(counted(1, 9, 900)), 120)) == [], "too slow to matter"
    assert what(compared(look(counted(1, 5, 10)), look(counted(1, 0, 0)), 120)) == [], "it was cleared"


# One check is enough for most of what is tested here.
ONE = ("--check", "udp_port_mismatch")


def test_nothing_has_changed(vxcheck: Run, before: Path, after: Path) -> None:
    ran = vxcheck("diff", before, after)
    assert ran.status == 0
    assert ran.out.startswith("PASSED")
    assert "Nothing that was compared has changed." in ran.out
    assert " 0 rows" not in ran.out


def test_a_new_fault_in_every_format(vxcheck: Run, before: Path, after: Path, tmp_path: Path) -> None:
    (after / PORT).write_text("8472\n")
    hostile = "<script>alert(1)</script>"
    path = after / "vtep-arista01" / "show_vxlan_vtep.txt"
    path.write_text(path.read_text() + hostile + "\n")
    files = {style: tmp_path / f"change.{style}" for style in ("table", "html", "markdown")}
    formats = [word for style, file in files.items() for word in ("--format", f"{style}={file}")]
    ran = vxcheck("diff", before, after, "--format", "json", "-v", *ONE, *formats)
    told = ran.report
    assert (ran.status, told["exit_status"], told["verdict"]) == (1, 1, "failed")
    (new,) = [one for one in told["findings"]["new"] if one["kind"] == "fault"]
    assert new["check"] == "udp_port_mismatch"
    assert any(line["line"] == "8472" for line in new["evidence"])
    (state,) = told["state"]
    assert (state["table"], state["what"], state["device"]) == ("vxlan_modules", "changed", "vtep-vyos01")
    assert state["columns"] == {"udp_port": {"before": ["4789"], "after": ["8472"]}}
    assert state["evidence"]["before"]["line"] == "4789"
    table, html, markdown = (file.read_text() for file in files.values())
    assert table.startswith("FAILED")
    assert "NEW FAULT udp_port_mismatch" in table
    assert "udp_port 4789 -> 8472" in table
    for text in (html, markdown):
        assert "udp_port_mismatch" in text
        assert "4789 -&gt; 8472" in text or "4789 -\\> 8472" in text
        assert "alert(1)" in text
        assert hostile not in text


def test_a_fault_that_is_gone_and_one_that_is_still_there(vxcheck: Run, before: Path, after: Path) -> None:
    (after / PORT).write_text("8472\n")
    back = vxcheck("check", before, "--since", after, *ONE)
    assert back.status == 0
    assert "GONE FAULT udp_port_mismatch" in back.out
    still = vxcheck("diff", after, after, *ONE)
    assert (still.status, "STILL FAULT udp_port_mismatch" in still.out) == (0, True)


def test_a_change_of_state_alone_is_told_and_is_no_fault(vxcheck: Run, before: Path, after: Path) -> None:
    path = after / "vtep-arista01" / "show_vxlan_vtep.txt"
    path.write_text(path.read_text().replace("172.16.2.1", "172.16.2.9"))
    told = vxcheck("diff", before, after, *ONE, "--format", "json").report
    rows = [(one["what"], one["row"]["peer"]) for one in told["state"]]
    assert rows == [("gone", "172.16.2.1"), ("new", "172.16.2.9")]
    assert told["exit_status"] == 0


@pytest.mark.parametrize("side", ["before", "after"])
def test_what_one_look_lacks_is_named_and_compared_with_nothing(
    vxcheck: Run, before: Path, after: Path, side: str
) -> None:
    {"before": before, "after": after}[side].joinpath("vtep-arista01/show_vxlan_vtep.txt").unlink()
    ran = vxcheck("diff", before, after, *ONE, "--format", "json")
    assert ran.status == 3
    assert ran.report["state"] == []
    (unread,) = ran.report["not_compared"]
    assert (unread["device"], unread["tables"]) == ("vtep-arista01", ["remote_vteps"])
    assert f"{side}: show vxlan vtep: not in the snapshot" in unread["reason"]


def test_rows_of_one_of_two_commands_are_not_gone_with_it(vxcheck: Run, before: Path, after: Path) -> None:
    for look in (before, after):
        (look / "vtep-vyos01" / "ip_route_show.txt").write_text("10.9.0.0/24 via 172.16.2.254 dev eth1\n")
        (look / "vtep-vyos01" / "ip_-6_route_show.txt").write_text("")
    (after / "vtep-vyos01" / "ip_route_show.txt").unlink()
    ran = vxcheck("diff", before, after, *ONE, "--format", "json")
    assert ran.report["state"] == []
    assert [one["reason"] for one in ran.report["not_compared"]] == ["after: ip route show: not in the snapshot"]
    allowed = vxcheck("diff", before, after, *ONE, "--allow-incomplete")
    assert (ran.status, allowed.status) == (3, 0)
    assert "NOT RUN vtep-vyos01: after: ip route show" in allowed.out


def test_a_device_that_is_new_is_told_once(vxcheck: Run, before: Path, after: Path) -> None:
    manifest = json.loads((before / "manifest.json").read_text())
    manifest["devices"] = manifest["devices"][:1]
    (before / "manifest.json").write_text(json.dumps(manifest))
    told = vxcheck("diff", before, after, *ONE, "--format", "json").report
    assert [(one["what"], one["device"]) for one in told["state"]] == [("new", "vtep-vyos01")]


def test_what_cannot_be_compared(vxcheck: Run, before: Path, after: Path, tmp_path: Path) -> None:
    ran = vxcheck("diff", tmp_path / "nowhere", after)
    assert (ran.status, "there is no snapshot there" in ran.err) == (2, True)
    ran = vxcheck("diff", before, after, "--format", "junit")
    assert (ran.status, "a change is told as table, json, markdown, html" in ran.err) == (2, True)
    assert vxcheck("check", after, "--since", before, "--watch", "9").status == 2
