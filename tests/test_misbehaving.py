"""Devices that misbehave, over real SSH on loopback: each ends in a stated condition, and costs no other's results."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import paramiko
import pytest
from paramiko.common import AUTH_FAILED, AUTH_SUCCESSFUL, OPEN_FAILED_RESOURCE_SHORTAGE

from vxcheck import asking, collect, content, ssh
from vxcheck.content import Platform
from vxcheck.demo import lab
from vxcheck.demo.server import Door, EmulatedDevice, Login
from vxcheck.inventory import Host
from vxcheck.snapshot import COLLECTED, NOT_ASKED, REFUSED, Device

EOS, ROUTER = "vtep-arista01", "mcast-router01"
COMMAND = "show vxlan address-table"
LOGIN = Login("demo", "correct-horse")
ALWAYS = threading.Event()  # never set: who waits for it hangs until the time given is up

Asked = Callable[..., Device]


class Bad(EmulatedDevice):
    """Behave, but for one command, which subclasses answer in their own way."""

    def __init__(self, name: str = EOS) -> None:
        super().__init__(name, lab.PLATFORMS[name], lab.answers(name), LOGIN)

    def bad(self, channel: paramiko.Channel) -> None:
        raise NotImplementedError

    def one(self, channel: paramiko.Channel, command: str) -> None:
        if command == COMMAND:
            self.bad(channel)
            return
        super().one(channel, command)

    def reply(self, channel: paramiko.Channel, command: str, prompt: str) -> None:
        if command == COMMAND:
            channel.sendall(b"\r\n")
            self.bad(channel)
            return
        super().reply(channel, command, prompt)


@pytest.fixture
def asked(tmp_path: Path) -> Iterator[Asked]:
    """Return a function that collects from a device, beside one that behaves, and returns what came of the first."""
    with contextlib.ExitStack() as stack:

        def ask(
            device: EmulatedDevice, /, *, shell: bool = False, password: str = LOGIN.password, **options: Any
        ) -> Device:
            stack.enter_context(contextlib.closing(device))
            good = stack.enter_context(contextlib.closing(EmulatedDevice("good", "linux", lab.answers(ROUTER), LOGIN)))
            device.takes_commands = device.takes_commands and not shell
            known = tmp_path / "known_hosts"
            lines = (
                f"[127.0.0.1]:{d.port} {d.host_key.get_name()} {d.host_key.get_base64()}\n" for d in (device, good)
            )
            known.write_text("".join(lines))
            given = {"login_timeout": 3.0, "read_timeout": 1.0, **options}
            hosts = [
                Host(device.name, device.platform, "127.0.0.1", device.port, "demo", password),
                Host(good.name, good.platform, "127.0.0.1", good.port, "demo", LOGIN.password),
            ]
            taken = collect.collect(hosts, content.platforms(), collect.Options(ssh.Trust(known), **given))
            assert taken.devices[1].condition == COLLECTED
            # Every command has an end of its own, in the order of the platform's folder.
            planned = [command.name for command in collect.planned(content.platforms()[device.platform])]
            assert [output.command for output in taken.devices[0].outputs] == planned
            return taken.devices[0]

        yield ask


def output_of(device: Device, command: str = COMMAND) -> tuple[str, str]:
    (output,) = (one for one in device.outputs if one.command == command)
    return output.condition, output.text


def others(device: Device) -> set[str]:
    return {output.condition for output in device.outputs if output.command != COMMAND}


BOTH_WAYS = pytest.mark.parametrize("shell", [False, True], ids=["channels", "shell"])


def test_both_ways_give_the_same_bytes(asked: Asked) -> None:
    for name in (EOS, ROUTER, "vtep-vyos01"):
        device = EmulatedDevice(name, lab.PLATFORMS[name], lab.answers(name), LOGIN)
        by_channel, by_shell = asked(device), None
        device = EmulatedDevice(name, lab.PLATFORMS[name], lab.answers(name), LOGIN)
        by_shell = asked(device, shell=True)
        assert by_channel.condition == by_shell.condition == COLLECTED
        texts = [{one.command: one.text for one in way.outputs} for way in (by_channel, by_shell)]
        assert texts[0] == texts[1]
        recorded = lab.answers(name)
        assert all(text == recorded[command] for command, text in texts[0].items() if command in recorded)


def test_nothing_but_the_folders_commands_leaves_over_a_channel(tmp_path: Path) -> None:
    with contextlib.closing(EmulatedDevice(EOS, "arista_eos", lab.answers(EOS), LOGIN)) as device:
        host = Host(EOS, "arista_eos", "127.0.0.1", device.port, "demo", LOGIN.password)
        trust = ssh.Trust(tmp_path / "known", accept_new=True)
        opened, chain = ssh.connect(host, trust, {"show version"}, 3)
        connection: Any = opened
        try:
            connection.execute("show version", 3).close()
            with pytest.raises(ssh.ForbiddenCommandError, match="reload"):
                connection.execute("reload", 3)
        finally:
            connection.paramiko_cleanup()
            ssh.close(chain)
    assert "reload" not in device.received


@BOTH_WAYS
def test_hangs_in_mid_line(asked: Asked, *, shell: bool) -> None:
    class Hanging(Bad):
        def bad(self, channel: paramiko.Channel) -> None:
            channel.sendall(b"Remote VTEPS for Vx")
            ALWAYS.wait(5)

    device = asked(Hanging(), shell=shell)
    assert device.condition == asking.TIMED_OUT
    assert output_of(device) == (asking.TIMED_OUT, "Remote VTEPS for Vx")
    assert "--timeout" in device.reason
    assert COMMAND in device.reason
    # Over channels one command that hangs costs itself alone.
    assert others(device) == ({COLLECTED, NOT_ASKED} if shell else {COLLECTED})


@BOTH_WAYS
def test_drips(asked: Asked, *, shell: bool) -> None:
    class Dripping(Bad):
        def bad(self, channel: paramiko.Channel) -> None:
            with contextlib.suppress(OSError):
                for _ in range(60):
                    channel.sendall(b".")
                    time.sleep(0.1)

    device = asked(Dripping(), shell=shell, device_timeout=2.0)
    assert device.condition == asking.TIMED_OUT
    assert output_of(device)[0] == asking.TIMED_OUT
    assert "--device-timeout" in device.reason


@BOTH_WAYS
def test_sends_more_than_may_be_held(asked: Asked, *, shell: bool) -> None:
    class Flooding(Bad):
        def bad(self, channel: paramiko.Channel) -> None:
            with contextlib.suppress(OSError):
                for _ in range(100):
                    channel.sendall(b"0123456789abcde\n" * 4096)

    device = asked(Flooding(), shell=shell, max_output=1 << 20)
    assert (device.condition, output_of(device)) == ("output too large", ("output too large", ""))
    assert "--max-output" in device.reason


@BOTH_WAYS
def test_drops_in_mid_table(asked: Asked, *, shell: bool) -> None:
    class Dropping(Bad):
        def bad(self, channel: paramiko.Channel) -> None:
            channel.sendall(b"Remote VTEPS for Vxlan1:\r\n\r\n172.16")
            channel.get_transport().close()

    device = asked(Dropping(), shell=shell)
    assert device.condition == asking.CONNECTION_LOST
    assert output_of(device)[0] == asking.CONNECTION_LOST


def test_a_channel_that_ends_without_exit_status_is_asked_again_in_the_shell(asked: Asked) -> None:
    class Cutting(Bad):
        def bad(self, channel: paramiko.Channel) -> None:
            channel.sendall(b"Remote VTEPS")

        def reply(self, channel: paramiko.Channel, command: str, prompt: str) -> None:
            EmulatedDevice.reply(self, channel, command, prompt)

    device = asked(Cutting())
    assert device.condition == COLLECTED
    assert output_of(device) == (COLLECTED, lab.answers(EOS)[COMMAND])


def test_waits_for_input(asked: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who waits is told that there is no input; who ends at once is not: OpenSSH hangs up on an end behind the end."""
    told: list[int] = []
    shutdown_write = paramiko.Channel.shutdown_write

    def tell(channel: paramiko.Channel) -> None:
        if not channel.get_transport().server_mode:
            told.append(channel.get_id())
        shutdown_write(channel)

    monkeypatch.setattr(paramiko.Channel, "shutdown_write", tell)

    class Waiting(Bad):
        def bad(self, channel: paramiko.Channel) -> None:
            assert channel.recv(1) == b""
            channel.sendall(self.answer(COMMAND).encode())
            channel.send_exit_status(0)

    device = asked(Waiting(), read_timeout=3.0)
    assert output_of(device) == (COLLECTED, lab.answers(EOS)[COMMAND])
    assert len(told) == 1


