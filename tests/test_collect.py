"""Every end that a device can come to, over real SSH on loopback: each is told, and none costs another's results."""

from __future__ import annotations

import contextlib
import json
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Run
from vxcheck import collect, content, snapshot
from vxcheck.demo import lab
from vxcheck.demo.lab import RunningLab
from vxcheck.demo.server import EmulatedDevice

EOS = "vtep-arista01"


def hosts_of(live: RunningLab) -> dict[str, dict[str, Any]]:
    return dict(json.loads((live.inventory / "hosts.yaml").read_text()))


def rewrite(live: RunningLab, hosts: dict[str, dict[str, Any]]) -> None:
    (live.inventory / "hosts.yaml").write_text(json.dumps(hosts))


def conditions(report: dict[str, Any]) -> dict[str, str]:
    return {device["device"]: device["condition"] for device in report["devices"]}


def check(vxcheck: Run, live: RunningLab, *options: object) -> Any:
    return vxcheck("check", live.inventory, "--known-hosts", live.known_hosts, "--format", "json", *options)


def assert_not_green(ran: Any, device: str, condition: str) -> str:
    """Assert that one device is named with its condition, that nothing of it passed, and the exit status."""
    assert conditions(ran.report)[device] == condition
    assert device in ran.report["summary"]["not_examined"]
    assert not [r for r in ran.report["results"] if r["device"] == device and r["status"] in ("passed", "failed")]
    assert ran.report["verdict"] == "incomplete"
    assert ran.status == 3
    others = {name: state for name, state in conditions(ran.report).items() if name != device}
    assert set(others.values()) == {"collected"}
    return str(next(one["reason"] for one in ran.report["devices"] if one["device"] == device))


def test_all_is_collected_and_nothing_but_the_listed_commands_is_sent(vxcheck: Run, live: RunningLab) -> None:
    ran = check(vxcheck, live)
    assert (ran.status, ran.report["verdict"]) == (0, "passed")
    assert set(conditions(ran.report).values()) == {"collected"}
    for device in live.devices:
        platform = content.platforms()[device.platform]
        listed = {spelling for command in collect.planned(platform) for spelling in command.sent}
        assert device.received
        assert set(device.received) <= listed | set(platform.session)


def test_connection_refused(vxcheck: Run, live: RunningLab) -> None:
    hosts = hosts_of(live)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        hosts[EOS]["port"] = taken.getsockname()[1]
    rewrite(live, hosts)
    reason = assert_not_green(check(vxcheck, live), EOS, "unreachable")
    assert "connection refused" in reason
    assert str(hosts[EOS]["port"]) in reason


def test_a_name_that_does_not_resolve(vxcheck: Run, live: RunningLab) -> None:
    hosts = hosts_of(live)
    hosts[EOS]["hostname"] = "no-such-host.invalid"
    rewrite(live, hosts)
    assert "does not resolve" in assert_not_green(check(vxcheck, live), EOS, "unreachable")


def test_login_refused(vxcheck: Run, live: RunningLab) -> None:
    hosts = hosts_of(live)
    hosts[EOS]["password"] = "not-the-password"
    rewrite(live, hosts)
    ran = check(vxcheck, live)
    reason = assert_not_green(ran, EOS, "login refused")
    assert "as demo" in reason
    assert "not-the-password" not in ran.out + ran.err


def test_host_key_changed(vxcheck: Run, live: RunningLab) -> None:
    lines = live.known_hosts.read_text().splitlines()
    keys = [line.split(" ", 1) for line in lines]
    swapped = [f"{keys[0][0]} {keys[1][1]}", *lines[1:]]
    live.known_hosts.write_text("\n".join(swapped) + "\n")
    for option in ((), ("--accept-new-host-keys",)):
        reason = assert_not_green(check(vxcheck, live, *option), EOS, "host key changed")
        assert "ssh-keygen -R '[127.0.0.1]:" in reason
    assert live.known_hosts.read_text().splitlines() == swapped


def test_host_key_unknown_then_accepted(vxcheck: Run, live: RunningLab) -> None:
    lines = live.known_hosts.read_text().splitlines()
    live.known_hosts.write_text("\n".join(lines[1:]))
    reason = assert_not_green(check(vxcheck, live), EOS, "host key unknown")
    assert "--accept-new-host-keys" in reason
    assert check(vxcheck, live, "--accept-new-host-keys").status == 0
    assert live.known_hosts.read_text().splitlines() == [*lines[1:], lines[0]]
    assert check(vxcheck, live).status == 0


@contextlib.contextmanager
def replaced(live: RunningLab, answers: dict[str, str], name: str = EOS) -> Iterator[EmulatedDevice]:
    """Put another device in the place of one of the lab's."""
    hosts = hosts_of(live)
    device = EmulatedDevice(name, hosts[name]["platform"], answers, live.login)
    with contextlib.closing(device):
        hosts[name]["port"] = device.port
        rewrite(live, hosts)
        with live.known_hosts.open("a") as file:
            file.write(f"[127.0.0.1]:{device.port} {device.host_key.get_name()} {device.host_key.get_base64()}\n")
        yield device


