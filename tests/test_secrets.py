"""Planted passwords and keys are nowhere in what is written, shown, logged or raised; files are their owner's alone."""

from __future__ import annotations

import json
import logging
import os
import shutil
import signal
import stat
import subprocess
import sys
import traceback
from dataclasses import replace
from pathlib import Path

import paramiko
import pytest

from tests.conftest import Held, Run
from tests.test_terminal import at_terminal
from vxcheck import collect, content, inventory, scrub, snapshot, ssh
from vxcheck.demo import lab
from vxcheck.demo.lab import RunningLab
from vxcheck.errors import UsageError
from vxcheck.outputs import FORMATS

EOS = "vtep-arista01"
PASSPHRASE = "planted-passphrase-4711"
CONFIGURATION = "show running-config interfaces Vxlan1"
IN_DEVICE = ("planted-key-string", "$1$planted$hash", "PLANTEDPEMBODY", "planted-community")
CONFIGURED = """\
interface Vxlan1
   vxlan source-interface Loopback0
   description x
   key-string planted-key-string
   username x secret 5 $1$planted$hash
   snmp-server community planted-community ro
-----BEGIN OPENSSH PRIVATE KEY-----
PLANTEDPEMBODY
-----END OPENSSH PRIVATE KEY-----
"""


def planted(live: RunningLab, folder: Path) -> tuple[list[str], Path]:
    """Put a key with a passphrase into the inventory, and secrets into what devices answer; return all of them."""
    key = folder / "key"
    paramiko.RSAKey.generate(1024).write_private_key_file(str(key), password=PASSPHRASE)
    hosts = json.loads((live.inventory / "hosts.yaml").read_text())
    for host in hosts.values():
        host["connection_options"] = {"netmiko": {"extras": {"key_file": str(key), "passphrase": PASSPHRASE}}}
    (live.inventory / "hosts.yaml").write_text(json.dumps(hosts))
    for device in live.devices:
        answers = dict(lab.answers(device.name))
        # A device that repeats what was typed to it: in a MOTD, an error, an audit line.
        answers = {name: f"{text}note: {live.login.password}\n" for name, text in answers.items()}
        answers[CONFIGURATION] = CONFIGURED
        device._answers = answers
    return [live.login.password, PASSPHRASE, *key.read_text().splitlines()[4:6], *IN_DEVICE], key


def held(folder: Path, *left_out: Path) -> str:
    """Return everything that files in a folder hold, and what they are called."""
    files = [path for path in folder.rglob("*") if path.is_file() and path not in left_out]
    assert files
    return "\n".join(f"{path}\n{path.read_bytes().decode(errors='replace')}" for path in files)


