"""What devices print and what snapshots hold is hostile input: it stays text, stays in its folder, and runs nothing."""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from tests.conftest import Run
from tests.test_seedlab import verbatim, with_evidence
from vxcheck import fabric, intent, saving, snapshot
from vxcheck.demo import lab
from vxcheck.errors import UsageError
from vxcheck.outputs import FORMATS
from vxcheck.snapshot import Device, Output, Snapshot

EOS = "vtep-arista01"
# What a host or an interface may be called by somebody who means harm to whoever reads of it.
NAMES = (
    "x'); DROP TABLE devices; --",
    '"; DROP TABLE links; --',
    "<script>alert(1)</script>",
    "=HYPERLINK(0)",
    "]]></failure><testcase/>",
    "::error::x",
    "[x](javascript:x)",
    "{device.__class__}",
    "{0}%s%n",
    "${HOME}`id`$(id)",
    "-o/tmp/x",
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a snapshot of the seed lab."""
    return with_evidence(verbatim(tmp_path / "s", "after", "before"))


@pytest.mark.parametrize(
    "select",
    [
        "* FROM read_text('{file}')",
        "* FROM read_csv('{file}')",
        "* FROM read_blob('{file}')",
        "* FROM '{file}'",
        "* FROM glob('/*')",
        "* FROM sniff_csv('{file}')",
        "* FROM parquet_metadata('{file}')",
        "* FROM query('COPY devices TO ''{file}.out''')",
        "* FROM sql",
        "* FROM parameters",
        "* FROM sqlite_scan('{file}', 'x')",
        "* FROM read_text('https://192.0.2.1/')",
        "getenv('HOME')",
    ],
)
def test_a_query_reads_no_file_nor_anything_else(folder: Path, tmp_path: Path, vxcheck: Run, select: str) -> None:
    (tmp_path / "outside.csv").write_text("planted\n")
    ran = vxcheck("query", f"SELECT {select.format(file=tmp_path / 'outside.csv')}", folder)
    assert ran.status == 2
    assert "planted" not in ran.out
    assert not (tmp_path / "outside.csv.out").exists()


@pytest.mark.parametrize(
    "statement",
    [
        "SET enable_external_access = true",
        "COPY devices TO 'x'",
        "ATTACH 'x'",
        "INSTALL httpfs",
        "LOAD httpfs",
        "DROP TABLE devices",
        "PRAGMA database_list",
        "EXPORT DATABASE 'x'",
        "SELECT 1; DROP TABLE devices",
        "CREATE TABLE x AS SELECT 1",
        "RESET lock_configuration",
    ],
)
def test_a_query_is_one_select_and_nothing_unlocks_the_database(
    folder: Path, vxcheck: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, statement: str
) -> None:
    monkeypatch.chdir(tmp_path)
    assert vxcheck("query", statement, folder).status == 2
    assert not (tmp_path / "x").exists()
    if not statement.startswith(("SELECT", "DROP", "CREATE", "PRAGMA")):
        with pytest.raises(Exception, match=r"locked|disabled|[Cc]annot"):
            fabric.empty().connection.execute(statement)


def test_a_check_of_somebodys_reads_no_file(folder: Path, tmp_path: Path, vxcheck: Run) -> None:
    mine = tmp_path / "mine"
    mine.mkdir()
    (tmp_path / "outside.txt").write_text("planted\n")
    (mine / "reads.sql").write_text(
        f"SELECT device, true AS fault, content FROM devices, read_text('{tmp_path}/outside.txt')"
    )
    (mine / "reads.md").write_text("# Reads\n\n- severity: error\n- message: {content}\n")
    ran = vxcheck("check", folder, "--checks", mine, "--format", "json")
    assert "planted" not in ran.out
    assert ran.result("reads", EOS)["status"] == "not_run"


def hostile(folder: Path) -> Path:
    """Write the demo's lab as a snapshot in which devices, and an interface, have hostile names."""
    devices = []
    for (device, platform), name in zip(lab.PLATFORMS.items(), NAMES, strict=False):
        answers = lab.answers(device).items()
        outputs = (Output(command, text.replace("eth1", "".join(NAMES[0].split()))) for command, text in answers)
        devices.append(Device(name, platform, outputs=tuple(outputs)))
    for name in NAMES[len(devices) :]:
        said = f"{name}\x1b[2J\u202e\x9b2J\r\n::error::{name}"
        refused = Output("show vxlan vtep", "", "command refused", said)
        devices.append(Device(name, "arista_eos", "command refused", said, None, (refused,)))
    snapshot.write(Snapshot(tuple(devices)), folder)
    return folder


def test_hostile_names_stay_text_in_every_report(vxcheck: Run, tmp_path: Path) -> None:
    made, out = hostile(tmp_path / "hostile"), tmp_path / "out"
    out.mkdir()
    words = [word for style in FORMATS for word in ("--format", f"{style}={out / style}")]
    ran = vxcheck("check", made, *words)
    assert ran.status in (1, 3), ran.err
    told = {style: (out / style).read_bytes().decode() for style in FORMATS}
    report = json.loads(told["json"])
    assert [device["device"] for device in report["devices"]] == list(NAMES)
    assert {result["status"] for result in report["results"] if result["device"] == NAMES[0]} >= {"passed"}
    for style, text in told.items():
        # A report may end lines; nothing else in it moves a cursor or turns a line around.
        assert not [char for char in text if not char.isprintable() and char not in "\r\n"], style
    assert "<script>alert" not in told["html"]
    suite = ET.fromstring(told["junit"])
    assert len(suite.findall(".//testcase")) == len(report["results"]) + len(report["devices"])
    rows = list(csv.reader(io.StringIO(told["csv"])))
    assert not [cell for row in rows for cell in row if cell[:1] in "=+@" and cell]
    assert all(
        line.startswith(("::error title=", "::warning title=", "::notice title="))
        for line in told["github"].splitlines()
    )
    assert len(told["icinga"].splitlines()) == 1
    json.loads(told["sarif"])
    # The tables are whole, and another check of the same thing gives the same.
    ran = vxcheck("query", "SELECT count(*) AS n FROM devices", made, "--format", "json")
    assert json.loads(ran.out) == [{"n": len(NAMES)}]
    for style in ("table", "csv"):
        shown = vxcheck("query", "SELECT device, reason FROM devices", made, "--format", style)
        assert "\x1b" not in shown.out
        assert "\x1b" not in shown.err


def rewrite(folder: Path, change: Callable[[dict[str, Any]], None]) -> None:
    path = folder / "manifest.json"
    if path.exists():
        told = json.loads(path.read_text())
        change(told)
        path.write_text(json.dumps(told))


OUTSIDE = "planted outside of the snapshot\n"


def leads_out(folder: Path, tmp_path: Path, how: str) -> None:
    """Make a snapshot lead to a file that is not its own."""
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "show_vxlan_vtep.txt").write_text(OUTSIDE)
    inside = folder / EOS / "show_vxlan_vtep.txt"
    match how:
        case "dots":
            rewrite(
                folder,
                lambda told: told["devices"][0].update(
                    outputs=[{"command": "show vxlan vtep", "file": "../outside/show_vxlan_vtep.txt"}]
                ),
            )
        case "absolute":
            rewrite(
                folder,
                lambda told: told["devices"][0].update(
                    outputs=[{"command": "show vxlan vtep", "file": str(outside / "show_vxlan_vtep.txt")}]
                ),
            )
        case "link":
            inside.unlink()
            inside.symlink_to(outside / "show_vxlan_vtep.txt")
        case "folder":
            shutil.rmtree(inside.parent)
            inside.parent.symlink_to(outside)
        case "manifest":
            (outside / "manifest.json").write_text((folder / "manifest.json").read_text())
            (folder / "manifest.json").unlink()
            (folder / "manifest.json").symlink_to(outside / "manifest.json")
        case "intent":
            (folder / "intent.yaml").symlink_to(outside / "show_vxlan_vtep.txt")


