"""A history: what it stores, what it tells of verdicts and rows over time, what it keeps, and what damages it."""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Ran, Run
from vxcheck import cli, snapshot, store
from vxcheck.demo import lab
from vxcheck.history import History
from vxcheck.retention import Rule, name_of
from vxcheck.saving import Saver
from vxcheck.snapshot import DAMAGED, Device, Output, Snapshot

START = datetime(2026, 3, 1, 12, tzinfo=UTC)
T0, T1, T2, T3 = (name_of(START + timedelta(hours=hours)) for hours in range(4))
EOS, VYOS = "vtep-arista01", "vtep-vyos01"


def taken(hours: float, fault: str | None = None) -> Snapshot:
    devices = tuple(
        Device(name, platform, outputs=tuple(Output(c, t, seconds=0.1) for c, t in lab.answers(name, fault).items()))
        for name, platform in lab.PLATFORMS.items()
    )
    return Snapshot(devices, (START + timedelta(hours=hours)).isoformat(), 1.5)


def save(vxcheck: Run, folder: Path, told: Snapshot, *options: object) -> Ran:
    plain = folder.parent / f"plain-{told.started[:13]}"
    if not plain.exists():
        snapshot.write(told, plain)
    return vxcheck("check", plain, "--save", folder, *(options or ("--check", "udp_port_mismatch")))


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a history in which a fault comes and goes."""
    folder = tmp_path_factory.mktemp("original")
    for hours, fault in enumerate((None, "udp-port", None)):
        plain = folder / str(hours)
        snapshot.write(taken(hours, fault), plain)
        cli.main(["check", str(plain), "--save", str(folder / "days"), "--check", "udp_port_mismatch"])
    return folder / "days"


@pytest.fixture
def days(original: Path, tmp_path: Path) -> Path:
    """Return a copy of it: a history is as good elsewhere."""
    return shutil.copytree(original, tmp_path / "days", copy_function=shutil.copyfile)


def told(vxcheck: Run, folder: Path, *options: object) -> dict[str, Any]:
    return vxcheck("history", folder, "--format", "json", *options).report


def stored(folder: Path) -> set[str]:
    return {path.name for path in store.objects(folder)}


def test_it_tells_when_a_finding_appeared_and_when_it_went(vxcheck: Run, days: Path) -> None:
    found = told(vxcheck, days)
    assert [(one["snapshot"], one["verdict"], one["new"], one["gone"]) for one in found["snapshots"]] == [
        (T0, "passed", 0, 0),
        (T1, "failed", 1, 0),
        (T2, "passed", 0, 1),
    ]
    (finding,) = found["findings"]
    assert finding["check"] == "udp_port_mismatch"
    assert finding["devices"] == [EOS, VYOS]
    assert [finding[key] for key in ("not_before", "first_seen", "last_seen", "gone_at")] == [T0, T1, T1, T2]
    ran = vxcheck("history", days)
    assert ran.status == 0
    assert f"GONE FAULT udp_port_mismatch: the VTEPs of VNI 10, 20 disagree: {EOS}" in " ".join(ran.out.split())
    assert f"first seen {T1}, not at {T0}; last seen {T1}, gone at {T2}." in " ".join(ran.out.split())


def test_what_was_not_looked_for_is_not_gone(vxcheck: Run, days: Path) -> None:
    save(vxcheck, days, taken(3, "udp-port"))
    save(vxcheck, days, taken(4), "--check", "bum_*")
    save(vxcheck, days, taken(5), "--check", "udp_*", "--device", VYOS)
    first, second = told(vxcheck, days)["findings"]
    assert (first["state"], first["first_seen"], first["last_seen"], first["gone_at"]) == ("not known", T3, T3, None)
    assert (second["state"], second["gone_at"]) == ("gone", T2)
    # Who was left out is known of the snapshot, too.
    assert vxcheck("check", days, "--check", "udp_*", "--format", "json").report["verdict"] == "incomplete"
    assert told(vxcheck, days, "--check", "bum_*")["findings"] == []


def test_what_does_not_change_is_stored_once(vxcheck: Run, original: Path, days: Path) -> None:
    assert all(path.stat().st_mode & 0o077 == 0 for path in [original, *original.rglob("*")])
    before = stored(days)
    save(vxcheck, days, taken(3))
    assert stored(days) == before
    assert sorted(path.name for path in (days / T3).iterdir()) == ["manifest.json", "verdict.json"]
    save(vxcheck, days, with_another_answer(taken(4), "other\n"))
    assert len(stored(days) - before) == 2  # the output, and the list of the device's outputs


def with_another_answer(told: Snapshot, text: str, device: int = 0) -> Snapshot:
    one = told.devices[device]
    one = replace(one, outputs=(replace(one.outputs[0], text=text, seconds=7), *one.outputs[1:]))
    return replace(told, devices=(*told.devices[:device], one, *told.devices[device + 1 :]))


def an_hour_later(told: Snapshot, hours: int) -> Snapshot:
    """Let every number of five digits and more go on."""
    return replace(
        told,
        started=(START + timedelta(hours=hours)).isoformat(),
        devices=tuple(
            replace(device, outputs=tuple(replace(one, text=_counted_on(one.text, hours)) for one in device.outputs))
            for device in told.devices
        ),
    )


def _counted_on(text: str, hours: int) -> str:
    return re.sub(r"(?<![\w.:])\d{2,}(?![\w.:])", lambda number: str(int(number[0]) + 7 * hours), text)


def test_counters_that_move_are_stored_as_what_they_change(days: Path) -> None:
    before, first = stored(days), snapshot.read(days / T0)
    later = [an_hour_later(first, hours) for hours in range(3, 9)]
    for told in later:
        history = History.at(days)
        path = history.begin(told.started)
        snapshot.write(told, path)
        history.pack(path)
        assert snapshot.read(path) == told
        changed = [entry["changes"] for entry in snapshot.manifest(path)["devices"]]
        assert all(changed)
    assert stored(days) == before
    # Whatever else is removed, what they were told from stays.
    removed = History.at(days).keep(Rule.parse("1"))
    assert len(removed.names) == 7  # the newest, and the newest with a verdict, stay
    assert snapshot.read(path) == later[-1]
    # One that differs a great deal is stored itself, and those after it are told from that.
    lines = first.devices[0].outputs[0].text.splitlines(keepends=True)
    for hours, text in ((9, "".join(f"{len(line) ** 5} {line[::-1]}" for line in lines)), (10, "1\n")):
        told = replace(with_another_answer(first, text), started=(START + timedelta(hours=hours)).isoformat())
        path = History.at(days).begin(told.started)
        snapshot.write(told, path)
        History.at(days).pack(path)
        assert snapshot.read(path) == told
        assert "changes" not in snapshot.manifest(path)["devices"][0]


@pytest.mark.parametrize("how", ["another", "cut", "no base85", "no text", "no object", "no place"])
def test_a_change_that_is_not_what_was_saved(days: Path, how: str) -> None:
    told = an_hour_later(snapshot.read(days / T0), 3)
    path = History.at(days).begin(told.started)
    snapshot.write(told, path)
    History.at(days).pack(path)
    manifest = path / "manifest.json"
    document = {key: value for key, value in json.loads(manifest.read_text()).items() if key != "sha256"}
    changes = document["devices"][0]["changes"]
    place, one = next(iter(changes.items()))
    text = one["change"]
    one["change"] = {
        "another": store.change(b"", b"x"),
        "cut": text[:-5],
        "no base85": '"',
        "no text": 7,
        "no object": text,
        "no place": text,
    }[how]
    if how == "no object":
        changes[place] = text
    if how == "no place":
        changes["99"] = changes.pop(place)
    store.write_sealed(manifest, document)
    first, *others = snapshot.read(path).devices
    if how in ("no object", "no place"):
        assert first.condition == DAMAGED
    else:
        assert first.outputs[int(place)].condition == DAMAGED
        assert first.outputs[int(place)].text == ""
    assert others == list(told.devices[1:])


def test_what_an_output_changes_is_told_whatever_it_is() -> None:
    table = "".join(f"{one:06x} {one * 7919 % 1000}\n" for one in range(9000)).encode()
    moved = table.replace(b" 7", b" 8") + b"end\n"
    for base, text in (
        (table, moved),
        (moved, table),
        (b"", table),
        (table, b""),
        (table, table[50_000:]),
        (b"a", b"b"),
    ):
        told = store.change(base, text)
        assert store.changed(base, told, store.digest_of(text)) == text
    assert len(store.change(table, moved)) < len(moved) / 8


def test_a_snapshot_of_it_is_a_source(vxcheck: Run, days: Path, tmp_path: Path) -> None:
    expected = taken(1, "udp-port")
    read = snapshot.read(days / T1)
    assert (read.started, read.seconds) == (expected.started, 1.5)
    assert [sorted(device.outputs, key=str) for device in read.devices] == [
        sorted(device.outputs, key=str) for device in expected.devices
    ]
    for name in (T1, "previous", T1[:13]):
        assert vxcheck("check", days / name, "--check", "udp_*").status == 1
    for path in (days, days / "latest", days / "2026-03-01"):
        assert vxcheck("check", path, "--check", "udp_*").status == 0
    ran = vxcheck("check", days / "2026-03-02")
    assert (ran.status, "no such snapshot in the history" in ran.err) == (2, True)
    assert vxcheck("collect", days / T1, "-o", tmp_path / "out").status == 0
    assert (tmp_path / "out" / EOS / "show_vxlan_vtep.txt").is_file()
    assert vxcheck("check", tmp_path / "out", "--check", "udp_*").status == 1
    assert vxcheck("check", days / T1, "--save", days).status == 2


def test_damage_is_told_and_mended(vxcheck: Run, days: Path) -> None:
    output = next(one for one in taken(0).devices[0].outputs if one.command == "show vxlan vtep")
    path = days / store.OBJECTS / (digest := store.put(days, output.text.encode()))[:2] / digest
    path.write_text(output.text.replace("172", "173"))
    damaged = next(one for one in snapshot.read(days).devices[0].outputs if one.command == output.command)
    assert (damaged.condition, damaged.text) == (DAMAGED, "")
    ran = vxcheck("check", days, "--check", "remote_vtep_missing")
    assert ran.status == 3
    assert "it is not what was saved" in " ".join(ran.out.split())
    save(vxcheck, days, taken(3))
    assert path.read_text() == output.text
    path.unlink()
    listed = json.loads((days / T2 / "manifest.json").read_text())["devices"][1]["outputs"]
    (days / store.OBJECTS / listed[:2] / listed).unlink()
    assert [device.condition for device in snapshot.read(days / T2).devices] == ["collected", DAMAGED, "collected"]


@pytest.mark.parametrize("name", ["manifest.json", "verdict.json"])
def test_what_was_changed_by_hand_is_no_longer_believed(vxcheck: Run, days: Path, name: str) -> None:
    path = days / T1 / name
    path.write_text(path.read_text().replace(VYOS, "vtep-vyos02"))
    ran = vxcheck("check", days / T1) if name == "manifest.json" else vxcheck("history", days)
    assert ran.status == (2 if name == "manifest.json" else 3)
    assert "it is not what was saved" in " ".join((ran.out + ran.err).split())


def test_a_snapshot_is_judged_again(vxcheck: Run, days: Path) -> None:
    for name in (T0, T2):
        shutil.rmtree(days / name)
    (days / T1 / "verdict.json").unlink()
    ran = vxcheck("history", days)
    assert (ran.status, "--again judges it" in " ".join(ran.out.split())) == (3, True)
    ran = vxcheck("history", days, "--again")
    assert ran.status == 0
    assert f"STILL FAULT udp_port_mismatch: the VTEPs of VNI 10, 20 disagree: {EOS}" in " ".join(ran.out.split())


@pytest.mark.parametrize(
    ("rule", "hours", "kept"),
    [
        ("2", [0, 1, 2], [1, 2]),
        ("2h", [0, 0.25, 0.5, 5], [0.5, 5]),
        ("2d", [0, 11, 12, 40], [12, 40]),
        ("1,2d", [0, 11, 12, 13], [11, 13]),
        ("3h,1w", [0, 1, 2, 3], [1, 2, 3]),
        ("1m,2y", [0, 24 * 40, 24 * 400], [24 * 40, 24 * 400]),
    ],
)
def test_a_rule_keeps_the_newest_of_each_span(rule: str, hours: list[float], kept: list[float]) -> None:
    names = {name_of(START + timedelta(hours=one)): one for one in hours}
    assert sorted(names[name] for name in Rule.parse(rule).kept(list(names))) == kept


def test_a_rule_that_is_none(vxcheck: Run, tmp_path: Path) -> None:
    for rule in ("0", "24x", "", "h"):
        ran = vxcheck("check", tmp_path, "--save", tmp_path / "days", "--keep", rule)
        assert (ran.status, "number of snapshots" in ran.err) == (2, True)
    assert "name it with --save" in vxcheck("check", tmp_path, "--keep", "1").err


def test_what_the_rule_does_not_keep_is_removed_and_nothing_else(vxcheck: Run, days: Path) -> None:
    (days / T0 / "why.txt").write_text("before the change")
    save(vxcheck, days, with_another_answer(taken(2.5), "other\n"), "--check", "udp_*")
    ran = save(vxcheck, days, taken(3), "--check", "udp_*", "--keep", "1")
    assert f"--keep 1: 3 snapshots removed from {days}" in ran.err
    assert f"{T1}, {T2}, " in ran.err
    assert f"{days / T0} stays: why.txt is not vxcheck's" in ran.err
    assert [path.name for path in store.snapshots(days)] == [T0, T3]
    assert stored(days)
    for name in (T0, T3):
        assert {device.condition for device in snapshot.read(days / name).devices} == {"collected"}
    (days / T0 / "why.txt").unlink()
    save(vxcheck, days, with_another_answer(taken(4), "other\n"), "--check", "udp_*")
    before = stored(days)
    save(vxcheck, days, taken(5, "udp-port"), "--check", "udp_*", "--keep", "1")
    assert len(store.snapshots(days)) == 1
    assert before - stored(days)
    assert vxcheck("check", days, "--check", "udp_*").status == 1


def test_nothing_is_swept_while_a_snapshot_cannot_be_read(vxcheck: Run, days: Path) -> None:
    before = stored(days)
    (days / T2 / "manifest.json").write_text("{")
    ran = save(vxcheck, days, taken(3), "--check", "udp_*", "--keep", "2")
    assert "was not removed, because one cannot be read" in ran.err
    assert before <= stored(days)


def test_a_run_that_was_killed_leaves_what_can_be_read(vxcheck: Run, days: Path) -> None:
    history = History.at(days)
    path = history.begin("2026-03-01T15:00:00+00:00")
    hosts = {name: snapshot.entry_of(name, "linux", "") for name in ("leaf1", "leaf2")}
    answer = Output("ip link show", "1: lo: <UP>\n")
    with Saver(path, hosts, 1, "2026-03-01T15:00:00+00:00", resume=False) as saver:
        saver.output("leaf1", answer)
        saver.device(Device("leaf1", "linux"))
        # Another run tidies up meanwhile: this one's folder is not its business.
        history.keep(Rule.parse("3"))
        assert [one.name for one in store.snapshots(days)] == [T0, T1, T2, path.name]
        assert (path / "journal.jsonl").is_file()
    found = told(vxcheck, days)["snapshots"][-1]
    assert (found["snapshot"], found["verdict"], "being collected" in found["problem"]) == (path.name, None, True)
    assert store.located(days).name == T2
    history.keep(None)
    assert sorted(one.name for one in path.iterdir()) == ["manifest.json"]
    first, second = snapshot.read(path).devices
    assert (first.outputs, first.condition, second.condition) == ((answer,), "collected", "interrupted")
    assert vxcheck("history", days).status == 3
    history.keep(Rule.parse("1"))
    assert [one.name for one in store.snapshots(days)] == [T2, path.name], "it stands for no verdict"


def test_killed_between_packing_and_tidying(vxcheck: Run, days: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def killed(_: Path) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("vxcheck.history._remove_outputs", killed)
    assert save(vxcheck, days, taken(3)).status == 130
    assert {device.condition for device in snapshot.read(days / T3).devices} == {"collected"}
    monkeypatch.undo()
    History.at(days).keep(None)
    assert [one.name for one in (days / T3).iterdir()] == ["manifest.json"]


def test_two_runs_of_the_same_second(days: Path) -> None:
    first, second = (History.at(days).begin("2026-03-02T00:00:00+00:00") for _ in range(2))
    assert (first.name, second.name) == ("2026-03-02T00-00-00Z", "2026-03-02T00-00-01Z")


def test_no_link_leads_out(vxcheck: Run, days: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    (days / store.OBJECTS).rename(outside)
    (days / store.OBJECTS).symlink_to(outside)
    before = {path.name for path in outside.rglob("*")}
    assert {device.condition for device in snapshot.read(days / T0).devices} == {DAMAGED}
    ran = save(vxcheck, days, taken(3, "udp-port"))
    assert (ran.status, "symbolic link" in ran.err) == (2, True)
    assert {path.name for path in outside.rglob("*")} == before


def test_rows_over_time(vxcheck: Run, tmp_path: Path) -> None:
    days = tmp_path / "days"
    ports = {"leaf1": ["eth1", "eth2", "", "eth1"], "leaf2": ["", "", "eth7", ""]}
    for hours in range(4):
        devices = []
        for name, port in ports.items():
            fdb = f"02:00:00:00:00:01 dev {port[hours]} master br10 \n" if port[hours] else ""
            fdb += "33:33:00:00:00:01 dev eth1 self permanent\n"
            outputs = [Output("bridge fdb show", fdb), Output("cat /proc/uptime", f"{hours}\n")]
            devices.append(Device(name, "linux", outputs=tuple(outputs)))
        devices[1:] = [Device("leaf2", "linux", "unreachable", "no answer")] if hours == 3 else devices[1:]
        save(vxcheck, days, Snapshot(tuple(devices), (START + timedelta(hours=hours)).isoformat()))
    ran = vxcheck("show", "macs", days, "--mac", "0200.0000.0001", "--format", "json")
    columns = ("device", "interface", "first_seen", "gone_at", "state")
    assert [[row[name] for name in columns] for row in json.loads(ran.out)] == [
        ["leaf1", "eth1", T0, T1, "gone"],
        ["leaf1", "eth2", T1, T2, "gone"],
        ["leaf2", "eth7", T2, None, "not known"],
        ["leaf1", "eth1", T3, None, "still there"],
    ]
    assert (ran.status, f"not known of leaf2 at {T3}: unreachable: no answer" in ran.err) == (3, True)
    ran = vxcheck("show", "macs", days / T1, "--where", "interface=eth2", "--format", "json")
    assert [row["mac"] for row in json.loads(ran.out)] == ["02:00:00:00:00:01"]
    assert "has no column 'port'" in vxcheck("show", "macs", days, "--where", "port=1").err