def test_says_nothing_and_fails(asked: Asked) -> None:
    class Failing(Bad):
        def bad(self, channel: paramiko.Channel) -> None:
            channel.send_exit_status(3)

    device = asked(Failing())
    assert output_of(device)[0] == device.condition == REFUSED
    assert "status 3" in device.reason


@BOTH_WAYS
@pytest.mark.parametrize("words", ["% Invalid input", "% Authorization denied for command"])
def test_refuses_a_command(asked: Asked, words: str, *, shell: bool) -> None:
    device = Bad()
    device.one = EmulatedDevice.one.__get__(device)  # type: ignore[method-assign]
    device.reply = EmulatedDevice.reply.__get__(device)  # type: ignore[method-assign]
    device._answers = {**lab.answers(EOS), COMMAND: f"{words}\n"}
    ended = asked(device, shell=shell)
    assert output_of(ended) == (REFUSED, f"{words}\n")
    assert ended.condition == REFUSED
    assert words in ended.reason


def test_refuses_every_command_over_channels_alone(asked: Asked) -> None:
    class Refusing(EmulatedDevice):
        def one(self, channel: paramiko.Channel, command: str) -> None:
            channel.sendall(b"% Authorization denied for command\n")
            channel.send_exit_status(1)

    device = asked(Refusing(EOS, "arista_eos", lab.answers(EOS), LOGIN))
    assert device.condition == COLLECTED
    assert output_of(device) == (COLLECTED, lab.answers(EOS)[COMMAND])


