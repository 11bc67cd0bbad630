"""Run pytest with --vxcheck as a user would, in a folder and a process of its own."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from tests.test_seedlab import verbatim, with_evidence
from vxcheck.demo import lab
from vxcheck.demo.lab import RunningLab
from vxcheck.snapshot import file_name

BROKEN = "cat_%2Fsys%2Fmodule%2Fvxlan%2Fparameters%2Fudp%5Fport.txt"


@pytest.fixture
def seed(pytester: pytest.Pytester) -> Path:
    return with_evidence(verbatim(pytester.path / "seed", "after", "before"))


@pytest.fixture
def broken(seed: Path) -> Path:
    (seed / "vtep-vyos01" / BROKEN).write_text("8472\n")
    return seed


def test_a_healthy_fabric(pytester: pytest.Pytester, seed: Path) -> None:
    ran = pytester.runpytest_subprocess("--vxcheck", seed, "-v", "-rs")
    counts = ran.parseoutcomes()
    assert counts["passed"] > 30
    assert {"failed", "errors"}.isdisjoint(counts)
    assert ran.ret == 0
    ran.stdout.fnmatch_lines(["vxcheck::examined PASSED*"])
    ran.stdout.fnmatch_lines(["vxcheck::collected[[]vtep-vyos01] PASSED*"])
    ran.stdout.fnmatch_lines(["vxcheck::udp_port_mismatch[[]vtep-vyos01] PASSED*"])
    ran.stdout.fnmatch_lines(["*SKIPPED*not applicable: *"])
    ran.stdout.fnmatch_lines(["PASSED (2 devices, * examined*"])


def test_a_fault_fails_in_words(pytester: pytest.Pytester, broken: Path) -> None:
    ran = pytester.runpytest_subprocess("--vxcheck", broken)
    assert ran.ret == 1
    text = ran.stdout.str()
    _, _, told = text.partition("udp_port_mismatch[vtep-vyos01] ___")
    for words in (
        "vtep-vyos01 on UDP port 8472 (module parameter), vtep-arista01 on",
        "vtep-arista01: show interfaces vxlan 1, line",
        "vtep-vyos01: cat /sys/module/vxlan/parameters/udp_port, line 1",
        "    | 8472",
        "To mend on vtep-vyos01 (vyos):",
    ):
        assert words in told
    assert "Traceback" not in text
    assert "pytest_plugin.py:" not in told


def test_what_a_waiver_accepts_is_an_expected_failure(pytester: pytest.Pytester, broken: Path) -> None:
    (broken / "intent.yaml").write_text(
        "waivers:\n- {check: udp_port_mismatch, reason: moved on Monday, expires: 2999-12-31}\n"
    )
    ran = pytester.runpytest_subprocess("--vxcheck", broken, "vxcheck::udp_port_mismatch", "-rx")
    assert ran.parseoutcomes()["xfailed"] == 2
    ran.stdout.fnmatch_lines(["XFAIL vxcheck::udp_port_mismatch* - waived: moved on Monday (until 2999-12-31)"])


def test_what_follows_from_a_fault_says_so(pytester: pytest.Pytester) -> None:
    folder = pytester.mkdir("snapshot")
    devices = [{"device": name, "platform": platform} for name, platform in lab.PLATFORMS.items()]
    (folder / "manifest.json").write_text(json.dumps({"vxcheck_snapshot": 1, "devices": devices}))
    for name in lab.PLATFORMS:
        (folder / name).mkdir()
        for command, text in lab.answers(name, "udp-port").items():
            (folder / name / file_name(command)).write_text(text)
    ran = pytester.runpytest_subprocess("--vxcheck", folder, "-x")
    ran.stdout.fnmatch_lines(["FAILED vxcheck::udp_port_mismatch*"])
    ran = pytester.runpytest_subprocess("--vxcheck", folder, "vxcheck::remote_vtep_missing")
    ran.stdout.fnmatch_lines(["  It follows from udp_port_mismatch: mend that first."])
    assert "To mend on" not in ran.stdout.str()


@pytest.mark.parametrize(
    ("arguments", "names"),
    [
        (["-k", "udp_port_mismatch and vyos01"], {"udp_port_mismatch[vtep-vyos01]"}),
        (["vxcheck::udp_port_mismatch[vtep-vyos01]"], {"udp_port_mismatch[vtep-vyos01]"}),
        (["vxcheck::udp_port_mismatch"], {"udp_port_mismatch[vtep-vyos01]", "udp_port_mismatch[vtep-arista01]"}),
        (["-x", "vxcheck::"], {"udp_port_mismatch[vtep-arista01]"}),
    ],
)
def test_items_are_chosen(pytester: pytest.Pytester, broken: Path, arguments: list[str], names: set[str]) -> None:
    ran = pytester.runpytest_subprocess("--vxcheck", broken, "-rf", *arguments)
    failed = {line.split()[1] for line in ran.outlines if line.startswith("FAILED vxcheck::")}
    assert failed == {f"vxcheck::{name}" for name in names}


def test_the_last_failed_alone(pytester: pytest.Pytester, broken: Path) -> None:
    first = pytester.runpytest_subprocess("--vxcheck", broken).parseoutcomes()
    again = pytester.runpytest_subprocess("--vxcheck", broken, "--lf").parseoutcomes()
    assert again["failed"] == first["failed"]
    assert "passed" not in again


def test_what_was_not_run_is_an_error(pytester: pytest.Pytester, seed: Path) -> None:
    (seed / "vtep-vyos01" / "bridge_fdb_show.txt").write_text("who knows\n")
    ran = pytester.runpytest_subprocess("--vxcheck", seed, "-rsE")
    assert ran.ret == 1
    assert ran.parseoutcomes()["errors"] > 0
    ran.stdout.fnmatch_lines(["*mac_duplicate was not run on vtep-vyos01: bridge fdb show: not understood: line 1*"])


def test_a_device_that_was_not_reached_is_an_error(pytester: pytest.Pytester, seed: Path) -> None:
    manifest = json.loads((seed / "manifest.json").read_text())
    manifest["devices"][1] |= {"condition": "unreachable", "reason": "no answer within 15 s"}
    (seed / "manifest.json").write_text(json.dumps(manifest))
    shutil.rmtree(seed / "vtep-vyos01")
    ran = pytester.runpytest_subprocess("--vxcheck", seed, "-rE")
    assert ran.ret == 1
    ran.stdout.fnmatch_lines(["ERROR vxcheck::collected[[]vtep-vyos01] - *vtep-vyos01: unreachable*"])


def test_a_fabric_of_nothing_is_not_green(pytester: pytest.Pytester) -> None:
    folder = pytester.mkdir("snapshot")
    (folder / "manifest.json").write_text('{"vxcheck_snapshot": 1, "devices": []}')
    ran = pytester.runpytest_subprocess("--vxcheck", folder, "-rE")
    assert ran.ret == 1
    ran.stdout.fnmatch_lines(["ERROR vxcheck::examined - *nothing was examined*"])


def test_junit_xml(pytester: pytest.Pytester, broken: Path) -> None:
    pytester.runpytest_subprocess("--vxcheck", broken, "--junitxml", "report.xml")
    cases = {case.get("name"): case for case in ET.parse("report.xml").iter("testcase")}
    failure = cases["udp_port_mismatch[vtep-vyos01]"].find("failure")
    assert failure is not None
    assert "To mend on" in str(failure.text)
    assert cases["udp_port_mismatch[vtep-vyos01]"].find(".//property[@name='examined']") is not None


def test_devices_are_asked_once_for_all_workers(pytester: pytest.Pytester, live: RunningLab) -> None:
    pytester.makepyfile("def test_reds(vxlan):\n    assert vxlan.vni(10).members == {'vtep-arista01', 'vtep-vyos01'}")
    where = ["--vxcheck", live.inventory, "--vxcheck-known-hosts", live.known_hosts]
    ran = pytester.runpytest_subprocess(*map(str, where), "-n", "2")
    counts = ran.parseoutcomes()
    assert counts["passed"] > 30
    assert {"failed", "errors"}.isdisjoint(counts)
    assert [device.logins_tried for device in live.devices] == [1, 1, 1]


TESTS = """
    def test_right(vxlan):
        assert vxlan["vtep-arista01"].remote_vteps == {"172.16.2.1"}
        assert vxlan.vni(10).members == {"vtep-arista01", "vtep-vyos01"}
        vxlan.check("bum_mode_mismatch").assert_passed()
        assert vxlan.query("SELECT DISTINCT vni FROM vnis ORDER BY vni").column("vni") == [10, 20]

    def test_set(vxlan):
        assert vxlan["vtep-arista01"].remote_vteps == {"172.16.2.9"}

    def test_check(vxlan):
        vxlan.check("udp_port_mismatch").assert_passed()
