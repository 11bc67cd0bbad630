"""What intent.yaml states: read with line numbers, judged by its checks, written from a snapshot; and its waivers."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from tests.conftest import Ran, Run
from tests.test_seedlab import verbatim, with_evidence
from vxcheck import cli, intent
from vxcheck.demo.lab import RunningLab
from vxcheck.errors import UsageError

ARISTA, VYOS = "vtep-arista01", "vtep-vyos01"
ROLES = {"leaf1": "", "leaf2": "", "spine1": "underlay"}
TOMORROW = datetime.now(UTC).date() + timedelta(days=1)
YESTERDAY = datetime.now(UTC).date() - timedelta(days=1)
GOOD = """\
fabric:
  udp_port: 4789
vnis:
  10:
    members: ["vtep-*"]
    multicast_group: 239.0.0.1
  20:
    members: ["vtep-*"]
    multicast_group: 239.0.0.1
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a snapshot of the seed lab's two VTEPs that passes."""
    return with_evidence(verbatim(tmp_path / "snapshot", "after", "before"))


def check(vxcheck: Run, folder: Path, text: str, *options: object) -> Ran:
    """Check a snapshot against an intent that lies in it."""
    (folder / "intent.yaml").write_text(text)
    return vxcheck("check", folder, "--format", "json", *options)