def test_a_program_that_only_the_login_shell_finds(asked: Asked) -> None:
    """A channel's shell has another PATH: what it does not find is not missing yet."""

    class OtherPath(EmulatedDevice):
        def one(self, channel: paramiko.Channel, command: str) -> None:
            program = command.split(maxsplit=1)[0]
            if program in ("bridge", "vtysh"):
                channel.sendall(f"bash: line 1: {program}: command not found\n".encode())
                channel.send_exit_status(127)
                return
            super().one(channel, command)

    answers = lab.answers(ROUTER)
    server = OtherPath(ROUTER, "linux", answers, LOGIN)
    device = asked(server)
    assert device.condition == COLLECTED
    assert output_of(device, "bridge fdb show") == (COLLECTED, answers["bridge fdb show"])


@pytest.mark.parametrize("words", ["sudo: a password is required", "-bash: /sbin/bridge: No such file or directory"])
def test_refuses_what_a_unix_command_needs(asked: Asked, words: str) -> None:
    answers = lab.answers(ROUTER)
    command = content.platforms()["linux"].command("bridge fdb show")
    assert command
    answers |= dict.fromkeys(command.sent, f"{words}\n")
    device = asked(EmulatedDevice(ROUTER, "linux", answers, LOGIN))
    assert output_of(device, "bridge fdb show")[0] == device.condition == REFUSED
    assert words in device.reason


def test_opens_no_more_than_one_channel_at_a_time(asked: Asked) -> None:
    class Narrow(EmulatedDevice):
        opened = 0

        def door(self) -> Door:
            device = self

            class OneAtATime(Door):
                def check_channel_request(self, kind: str, chanid: int) -> int:
                    if device.opened:
                        return OPEN_FAILED_RESOURCE_SHORTAGE
                    device.opened += 1
                    return super().check_channel_request(kind, chanid)

            return OneAtATime(self)

        def answer_one(self, channel: paramiko.Channel, command: str) -> None:
            self.opened -= 1
            super().answer_one(channel, command)

    device = asked(Narrow(EOS, "arista_eos", lab.answers(EOS), LOGIN))
    assert device.condition == COLLECTED


def test_hangs_up_on_a_command_over_a_channel(asked: Asked) -> None:
    class Old(EmulatedDevice):
        def door(self) -> Door:
            class HangsUp(Door):
                def check_channel_exec_request(self, channel: paramiko.Channel, command: bytes) -> bool:
                    channel.get_transport().close()
                    return False

            return HangsUp(self)

    assert asked(Old(EOS, "arista_eos", lab.answers(EOS), LOGIN)).condition == COLLECTED


class InShell(EmulatedDevice):
    """Speak in an interactive shell only."""

    takes_commands = False

    def __init__(self, name: str = EOS) -> None:
        super().__init__(name, lab.PLATFORMS[name], lab.answers(name), LOGIN)


