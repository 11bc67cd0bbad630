"""Check a fabric of many VTEPs, made straight in DuckDB: a few faults are found, a wholly broken one stays small."""

from __future__ import annotations

import gc
import resource
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace

import duckdb
import pytest

from tests import large
from tests.conftest import Run
from tests.test_seedlab import verbatim, with_evidence
from vxcheck import bounds, check, examine, fabric, pages, snapshot
from vxcheck.errors import UsageError
from vxcheck.fabric import Fabric
from vxcheck.pages import Check
from vxcheck.results import Report
from vxcheck.snapshot import Device, Output

CHECKS = pages.load()
SIZE = large.Size(vteps=40, vnis=8, mac_rows=4000)


def headlines(report: Report) -> set[tuple[str, str]]:
    """Return who is accused, by which check."""
    return {(one.check, one.device) for one in report.findings}


def test_a_few_faults_are_found_among_many_rows() -> None:
    made = large.load(SIZE)
    assert check.run(made, CHECKS).findings == ()
    planted = large.break_a_few(made)
    report = check.run(made, CHECKS)
    assert headlines(report) == planted
    assert report.examined > 20_000


@pytest.mark.parametrize("told", ["as it is", "as a query that cannot be run"])
def test_a_check_without_room_beside_standing_tables_is_tried_by_itself(
    monkeypatch: pytest.MonkeyPatch, told: str
) -> None:
    made, real = large.load(SIZE), examine._examine
    planted = large.break_a_few(made)
    standing: list[tuple[str, bool]] = []

    def cramped(one: Fabric, checked: Check, devices: Sequence[str]) -> examine.Examined:
        stands = bool(one.connection.execute("SELECT 1 FROM duckdb_tables() WHERE schema_name = 'standing'").fetchall())
        standing.append((checked.name, stands))
        if checked.name == "mac_not_learned" or (checked.name == "mac_behind_wrong_vtep" and stands):
            error = duckdb.OutOfMemoryException("no room")
            if told == "as it is":
                raise error
            raise UsageError("the query cannot be run: no room") from error
        return real(one, checked, devices)

    monkeypatch.setattr(examine, "_examine", cramped)
    report = check.run(made, CHECKS)
    assert headlines(report) == planted - {("mac_not_learned", large.leaf(2))}
    tried = Counter(name for name, _ in standing)
    assert {name for name in tried if tried[name] > 1} == {"mac_behind_wrong_vtep", "mac_not_learned"}
    assert standing[-2:] == [("mac_behind_wrong_vtep", False), ("mac_not_learned", False)]
    reasons = {one.reason for one in report.results if one.check == "mac_not_learned"}
    assert len(reasons) == 1
    assert "no room" in reasons.pop()


@pytest.fixture(scope="module")
def broken() -> Fabric:
    made = large.load(SIZE)
    large.break_all(made)
    return made


