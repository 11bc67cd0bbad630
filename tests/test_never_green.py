"""Nothing examined, nothing understood, nothing there: none of it is green."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.conftest import Ran, Run
from tests.test_seedlab import verbatim, with_evidence
from vxcheck.demo import lab
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


def test_the_snapshot_that_the_others_spoil_passes(vxcheck: Run, healthy: Path) -> None:
    assert check(vxcheck, healthy).status == 0


def test_no_device_at_all(vxcheck: Run, tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text('{"vxcheck_snapshot": 1, "devices": []}')
    ran = check(vxcheck, tmp_path)
    assert (ran.status, ran.report["verdict"]) == (3, "incomplete")
    assert check(vxcheck, tmp_path, "--allow-incomplete").status == 3


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


@pytest.mark.parametrize("reply", ["% Invalid input\n", "% Authorization denied for command 'show vxlan vtep'\n"])
def test_error_replies_to_everything(vxcheck: Run, healthy: Path, reply: str) -> None:
    for path in (healthy / "vtep-arista01").glob("*.txt"):
        path.write_text(reply)
    ran = check(vxcheck, healthy)
    assert_incomplete(ran, reply.strip())
    assert ran.report["devices"][0]["condition"] == "command refused"
    assert not [r for r in ran.report["results"] if r["device"] == "vtep-arista01" and r["status"] == "passed"]


def test_one_malformed_line(vxcheck: Run, healthy: Path) -> None:
    path = healthy / "vtep-vyos01" / "bridge_fdb_show.txt"
    path.write_text(path.read_text() + "bridge: something odd happened\n")
    assert_incomplete(check(vxcheck, healthy), "bridge fdb show: not understood: line 17")


@pytest.mark.parametrize("command", ["ip -d -s link show", "ip addr show", "show vxlan counters software"])
def test_empty_output_of_a_command_that_always_prints(vxcheck: Run, healthy: Path, command: str) -> None:
    for device in ("vtep-arista01", "vtep-vyos01"):
        path = healthy / device / file_name(command)
        if path.exists():
            path.write_text("")
    for path in (healthy / "vtep-vyos01").glob("ip_-d_link_show_*"):
        path.unlink()
    assert_incomplete(check(vxcheck, healthy), command)


def test_the_vxlan_interfaces_are_gone(vxcheck: Run, healthy: Path) -> None:
    (healthy / "vtep-arista01" / "show_interfaces_vxlan_1.txt").write_text("% Interface does not exist\n")
    ran = check(vxcheck, healthy)
    assert ran.status != 0
    assert ran.report["devices"][0]["vxlan"] is False


def test_details_of_one_of_two_interfaces_only(vxcheck: Run, tmp_path: Path) -> None:
    folder = verbatim(tmp_path / "s", "after", "before")
    for command in ("bridge fdb show", "ip addr show", "cat /sys/module/vxlan/parameters/udp_port"):
        (folder / "vtep-vyos01" / file_name(command)).write_text(lab.answers("vtep-vyos01")[command])
    (folder / "vtep-vyos01" / "ip_-d_link_show_vxlan1.txt").unlink()
    assert_incomplete(check(vxcheck, folder), "the details of vxlan1 were not shown")


def test_nothing_asked_applies(vxcheck: Run, healthy: Path) -> None:
    """A run in which every result is left out or does not apply has examined nothing."""
    for device in ("vtep-arista01", "vtep-vyos01"):
        ran = check(vxcheck, healthy, "--check", "udp_port_mismatch", "--device", device)
        assert ran.status == 3
        assert ran.report["verdict"] == "incomplete"


def test_misspelt_check_and_device(vxcheck: Run, healthy: Path) -> None:
    assert check(vxcheck, healthy, "--check", "udp_port_mismach").status == 2
    assert check(vxcheck, healthy, "--device", "vtep-aristo01").status == 2


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
