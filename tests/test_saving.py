"""A snapshot that is written as it is collected: killed, resumed, with a full disk, and with two runs at once."""

from __future__ import annotations

import errno
import json
import os
import re
import shlex
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import Held, Run
from tests.test_trace import emulated
from vxcheck import snapshot
from vxcheck.demo import lab
from vxcheck.demo.lab import RunningLab
from vxcheck.errors import UsageError
from vxcheck.saving import Saver
from vxcheck.snapshot import COLLECTED, INTERRUPTED, Device, Output

HOSTS = {name: {"device": name, "platform": "linux"} for name in ("leaf1", "leaf2")}
ANSWER = Output("ip link show", "1: lo: <UP>\n")


def saver(folder: Path, *, resume: bool = False, polls: int = 1) -> Saver:
    return Saver(folder, HOSTS, polls, "2026-01-01T00:00:00+00:00", resume=resume)


def test_what_is_there_is_read_at_any_moment(tmp_path: Path) -> None:
    with saver(tmp_path / "taken") as saved:
        assert [device.condition for device in snapshot.read(saved.folder).devices] == [INTERRUPTED, INTERRUPTED]
        saved.output("leaf1", ANSWER)
        first, second = snapshot.read(saved.folder).devices
        assert (first.condition, first.outputs, second.outputs) == (INTERRUPTED, (ANSWER,), ())
        assert "--resume" in first.reason
        saved.device(Device("leaf1", "linux", outputs=(ANSWER,)))
        assert snapshot.read(saved.folder).devices[0].condition == COLLECTED
        # A line that was cut by the end of the run says nothing.
        with (saved.folder / "journal.jsonl").open("a") as journal:
            journal.write('{"device": "leaf2", "condi')
        assert snapshot.read(saved.folder).devices[1].condition == INTERRUPTED


def test_a_finished_one_has_a_manifest_alone(tmp_path: Path) -> None:
    with saver(tmp_path / "taken") as saved:
        for name in HOSTS:
            saved.output(name, ANSWER)
            saved.device(Device(name, "linux", outputs=(ANSWER,)))
        saved.finish(1.5)
    files = sorted(str(path.relative_to(tmp_path)) for path in (tmp_path / "taken").rglob("*") if path.is_file())
    assert files == ["taken/leaf1/ip_link_show.txt", "taken/leaf2/ip_link_show.txt", "taken/manifest.json"]
    read = snapshot.read(tmp_path / "taken")
    assert read.devices == tuple(Device(name, "linux", outputs=(ANSWER,)) for name in HOSTS)
    assert snapshot.read(tmp_path / "taken", texts=False).devices[0].outputs == ()


def test_two_runs_into_one_folder(tmp_path: Path) -> None:
    folder = tmp_path / "taken"
    with saver(folder):
        with pytest.raises(UsageError, match="not empty"):
            saver(folder)
        with pytest.raises(UsageError, match="another run"):
            saver(folder, resume=True)
    with saver(folder, resume=True) as resumed:
        assert resumed.done == {}


def test_resumed_with_other_polls(tmp_path: Path) -> None:
    with saver(tmp_path / "taken"):
        pass
    with pytest.raises(UsageError, match="--polls 1"):
        saver(tmp_path / "taken", resume=True, polls=2)