def test_changes_its_prompt(asked: Asked) -> None:
    class Changing(InShell):
        def reply(self, channel: paramiko.Channel, command: str, prompt: str) -> None:
            super().reply(channel, command, "other#" if command == COMMAND else prompt)

    device = asked(Changing())
    assert device.condition == asking.TIMED_OUT
    assert COMMAND in device.reason


def test_pages_in_spite_of_all(asked: Asked) -> None:
    class Paging(InShell):
        def reply(self, channel: paramiko.Channel, command: str, prompt: str) -> None:
            if command != COMMAND:
                super().reply(channel, command, prompt)
                return
            channel.sendall(b"\r\nRemote VTEPS for Vxlan1:\r\n --More-- ")

    device = asked(Paging())
    assert device.condition == output_of(device)[0] == "output cut short"
    assert "end of a page" in device.reason


def test_echoes_nothing(asked: Asked) -> None:
    class Mute(InShell):
        def echo(self, channel: paramiko.Channel, char: str) -> None:
            pass

    device = asked(Mute())
    assert device.condition == asking.TIMED_OUT
    assert "prompt" in device.reason or "echo" in device.reason


def test_colours_brackets_and_banners_are_no_part_of_an_output(asked: Asked) -> None:
    class Coloured(InShell):
        def greet(self, channel: paramiko.Channel, prompt: str) -> None:
            channel.sendall(b"*** Authorised use only #\r\nSee intranet>\r\n" + prompt.encode())

        def reply(self, channel: paramiko.Channel, command: str, prompt: str) -> None:
            text = (
                "\n\x1b[?2004l\r" + self.answer(command) + f"\x1b]0;{prompt}\x07\x1b[?2004h\x1b[01;32m{prompt}\x1b[00m"
            )
            channel.sendall(text.replace("\n", "\r\n").encode())

    device = asked(Coloured())
    assert device.condition == COLLECTED
    assert output_of(device) == (COLLECTED, lab.answers(EOS)[COMMAND])


def test_answers_the_command_before_late(asked: Asked) -> None:
    class Late(InShell):
        def reply(self, channel: paramiko.Channel, command: str, prompt: str) -> None:
            super().reply(channel, command, prompt)
            time.sleep(0.02)
            channel.sendall(b"\r\n" + prompt.encode())

    device = asked(Late())
    recorded = lab.answers(EOS)
    assert device.condition == COLLECTED
    for output in device.outputs:
        assert output.text == recorded.get(output.command, "% Invalid input\n")


def test_prompts_twice_at_once(asked: Asked) -> None:
    class Twice(InShell):
        def reply(self, channel: paramiko.Channel, command: str, prompt: str) -> None:
            super().reply(channel, command, f"{prompt}\n{prompt}" if command.startswith("show ") else prompt)

    device = asked(Twice())
    recorded = lab.answers(EOS)
    assert device.condition == COLLECTED
    for output in device.outputs:
        assert output.text == recorded.get(output.command, "% Invalid input\n")


@BOTH_WAYS
def test_bytes_that_are_no_text(asked: Asked, *, shell: bool) -> None:
    class Binary(Bad):
        def bad(self, channel: paramiko.Channel) -> None:
            channel.sendall(b"caf\xe9 \x00 end\r\n")
            if shell:
                channel.sendall(f"{self.name}#".encode())
            else:
                channel.send_exit_status(0)

    device = asked(Binary(), shell=shell)
    assert output_of(device) == (COLLECTED, "caf\ufffd \x00 end\n")


def test_logs_out_when_idle(asked: Asked) -> None:
    class Leaving(InShell):
        def reply(self, channel: paramiko.Channel, command: str, prompt: str) -> None:
            super().reply(channel, command, prompt)
            if command == COMMAND:
                channel.sendall(b"\r\nlogged out: idle\r\n")
                channel.close()

    device = asked(Leaving())
    assert device.condition == asking.CONNECTION_LOST
    assert output_of(device, "show version") == (COLLECTED, lab.answers(EOS)["show version"])
    assert output_of(device, "show vxlan vtep")[0] in (NOT_ASKED, asking.CONNECTION_LOST)