def load(tmp_path: Path, text: str) -> intent.Intent:
    path = tmp_path / "intent.yaml"
    path.write_text(text)
    return intent.load(path, ROLES)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "line 1: it is empty"),
        ("fabric: [", "line 1: not YAML"),
        ("fabric:\n  udp_port: 4789\n  udp_port: 8472\n", "line 3: not YAML: found duplicate key"),
        ("- 1\n", "line 1: must be a mapping, not a list"),
        ("fabrik: {}\n", "line 1: unknown key 'fabrik'; did you mean fabric?"),
        ("fabric:\n  udp_prot: 4789\n", "line 2: fabric: unknown key 'udp_prot'; did you mean udp_port?"),
        ("fabric:\n  udp_port: 70000\n", "line 2: fabric.udp_port: must be 1 to 65535, not 70000"),
        ("fabric:\n  udp_port: true\n", "line 2: fabric.udp_port: must be a whole number, not True"),
        ("fabric:\n  bum_mode: flood\n", "line 2: fabric.bum_mode: must be multicast or head-end, not 'flood'"),
        ("vnis:\n  10: {}\n", "line 2: vnis.10: members: missing"),
        ("vnis:\n  10: {members: []}\n", "line 2: vnis.10.members: must not be empty"),
        ("vnis:\n  ten: {members: [leaf1]}\n", "line 2: vnis: 'ten' is no VNI, nor a range"),
        ("vnis:\n  16777216: {members: [leaf1]}\n", "line 2: VNI 16777216: must be 1 to 16777215"),
        ("vnis:\n  20-10: {members: [leaf1]}\n", "line 2: VNI 20-10: must be"),
        ("vnis:\n  10: {members: [leaf1]}\n  9-11: {members: [leaf1]}\n", "line 3: vnis: VNI 10 stands in line 2 too"),
        ("vnis:\n  10:\n    members:\n      - leaf1\n      - laef2\n", "line 5: members: there is no device 'laef2'"),
        (
            "vnis:\n  10:\n    members: [leaf1]\n    multicast_group: 192.0.2.1\n",
            "line 4: vnis.10.multicast_group: must be",
        ),
        ("devices:\n  leaf9: {role: vtep}\n", "line 2: devices: there is no device 'leaf9'; the source has leaf1"),
        ("devices:\n  leaf1:\n    role: spine\n", "line 3: devices.leaf1.role: must be vtep or underlay, not 'spine'"),
        ("devices:\n  leaf1:\n    vnis:\n      30: {vlan: 3}\n", "line 4: there is no VNI 30 under `vnis`"),
        ("devices:\n  leaf1:\n    vtep_ip: 192.0.2\n", "line 3: devices.leaf1.vtep_ip: must be an IP address"),
        ("devices:\n  spine1: {role: vtep}\n", "line 2: spine1: its role is vtep here, and underlay in the inventory"),
        ("vnis:\n  10: {members: [spine1]}\n", "line 2: spine1 is to carry VNI 10, and its role is underlay"),
        ("waivers:\n- {check: x, expires: 2026-01-01}\n", "line 2: waivers[0]: reason: missing"),
        ("waivers:\n- {check: x, reason: ' ', expires: 2026-01-01}\n", "line 2: waivers[0].reason: must not be empty"),
        ("waivers:\n- {check: x, reason: y}\n", "line 2: waivers[0]: expires: missing"),
        ("waivers:\n- check: x\n  reason: y\n  expires: soon\n", "line 4: waivers[0].expires: must be a day"),
        ("waivers:\n- {check: x, reason: y, expires: 2026-01-01, where: {vni: []}}\n", "waivers[0].where.vni: must be"),
    ],
)
def test_a_mistake_is_one_line_with_its_place(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(UsageError) as error:
        load(tmp_path, text)
    assert str(error.value).startswith(f"{tmp_path / 'intent.yaml'}: line ")
    assert says in str(error.value)


def test_globs_ranges_and_exceptions_are_resolved(tmp_path: Path) -> None:
    told = load(
        tmp_path,
        """\
fabric: {udp_port: 4789, bum_mode: head-end}
vnis:
  10-11: {members: ["*"], vlan: 5}
  20: {members: ["leaf*"], except: [leaf2], bum_mode: multicast}
devices:
  leaf1:
    udp_port: 8472
    vnis: {10: {vlan: 6}}
  "leaf*": {udp_port: 4790}
""",
    )
    # A glob passes over what belongs to the underlay; the device's own name beats globs.
    assert set(told.members) == {("leaf1", 10), ("leaf1", 11), ("leaf2", 10), ("leaf2", 11), ("leaf1", 20)}
    values = {key: {name: one.value for name, one in member.items() if name} for key, member in told.members.items()}
    assert values["leaf1", 10] == {"udp_port": 8472, "bum_mode": "head-end", "vlan": 6}
    assert values["leaf2", 11] == {"udp_port": 4790, "bum_mode": "head-end", "vlan": 5}
    assert values["leaf1", 20] == {"udp_port": 8472, "bum_mode": "multicast"}
    assert told.members["leaf1", 10]["vlan"].line == 8
    assert {name: one.value for name, one in told.roles.items()} == {"leaf1": "vtep", "leaf2": "vtep"}


def test_the_schema_and_the_checks_name_the_same_values() -> None:
    vni = intent.schema()["properties"]["vnis"]["additionalProperties"]["properties"]
    assert set(intent.MEMBER_VALUES) == set(vni) - {"members", "except"}
    device = intent.schema()["properties"]["devices"]["additionalProperties"]["properties"]
    assert set(intent.VALUES) == set(device) - {"role", "vnis"}


def test_the_schema_can_be_printed(vxcheck: Run) -> None:
    assert json.loads(vxcheck("intent", "schema").out) == intent.schema()


def test_without_an_intent_its_checks_are_not_asked(vxcheck: Run, folder: Path) -> None:
    ran = vxcheck("check", folder, "--format", "json")
    assert ran.status == 0
    assert ran.result("intent_vni_missing", ARISTA)["status"] == "not_asked"


def test_waivers_alone_are_no_intent(vxcheck: Run, folder: Path) -> None:
    text = f"waivers:\n- {{check: udp_port_mismatch, reason: r, expires: {TOMORROW}}}\n"
    assert check(vxcheck, folder, text).result("intent_vni_missing", ARISTA)["status"] == "not_asked"


def test_a_good_intent_passes_and_is_examined(vxcheck: Run, folder: Path) -> None:
    ran = check(vxcheck, folder, GOOD)
    assert ran.status == 0, ran.out
    assert ran.result("intent_vni_missing", ARISTA)["examined"] == 2
    assert ran.result("intent_udp_port_differs", VYOS)["examined"] == 2
    assert ran.result("intent_vlan_differs", VYOS)["status"] == "not_applicable"


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (("4789", "8472"), {"intent_udp_port_differs"}),
        (("239.0.0.1", "239.0.0.2"), {"intent_multicast_group_differs"}),
        (("  20:", "  21:"), {"intent_vni_missing", "intent_vni_unexpected"}),
        (("udp_port: 4789", "bum_mode: head-end"), {"intent_bum_mode_differs"}),
    ],
)
def test_what_all_devices_have_wrong_is_told_by_the_intent_alone(
    vxcheck: Run, folder: Path, change: tuple[str, str], named: set[str]
) -> None:
    ran = check(vxcheck, folder, GOOD.replace(*change))
    assert ran.status == 1
    assert {result["check"] for result in ran.report["results"] if result["faults"]} == named
    fault = next(fault for result in ran.report["results"] for fault in result["faults"])
    assert any(line["device"] == "intent" and line["line"] for line in fault["evidence"])


