"""The other verbs, and what the command line itself promises."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import SEEDLAB, Run
from tests.test_seedlab import verbatim, with_evidence
from vxcheck import __version__, pages

VTEP = SEEDLAB / "vtep-arista01" / "after" / "show_vxlan_vtep.txt"


def test_version_and_help(vxcheck: Run) -> None:
    assert vxcheck("--version").out == f"vxcheck {__version__}\n"
    ran = vxcheck("--help")
    assert ran.status == 0
    for verb in (
        "check",
        "collect",
        "diff",
        "show",
        "query",
        "trace",
        "parse",
        "explain",
        "demo",
        "record",
        "expect",
        "templates",
    ):
        assert verb in ran.out
        assert vxcheck(verb, "--help").status == 0
    assert vxcheck().status == 2


def test_help_imports_nothing_heavy() -> None:
    code = "import sys, vxcheck.cli as c\ntry: c.main(['--help'])\nexcept SystemExit: pass\nprint(*sys.modules)"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = {name.partition(".")[0] for name in ran.stdout.splitlines()[-1].split()}
    assert not loaded & {"netmiko", "paramiko", "duckdb", "nornir", "rich", "textfsm", "tabulate", "ruamel"}


def test_a_snapshot_is_checked_without_netmiko(tmp_path: Path) -> None:
    folder = with_evidence(verbatim(tmp_path / "s", "after", "before"))
    code = f"import sys, vxcheck.cli as c\nprint(c.main(['check', {str(folder)!r}]))\nprint(*sys.modules)"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    *_, status, modules = ran.stdout.splitlines()
    assert status == "0"
    assert not {name.partition(".")[0] for name in modules.split()} & {"netmiko", "paramiko", "nornir", "rich"}


def test_parse(vxcheck: Run) -> None:
    ran = vxcheck("parse", "arista_eos", "show vxlan vtep", VTEP, "--format", "json")
    (row,) = json.loads(ran.out)["remote_vteps"]
    assert (row["interface"], row["peer"]) == ("Vxlan1", "172.16.2.1")
    ran = vxcheck("parse", "arista_eos", "SHOW  vxlan vtep", VTEP)
    assert ran.status == 0
    assert "172.16.2.1" in ran.out


def test_parse_says_what_it_does_not_understand(vxcheck: Run, tmp_path: Path) -> None:
    path = tmp_path / "output.txt"
    path.write_text(VTEP.read_text().replace("172.16.2.1", "172.16.2.1 and more"))
    ran = vxcheck("parse", "arista_eos", "show vxlan vtep", path)
    assert ran.status == 3
    assert "show vxlan vtep: line 2: not understood: '172.16.2.1 and more'" in ran.err
    path.write_text("% Invalid input (at token 1: 'vxlan')\n")
    ran = vxcheck("parse", "arista_eos", "show vxlan vtep", path)
    assert ran.status == 3
    assert "refused" in ran.err
    for arguments in (
        ("no_such_platform", "show vxlan vtep", path),
        ("arista_eos", "show no such thing", path),
        ("arista_eos", "show vxlan vtep", tmp_path / "no-such-file"),
    ):
        assert vxcheck("parse", *arguments).status == 2


def test_explain(vxcheck: Run) -> None:
    listed = vxcheck("explain").out
    for check in pages.load().values():
        assert check.name in listed
        page = vxcheck("explain", check.name)
        assert page.status == 0
        assert check.title in page.out
        assert "## Cases" not in page.out
        assert check.sql.strip() in page.out
    ran = vxcheck("explain", "udp_port_mismach")
    assert ran.status == 2
    assert "did you mean udp_port_mismatch" in ran.err


def test_show_and_query_in_every_format(vxcheck: Run, tmp_path: Path) -> None:
    folder = with_evidence(verbatim(tmp_path / "s", "after", "before"))
    rows = json.loads(vxcheck("show", "vni_members", folder, "--format", "json").out)
    assert {(row["device"], row["vni"]) for row in rows} == {
        (device, vni) for device in ("vtep-arista01", "vtep-vyos01") for vni in (10, 20)
    }
    text = vxcheck("show", "vni_members", folder, "--format", "csv").out
    assert [row["vni"] for row in csv.DictReader(io.StringIO(text))] == [str(row["vni"]) for row in rows]
    table = vxcheck("show", "vni_members", folder)
    assert "(4 rows)" in table.out
    assert "evidence" not in table.out
    sql = "SELECT mac FROM remote_macs_by_vni WHERE device = 'vtep-vyos01' AND vni = 10"
    assert json.loads(vxcheck("query", sql, folder, "--format", "json").out) == [{"mac": "08:00:27:a6:f1:3d"}]


def test_show_says_what_is_not_known(vxcheck: Run, tmp_path: Path) -> None:
    folder = verbatim(tmp_path / "s", "after", "before")
    ran = vxcheck("show", "macs", folder)
    assert ran.status == 3
    assert "not known of vtep-vyos01: bridge fdb show: not in the snapshot" in ran.err


@pytest.mark.parametrize(
    "sql",
    [
        "DROP TABLE macs",
        "SELECT 1; SELECT 2",
        "SELECT * FROM no_such_table",
        "SELECT * FROM read_csv('/etc/passwd')",
        "COPY macs TO '/tmp/x'",
        "SELEKT",
    ],
)
def test_query_runs_one_select_and_reads_no_file(vxcheck: Run, tmp_path: Path, sql: str) -> None:
    folder = with_evidence(verbatim(tmp_path / "s", "after", "before"))
    ran = vxcheck("query", sql, folder)
    assert ran.status == 2
    assert ran.out == ""


def test_show_of_no_table(vxcheck: Run, tmp_path: Path) -> None:
    ran = vxcheck("show", "mac", tmp_path)
    assert ran.status == 2
    assert "remote_macs" in ran.err


def test_a_fault_of_its_own_is_4(vxcheck: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "load", lambda *_: 1 / 0)
    ran = vxcheck("explain")
    assert ran.status == 4
    assert "ZeroDivisionError" in ran.err


def test_own_checks_and_parsers(vxcheck: Run, tmp_path: Path) -> None:
    checks = tmp_path / "checks" / "mine"
    checks.mkdir(parents=True)
    (checks / "vlan_is_100.sql").write_text("SELECT device, vlan, vlan = 100 AS fault, evidence FROM vnis")
    (checks / "vlan_is_100.md").write_text(
        "# A VLAN is 100\n\n- severity: error\n- message: {device} has VLAN {vlan}\n\n## Mend\n\n### any\n\nUse 101.\n"
    )
    folder = with_evidence(verbatim(tmp_path / "s", "after", "before"))
    ran = vxcheck("check", folder, "--checks", tmp_path / "checks", "--format", "json")
    assert ran.status == 1
    assert ran.result("vlan_is_100", "vtep-arista01")["faults"][0]["message"] == "vtep-arista01 has VLAN 100"
    assert vxcheck("check", folder, "--checks", tmp_path / "no-such").status == 2


PAGE = "# Broken\n\n- severity: error\n- message: no\n"


@pytest.mark.parametrize(
    ("sql", "page", "says"),
    [
        (
            "SELECT device,\n true AS fault\nFROM vtep_s",
            PAGE,
            "broken.sql: line 3: the query cannot be run: Catalog Error",
        ),
        ("SELECT device true fault FROM", PAGE, "broken.sql: line 1: the query cannot be run: Parser Error"),
        ("SELECT device FROM vteps", PAGE, "broken.sql: line 1: the query gives no column 'fault'"),
        ("SELECT true AS fault FROM vteps", PAGE, "broken.sql: line 1: the query gives no column 'device'"),
        ("SELECT device, 'often' AS fault FROM vteps", PAGE, "broken.sql: line 1: the query's rows cannot be judged"),
        ("SELECT 'leaf9' AS device, true AS fault", PAGE, "rows whose device is none of the source's: 'leaf9'"),
        (
            "SELECT device, true AS fault,\n 'bad' AS severity FROM vteps",
            PAGE,
            "line 2: the query gives the severity 'bad'",
        ),
        ("DROP TABLE vteps", PAGE, "a query is one SELECT"),
        (
            "SELECT device, true AS fault FROM vteps",
            PAGE + "- unknown: {vni}\n",
            "broken.md: line 5: the query gives no",
        ),
        ("SELECT device, true AS fault FROM vteps", PAGE + "- polls: 3\n", "broken.md: line 5: polls must be 1 or 2"),
        ("SELECT device, true AS fault FROM vteps", PAGE + "- messag: x\n", "broken.md: line 5: unknown key 'messag'"),
        ("SELECT device, true AS fault FROM vteps", "# Broken\n", "broken.md: line 1: no line '- severity: ...'"),
        ("SELECT device, true AS fault FROM vteps", None, "broken.sql: line 1: the check's page broken.md is missing"),
        (None, PAGE, "broken.md: line 1: the check's query broken.sql is missing"),
    ],
)
def test_a_broken_check_is_a_result_of_its_own(
    vxcheck: Run, tmp_path: Path, sql: str | None, page: str | None, says: str
) -> None:
    checks = tmp_path / "checks"
    checks.mkdir()
    for name, text in (("broken.sql", sql), ("broken.md", page)):
        if text is not None:
            (checks / name).write_text(text)
    folder = with_evidence(verbatim(tmp_path / "s", "after", "before"))
    ran = vxcheck("check", folder, "--checks", checks, "--check", "broken", "--check", "udp_*", "--format", "json")
    assert (ran.status, ran.report["verdict"]) == (3, "incomplete")
    result = ran.result("broken", "vtep-arista01")
    assert result["status"] == "not_run"
    assert says in result["reason"]
    assert ran.result("udp_port_mismatch", "vtep-arista01")["status"] == "passed"


def test_a_folder_without_checks_is_no_folder_of_checks(vxcheck: Run, tmp_path: Path) -> None:
    ran = vxcheck("explain", "--checks", tmp_path)
    assert ran.status == 2
    assert "there is no check in it" in ran.err


def test_a_new_check_runs_green_at_once(vxcheck: Run, tmp_path: Path) -> None:
    mine = tmp_path / "mine"
    assert vxcheck("new", "check", "vtep_unnamed", "-o", mine).status == 0
    ran = vxcheck("test", mine)
    assert ran.status == 0, ran.out
    assert ran.out.count("ok     vtep_unnamed: ") == 5
    folder = with_evidence(verbatim(tmp_path / "s", "after", "before"))
    ran = vxcheck("check", folder, "--checks", mine, "--format", "json")
    assert ran.result("vtep_unnamed", "vtep-arista01")["status"] == "passed"
    assert vxcheck("new", "check", "vtep_unnamed", "-o", mine).status == 2
    assert vxcheck("new", "check", "udp_port_mismatch", "-o", mine).status == 2
    assert vxcheck("new", "check", "Wrong Name", "-o", mine).status == 2


def test_a_case_that_does_not_hold_is_told(vxcheck: Run, tmp_path: Path) -> None:
    mine = tmp_path / "mine"
    vxcheck("new", "check", "vtep_unnamed", "-o", mine)
    page = mine / "vtep_unnamed.md"
    page.write_text(page.read_text().replace("| leaf1 | vxlan0 | 192.0.2.1 |", "| leaf1 | vxlan0 | 0.0.0.0 |"))
    ran = vxcheck("test", mine)
    assert ran.status == 1
    assert "FAILED vtep_unnamed: All have one" in ran.out
    assert "faults: not expected: device leaf1, interface vxlan0" in ran.out
    page.write_text(page.read_text().replace("**vteps**", "**vtepz**"))
    pages.load.cache_clear()
    assert "there is no table 'vtepz'" in vxcheck("test", mine).out
    (mine / "vtep_unnamed.sql").write_text("SELECT device, true AS fault FROM vtepz")
    pages.load.cache_clear()
    assert "FAILED vtep_unnamed: its query runs" in vxcheck("test", mine).out
    assert vxcheck("test", tmp_path / "s").status == 2
