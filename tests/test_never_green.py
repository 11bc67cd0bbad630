"""Nothing examined, nothing understood, nothing there: none of it is green."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.conftest import Ran, Run
from tests.test_seedlab import verbatim, with_evidence
from vxcheck import cases, pages
from vxcheck.check import INCOMPLETE, run
from vxcheck.demo import lab
from vxcheck.pages import Case
from vxcheck.snapshot import file_name


@pytest.fixture
def healthy(tmp_path: Path) -> Path:
    """Return a snapshot of the seed lab's two VTEPs that passes."""
    return with_evidence(verbatim(tmp_path / "healthy", "after", "before"))


def check(vxcheck: Run, folder: Path, *options: object) -> Ran:
    return vxcheck("check", folder, "--format", "json", *options)


def assert_incomplete(ran: Ran, says: str) -> None:
    assert (ran.status, ran.report["verdict"]) == (3, "incomplete")
    told = [result["reason"] for result in ran.report["results"] if result["status"] == "not_run"]
    assert any(says in reason for reason in told), told


def assert_both_accused(vxcheck: Run, healthy: Path, change: tuple[str, str], named: str) -> None:
    path = healthy / "vtep-arista01" / "show_interfaces_vxlan_1.txt"
    assert change[0] in path.read_text()
    path.write_text(path.read_text().replace(*change))
    ran = check(vxcheck, healthy)
    assert ran.status == 1
    assert ran.result(named, "vtep-arista01")["status"] == "failed"
    assert ran.result(named, "vtep-vyos01")["status"] == "failed"


def test_the_snapshot_that_the_others_spoil_passes(vxcheck: Run, healthy: Path) -> None:
    assert check(vxcheck, healthy).status == 0


# Twelve ways in which other tools stay green, each by its name.


def test_only_device_unreachable(vxcheck: Run, tmp_path: Path) -> None:
    (tmp_path / "hosts.yaml").write_text("leaf1: {hostname: 127.0.0.1, port: 1, platform: linux, username: x}\n")
    ran = check(vxcheck, tmp_path)
    assert (ran.status, ran.report["verdict"]) == (3, "incomplete")
    assert {r["status"] for r in ran.report["results"]} == {"not_run", "not_asked"}
    assert ran.report["summary"]["examined"] == 0
    assert ran.report["summary"]["expected"] > 20


def test_vxlan_interface_deleted(vxcheck: Run, healthy: Path) -> None:
    (healthy / "vtep-arista01" / "show_interfaces_vxlan_1.txt").write_text("% Interface does not exist\n")
    ran = check(vxcheck, healthy)
    assert ran.status == 1
    assert ran.report["devices"][0]["vxlan"] is False
    assert ran.report["summary"]["without_vxlan"] == ["vtep-arista01"]
    # Its peer has learned hosts behind it: it is missed, and it passes nothing that is asked of VTEPs.
    (fault,) = ran.result("vtep_missing", "vtep-arista01")["faults"]
    assert "vtep-vyos01 sends VXLAN to its address" in fault["message"]
    assert ran.result("udp_port_mismatch", "vtep-arista01")["status"] == "not_applicable"


def test_failing_self_check_under_a_passing_headline(vxcheck: Run, healthy: Path) -> None:
    """The summary line of EOS' own check says OK, and a line below it says FAIL."""
    path = healthy / "vtep-arista01" / "show_vxlan_config-sanity_detail.txt"
    lines = path.read_text().splitlines()
    headline = next(line for line in lines if line.startswith("Local VTEP Configuration Check"))
    assert " OK " in f"{headline} "
    failing = f"{'  Loopback IP Address':37}FAIL   Interface Loopback0 has no IP address"
    lines = [failing if line.startswith("  Loopback IP Address") else line for line in lines]
    assert failing in lines
    path.write_text("\n".join(lines) + "\n")
    ran = check(vxcheck, healthy)
    assert ran.status == 1
    (fault,) = ran.result("config_sanity_failed", "vtep-arista01")["faults"]
    assert "Interface Loopback0 has no IP address" in fault["message"]


def test_one_sided_vtep_lists(vxcheck: Run, healthy: Path) -> None:
    """One VTEP knows the other, and is not known to it."""
    folder = healthy / "vtep-arista01"
    (folder / "show_vxlan_vtep.txt").write_text("Remote vteps for Vxlan1:\nTotal number of remote vteps:  0\n")
    table = folder / "show_vxlan_address-table.txt"
    lines = [line for line in table.read_text().splitlines() if "DYNAMIC" not in line]
    table.write_text("\n".join(lines).replace("criterion: 2", "criterion: 0") + "\n")
    ran = check(vxcheck, healthy)
    assert ran.status == 1
    assert ran.result("remote_vtep_missing", "vtep-arista01")["status"] == "failed"
    assert ran.result("remote_vtep_missing", "vtep-vyos01")["status"] == "passed"