@pytest.mark.parametrize("how", ["dots", "absolute", "link", "folder", "manifest", "intent"])
def test_a_snapshot_does_not_lead_out_of_its_folder(folder: Path, tmp_path: Path, vxcheck: Run, how: str) -> None:
    leads_out(folder, tmp_path, how)
    ran = vxcheck("check", folder, "--format", "json")
    assert ran.status == 2
    assert str(folder) in ran.err
    assert OUTSIDE.strip() not in ran.out + ran.err


@pytest.mark.parametrize("how", ["pipe", "nul", "circle", "is a folder", "device"])
def test_what_is_no_file_is_not_read(folder: Path, vxcheck: Run, how: str) -> None:
    path = folder / EOS / "show_vxlan_vtep.txt"
    path.unlink()
    name = str(path.relative_to(folder))
    match how:
        case "pipe":
            os.mkfifo(path)
        case "nul":
            name = "a\0b"
        case "circle":
            path.symlink_to(path)
        case "is a folder":
            path.mkdir()
        case "device":
            path.symlink_to("/dev/zero")
    rewrite(folder, lambda told: told["devices"][0].update(outputs=[{"command": "show vxlan vtep", "file": name}]))
    ran = vxcheck("check", folder, "--format", "json")
    if how == "device":
        assert ran.status == 2
    else:
        assert ran.status == 3
        assert "not in the snapshot" in ran.result("remote_vtep_missing", EOS)["reason"]