def test_the_cause_is_the_one_that_differs_from_the_intent(vxcheck: Run, folder: Path) -> None:
    for each in (folder / VYOS).glob("ip_*"):
        each.write_text(each.read_text().replace("239.0.0.1", "239.0.0.2"))
    ran = check(vxcheck, folder, GOOD)
    headlines = {
        (fault["device"], result["check"])
        for result in ran.report["results"]
        for fault in result["faults"]
        if not fault["explained_by"]
    }
    assert headlines == {(VYOS, "intent_multicast_group_differs")}
    (fault,) = ran.result("intent_multicast_group_differs", VYOS)["faults"]
    assert f"multicast_group_mismatch on {ARISTA}" in fault["follows"]


def test_a_device_that_should_be_a_vtep(vxcheck: Run, folder: Path) -> None:
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["devices"].append({"device": "leaf9", "platform": "linux"})
    (folder / "manifest.json").write_text(json.dumps(manifest))
    shutil.copytree(folder / VYOS, folder / "leaf9")
    for path in (folder / "leaf9").glob("ip_-d*"):
        path.unlink()
    (folder / "leaf9" / "ip_-d_-s_link_show.txt").write_text(
        "1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue state UNKNOWN mode DEFAULT group default qlen 1000\n"
        "    link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00 promiscuity 0\n"
    )
    (folder / "leaf9" / "bridge_fdb_show.txt").write_text("")
    ran = check(vxcheck, folder, "devices:\n  leaf9: {role: vtep}\n")
    (fault,) = ran.result("vtep_missing", "leaf9")["faults"]
    assert "the intent calls it a VTEP" in fault["message"]


def test_a_misspelt_device_stops_before_anything_is_asked(vxcheck: Run, folder: Path) -> None:
    ran = check(vxcheck, folder, GOOD.replace('"vtep-*"', "vtep-aristo01", 1))
    assert ran.status == 2
    assert "line 5: members: there is no device 'vtep-aristo01'" in ran.err


def test_an_intent_beside_the_inventory_is_found_and_saved(live: RunningLab, vxcheck: Run, tmp_path: Path) -> None:
    (live.inventory / "intent.yaml").write_text(GOOD.replace("4789", "8472"))
    ran = vxcheck("check", live.inventory, "--known-hosts", live.known_hosts, "--save", tmp_path / "saved")
    assert ran.status == 1
    assert "intent_udp_port_differs" in ran.out
    assert vxcheck("check", tmp_path / "saved").status == 1