def test_nothing_that_is_written_shown_or_logged_has_a_secret(
    vxcheck: Run, live: RunningLab, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    secrets, _ = planted(live, tmp_path)
    out = tmp_path / "out"
    out.mkdir()
    # Ours read the configuration where it is given, and do not send for it; somebody's own may.
    (sending,) = (one for one in content.platforms()["arista_eos"].commands if one.name == CONFIGURATION)
    assert not sending.collect
    mine = tmp_path / "mine" / "arista_eos" / sending.folder.name
    shutil.copytree(sending.folder, mine)
    told = (mine / "command.toml").read_text()
    (mine / "command.toml").write_text(told.replace("collect = false\n", ""))
    reports = [word for style in FORMATS for word in ("--format", f"{style}={out / style}")]
    with caplog.at_level(logging.DEBUG):
        ran = vxcheck(
            "check",
            live.inventory,
            "--known-hosts",
            live.known_hosts,
            "--save",
            out / "taken",
            *reports,
            "-vvv",
            "--parsers",
            tmp_path / "mine",
            "--allow-commands",
        )
    assert ran.status in (0, 1, 3), ran.err
    assert all((out / style).stat().st_size for style in FORMATS)
    taken = snapshot.read(out / "taken")
    (shown,) = (one.text for device in taken.devices for one in device.outputs if one.command == CONFIGURATION)
    assert shown.count(scrub.SECRET) == 4
    assert any(scrub.HIDDEN in one.text for device in taken.devices for one in device.outputs)
    said = "\n".join([held(out), ran.out, ran.err, caplog.text])
    assert [secret for secret in secrets if secret in said] == []
    made = [out / "taken", *(out / "taken").rglob("*"), *(out / style for style in FORMATS)]
    assert [path for path in made if path.stat().st_mode & 0o077] == []


def test_a_refused_login_and_its_traceback_have_no_secret(
    vxcheck: Run, live: RunningLab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secrets, _ = planted(live, tmp_path)
    hosts = inventory.load(live.inventory)
    assert [secret for secret in secrets if secret in repr(hosts)] == []
    wrong = [replace(host, password="planted-wrong-one") for host in hosts]
    taken = collect.collect(wrong, content.platforms(), collect.Options(ssh.Trust(live.known_hosts)))
    assert {device.condition for device in taken.devices} == {collect.LOGIN_REFUSED}
    assert "planted-wrong-one" not in repr(taken)

    def broken(host: inventory.Host, *_: object) -> None:
        raise RuntimeError(f"{host.password} and {host.options['passphrase']}")

    monkeypatch.setattr(ssh, "connect", broken)
    ran = vxcheck("check", live.inventory, "--known-hosts", live.known_hosts)
    assert "fault of vxcheck" in ran.out
    assert [secret for secret in secrets if secret in ran.out + ran.err] == []


def test_a_traceback_with_its_variables_has_no_secret(
    vxcheck: Run, live: RunningLab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secrets, _ = planted(live, tmp_path)
    monkeypatch.setenv("VXCHECK_TRACEBACK", "1")
    monkeypatch.setattr(collect, "collect", None)
    with pytest.raises(TypeError) as raised:
        vxcheck("check", live.inventory, "--known-hosts", live.known_hosts)
    told = traceback.TracebackException.from_exception(raised.value, capture_locals=True)
    frames = [
        repr(frame.locals) for frame in told.stack if "/vxcheck/" in frame.filename and "tests" not in frame.filename
    ]
    assert "Host(" in "".join(frames)
    assert [secret for secret in secrets if secret in "".join(frames)] == []


@pytest.mark.parametrize(
    "text",
    [
        'leaf1:\n  platform: linux\n  password: "Planted-1\n',
        "leaf1:\n  platform: linux\n  password: Planted-1: x\n",
        "leaf1:\n  platform: linux\n  password: *Planted-1\n",
        "leaf1:\n  platform: linux\n  password: !Planted-1 x\n",
        "leaf1:\n  platform: linux\n  password: 47110815\n",
        "leaf1:\n  platform: linux\n  password: [Planted-1]\n",
        "leaf1:\n  platform: linux\n  password: {Planted-1: 47110815}\n",
        "leaf1:\n  platform: linux\n  connection_options: {netmiko: {extras: {passphrase: 47110815}}}\n",
        "leaf1: {hostname: {password: Planted-1}}\n",
        "inventory: {plugin: NoSuchPlugin, options: {token: Planted-1, url: 'https://x/Planted-1'}}\n",
    ],
)
def test_a_mistake_in_an_inventory_is_told_without_the_password(tmp_path: Path, text: str) -> None:
    path = tmp_path / "hosts.yaml"
    path.write_text(text)
    with pytest.raises(UsageError) as raised:
        inventory.load(path)
    assert str(path) in str(raised.value)
    told = "".join(traceback.format_exception(raised.value))
    assert "Planted-1" not in told
    assert "47110815" not in told


def test_a_password_that_is_typed_is_nowhere(live: RunningLab, tmp_path: Path) -> None:
    (live.inventory / "defaults.yaml").unlink()
    taken = tmp_path / "taken"
    arguments = ["collect", str(live.inventory), "--known-hosts", str(live.known_hosts), "-o", str(taken)]
    answers = {"User name": live.login.username, "Password: ": live.login.password}
    status, drawn = at_terminal([*arguments, "--ask-password"], answers)
    assert status == 0, drawn
    assert live.login.password not in drawn + held(taken)


def test_the_process_list_and_an_interrupt_tell_nothing(live: RunningLab, tmp_path: Path, held: Held) -> None:
    """While a device hangs: no argument of any process has a secret; Ctrl-C then ends at once, and all else is kept."""
    secrets, _ = planted(live, tmp_path)
    taken = tmp_path / "taken"
    words = [sys.executable, "-m", "vxcheck", "collect", str(live.inventory), "-o", str(taken)]
    words += ["--known-hosts", str(live.known_hosts), "--timeout", "600"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as run:
        try:
            assert held.reached.wait(60)
            lines = Path("/proc").glob("[0-9]*/cmdline")
            listed = "\n".join(read for path in lines if (read := _arguments(path)))
            while (taken / "journal.jsonl").read_text().count('{"device"') < 2:
                assert run.poll() is None
            run.send_signal(signal.SIGINT)
            # The device still hangs: only who does not wait for it comes to an end.
            said, _ = run.communicate(timeout=50)
            assert not held.go_on.is_set()
        finally:
            held.go_on.set()
            run.kill()
    assert "vxcheck" in listed
    assert [secret for secret in secrets if secret in listed + said] == []
    assert run.returncode == 130
    assert said == f"vxcheck: interrupted: what was collected until then is in {taken}; --resume goes on from it\n"
    conditions = {device.name: device.condition for device in snapshot.read(taken).devices}
    assert sorted(conditions.values()) == ["collected", "collected", "interrupted"]
    assert conditions["mcast-router01"] == "interrupted"


def _arguments(path: Path) -> str:
    try:
        return path.read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:  # it has ended meanwhile
        return ""


def test_pytests_cache_and_output_have_no_secret(
    pytester: pytest.Pytester, live: RunningLab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secrets, key = planted(live, tmp_path)
    monkeypatch.setenv("PYTHONWARNINGS", "ignore")
    pytester.makepyfile("def test_it(vxlan):\n    assert vxlan.verdict == 'no such verdict', vxlan.opened\n")
    ran = pytester.runpytest_subprocess(
        "--vxcheck", str(live.inventory), "--vxcheck-known-hosts", str(live.known_hosts), "--showlocals", "-vv"
    )
    assert "no such verdict" in ran.stdout.str()
    said = ran.stdout.str() + ran.stderr.str() + held(pytester.path, key)
    assert [secret for secret in secrets if secret in said] == []


@pytest.mark.parametrize(
    ("command", "shows"),
    [
        ("show running-config", True),
        ("show running-config section vxlan", True),
        ("show startup-config", True),
        ("show configuration protocols | display set", True),
        ("show config", True),
        ("cat /etc/frr/frr.conf", True),
        ("show vxlan config-sanity detail", False),
        ("show interfaces vxlan 1", False),
        ("cat /proc/net/snmp", False),
    ],
)
def test_which_commands_show_configuration(command: str, shows: bool) -> None:
    assert scrub.shows_configuration(command) == shows


def test_scrubbing_changes_no_recorded_configuration() -> None:
    (folder,) = (c.folder for c in content.platforms()["arista_eos"].commands if c.name == CONFIGURATION)
    texts = [path.read_text() for path in folder.glob("*.txt")]
    assert texts
    assert all(scrub.secrets_of(text) == text for text in texts)


def test_a_core_is_not_written(live: RunningLab, vxcheck: Run) -> None:
    import resource

    vxcheck("check", live.inventory, "--known-hosts", live.known_hosts)
    assert resource.getrlimit(resource.RLIMIT_CORE)[0] == 0


def test_files_and_folders_are_their_owners_alone(vxcheck: Run, live: RunningLab, tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        options = ("--known-hosts", live.known_hosts)
        assert vxcheck("collect", live.inventory, "-o", tmp_path / "a" / "b" / "taken", *options).status == 0
        taken = tmp_path / "a" / "b" / "taken"
        assert vxcheck("check", taken, "-o", tmp_path / "a" / "report.html").status == 0
        assert vxcheck("intent", "from", taken, "-o", tmp_path / "a" / "intent.yaml").status == 0
        assert vxcheck("record", taken, EOS, "show vxlan vtep", "-o", tmp_path / "a" / "parsers").status == 0
        assert os.umask(0) == 0
    finally:
        os.umask(before)
    for path in [tmp_path / "a", *(tmp_path / "a").rglob("*")]:
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600), path


@pytest.mark.parametrize("ended_by", [signal.SIGINT, signal.SIGTERM], ids=lambda number: number.name)
def test_a_run_that_is_ended_leaves_no_temporary_folder(tmp_path: Path, ended_by: signal.Signals) -> None:
    words = [sys.executable, "-m", "vxcheck", "demo", "--serve"]
    elsewhere = {**os.environ, "TMPDIR": str(tmp_path)}
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=elsewhere) as run:
        try:
            assert run.stdout
            assert "Ctrl-C ends it.\n" in iter(run.stdout.readline, "")
            assert [path.name for path in tmp_path.glob("vxcheck-demo-*/inventory/*.yaml")] != []
            run.send_signal(ended_by)
            assert run.wait(30) == 0
        finally:
            run.kill()
    assert list(tmp_path.iterdir()) == []
