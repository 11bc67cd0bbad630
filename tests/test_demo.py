"""The demo, from the command line and from an installed wheel."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.conftest import Run

ROOT = Path(__file__).resolve().parent.parent


def test_passes(vxcheck: Run) -> None:
    ran = vxcheck("demo")
    assert ran.status == 0
    assert ran.out.startswith("PASSED (3 devices, ")
    assert "384 of 733" in ran.out
    assert max(len(line) for line in ran.out.splitlines() if not line.startswith("      | ")) <= 80
    assert "\x1b" not in ran.out


def test_udp_port(vxcheck: Run) -> None:
    ran = vxcheck("demo", "--fault", "udp-port", "--format", "json")
    assert (ran.status, ran.report["verdict"]) == (1, "failed")
    (fault,) = ran.result("udp_port_mismatch", "vtep-arista01")["faults"]
    for part in ("vtep-arista01", "vtep-vyos01", "4789", "8472", "10, 20"):
        assert part in fault["message"]
    assert fault["vni"] == [10, 20]
    assert {line["device"] for line in fault["evidence"]} == {"vtep-arista01", "vtep-vyos01"}
    assert any(line["line"] == "8472" for line in fault["evidence"])
    remedies = {remedy["platform"]: remedy["text"] for remedy in fault["mend"]}
    assert "vxlan udp-port 8472" in remedies["arista_eos"]
    assert "udp_port=4789" in remedies["vyos"]
    others = [f for r in ran.report["results"] for f in r["faults"] if r["check"] != "udp_port_mismatch"]
    assert others
    assert {other["explained_by"] for other in others} == {"udp_port_mismatch"}


def test_udp_port_is_one_headline(vxcheck: Run) -> None:
    ran = vxcheck("demo", "--fault", "udp-port")
    headlines = [line for line in ran.out.splitlines() if line.startswith("FAULT")]
    assert headlines == ["FAULT udp_port_mismatch: vtep-arista01"]
    text = " ".join(ran.out.split())
    assert "Follows from it:" in text
    assert "remote_vtep_missing on vtep-vyos01" in text
    assert "interface Vxlan1\n           vxlan udp-port 8472" in ran.out


def test_before_traffic(vxcheck: Run) -> None:
    ran = vxcheck("demo", "--fault", "before-traffic", "--format", "json")
    assert ran.status == 1
    failed = {(r["check"], r["device"]) for r in ran.report["results"] if r["status"] == "failed"}
    assert failed == {("remote_vtep_missing", "vtep-arista01"), ("remote_vtep_missing", "vtep-vyos01")}


def test_takes_the_options_of_check(vxcheck: Run, tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    ran = vxcheck("demo", "--check", "bum_*", "--format", "json", "-o", report, "--save", tmp_path / "saved")
    assert (ran.status, ran.out) == (0, "")
    assert json.loads(report.read_text())["verdict"] == "passed"
    assert vxcheck("check", tmp_path / "saved").status == 0
    assert vxcheck("demo", "--fault", "no-such").status == 2


@pytest.mark.xdist_group("wheel")
def test_installed_wheel_from_another_folder(tmp_path: Path) -> None:
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(tmp_path), str(ROOT)]
    subprocess.run(build, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    assert {name.split("/")[0] for name in names if ".dist-info/" not in name} == {"vxcheck"}
    tracked = [path for kind in ("parsers", "checks") for path in (ROOT / kind).rglob("*") if path.is_file()]
    assert {f"vxcheck/{path.relative_to(ROOT)}" for path in tracked} <= set(names)
    site = tmp_path / "site"
    install = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--target", str(site)]
    subprocess.run([*install, str(wheel)], check=True, capture_output=True)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    environment = {**os.environ, "PYTHONPATH": str(site)}
    run = [sys.executable, "-P", "-m", "vxcheck", "demo", "--fault", "udp-port"]
    ran = subprocess.run(run, cwd=elsewhere, env=environment, capture_output=True, text=True, check=False)
    assert ran.returncode == 1, ran.stderr
    assert "8472" in ran.stdout
    where = subprocess.run(
        [sys.executable, "-P", "-c", "import vxcheck.content as c; print(c.root('checks'))"],
        cwd=elsewhere,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert Path(where.stdout.strip()) == site / "vxcheck" / "checks"