def test_a_full_disk(vxcheck: Run, live: RunningLab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write = snapshot._write
    written: list[Path] = []

    def full(path: Path, text: str) -> None:
        if path.suffixes[:1] == [".txt"] and len(written) > 5:
            raise OSError(errno.ENOSPC, "No space left on device", str(path))
        written.append(path)
        write(path, text)

    monkeypatch.setattr(snapshot, "_write", full)
    taken = tmp_path / "taken"
    ran = vxcheck("collect", live.inventory, "-o", taken, "--known-hosts", live.known_hosts)
    assert ran.status == 2
    assert "No space left on device" in ran.err
    assert INTERRUPTED in {device.condition for device in snapshot.read(taken).devices}
    monkeypatch.setattr(snapshot, "_write", write)
    again = vxcheck("collect", live.inventory, "-o", taken, "--known-hosts", live.known_hosts, "--resume")
    assert again.status == 0
    assert {device.condition for device in snapshot.read(taken).devices} == {COLLECTED}


@pytest.mark.skipif(os.geteuid() != 0, reason="to mount a small disk needs root")
@pytest.mark.parametrize("kib", [20, 200])
def test_a_disk_that_is_really_full(live: RunningLab, tmp_path: Path, kib: int) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    options = ["--known-hosts", str(live.known_hosts), "--save", "disk/history"]
    check = shlex.join([sys.executable, "-m", "vxcheck", "check", str(live.inventory), *options])
    # What got onto the disk is copied off it: it vanishes with the namespace.
    script = (
        f"mount -t tmpfs -o size={kib}k none disk || exit 77; {check}; status=$?; cp -r disk/history kept; exit $status"
    )
    ran = subprocess.run(
        ["unshare", "--mount", "sh", "-c", script],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    if ran.returncode == 77:
        pytest.skip(f"this machine lets nobody mount: {ran.stderr}")
    assert (ran.returncode, ran.stdout) == (2, "")
    assert "cannot write the snapshot to disk/history/" in ran.stderr
    assert "No space left on device" in ran.stderr
    (kept,) = [folder for folder in (tmp_path / "kept").iterdir() if folder.name.endswith("Z")]
    assert INTERRUPTED in {device.condition for device in snapshot.read(kept).devices}


@pytest.mark.parametrize("words", [["check", "."], ["show", "vteps", "."], ["explain", "ttl_too_small"]])
def test_standard_output_that_takes_no_more(tmp_path: Path, words: list[str]) -> None:
    with Path("/dev/full").open("w") as full:
        ran = subprocess.run(
            [sys.executable, "-m", "vxcheck", *words],
            cwd=emulated(tmp_path / "s"),
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert ran.returncode == 2
    assert re.fullmatch(r"vxcheck: cannot write to standard output, or .*: No space left on device\n", ran.stderr)


def test_an_unwritable_folder(vxcheck: Run, live: RunningLab, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    ran = vxcheck("collect", live.inventory, "-o", tmp_path / "file" / "taken", "--known-hosts", live.known_hosts)
    assert ran.status == 2
    assert "cannot write the snapshot" in ran.err
    assert not any(device.received for device in live.devices)


def test_resume_needs_what_was_begun(vxcheck: Run, live: RunningLab, tmp_path: Path) -> None:
    ran = vxcheck("collect", live.inventory, "-o", tmp_path / "none", "--resume")
    assert ran.status == 2
    assert "--resume" in ran.err


def test_killed_in_the_middle_and_resumed(vxcheck: Run, live: RunningLab, tmp_path: Path, held: Held) -> None:
    taken = tmp_path / "taken"
    words = [sys.executable, "-m", "vxcheck", "collect", str(live.inventory), "-o", str(taken)]
    with subprocess.Popen([*words, "--known-hosts", str(live.known_hosts)], stderr=subprocess.DEVNULL) as run:
        assert held.reached.wait(20)
        # The others are done when the journal says so.
        while (taken / "journal.jsonl").read_text().count('{"device"') < 2:
            assert run.poll() is None
        run.send_signal(signal.SIGKILL)
    held.go_on.set()
    kept = {device.name: device for device in snapshot.read(taken).devices}
    assert kept["vtep-arista01"].condition == COLLECTED
    assert kept["mcast-router01"].condition == INTERRUPTED
    assert {output.condition for output in kept["mcast-router01"].outputs} <= {COLLECTED}
    ran = vxcheck("check", taken, "--format", "json")
    assert ran.status == 3
    assert "mcast-router01" in ran.report["summary"]["not_examined"]
    for device in live.devices:
        device.received.clear()
    ran = vxcheck("collect", live.inventory, "-o", taken, "--resume", "--known-hosts", live.known_hosts)
    assert (ran.status, ran.out) == (0, f"3 of 3 devices collected into {taken}\n")
    assert [device.name for device in live.devices if device.received] == ["mcast-router01"]
    assert not (taken / "journal.jsonl").exists()
    for whole in snapshot.read(taken).devices:
        recorded = lab.answers(whole.name)
        assert whole.condition == COLLECTED
        assert all(one.text == recorded.get(one.command, one.text) for one in whole.outputs)
    assert json.loads((taken / "manifest.json").read_text())["started"]
