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
    for verb in ("check", "collect", "show", "query", "parse", "explain", "demo"):
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


def test_a_broken_check_is_named(vxcheck: Run, tmp_path: Path) -> None:
    checks = tmp_path / "checks"
    checks.mkdir()
    (checks / "broken.sql").write_text("SELECT device, true AS fault FROM vtep_s")
    (checks / "broken.md").write_text("# Broken\n\n- severity: error\n- message: no\n")
    folder = with_evidence(verbatim(tmp_path / "s", "after", "before"))
    ran = vxcheck("check", folder, "--checks", checks)
    assert ran.status == 2
    assert "broken.sql" in ran.err