@pytest.mark.parametrize(
    ("says", "condition"),
    [
        ("", asking.TIMED_OUT),
        ("You are required to change your password immediately.\r\nCurrent password: ", collect.LOGIN_REFUSED),
    ],
)
def test_lets_in_and_shows_no_prompt(asked: Asked, says: str, condition: str) -> None:
    class Promptless(InShell):
        def open_command_line(self, channel: paramiko.Channel) -> None:
            channel.sendall(says.encode() or b"\r\n")
            ALWAYS.wait(6)

    device = asked(Promptless(), login_timeout=1.5)
    assert device.condition == condition
    assert {one.condition for one in device.outputs} == {NOT_ASKED}


def test_an_expired_password_over_a_channel(asked: Asked) -> None:
    class Expired(EmulatedDevice):
        def one(self, channel: paramiko.Channel, command: str) -> None:
            channel.sendall(b"WARNING: Your password has expired.\nPassword change required but no TTY available.\n")
            channel.send_exit_status(1)

    device = asked(Expired(EOS, "arista_eos", lab.answers(EOS), LOGIN))
    assert device.condition == collect.LOGIN_REFUSED
    assert "new password" in device.reason


def test_a_banner_of_a_megabyte(asked: Asked) -> None:
    class Talking(EmulatedDevice):
        def door(self) -> Door:
            class Bannered(Door):
                def get_banner(self) -> tuple[str, str]:
                    return "Unauthorised access is prohibited #\r\n" * 800, "en"

            return Bannered(self)

    class Greeting(Talking):
        takes_commands = False

        def greet(self, channel: paramiko.Channel, prompt: str) -> None:
            channel.sendall(b"Unauthorised access is prohibited #\r\n" * 28000)
            super().greet(channel, prompt)

    for kind in (Talking, Greeting):
        assert asked(kind(EOS, "arista_eos", lab.answers(EOS), LOGIN)).condition == COLLECTED


@pytest.mark.parametrize("when", ["before login", "after login"])
def test_drops(asked: Asked, when: str) -> None:
    class Dropping(EmulatedDevice):
        def door(self) -> Door:
            class Closing(Door):
                def check_auth_password(self, username: str, password: str) -> int:
                    if when == "before login":
                        transport.close()
                        return AUTH_FAILED
                    return AUTH_SUCCESSFUL

                def check_channel_request(self, kind: str, chanid: int) -> int:
                    transport.close()
                    return OPEN_FAILED_RESOURCE_SHORTAGE

            transport = self._transports[-1]
            return Closing(self)

    device = asked(Dropping(EOS, "arista_eos", lab.answers(EOS), LOGIN))
    assert device.condition in (collect.UNREACHABLE, asking.CONNECTION_LOST, collect.LOGIN_REFUSED)
    assert {one.condition for one in device.outputs} == {NOT_ASKED}


