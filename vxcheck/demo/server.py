"""Emulate a network device: a real SSH server on loopback whose command line replays recorded outputs.

The server side is paramiko's, which netmiko brings along. Whoever logs in sees a prompt, an echo and answers as the
platform gives them; a command that was not recorded is refused in the platform's own words.
"""

from __future__ import annotations

import contextlib
import hmac
import socket
import threading
from collections.abc import Mapping
from dataclasses import dataclass

import paramiko
from paramiko.common import (
    AUTH_FAILED,
    AUTH_SUCCESSFUL,
    OPEN_FAILED_ADMINISTRATIVELY_PROHIBITED,
    OPEN_SUCCEEDED,
)

_SESSION_ANSWERS = {
    "terminal width 511": "Width set to 511 columns.\n",
    "terminal length 0": "Pagination disabled.\n",
    "set terminal width 512": "",
    "set terminal length 0": "",
    "set cli screen-width 511": "Screen width set to 511\n",
    "set cli complete-on-space off": "Disabling complete-on-space\n",
    "set cli screen-length 0": "Screen length set to 0\n",
}


@dataclass(frozen=True)
class Manner:
    """Say how a platform's command line looks: its prompt, and how it refuses. `{}` stands for host and command."""

    prompt: str
    refusal: str


MANNERS = {
    "arista_eos": Manner("{}#", "% Invalid input\n"),
    "vyos": Manner("vyos@{}:~$ ", "\n  Invalid command: [{}]\n\n"),
    "cisco_nxos": Manner("{}# ", "          ^\n% Invalid command at '^' marker.\n"),
    "juniper_junos": Manner("demo@{}> ", "                    ^\nsyntax error, expecting <command>.\n"),
    "linux": Manner("vxcheck@{}:~$ ", "-bash: {}: command not found\n"),
}


@dataclass(frozen=True)
class Login:
    """Hold the one user name and password that a device lets in."""

    username: str
    password: str