def test_of_a_wholly_broken_fabric_a_few_rows_are_fetched(broken: Fabric, monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = {name: CHECKS[name] for name in ("flood_list_incomplete", "remote_vtep_missing", "mac_not_learned")}
    whole = check.run(broken, wanted)
    monkeypatch.setattr(examine, "_ROWS_OF_CHECK", 200)
    fetched: Counter[str] = Counter()
    seen = examine.examine
    monkeypatch.setattr(examine, "examine", lambda *given: _counted(seen(*given), fetched))
    report = check.run(broken, wanted)
    assert set(fetched) == set(wanted)
    # As many again at most: a device's last VNI that is told of may be a large one.
    assert max(fetched.values()) <= 400
    assert report.verdict == whole.verdict == check.FAILED
    assert report.examined == whole.examined
    assert [(one.check, one.device, one.status) for one in report.results] == [
        (one.check, one.device, one.status) for one in whole.results
    ]
    rows = sum(finding.left_out.get("rows", 0) for finding in report.findings)
    assert rows + fetched.total() >= sum(one.examined for one in whole.results if one.status == check.FAILED)
    assert len(bounds.bounded(report, 5).findings) <= 5 * len(wanted)


def test_a_query_that_gives_other_rows_each_time_is_not_run(tmp_path: Path) -> None:
    path = tmp_path / "fickle.sql"
    # DuckDB numbers a sequence on through both of its runs.
    path.write_text("SELECT device, nextval('looks') = 1 AS fault FROM vteps WHERE device = 'leaf0001' LIMIT 1")
    path.with_suffix(".md").write_text("# Fickle\n\n- severity: error\n- message: no\n\n## Mend\n\n### any\n\nx\n")
    made = large.load(large.Size(2, 1, 10))
    made.connection.execute("CREATE SEQUENCE looks")
    report = check.run(made, {"fickle": pages.read(path)})
    assert report.verdict == check.INCOMPLETE
    assert "other rows each time" in report.results[0].reason


def test_what_does_not_fit_goes_to_a_folder_that_is_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    made = fabric.empty(memory=64, size=fabric.SMALL)
    (folder,) = tmp_path.iterdir()
    made.connection.execute(
        "INSERT INTO macs (device, mac, evidence) SELECT 'leaf1', 'of the number ' || i, i FROM range(2000000) AS t (i)"
    )
    assert sum(path.stat().st_size for path in folder.iterdir()) > 10_000_000
    assert made.query("SELECT count(*), max(evidence) FROM macs")[1] == [(2_000_000, 1_999_999)]
    del made
    gc.collect()
    assert list(tmp_path.iterdir()) == []


def test_the_tables_of_a_small_fabric_are_in_memory_and_of_a_large_one_too_where_the_disk_has_no_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    kept = fabric.empty(size=fabric.SMALL)
    (file,) = tmp_path.rglob("fabric.duckdb")
    small = fabric.empty(size=fabric.SMALL - 1)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=fabric.SMALL))
    crowded = fabric.empty(size=fabric.SMALL)
    assert [*tmp_path.rglob("fabric.duckdb")] == [file]
    assert [made.small for made in (kept, small, crowded)] == [False, True, False]


def test_a_disk_that_fills_up_while_the_tables_are_made(tmp_path: Path) -> None:
    text = "".join(
        f"02:00:00:{n >> 16:02x}:{n >> 8 & 255:02x}:{n & 255:02x} dev eth1 master br{n}\n" for n in range(100_000)
    )
    assert len(text) > fabric.SMALL
    told = (Device("leaf1", "linux", outputs=(Output("bridge fdb show", text),)),)
    snapshot.write(snapshot.Snapshot(told), tmp_path / "taken")
    limited = f"ulimit -f 500; {shlex.join([sys.executable, '-m', 'vxcheck', 'check', str(tmp_path / 'taken')])}"
    ran = subprocess.run(["sh", "-c", limited], capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert "vxcheck: the tables cannot be kept in" in ran.stderr
    assert "TMPDIR names another place" in ran.stderr


def test_a_disk_that_has_filled_up_before_the_checks_are_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    made = large.load(SIZE)
    (file,) = tmp_path.rglob("fabric.duckdb")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (file.stat().st_size, before[1]))
    try:
        with pytest.raises(duckdb.Error, match="File too large"):
            made.connection.execute("CHECKPOINT")
        with pytest.raises(UsageError, match=rf"cannot be kept in {tmp_path} .*TMPDIR.*File too large"):
            check.run(made, CHECKS)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_memory_is_an_option(vxcheck: Run, tmp_path: Path) -> None:
    source = with_evidence(verbatim(tmp_path / "s", "after", "before"))
    assert vxcheck("check", source, "--memory", "64").status == 0
    assert vxcheck("show", "vteps", source, "--memory", "64").status == 0
    assert vxcheck("query", "SELECT 1", source, "--memory", "64").status == 0
    ran = vxcheck("check", source, "--memory", "1")
    assert (ran.status, "must be 64 or more" in ran.err) == (2, True)


def _counted(found: examine.Examined, fetched: Counter[str]) -> examine.Examined:
    fetched[found.check.name] += sum(len(rows) for rows in (*found.faults.values(), *found.unknown.values()))
    return found
