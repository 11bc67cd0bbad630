"""The article's lab, from nothing but its own words, and with what it never showed."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.conftest import SEEDLAB, Run
from vxcheck.demo import lab
from vxcheck.snapshot import file_name

PLATFORMS = {"vtep-arista01": "arista_eos", "vtep-vyos01": "vyos"}


def verbatim(folder: Path, *states: str) -> Path:
    """Make a snapshot of the transcripts alone; of a command that was shown in two states, the first one given."""
    for device in PLATFORMS:
        (folder / device).mkdir(parents=True)
        for state in reversed(states):
            for path in (SEEDLAB / device / state).glob("*.txt"):
                shutil.copy(path, folder / device / path.name)
    return with_manifest(folder)


def with_manifest(folder: Path) -> Path:
    devices = [{"device": name, "platform": platform} for name, platform in PLATFORMS.items()]
    (folder / "manifest.json").write_text(json.dumps({"vxcheck_snapshot": 1, "devices": devices}))
    return folder


def with_evidence(folder: Path, fault: str | None = None) -> Path:
    """Add what the article never showed, as the demo has it."""
    for device in PLATFORMS:
        for command, text in lab.answers(device, fault).items():
            path = folder / device / file_name(command)
            if not path.exists():
                path.write_text(text)
    return folder


def test_after_from_the_transcripts_alone(tmp_path: Path, vxcheck: Run) -> None:
    ran = vxcheck("check", verbatim(tmp_path / "s", "after", "before"), "--format", "json")
    assert ran.status == 3
    assert ran.report["verdict"] == "incomplete"
    assert not any(result["faults"] for result in ran.report["results"])
    reasons = "\n".join(result["reason"] for result in ran.report["results"] if result["status"] == "not_run")
    assert "bridge fdb show: not in the snapshot" in reasons
    assert "the UDP port of vtep-vyos01 is unknown" in reasons
    discards = ran.result("decap_discards", "vtep-arista01")
    assert discards["severity"] == "warning"
    assert any("384 of 733" in warning["message"] for warning in discards["warnings"])
    assert ran.result("bum_mode_mismatch", "vtep-arista01")["status"] == "passed"
    assert ran.result("multicast_group_mismatch", "vtep-vyos01")["status"] == "passed"


def test_after_with_what_the_article_never_showed(tmp_path: Path, vxcheck: Run) -> None:
    ran = vxcheck("check", with_evidence(verbatim(tmp_path / "s", "after", "before")), "--format", "json")
    assert [result for result in ran.report["results"] if result["status"] == "not_run"] == []
    assert (ran.status, ran.report["verdict"]) == (0, "passed")


@pytest.mark.parametrize("evidence", [False, True])
def test_before_any_traffic(tmp_path: Path, vxcheck: Run, evidence: bool) -> None:
    folder = verbatim(tmp_path / "s", "before")
    if evidence:
        with_evidence(folder, "before-traffic")
    ran = vxcheck("check", folder, "--format", "json")
    assert (ran.status, ran.report["verdict"]) == (1, "failed")
    (fault,) = ran.result("remote_vtep_missing", "vtep-arista01")["faults"]
    assert "it knows nobody there, and has decapsulated 0 packets" in fault["message"]
    assert fault["vni"] == [10, 20]
    assert fault["peer_device"] == "vtep-vyos01"
    failed = {result["check"] for result in ran.report["results"] if result["status"] == "failed"}
    assert failed == {"remote_vtep_missing"}


@pytest.mark.parametrize(
    ("command", "damage", "says"),
    [
        ("show_mac_address-table", ("criterion: 4", "criterion: 5"), "line 10"),
        ("show_vxlan_address-table", ("criterion: 2", "criterion: 3"), "line 8"),
        ("show_vxlan_vtep", ("remote vteps:  1", "remote vteps:  2"), "line 3"),
    ],
)
def test_a_total_that_does_not_match(
    tmp_path: Path, vxcheck: Run, command: str, damage: tuple[str, str], says: str
) -> None:
    folder = with_evidence(verbatim(tmp_path / "s", "after", "before"))
    path = folder / "vtep-arista01" / f"{command}.txt"
    path.write_text(path.read_text().replace(*damage))
    ran = vxcheck("check", folder, "--format", "json")
    assert ran.status == 3
    reasons = [
        r["reason"] for r in ran.report["results"] if r["device"] == "vtep-arista01" and r["status"] == "not_run"
    ]
    assert reasons
    assert all(command.replace("_", " ") in reason and says in reason for reason in reasons)


def test_a_table_cut_in_mid_line(tmp_path: Path, vxcheck: Run) -> None:
    folder = with_evidence(verbatim(tmp_path / "s", "after", "before"))
    path = folder / "vtep-arista01" / "show_mac_address-table.txt"
    path.write_text(path.read_text().partition("0800.272c.080f")[0] + "0800.27")
    ran = vxcheck("check", folder)
    assert ran.status == 3
    text = " ".join(ran.out.split())
    assert "vtep-arista01: show mac address-table: not understood: line 8" in text
    assert "INCOMPLETE" in ran.out