def test_what_may_pass_is_tried_again_and_a_refused_login_is_not(asked: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vxcheck.collect.random.uniform", lambda *_: 0.01)

    class Recovering(Bad):
        drops = 2

        def bad(self, channel: paramiko.Channel) -> None:
            if self.drops:
                self.drops -= 1
                channel.get_transport().close()
                return
            EmulatedDevice.one(self, channel, COMMAND)

    server = Recovering()
    device = asked(server, retries=3)
    assert device.condition == COLLECTED
    assert server.logins_tried >= 3
    # What was answered before is not asked again.
    assert min(server.received.count(output.command) for output in device.outputs) == 1
    server = Recovering()
    assert asked(server, retries=3, password="wrong").condition == collect.LOGIN_REFUSED
    assert server.logins_tried == 1
    gone = Recovering()
    gone.drops = 99
    device = asked(gone, retries=1)
    assert device.condition == asking.CONNECTION_LOST
    assert "tried 2 times" in device.reason


def test_knows_old_ciphers_alone(tmp_path: Path) -> None:
    class Old(EmulatedDevice):
        def door(self) -> Door:
            self._transports[-1].get_security_options().ciphers = ("aes128-cbc",)
            return super().door()

    with contextlib.closing(Old(EOS, "arista_eos", lab.answers(EOS), LOGIN)) as device:
        ends = []
        for extras in ({}, {"disabled_algorithms": {"macs": ["hmac-md5"]}}):
            host = Host(EOS, "arista_eos", "127.0.0.1", device.port, "demo", LOGIN.password, extras)
            options = collect.Options(ssh.Trust(tmp_path / "known", accept_new=True))
            ends.append(collect.collect([host], content.platforms(), options).devices[0])
        assert [one.condition for one in ends] == [collect.LOGIN_REFUSED, COLLECTED]
        assert "ciphers" in ends[0].reason
        assert "Old devices" in ends[0].reason
        assert device.logins_tried == 1


def test_nothing_is_forwarded_to_a_device(asked: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    wanted: list[str] = []

    class Curious(EmulatedDevice):
        def door(self) -> Door:
            class Noting(Door):
                def check_channel_forward_agent_request(self, channel: paramiko.Channel) -> bool:
                    wanted.append("agent")
                    return True

                def check_channel_x11_request(self, *arguments: object) -> bool:
                    wanted.append("x11")
                    return True

                def check_port_forward_request(self, address: str, port: int) -> int:
                    wanted.append("port")
                    return port

                def check_channel_env_request(self, *arguments: object) -> bool:
                    wanted.append("environment")
                    return True

                def check_channel_shell_request(self, channel: paramiko.Channel) -> bool:
                    wanted.append("shell")
                    return super().check_channel_shell_request(channel)

            return Noting(self)

    monkeypatch.setenv("DISPLAY", ":0")
    device = Curious(EOS, "arista_eos", lab.answers(EOS), LOGIN)
    assert asked(device, shell=True).condition == COLLECTED
    assert wanted == ["shell"]


def test_asks_for_sudos_password(asked: Asked) -> None:
    class Asking(InShell):
        def reply(self, channel: paramiko.Channel, command: str, prompt: str) -> None:
            if command == "bridge fdb show":
                channel.sendall(b"\r\n[sudo] password for demo: ")
                return
            super().reply(channel, command, prompt)

    device = asked(Asking(ROUTER))
    assert device.condition == asking.CUT_SHORT
    assert "password" in device.reason
    assert "[sudo]" in device.reason


def test_many_devices_wait_for_no_bad_one(tmp_path: Path) -> None:
    """A tenth of the devices hang: all others are done while these still do."""
    free = threading.Event()

    class Hanging(EmulatedDevice):
        def answer(self, command: str) -> str:
            free.wait(50)
            return super().answer(command)

    router = {"uname -a": "Linux\n"}
    with contextlib.ExitStack() as stack:
        kinds = [Hanging if number % 10 == 0 else EmulatedDevice for number in range(20)]
        made = [kind(f"leaf{at}", "linux", router, LOGIN) for at, kind in enumerate(kinds)]
        devices = [stack.enter_context(contextlib.closing(one)) for one in made]
        hosts = [Host(one.name, "linux", "127.0.0.1", one.port, "demo", LOGIN.password) for one in devices]
        order: list[str] = []

        def watch(name: str, state: str) -> None:
            if state != "in flight":
                order.append(name)
            if len(order) == 18:
                free.set()

        trust = ssh.Trust(tmp_path / "known", accept_new=True)
        collect.collect(hosts, content.platforms(), collect.Options(trust, 30, 30), watch)
    assert {"leaf0", "leaf10"} == set(order[18:])


def test_a_silent_server_costs_no_more_than_its_timeout(asked: Asked) -> None:
    class Silent(EmulatedDevice):
        def _session(self, connection: socket.socket) -> None:
            ALWAYS.wait(5)
            connection.close()

    device = asked(Silent(EOS, "arista_eos", lab.answers(EOS), LOGIN), login_timeout=1.0)
    assert device.condition == asking.TIMED_OUT


def test_a_platform_without_channels_is_prepared_by_its_session(asked: Asked) -> None:
    server = InShell("vtep-vyos01")
    assert asked(server).condition == COLLECTED
    assert server.received[:2] == list(content.platforms()["vyos"].session)


def test_netmikos_own_way_for_other_platforms(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(ssh, "_PREPARED_HERE", frozenset())
    ssh._guarded.cache_clear()
    try:
        with contextlib.closing(InShell()) as device:
            host = Host(EOS, "arista_eos", "127.0.0.1", device.port, "demo", LOGIN.password)
            platform: Platform = replace(content.platforms()["arista_eos"], exec=False)
            options = collect.Options(ssh.Trust(tmp_path / "known", accept_new=True), 5, 5)
            (taken,) = collect.collect([host], {"arista_eos": platform}, options).devices
    finally:
        ssh._guarded.cache_clear()
    assert output_of(taken) == (COLLECTED, lab.answers(EOS)[COMMAND])