def test_an_intent_made_from_a_snapshot_passes_on_it(vxcheck: Run, folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "first.yaml"
    assert vxcheck("intent", "from", folder, "-o", path).status == 0
    ran = vxcheck("check", folder, "--intent", path, "--format", "json")
    assert ran.status == 0, ran.out
    assert {one["status"] for one in ran.report["results"] if one["check"].startswith("intent_vni")} == {"passed"}
    assert vxcheck("intent", "from", folder, "-o", path).status == 2


def test_an_intent_made_from_a_fabric_that_disagrees_keeps_the_exceptions(
    vxcheck: Run, folder: Path, tmp_path: Path
) -> None:
    for each in (folder / VYOS).glob("ip_-d*"):
        each.write_text(each.read_text().replace("239.0.0.1", "239.0.0.2"))
    path = tmp_path / "first.yaml"
    assert vxcheck("intent", "from", folder, "-o", path).status == 0
    ran = vxcheck("check", folder, "--intent", path, "--format", "json")
    failed = {one["check"] for one in ran.report["results"] if one["status"] == "failed"}
    assert "multicast_group_mismatch" in failed
    assert not {name for name in failed if name.startswith("intent_")}


# Waivers

WRONG_GROUP = ("239.0.0.1", "239.0.0.2")


@pytest.fixture
def faulty(folder: Path) -> Path:
    """Return a snapshot in which EOS sends both VNIs to another group."""
    path = folder / ARISTA / "show_interfaces_vxlan_1.txt"
    path.write_text(path.read_text().replace(*WRONG_GROUP))
    return folder


def waiver(expires: date, **keys: str) -> str:
    told = {"check": "multicast_group_mismatch", "reason": "moved next week", "expires": str(expires), **keys}
    return "waivers:\n- " + "\n  ".join(f"{key}: {value}" for key, value in told.items()) + "\n"


def test_a_finding_is_accepted_and_stays_visible(vxcheck: Run, faulty: Path) -> None:
    before = vxcheck("check", faulty, "--format", "json")
    assert before.status == 1
    checks = sorted({r["check"] for r in before.report["results"] if r["faults"]})
    text = "".join(waiver(TOMORROW, check=name).replace("waivers:\n", "") for name in checks)
    ran = check(vxcheck, faulty, f"waivers:\n{text}")
    assert (ran.status, ran.report["verdict"]) == (0, "passed")
    result = ran.result("multicast_group_mismatch", ARISTA)
    assert (result["status"], result["faults"]) == ("waived", [])
    assert result["waived"][0]["waiver"]["reason"] == "moved next week"
    assert ran.report["summary"]["waived"] >= 2
    assert ran.report["summary"]["faults"] == 0
    shown = vxcheck("check", faulty).out
    assert "WAIVED multicast_group_mismatch" in shown
    assert f"Accepted until {TOMORROW}" in shown
    assert shown.splitlines()[0].startswith("PASSED (")
    assert "waived" in shown.splitlines()[0]


def test_the_last_day_counts(vxcheck: Run, faulty: Path) -> None:
    ran = check(vxcheck, faulty, waiver(datetime.now(UTC).date()))
    assert ran.result("multicast_group_mismatch", ARISTA)["status"] == "waived"


def test_an_expired_waiver_accepts_nothing_and_says_so(vxcheck: Run, faulty: Path) -> None:
    ran = check(vxcheck, faulty, waiver(YESTERDAY))
    assert ran.status == 1
    assert ran.result("multicast_group_mismatch", ARISTA)["status"] == "failed"
    assert [one["state"] for one in ran.report["waivers"]] == ["expired"]
    assert f"expired on {YESTERDAY}" in " ".join(vxcheck("check", faulty).out.split())


def test_a_waiver_that_matches_nothing_is_told(vxcheck: Run, folder: Path) -> None:
    ran = check(vxcheck, folder, waiver(TOMORROW))
    assert ran.status == 0
    assert [one["state"] for one in ran.report["waivers"]] == ["matches nothing"]
    assert "matches nothing" in " ".join(vxcheck("check", folder).out.split())


def test_a_waiver_of_what_was_not_asked_is_not_called_useless(vxcheck: Run, folder: Path) -> None:
    ran = check(vxcheck, folder, waiver(TOMORROW), "--check", "udp_port_mismatch")
    assert [one["state"] for one in ran.report["waivers"]] == ["not tried"]


def test_one_vni_is_accepted_and_the_other_still_fails(vxcheck: Run, faulty: Path) -> None:
    ran = check(vxcheck, faulty, waiver(TOMORROW, where="{vni: 10}"))
    assert ran.status == 1
    result = ran.result("multicast_group_mismatch", ARISTA)
    assert result["status"] == "failed"
    assert [fault["vni"] for fault in result["faults"]] == [20]
    assert [one["vni"] for one in result["waived"]] == [10]


def test_what_follows_from_an_accepted_cause_is_not_hidden(vxcheck: Run, tmp_path: Path) -> None:
    before = vxcheck("demo", "--fault", "udp-port", "--save", tmp_path / "saved", "--format", "json").report
    folded = {r["check"] for r in before["results"] for f in r["faults"] if f["explained_by"]}
    assert vxcheck("collect", tmp_path / "saved", "-o", tmp_path / "plain").status == 0
    after = check(vxcheck, tmp_path / "plain", waiver(TOMORROW, check="udp_port_mismatch")).report
    faults = [f for r in after["results"] for f in r["faults"]]
    assert {"remote_vtep_missing", "mac_not_learned"} <= folded
    assert after["verdict"] == "failed"
    assert any(not fault["explained_by"] for fault in faults)
    assert "udp_port_mismatch" not in {fault["explained_by"] for fault in faults}


@pytest.mark.parametrize(
    ("keys", "says"),
    [
        ({"check": "multicast_group_mismach"}, "there is no check"),
        ({"device": "vtep-aristo01"}, "there is no device"),
        ({"where": "{vmi: 10}"}, "multicast_group_mismatch has no column 'vmi'"),
    ],
)
def test_a_misspelt_waiver_is_named(vxcheck: Run, folder: Path, keys: dict[str, str], says: str) -> None:
    ran = check(vxcheck, folder, waiver(TOMORROW, **keys))
    assert ran.status == 2
    assert "intent.yaml: line 2: " in ran.err
    assert says in ran.err


def test_a_waiver_of_a_broken_check_leaves_the_others_judged(vxcheck: Run, folder: Path, tmp_path: Path) -> None:
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "broken.sql").write_text("SELECT device, true AS fault FROM vtep_s")
    (mine / "broken.md").write_text("# Broken\n\n- severity: error\n- message: no\n")
    first = waiver(TOMORROW, check="broken", where="{vni: 10}")
    assert check(vxcheck, folder, first, "--checks", mine).status == 3
    both = first + waiver(TOMORROW, where="{vmi: 10}").removeprefix("waivers:\n")
    ran = check(vxcheck, folder, both, "--checks", mine)
    assert ran.status == 2
    assert "no column 'vmi'" in ran.err


def test_the_verbs_are_there() -> None:
    assert "intent" in cli.make_parser().format_help()