"""


def test_assertions_of_ones_own(pytester: pytest.Pytester, broken: Path) -> None:
    pytester.makepyfile(TESTS)
    ran = pytester.runpytest_subprocess("--vxcheck", broken, "-k", "test_")
    assert ran.parseoutcomes()["passed"] == 1
    assert ran.parseoutcomes()["failed"] == 2
    ran.stdout.fnmatch_lines(
        [
            "E*remote VTEPs of vtep-arista01: 172.16.2.1; expected: 172.16.2.9",
            "E*missing: 172.16.2.9",
            "E*not expected: 172.16.2.1",
            "E*vtep-arista01: show vxlan *, line *",
            "E*| *172.16.2.1*",
        ]
    )
    ran.stdout.fnmatch_lines(["E*vtep-arista01 on UDP port 4789*"])


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--vxcheck", "nowhere"], "*--vxcheck: *nowhere*"),
        (["--vxcheck", "seed", "vxcheck::udp_port"], "*vxcheck::udp_port: there is no such item*"),
        (["vxcheck::udp_port_mismatch"], "*vxcheck::udp_port_mismatch needs --vxcheck SOURCE*"),
    ],
)
def test_mistakes(pytester: pytest.Pytester, seed: Path, arguments: list[str], says: str) -> None:
    assert seed.exists()
    ran = pytester.runpytest_subprocess(*arguments)
    assert ran.ret == pytest.ExitCode.USAGE_ERROR
    ran.stderr.fnmatch_lines([says])


def test_the_fixture_without_a_fabric(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("def test_reds(vxlan):\n    assert vxlan.verdict == 'passed'")
    ran = pytester.runpytest_subprocess()
    assert ran.ret == 1
    ran.stdout.fnmatch_lines(["*the fixture vxlan needs a fabric: give pytest --vxcheck SOURCE*"])


def test_the_page_says_what_works(pytester: pytest.Pytester, seed: Path) -> None:
    page = (Path(__file__).parent.parent / "docs" / "pytest.md").read_text()
    pytester.makepyfile(re.findall(r"```python\n(.*?)```", page, re.DOTALL)[0])
    ran = pytester.runpytest_subprocess("--vxcheck", seed, "-k", "test_")
    assert ran.parseoutcomes()["passed"] == 3