def test_differing_bum_modes(vxcheck: Run, healthy: Path) -> None:
    change = ("Replication/Flood Mode is multicast", "Replication/Flood Mode is headend")
    assert_both_accused(vxcheck, healthy, change, "bum_mode_mismatch")


def test_differing_groups(vxcheck: Run, healthy: Path) -> None:
    assert_both_accused(vxcheck, healthy, ("239.0.0.1", "239.0.0.9"), "multicast_group_mismatch")


def test_no_data_at_all(vxcheck: Run, tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text('{"vxcheck_snapshot": 1, "devices": []}')
    ran = check(vxcheck, tmp_path)
    assert (ran.status, ran.report["verdict"]) == (3, "incomplete")
    assert check(vxcheck, tmp_path, "--allow-incomplete").status == 3


def test_empty_list_where_one_is_expected(vxcheck: Run, healthy: Path) -> None:
    """Both read well, and neither knows any VTEP or any remote host, though hosts behind both have spoken."""
    (healthy / "vtep-arista01" / "show_vxlan_vtep.txt").write_text(
        "Remote vteps for Vxlan1:\nTotal number of remote vteps:  0\n"
    )
    table = healthy / "vtep-arista01" / "show_vxlan_address-table.txt"
    lines = [line for line in table.read_text().splitlines() if "DYNAMIC" not in line]
    table.write_text("\n".join(lines).replace("criterion: 2", "criterion: 0") + "\n")
    fdb = healthy / "vtep-vyos01" / "bridge_fdb_show.txt"
    fdb.write_text("".join(line for line in fdb.read_text().splitlines(keepends=True) if "dst 172.16.3.1" not in line))
    ran = check(vxcheck, healthy)
    assert ran.status == 1
    assert ran.result("remote_vtep_missing", "vtep-arista01")["status"] == "failed"
    assert ran.result("remote_vtep_missing", "vtep-vyos01")["status"] == "failed"


def test_misspelt_check_or_field(vxcheck: Run, healthy: Path) -> None:
    assert check(vxcheck, healthy, "--check", "udp_port_mismach").status == 2
    assert check(vxcheck, healthy, "--device", "vtep-aristo01").status == 2
    ran = vxcheck("query", "SELECT device, vmi FROM vnis", healthy)
    assert ran.status == 2
    assert "vmi" in ran.err


def test_one_malformed_line(vxcheck: Run, healthy: Path) -> None:
    path = healthy / "vtep-vyos01" / "bridge_fdb_show.txt"
    path.write_text(path.read_text() + "bridge: something odd happened\n")
    assert_incomplete(check(vxcheck, healthy), "bridge fdb show: not understood: line 17")


@pytest.mark.parametrize("reply", ["% Invalid input\n", "% Authorization denied for command 'show vxlan vtep'\n"])
def test_error_reply(vxcheck: Run, healthy: Path, reply: str) -> None:
    for path in (healthy / "vtep-arista01").glob("*.txt"):
        path.write_text(reply)
    ran = check(vxcheck, healthy)
    assert_incomplete(ran, reply.strip())
    assert ran.report["devices"][0]["condition"] == "command refused"
    assert not [r for r in ran.report["results"] if r["device"] == "vtep-arista01" and r["status"] == "passed"]


def test_everything_skipped(vxcheck: Run, healthy: Path) -> None:
    """A run in which every result is left out or does not apply has examined nothing."""
    for device in ("vtep-arista01", "vtep-vyos01"):
        ran = check(vxcheck, healthy, "--check", "udp_port_mismatch", "--device", device)
        assert ran.status == 3
        assert ran.report["verdict"] == "incomplete"


# And more ways.


def test_no_vtep_among_the_devices(vxcheck: Run, tmp_path: Path) -> None:
    """A fabric without any VXLAN has been read well, and proves nothing."""
    (tmp_path / "manifest.json").write_text(
        '{"vxcheck_snapshot": 1, "devices": [{"device": "mcast-router01", "platform": "linux"}]}'
    )
    (tmp_path / "mcast-router01").mkdir()
    for command, text in lab.answers("mcast-router01").items():
        (tmp_path / "mcast-router01" / file_name(command)).write_text(text)
    ran = vxcheck("check", tmp_path)
    assert ran.status == 3
    assert ran.out.startswith("INCOMPLETE (1 device, 0 examined)")
    assert "none of the devices is known to have a VXLAN interface" in ran.out


def test_a_device_that_said_nothing(vxcheck: Run, healthy: Path) -> None:
    shutil.rmtree(healthy / "vtep-vyos01")
    ran = check(vxcheck, healthy)
    assert_incomplete(ran, "bridge fdb show: not in the snapshot")
    # Its peer has nobody left to be compared with: that is no pass, nor something that does not apply.
    result = ran.result("udp_port_mismatch", "vtep-arista01")
    assert result["status"] == "not_run"
    assert "vtep-vyos01" in result["reason"]


@pytest.mark.parametrize("command", ["ip -d -s link show", "ip addr show", "show vxlan counters software"])
def test_empty_output_of_a_command_that_always_prints(vxcheck: Run, healthy: Path, command: str) -> None:
    for device in ("vtep-arista01", "vtep-vyos01"):
        path = healthy / device / file_name(command)
        if path.exists():
            path.write_text("")
    for path in (healthy / "vtep-vyos01").glob("ip_-d_link_show_*"):
        path.unlink()
    assert_incomplete(check(vxcheck, healthy), command)


def test_a_vtep_of_the_inventory_has_no_vxlan_and_nobody_misses_it(vxcheck: Run, tmp_path: Path) -> None:
    device = {"device": "mcast-router01", "platform": "linux", "role": "vtep"}
    (tmp_path / "manifest.json").write_text(json.dumps({"vxcheck_snapshot": 1, "devices": [device]}))
    (tmp_path / "mcast-router01").mkdir()
    for command, text in lab.answers("mcast-router01").items():
        (tmp_path / "mcast-router01" / file_name(command)).write_text(text)
    ran = check(vxcheck, tmp_path)
    assert ran.status == 1
    (fault,) = ran.result("vtep_missing", "mcast-router01")["faults"]
    assert "the inventory calls it a VTEP" in fault["message"]


def test_what_a_router_passes_does_not_pass_a_fabric_without_vteps(vxcheck: Run, tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text(
        '{"vxcheck_snapshot": 1, "devices": [{"device": "mcast-router01", "platform": "linux", "role": "underlay"}]}'
    )
    (tmp_path / "mcast-router01").mkdir()
    for command, text in lab.answers("mcast-router01").items():
        (tmp_path / "mcast-router01" / file_name(command)).write_text(text)
    ran = check(vxcheck, tmp_path)
    assert ran.result("vtep_unexpected", "mcast-router01")["status"] == "passed"
    assert (ran.status, ran.report["verdict"]) == (3, "incomplete")


def test_details_of_one_of_two_interfaces_only(vxcheck: Run, tmp_path: Path) -> None:
    folder = verbatim(tmp_path / "s", "after", "before")
    for command in ("bridge fdb show", "ip addr show", "cat /sys/module/vxlan/parameters/udp_port"):
        (folder / "vtep-vyos01" / file_name(command)).write_text(lab.answers("vtep-vyos01")[command])
    (folder / "vtep-vyos01" / "ip_-d_link_show_vxlan1.txt").unlink()
    assert_incomplete(check(vxcheck, folder), "the details of vxlan1 were not shown")


def test_allow_incomplete_accepts_what_was_not_examined_but_no_fault(vxcheck: Run, healthy: Path) -> None:
    (healthy / "vtep-vyos01" / "bridge_fdb_show.txt").unlink()
    assert check(vxcheck, healthy, "--allow-incomplete").status == 0
    assert check(vxcheck, healthy, "--allow-incomplete").report["verdict"] == "incomplete"
    group = healthy / "vtep-arista01" / "show_interfaces_vxlan_1.txt"
    group.write_text(group.read_text().replace("239.0.0.1", "239.0.0.9"))
    assert check(vxcheck, healthy, "--allow-incomplete").status == 1


def test_a_check_that_is_left_out_is_listed(vxcheck: Run, healthy: Path) -> None:
    ran = check(vxcheck, healthy, "--check", "udp_*")
    assert ran.status == 0
    assert ran.result("bum_mode_mismatch", "vtep-arista01")["status"] == "not_asked"
    assert ran.result("udp_port_mismatch", "vtep-arista01")["status"] == "passed"


@pytest.mark.parametrize(
    ("manifest", "says"),
    [
        ("{", "manifest.json"),
        ("[]", "vxcheck_snapshot"),
        ('{"vxcheck_snapshot": 9, "devices": []}', "vxcheck_snapshot"),
        ('{"vxcheck_snapshot": 1}', '"devices" must be a list'),
        ('{"vxcheck_snapshot": 1, "devices": [{"device": "a"}]}', 'devices[0]: "platform"'),
        ('{"vxcheck_snapshot": 1, "devices": [{"device": "a", "platform": "linux", "outputs": 1}]}', "outputs"),
        (
            json.dumps(
                {
                    "vxcheck_snapshot": 1,
                    "devices": [
                        {
                            "device": "a",
                            "platform": "linux",
                            "outputs": [{"command": "uname -r", "file": "../../etc/passwd"}],
                        }
                    ],
                }
            ),
            "points out of the snapshot",
        ),
    ],
)
def test_a_manifest_that_cannot_be_used(vxcheck: Run, tmp_path: Path, manifest: str, says: str) -> None:
    (tmp_path / "manifest.json").write_text(manifest)
    ran = check(vxcheck, tmp_path)
    assert ran.status == 2
    assert len(ran.err.splitlines()) == 1
    assert says in ran.err


def test_a_router_that_the_inventory_does_not_name(vxcheck: Run, healthy: Path) -> None:
    ran = check(vxcheck, healthy)
    assert ran.report["unexamined_next_hops"] == [
        {"address": "172.16.1.254", "devices": ["vtep-arista01"]},
        {"address": "172.16.2.254", "devices": ["vtep-vyos01"]},
    ]
    told = " ".join(vxcheck("check", healthy).out.split())
    assert "Not examined: the ways between VTEPs beyond next hop 172.16.1.254 (of vtep-arista01)" in told


def test_no_vlan_is_mapped_to_a_vni(vxcheck: Run, healthy: Path) -> None:
    path = healthy / "vtep-arista01" / "show_interfaces_vxlan_1.txt"
    path.write_text("".join(line for line in path.read_text().splitlines(keepends=True) if "[100, 10]" not in line))
    ran = check(vxcheck, healthy)
    assert (ran.status, ran.result("vtep_without_vni", "vtep-arista01")["status"]) == (1, "failed")
    lonely = ran.result("vni_missing_on_peer", "vtep-vyos01")["faults"]
    assert [one["explained_by"] for one in lonely] == ["vtep_without_vni"] * 2
    assert ran.result("udp_port_mismatch", "vtep-vyos01")["status"] == "not_run"


def test_vteps_whose_vnis_nothing_shows() -> None:
    # Two hosts with Open vSwitch or Cilium are VTEPs, and nothing of them can be compared.
    names = ("node1", "node2")
    vteps = [{"device": name, "interface": "vxlan_sys_4789", "external": "true", "flags": "UP"} for name in names]
    checks = pages.load()
    fabric = cases.fabric_of(Case("two hosts", {"vteps": vteps}, {}), checks["vtep_without_vni"])
    report = run(fabric, checks)
    assert report.verdict == INCOMPLETE
    assert {(one.check, one.severity, one.device) for one in report.findings} == {
        ("vtep_without_vni", "info", name) for name in names
    }
    reasons = {one.reason for one in report.results if one.check == "udp_port_mismatch"}
    assert reasons == {"of the VTEPs that were examined, none is known to carry a VNI: there is nothing to compare"}


def test_routes_of_the_family_in_which_vteps_send(vxcheck: Run, healthy: Path) -> None:
    answer = healthy / "vtep-vyos01" / "ip_route_show.txt"
    answer.write_text(answer.read_text() + "foo bar\n")
    # What it answered of IPv6 is no answer for IPv4.
    assert (healthy / "vtep-vyos01" / "ip_-6_route_show.txt").exists()
    assert_incomplete(check(vxcheck, healthy, "--check", "route_missing"), "ip route show: not understood: line 6")


def test_an_answer_that_was_not_needed_and_not_understood_is_named(vxcheck: Run, healthy: Path) -> None:
    answer = healthy / "vtep-vyos01" / "ip_-6_route_show.txt"
    answer.write_text(answer.read_text() + "foo bar\n")
    ran = check(vxcheck, healthy)
    assert ran.status == 0
    (told,) = ran.report["not_understood"]
    assert (told["device"], told["command"]) == ("vtep-vyos01", "ip -6 route show")
    assert "foo bar" in told["reason"]
    assert "Not understood" in vxcheck("check", healthy).out