@pytest.mark.parametrize(
    ("command", "costs", "spares"),
    [
        ("show mac address-table", "mac_behind_wrong_vtep", "udp_port_mismatch"),
        ("show vxlan vtep", "remote_vtep_missing", "bum_mode_mismatch"),
        ("show vxlan counters software", "decap_discards", "vtep_down"),
    ],
)
def test_command_refused(vxcheck: Run, live: RunningLab, command: str, costs: str, spares: str) -> None:
    answers = lab.answers(EOS)
    del answers[command]  # the device then says % Invalid input
    with replaced(live, answers):
        ran = check(vxcheck, live)
    assert conditions(ran.report)[EOS] == "command refused"
    assert ran.status == 3
    assert ran.report["verdict"] == "incomplete"
    result = ran.result(costs, EOS)
    assert result["status"] == "not_run"
    assert command in result["reason"]
    assert "% Invalid input" in result["reason"]
    assert ran.result(spares, EOS)["status"] == "passed"


def test_a_command_that_only_a_table_nobody_needs_is_refused(vxcheck: Run, live: RunningLab) -> None:
    answers = lab.answers(EOS)
    answers["show vxlan counters varp"] = "% Unavailable command (not supported on this hardware platform)\n"
    with replaced(live, answers):
        ran = check(vxcheck, live)
    assert (ran.status, conditions(ran.report)[EOS]) == (0, "collected")


def test_a_release_that_does_not_know_an_optional_command_is_wholly_collected(vxcheck: Run, live: RunningLab) -> None:
    answers = lab.answers(EOS)
    del answers["show mlag"]  # the device then says % Invalid input
    with replaced(live, answers):
        ran = check(vxcheck, live)
    assert (ran.status, conditions(ran.report)[EOS]) == (0, "collected")
    answers["show mlag"] = "% Authorization denied for command 'show mlag'\n"
    with replaced(live, answers):
        ran = check(vxcheck, live)
    assert (ran.status, conditions(ran.report)[EOS]) == (3, "command refused")


def test_an_answer_without_end_times_out(vxcheck: Run, live: RunningLab) -> None:
    class Mute(dict[str, str]):
        """Answer one command by hanging in the middle of it."""

        def __getitem__(self, command: str) -> str:
            if command == "show vxlan vtep":
                threading.Event().wait(20)
            return super().__getitem__(command)

    with replaced(live, Mute(lab.answers(EOS))):
        ran = check(vxcheck, live, "--timeout", "1.5")
    assert conditions(ran.report)[EOS] == "timed out"
    assert ran.status == 3
    result = ran.result("remote_vtep_missing", EOS)
    assert result["status"] == "not_run"
    assert "show vxlan vtep" in result["reason"]
    assert "--timeout" in result["reason"]


def test_a_server_that_says_nothing(vxcheck: Run, live: RunningLab) -> None:
    hosts = hosts_of(live)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        hosts[EOS]["port"] = silent.getsockname()[1]
        rewrite(live, hosts)
        assert_not_green(check(vxcheck, live, "--login-timeout", "1.5"), EOS, "timed out")


def test_a_connection_that_is_closed_in_the_middle(vxcheck: Run, live: RunningLab) -> None:
    class Dropping(dict[str, str]):
        """Close the connection instead of answering one command."""

        def __getitem__(self, command: str) -> str:
            if command == "show vxlan vtep":
                device.close()
                raise OSError
            return super().__getitem__(command)

    with replaced(live, Dropping(lab.answers(EOS))) as device:
        ran = check(vxcheck, live, "--timeout", "10")
    assert conditions(ran.report)[EOS] == "connection lost"
    assert ran.status == 3
    assert "show vxlan vtep" in ran.result("remote_vtep_missing", EOS)["reason"]


def test_a_description_with_the_hosts_name_does_not_end_an_output(vxcheck: Run, live: RunningLab) -> None:
    answers = lab.answers(EOS)
    text = answers["show interfaces vxlan 1"]
    answers["show interfaces vxlan 1"] = text.replace("  Hardware is", f"  Description: {EOS}\n  Hardware is")
    with replaced(live, answers):
        ran = check(vxcheck, live)
    assert ran.status == 0


def test_an_unsupported_platform_is_named_and_not_contacted(vxcheck: Run, live: RunningLab) -> None:
    hosts = hosts_of(live)
    hosts["spine1"] = {"hostname": "192.0.2.1", "platform": "hp_comware"}
    rewrite(live, hosts)
    ran = check(vxcheck, live)
    assert conditions(ran.report)["spine1"] == "unsupported platform"
    assert ran.status == 3
    assert ran.result("udp_port_mismatch", EOS)["status"] == "passed"