@pytest.mark.parametrize(
    "changed",
    [
        {"device": "leaf\x1b[2J"},
        {"device": "leaf\u202e1"},
        {"device": ""},
        {"device": ["x"]},
        {"device": "\ud800"},
        {"platform": "li\nnux"},
        {"condition": "coll\x1bected"},
        {"condition": 1},
        {"seconds": "x"},
        {"seconds": -1},
        {"seconds": float("inf")},
        {"role": "x"},
        {"outputs": {}},
        {"outputs": [1]},
        {"outputs": [{}]},
        {"outputs": [{"command": "a\x07"}]},
        {"outputs": [{"command": "a", "poll": "x"}]},
        {"outputs": [{"command": "a", "poll": 0}]},
        {"outputs": [{"command": "a", "seconds": []}]},
    ],
)
def test_a_manifest_that_is_not_in_order_is_refused(folder: Path, vxcheck: Run, changed: dict[str, Any]) -> None:
    rewrite(folder, lambda told: told["devices"][0].update(changed))
    ran = vxcheck("check", folder)
    assert ran.status == 2, ran.err
    assert str(folder / "manifest.json") in ran.err
    assert len(ran.err.splitlines()) == 1
    assert "\x1b" not in ran.err


@pytest.mark.parametrize("text", ["[" * 100000, "{", "[]", "1", '{"vxcheck_snapshot": 1, "devices": [1]}', "\x00"])
def test_a_manifest_that_is_none_is_refused(folder: Path, vxcheck: Run, text: str) -> None:
    (folder / "manifest.json").write_text(text)
    ran = vxcheck("check", folder)
    assert ran.status == 2
    assert str(folder / "manifest.json") in ran.err


@pytest.mark.parametrize(
    "line", ["1", "[]", '{"of": 1}', '{"of": "leaf1"}', '{"of": "leaf1", "command": "x", "poll": []}', "x"]
)
def test_a_journal_that_is_not_in_order_is_refused(tmp_path: Path, line: str) -> None:
    entries = {"leaf1": snapshot.entry_of("leaf1", "linux", "")}
    with saving.Saver(tmp_path / "taken", entries, 1, "", resume=False) as saver:
        pass
    (saver.folder / "journal.jsonl").write_text(f"{line}\n")
    with pytest.raises(UsageError, match="journal"):
        snapshot.read(saver.folder)


def test_resuming_into_somebodys_snapshot_writes_nowhere_else(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    entries = {"leaf1": snapshot.entry_of("leaf1", "linux", "")}
    with saving.Saver(tmp_path / "taken", entries, 1, "", resume=False):
        pass
    (tmp_path / "taken" / "leaf1").symlink_to(outside)
    with pytest.raises(UsageError, match="is a link"):
        saving.Saver(tmp_path / "taken", entries, 1, "", resume=True)
    assert not list(outside.iterdir())


@pytest.mark.parametrize("name", ["..", "../../evil", "/tmp/evil", ".", "a/b", "...", "~root", "-rf"])
def test_names_lead_to_no_other_folder(tmp_path: Path, vxcheck: Run, name: str) -> None:
    inside = tmp_path / "x" / "inside"
    inside.mkdir(parents=True)
    made = inside / "made"
    outputs = tuple(Output(command, "text\n") for command in (f"show {name}", name))
    snapshot.write(Snapshot((Device(name, "linux", outputs=outputs),)), made)
    (device,) = snapshot.read(made).devices
    assert (device.name, device.outputs) == (name, outputs)
    vxcheck("record", made, name, "-o", inside / "parsers")
    ran = vxcheck("record", made, f"--output={inside / 'parsers'}", "--", name)
    assert ran.status in (0, 2), ran.err
    told = json.loads((made / "manifest.json").read_text())
    told["devices"][0]["platform"] = "../../evil"
    (made / "manifest.json").write_text(json.dumps(told))
    assert vxcheck("record", made, "--output", inside / "parsers", "--", name).status == 2
    assert [path.name for path in tmp_path.iterdir() if path.name != "x"] == []
    assert {path.name for path in (tmp_path / "x").iterdir()} == {"inside"}
    assert {path.name for path in inside.iterdir()} <= {"made", "parsers"}


def test_an_intent_with_tags_of_python_runs_nothing(tmp_path: Path) -> None:
    path = tmp_path / "intent.yaml"
    path.write_text(f"fabric: !!python/object/apply:os.mkdir ['{tmp_path}/made']\n")
    with pytest.raises(UsageError):
        intent.load(path, {"leaf1": ""})
    assert not (tmp_path / "made").exists()


def test_no_json_turns_a_line_around(folder: Path, vxcheck: Run) -> None:
    """What stands in a path (or a device's words) reaches the terminal escaped, and is the same once it is read."""
    turned = folder.with_name("days\u202e\x9b2J")
    assert vxcheck("check", folder, "--save", turned, "-o", folder.with_name("report.json")).status in (0, 1)
    look = shutil.copytree(folder, folder.with_name("look\u202e\x9b2J"))
    for words in (("diff", folder, look), ("history", turned)):
        ran = vxcheck(*words, "--format", "json")
        assert all(char.isprintable() or char == "\n" for char in ran.out)
        assert "\u202e\x9b2J" in json.dumps(ran.report, ensure_ascii=False)
