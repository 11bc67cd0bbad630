"""Ask one device its commands: over channels of their own where it takes them, else in its interactive shell."""

from __future__ import annotations

import contextlib
import re
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import paramiko

from vxcheck import parse, session
from vxcheck.content import Command, Platform
from vxcheck.snapshot import COLLECTED, REFUSED, Output

TIMED_OUT = "timed out"
CONNECTION_LOST = "connection lost"
TOO_LARGE = "output too large"
CUT_SHORT = "output cut short"
# Channels of one device at once: round trips overlap, and a server's usual limit (OpenSSH: 10) is not met.
_LANES = 4
# What a shell says, not the command: a login's shell may have another PATH, or functions, and is asked too.
_SHELLS_OWN = re.compile(r"\s*(?:-?(?:\S*/)?\w*sh: |zsh: |sudo: \S+: command not found|Command .* not found)")


class StoppedError(Exception):
    """End a device's collection in a condition, with the outputs that it gave until then."""

    def __init__(self, condition: str, reason: str) -> None:
        super().__init__(reason)
        self.condition = condition


class NoChannelsError(Exception):
    """Say that the device ended the connection instead of taking a command over a channel of its own."""


@dataclass
class Conversation:
    """Hold one login, and ask over it. `tell` gets each output as it comes, from several threads, one at a time."""

    connection: Any
    platform: Platform
    login_timeout: float
    silence: float
    size: int
    tell: Callable[[Output], None]
    by_channel: bool
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _unknown: set[str] = field(default_factory=set)  # programs that the interactive shell does not find either

    def ask(self, commands: Sequence[Command], poll: int, deadline: float) -> None:
        """Ask some commands. Raises StoppedError where the device cannot be asked on, NoChannelsError."""
        bounds = session.Bounds(self.silence, deadline, self.size)
        rest: list[tuple[Command, Output | None]] = [(command, None) for command in commands]
        if self.by_channel and commands:
            lanes = _Lanes(self, poll, bounds)
            lanes.run(commands)
            left = lanes.left()
            # The order of the platform's folder, whatever came first.
            rest = [(command, left[command.name]) for command in commands if command.name in left]
        if rest:
            self._in_shell(rest, poll, bounds)

    def is_refused(self, command: Command, text: str) -> str | None:
        """Return the line by which the device refused a command, or None."""
        return parse.reply_is_refusal(self.platform, text, optional=command.optional)

    def answered(self, command: Command, text: str, poll: int, clock: float, status: int | None = 0) -> Output:
        """Return the output of a command that was answered to its end."""
        refusal = self.is_refused(command, text)
        if refusal is None and status and not text.strip():
            refusal = f"it ended with status {status} and without a word"
        condition = REFUSED if refusal else COLLECTED
        return Output(command.name, text, condition, refusal or "", round(time.monotonic() - clock, 3), poll)

    def _in_shell(self, commands: Sequence[tuple[Command, Output | None]], poll: int, bounds: session.Bounds) -> None:
        for command, before in commands:
            program = command.name.split(maxsplit=1)[0]
            if before is not None and program in self._unknown:
                self.tell(before)
                continue
            self.connection.open_shell()
            output = self._typed(command, poll, bounds)
            if before is not None and _SHELLS_OWN.match(output.text):
                self._unknown.add(program)
            self.tell(output)

    def _typed(self, command: Command, poll: int, bounds: session.Bounds) -> Output:
        """Type one command in the first of its spellings that the device accepts."""
        clock, text = time.monotonic(), ""
        for spelling in command.sent:
            try:
                text = session.answer(self.connection, spelling, bounds)
            except session.UnfinishedError as error:
                self.tell(unfinished(command, error, poll, clock))
                raise StoppedError(condition_of(error), f"{_while(command)}: {error}") from error
            except (OSError, EOFError, paramiko.SSHException) as error:
                why = f"{_while(command)}: {str(error) or 'it closed the connection'}"
                raise StoppedError(CONNECTION_LOST, why) from error
            if self.is_refused(command, text) is None:
                break
        return self.answered(command, text, poll, clock)