def test_two_polls_judge_growth(vxcheck: Run, live: RunningLab) -> None:
    assert check(vxcheck, live).result("decap_discards_growing", EOS)["status"] == "not_asked"
    ran = check(vxcheck, live, "--polls", "2", "--interval", "0.1")
    assert ran.result("decap_discards_growing", EOS)["status"] == "passed"

    class Growing(dict[str, str]):
        """Count more discards at every look."""

        discarded = 384

        def __getitem__(self, command: str) -> str:
            text = super().__getitem__(command)
            if command == "show vxlan counters software":
                text = text.replace(":  384", f":  {self.discarded}")
                self.discarded += 9
            return text

    with replaced(live, Growing(lab.answers(EOS))):
        ran = check(vxcheck, live, "--polls", "2", "--interval", "0.1")
    result = ran.result("decap_discards_growing", EOS)
    assert (result["status"], ran.status) == ("failed", 1)
    assert "discarded 9 packets" in result["faults"][0]["message"]


def test_saved_snapshot_gives_the_same_verdict_and_holds_no_secret(
    vxcheck: Run, live: RunningLab, tmp_path: Path
) -> None:
    saved = tmp_path / "saved"
    first = check(vxcheck, live, "--save", saved)
    again = vxcheck("check", saved, "--format", "json")
    assert again.status == first.status == 0
    assert again.report["results"] == first.report["results"]
    written = b"".join(path.read_bytes() for path in saved.rglob("*") if path.is_file())
    assert live.login.password.encode() not in written
    assert all(path.stat().st_mode & 0o077 == 0 for path in [saved, *saved.rglob("*")])
    read = snapshot.read(saved)
    assert read.started
    assert {device.condition for device in read.devices} == {"collected"}
    (saved / "history.json").unlink()
    assert vxcheck("check", live.inventory, "--save", saved).status == 2, "what it holds is somebody's"


def test_environment_gives_the_credentials(vxcheck: Run, live: RunningLab, monkeypatch: pytest.MonkeyPatch) -> None:
    (live.inventory / "defaults.yaml").unlink()
    monkeypatch.setenv("VXCHECK_USERNAME", live.login.username)
    monkeypatch.setenv("VXCHECK_PASSWORD", live.login.password)
    assert check(vxcheck, live).status == 0


def test_only_one_device_is_asked(vxcheck: Run, live: RunningLab) -> None:
    ran = check(vxcheck, live, "--device", "vtep-a*")
    assert conditions(ran.report) == {
        "vtep-arista01": "collected",
        "vtep-vyos01": "left out",
        "mcast-router01": "left out",
    }
    assert ran.result("vni_missing_on_peer", EOS)["status"] == "not_asked"
    assert [device.name for device in live.devices if device.received] == [EOS]
    assert ran.status == 0


def test_collect_then_look(vxcheck: Run, live: RunningLab, tmp_path: Path) -> None:
    taken = tmp_path / "taken"
    ran = vxcheck("collect", live.inventory, "-o", taken, "--known-hosts", live.known_hosts)
    assert ran.status == 0
    assert "3 of 3 devices collected" in ran.out
    rows = json.loads(vxcheck("show", "remote_vteps", taken, "--format", "json").out)
    assert [row["peer"] for row in rows] == ["172.16.2.1"]
    shown = vxcheck("query", "SELECT vni, count(*) AS members FROM vni_members GROUP BY vni ORDER BY vni", taken)
    assert shown.status == 0
    assert shown.out.splitlines()[2:] == ["10     2", "20     2", "(2 rows)"]


def test_wrong_login_is_not_tried_twice(live: RunningLab, vxcheck: Run) -> None:
    """A second try of a refused login can lock an account."""
    hosts = hosts_of(live)
    hosts[EOS]["password"] = "wrong"
    rewrite(live, hosts)
    assert conditions(check(vxcheck, live).report)[EOS] == "login refused"
    assert [device.logins_tried for device in live.devices] == [1, 1, 1]


UNHEARD = """
import os, signal, threading, time
from vxcheck import collect

def one(_):
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    time.sleep(1)  # until it is waited for
    os.kill(os.getpid(), signal.SIGINT)
    time.sleep(600)

signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
try:
    list(collect._each(one, ["leaf1"], 1, threading.Event()))
except KeyboardInterrupt:
    print("interrupted")
"""


def test_an_interrupt_that_does_not_wake_the_wait_ends_it_all_the_same() -> None:
    ran = subprocess.run([sys.executable, "-c", UNHEARD], check=False, capture_output=True, text=True, timeout=30)
    assert (ran.stdout, ran.stderr, ran.returncode) == ("interrupted\n", "", 0)