class EmulatedDevice:
    """Serve one device's recorded answers over SSH at a free port of loopback, until closed.

    `answers` are by command; a newline ends each answer that is not empty. `received` lists every line that
    came in, `logins_tried` counts passwords. Without `takes_commands` it answers in an interactive shell only.
    """

    takes_commands = True

    def __init__(self, name: str, platform: str, answers: Mapping[str, str], login: Login) -> None:
        self.name = name
        self.platform = platform
        self.received: list[str] = []
        self.logins_tried = 0
        self.host_key: paramiko.PKey = paramiko.ECDSAKey.generate()
        self._answers = answers
        self.login = login
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._transports: list[paramiko.Transport] = []
        threading.Thread(target=self._serve, name=f"emulated {name}", daemon=True).start()

    @property
    def port(self) -> int:
        """Return the port that it listens on."""
        return int(self._listener.getsockname()[1])

    def close(self) -> None:
        """Stop listening and end every session."""
        # shutdown() wakes the thread that waits in accept(), which close() alone does not.
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for transport in self._transports:
            transport.close()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._session, args=(connection,), daemon=True).start()

    def _session(self, connection: socket.socket) -> None:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        transport = paramiko.Transport(connection)
        self._transports.append(transport)
        transport.add_server_key(self.host_key)
        # A peer that goes away in the middle is no affair of the other sessions.
        with contextlib.suppress(paramiko.SSHException, EOFError, OSError):
            transport.start_server(server=self.door())
            held: list[paramiko.Channel | None] = []
            while transport.is_active():
                # Each channel is answered by a thread of its own, when its request has come: see Door. One that nobody
                # holds is closed by paramiko.
                held = [channel for channel in held if channel is not None and not channel.closed]
                held.append(transport.accept(30))
        transport.close()

    def open_command_line(self, channel: paramiko.Channel) -> None:
        """Answer what is typed in a shell, until its end."""
        with contextlib.suppress(paramiko.SSHException, EOFError, OSError):
            self._command_line(channel)
        channel.get_transport().close()

    def answer_one(self, channel: paramiko.Channel, command: str) -> None:
        """Answer a command that came by itself, not in a shell."""
        self.received.append(command)
        with contextlib.suppress(paramiko.SSHException, EOFError, OSError):
            # paramiko says that it takes a command only after it has passed it on; who then sends no more has heard it.
            channel.settimeout(0.005)
            with contextlib.suppress(TimeoutError):
                channel.recv(1)
            channel.settimeout(None)
            self.one(channel, command)
        with contextlib.suppress(EOFError, OSError):
            channel.close()

    def door(self) -> Door:
        """Return what decides who comes in, and what is opened to him."""
        return Door(self)

    def greet(self, channel: paramiko.Channel, prompt: str) -> None:
        """Say what a shell says first."""
        channel.sendall(b"\r\n" + prompt.encode())

    def echo(self, channel: paramiko.Channel, char: str) -> None:
        """Show a character that was typed."""
        channel.sendall(char.encode())

    def reply(self, channel: paramiko.Channel, command: str, prompt: str) -> None:
        """Answer a command that was typed, and show the prompt again."""
        answer = self.answer(command)
        text = "\n" + answer + ("" if not answer or answer.endswith("\n") else "\n") + prompt
        channel.sendall(text.replace("\n", "\r\n").encode())

    def one(self, channel: paramiko.Channel, command: str) -> None:
        """Answer a single command over its channel."""
        known = command in self._answers
        answer = self.answer(command)
        channel.sendall((answer + ("" if not answer or answer.endswith("\n") else "\n")).encode())
        channel.send_exit_status(0 if known else 1)

    def _command_line(self, channel: paramiko.Channel) -> None:
        prompt = MANNERS[self.platform].prompt.format(self.name)
        self.greet(channel, prompt)
        line = ""
        while data := channel.recv(4096):
            for char in data.decode("utf-8", errors="replace"):
                if char not in "\r\n":
                    line += char
                    self.echo(channel, char)
                    continue
                if char == "\n" and not line:
                    channel.sendall(b"\r\n" + prompt.encode())
                    continue
                command, line = line.strip(), ""
                if command:
                    self.received.append(command)
                if command == "exit":
                    return
                self.reply(channel, command, prompt)

    def answer(self, command: str) -> str:
        """Return what it says to a command."""
        if not command:
            return ""
        if command in self._answers:
            return self._answers[command]
        words = command.split(maxsplit=1)[0] if self.platform == "linux" else command
        return _SESSION_ANSWERS.get(command, MANNERS[self.platform].refusal.format(words))


class Door(paramiko.ServerInterface):
    """Let the one login in, by password, to shells and to single commands."""

    def __init__(self, device: EmulatedDevice) -> None:
        self._device = device

    # The names and arguments of these are paramiko's.

    def get_allowed_auths(self, username: str) -> str:
        return "password"

    def check_auth_password(self, username: str, password: str) -> int:
        self._device.logins_tried += 1
        login = self._device.login
        right = hmac.compare_digest(f"{username}\0{password}".encode(), f"{login.username}\0{login.password}".encode())
        return AUTH_SUCCESSFUL if right else AUTH_FAILED

    def check_channel_request(self, kind: str, chanid: int) -> int:
        return OPEN_SUCCEEDED if kind == "session" else OPEN_FAILED_ADMINISTRATIVELY_PROHIBITED

    def check_channel_pty_request(self, *arguments: object) -> bool:
        return True

    def check_channel_shell_request(self, channel: paramiko.Channel) -> bool:
        threading.Thread(target=self._device.open_command_line, args=(channel,), daemon=True).start()
        return True

    def check_channel_exec_request(self, channel: paramiko.Channel, command: bytes) -> bool:
        if not self._device.takes_commands:
            return False
        threading.Thread(target=self._device.answer_one, args=(channel, command.decode()), daemon=True).start()
        return True
