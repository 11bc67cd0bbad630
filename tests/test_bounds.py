"""A fabric that is wholly broken is told of in bounded size, in time that grows with its rows, and counted whole."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.conftest import Run
from vxcheck import bounds, check, fabric, pages
from vxcheck.fabric import Fabric
from vxcheck.report import headline, table
from vxcheck.report import json as json_report
from vxcheck.results import Report

CHECKS = pages.load()
VTEPS, VNIS = 24, 20


def broken(vteps: int = VTEPS, vnis: int = VNIS) -> Fabric:
    """Return a fabric in which half of the VTEPs use another port, and nobody knows anybody."""
    made = fabric.empty()
    names = [f"leaf{number:03}" for number in range(vteps)]
    fabric.insert(
        made.connection, "devices", ["device", "platform", "condition"], [(n, "linux", "collected") for n in names]
    )
    fabric.insert(
        made.connection,
        "vteps",
        ["device", "interface", "flags", "udp_port", "vtep_ip"],
        [
            (n, f"vx{v}", "UP", 4789 if i % 2 else 8472, f"192.0.2.{i}")
            for i, n in enumerate(names)
            for v in range(vnis)
        ],
    )
    fabric.insert(
        made.connection,
        "vnis",
        ["device", "interface", "vni"],
        [(n, f"vx{v}", v + 1) for n in names for v in range(vnis)],
    )
    return made


@pytest.fixture(scope="module")
def report() -> Report:
    wanted = ("udp_port_mismatch", "remote_vtep_missing", "flood_list_incomplete", "vtep_unbridged")
    return check.run(broken(), {name: CHECKS[name] for name in wanted})


def test_all_is_counted_and_little_is_told(report: Report) -> None:
    short = bounds.bounded(report, 5)
    assert short.count("faults") == report.count("faults") > 500
    told = json.loads(json_report.render(short))
    assert max(len(result["faults"]) for result in told["results"]) <= 5
    assert told["summary"]["left_out"] == report.count("faults") - sum(len(r["faults"]) for r in told["results"])
    assert headline(short) == headline(report)
    assert [one.status for one in short.results] == [one.status for one in report.results]
    assert len(table.render(short, table.Terminal()).splitlines()) < 400
    assert "Not shown: " in table.render(short, table.Terminal())


def test_nothing_is_left_out_where_all_is_asked_for(report: Report) -> None:
    assert bounds.bounded(report, 0) is report


def test_causes_are_told_first(report: Report) -> None:
    short = bounds.bounded(report, 1)
    assert not short.findings[0].explained_by
    assert all(one.explained_by == "" for one in short.findings if one.check == "udp_port_mismatch")


def test_a_tie_is_one_headline_that_names_both_ends(report: Report) -> None:
    text = table.render(report, table.Terminal())
    assert text.count("FAULT udp_port_mismatch") == 1
    assert "leaf000, leaf002, leaf004" in text
    assert "and 4 more" in text
    assert "VNI 1-20" in text


def test_a_finding_of_many_rows_is_shortened() -> None:
    made = broken(2, 1)
    macs = [f"02:00:00:00:{number >> 8:02x}:{number & 255:02x}" for number in range(5000)]
    fabric.insert(
        made.connection,
        "macs",
        ["device", "bridge", "interface", "mac"],
        [("leaf000", "br0", "eth1", mac) for mac in macs],
    )
    made.connection.execute("UPDATE vnis SET bridge = 'br0'")
    whole = check.run(made, {"mac_not_learned": CHECKS["mac_not_learned"]})
    (finding,) = whole.findings
    # Rows of one pair and VNI are fetched up to a limit; the rest is counted.
    assert finding.left_out["rows"] == 4000
    assert sum(result.examined for result in whole.results) == 5000
    (short,) = bounds.bounded(whole, 25).findings
    assert len(short.row["mac"]) == 100
    assert short.left_out["mac"] == 900
    assert len(finding.message) < 400


def test_findings_that_were_not_fetched_count(tmp_path: Path) -> None:
    (tmp_path / "each.sql").write_text("SELECT device, interface, true AS fault FROM vteps")
    (tmp_path / "each.md").write_text(
        "# Each\n\n- severity: error\n- message: {interface}\n\n## Mend\n\n### any\n\nx\n"
    )
    found = check.run(broken(2, 3000), {"each": pages.read(tmp_path / "each.sql")})
    assert found.count("faults") == 6000
    assert len(found.findings) == 2000


def test_the_option(vxcheck: Run) -> None:
    ran = vxcheck("demo", "--fault", "before-traffic", "--max-findings", "1", "--format", "json")
    assert ran.status == 1
    assert ran.report["summary"]["left_out"] > 0
    assert vxcheck("demo", "--max-findings", "-1").status == 2