class _Lanes:
    """Ask commands over several channels at once."""

    def __init__(self, talk: Conversation, poll: int, bounds: session.Bounds) -> None:
        self._talk = talk
        self._poll = poll
        self._bounds = bounds
        self._todo: deque[Command] = deque()
        self._lock = threading.Lock()
        self._left: dict[str, Output | None] = {}  # for the shell, with what was answered here
        self._refused: dict[str, Output] = {}
        self._accepted = 0
        self._ended = 0.0  # when the last command came to its end
        self._stopped: StoppedError | None = None
        self._fault: BaseException | None = None
        self._hung_up = False

    def run(self, commands: Sequence[Command]) -> None:
        self._todo.extend(commands)
        lanes = [threading.Thread(target=self._lane, daemon=True) for _ in range(min(_LANES, len(commands)) - 1)]
        for lane in lanes:
            lane.start()
        self._lane()
        for lane in lanes:
            lane.join()
        if self._fault:
            raise self._fault
        if self._hung_up and not self._accepted and not self._refused:
            raise NoChannelsError
        if self._stopped:
            for output in self._refused.values():
                self._talk.tell(output)
            raise self._stopped

    def left(self) -> dict[str, Output | None]:
        """Return what the interactive shell has to be asked; tell the refusals of a device that accepted others."""
        # What no channel was open for is asked there too.
        self._left |= dict.fromkeys((command.name for command in self._todo), None)
        if self._accepted:
            for output in self._refused.values():
                self._talk.tell(output)
            return self._left
        return {**dict.fromkeys(self._refused, None), **self._left}

    def _lane(self) -> None:
        while True:
            with self._lock:
                if not self._todo or self._stopped or self._fault or self._hung_up:
                    return
                command = self._todo.popleft()
            try:
                if not self._one(command):
                    return
            except BaseException as error:  # the device's thread raises it
                self._fault = self._fault or error
                return

    def _one(self, command: Command) -> bool:
        """Ask one command; tell whether this lane can go on."""
        clock, text, status = time.monotonic(), "", None
        for spelling in command.sent:
            channel = None
            try:
                channel = self._talk.connection.execute(spelling, self._talk.login_timeout)
                text, status = session.run(channel, self._talk.connection, self._bounds)
            except session.UnfinishedError as error:
                return self._unfinished(command, error, clock)
            except (EOFError, OSError, paramiko.SSHException) as error:
                return self._not_open(command, error)
            finally:
                if channel is not None:
                    with contextlib.suppress(EOFError, OSError):
                        channel.close()
            if status is None or self._talk.is_refused(command, text) is None:
                break
        output = self._talk.answered(command, text, self._poll, clock, status)
        with self._lock:
            self._ended = time.monotonic()
            if status is None:
                # No exit status: nothing tells this end from a cut. The shell's prompt will.
                self._left[command.name] = None
            elif _SHELLS_OWN.match(text):
                self._left[command.name] = output
            elif output.condition == REFUSED:
                self._refused[command.name] = output
            else:
                self._accepted += 1
                self._talk.tell(output)
        return True

    def _unfinished(self, command: Command, error: session.UnfinishedError, clock: float) -> bool:
        output = unfinished(command, error, self._poll, clock)
        with self._lock:
            if isinstance(error, session.LostError) and not self._accepted and not error.text:
                self._hung_up = True
                self._left[command.name] = None
            # A device that ended other commands in the meantime is alive: this one command hangs.
            stuck = isinstance(error, session.SilentError) and self._ended < clock
            if not self._hung_up:
                self._talk.tell(output)
                if stuck or isinstance(error, session.LostError):
                    self._stop(condition_of(error), f"{_while(command)}: {error}")
            self._ended = max(self._ended, clock) if stuck else time.monotonic()
        return not stuck

    def _not_open(self, command: Command, error: Exception) -> bool:
        """Leave a command to other lanes, or to the shell: its channel was not opened, or took no command."""
        transport = self._talk.connection.remote_conn_pre.get_transport()
        with self._lock:
            if transport is not None and transport.is_active():
                self._todo.append(command)
                return False
            if not self._accepted and not self._refused:
                self._hung_up = True
                self._left[command.name] = None
            else:
                said = str(error) or "it closed the connection"
                self._talk.tell(Output(command.name, "", CONNECTION_LOST, said, poll=self._poll))
                self._stop(CONNECTION_LOST, f"{_while(command)}: {said}")
        return False

    def _stop(self, condition: str, reason: str) -> None:
        self._stopped = self._stopped or StoppedError(condition, reason)


def unfinished(command: Command, error: session.UnfinishedError, poll: int, clock: float) -> Output:
    """Return what there is of an answer without an end."""
    return Output(command.name, error.text, condition_of(error), str(error), round(time.monotonic() - clock, 3), poll)


def condition_of(error: session.UnfinishedError) -> str:
    """Return the word for how an answer was left."""
    match error:
        case session.SilentError():
            return TIMED_OUT
        case session.TooLargeError():
            return TOO_LARGE
        case session.PagedError():
            return CUT_SHORT
        case _:
            return CONNECTION_LOST


def _while(command: Command) -> str:
    return f"while it answered {command.name!r}"
