"""What happens between a login and its end: send commands, and read each answer to an end that is known, not guessed.

Over an exec channel the end is EOF with an exit status; in the interactive shell it is the prompt as the last line,
after the command's own echo. Reading blocks: the time without a single byte counts, and the whole of it is bounded too.
"""

from __future__ import annotations

import contextlib
import re
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Protocol

import paramiko

from vxcheck import parse

_PAGER = re.compile(
    r"(?:--\s?\(?More\)?\s?--|---\(more(?: \d+%)?\)---|lines \d+-\d+(?:/\d+)?(?: \(END\))?)\s*\Z", re.IGNORECASE
)
_SUDO = re.compile(r"(?:^|\n)\[sudo\] password for [^\n:]{1,80}: \Z")
_EXPIRED = re.compile(
    r"password (?:has |is )?expired|required to change your password|must change your password", re.IGNORECASE
)
# What a line editor says around each line, whose carriage return is no line's end; and a window's title.
_EDITOR = re.compile(r"\x1b\[\?2004[hl]\r?|\x1b\][^\x07\x1b]{0,200}(?:\x07|\x1b\\)")
_TIME_IS_UP = "the time for the whole device was up before its end; see --device-timeout"
_BEFORE_EOF = 1.0  # seconds without a byte after which a command is told that it gets no input
_TAIL = 4096  # bytes at the end of what came in which a prompt is looked for


class Connection(Protocol):
    """Say what is used of netmiko's connection."""

    base_prompt: str
    RETURN: str
    remote_conn: Any

    def write_channel(self, out_data: str) -> None:
        """Send."""

    def normalize_linefeeds(self, a_string: str) -> str:
        """Return a text whose lines end in a newline alone."""

    def strip_ansi_escape_codes(self, string_buffer: str) -> str:
        """Return a text without terminal escapes."""


class UnfinishedError(Exception):
    """Say why an answer has no end, with what came of it (`text`)."""

    def __init__(self, reason: str, text: str = "") -> None:
        super().__init__(reason)
        self.text = text


class SilentError(UnfinishedError):
    """Say that an answer came to no end in time."""


class LostError(UnfinishedError):
    """Say that the connection ended in the middle of an answer."""


class TooLargeError(UnfinishedError):
    """Say that an answer is larger than what may be held in memory."""


class PagedError(UnfinishedError):
    """Say that the device waits for a key at the end of a page."""


class ExpiredError(Exception):
    """Say that the device wants a new password before anything else."""


@dataclass(frozen=True)
class Bounds:
    """Bound one answer: seconds without progress, the moment (of time.monotonic) when all must be done, bytes."""

    silence: float
    deadline: float
    size: int


class _Reader:
    """Collect what a channel gives, within bounds."""

    def __init__(self, channel: paramiko.Channel, bounds: Bounds) -> None:
        self._channel = channel
        self._bounds = bounds
        self._parts: list[bytes] = []
        self._size = 0

    def read(self, silence: float | None = None) -> bytes:
        """Return the next bytes; none at the end. Raises TimeoutError where `silence` seconds bring none."""
        left = self._bounds.deadline - time.monotonic()
        if left <= 0:
            raise SilentError(_TIME_IS_UP, self.text())
        waited = min(self._bounds.silence if silence is None else silence, left)
        self._channel.settimeout(waited)
        try:
            part = self._channel.recv(1 << 16)
        except TimeoutError:
            if silence is not None:
                raise
            why = f"no end of it: nothing more came for {waited:g} s; see --timeout"
            raise SilentError(_TIME_IS_UP if left <= self._bounds.silence else why, self.text()) from None
        self._size += len(part)
        if self._size > self._bounds.size:
            self._parts.clear()
            raise TooLargeError(f"it is larger than {self._bounds.size / 2**20:g} MiB; see --max-output")
        self._parts.append(part)
        return part

    def text(self) -> str:
        return b"".join(self._parts).decode("utf-8", errors="replace")


@contextlib.contextmanager
def bounded(transport: paramiko.Transport, seconds: float) -> Iterator[None]:
    """Close the transport where the block takes longer: paramiko waits for the answer to a request without end."""
    timer = threading.Timer(max(seconds, 0.01), transport.close)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def normal(connection: Connection, text: str) -> str:
    """Return a text without what terminals alone want: escapes, carriage returns."""
    if "\x1b" in text:
        text = _EDITOR.sub("", text)
    text = connection.normalize_linefeeds(text)
    if "\x1b" in text:
        text = connection.strip_ansi_escape_codes(text)
    return parse.clean(text)


def run(channel: paramiko.Channel, connection: Connection, bounds: Bounds) -> tuple[str, int | None]:
    """Read an exec channel's answer to its end; return it with the exit status, None where none was told."""
    reader = _Reader(channel, bounds)
    pause: float | None = min(_BEFORE_EOF, bounds.silence)
    while True:
        try:
            if not reader.read(pause):
                break
        except TimeoutError:
            # It may wait for input, of which there is none. To say so at once is not safe: paramiko may send the end of
            # the input behind the end of a channel that the device has closed meanwhile, and OpenSSH hangs up on that.
            channel.shutdown_write()
            pause = None
    left = min(bounds.silence, bounds.deadline - time.monotonic())
    # The exit status follows the end of the output, and is all that tells it from a cut; -1 stands for a signal.
    channel.status_event.wait(max(left, 0))
    text = normal(connection, reader.text())
    told = channel.exit_status_ready() and channel.exit_status >= 0
    if not told and not channel.get_transport().is_active():
        raise LostError("it closed the connection", text)
    _require_valid_login(text)
    return text, channel.exit_status if told else None


def find_prompt(connection: Connection, timeout: float) -> str:
    """Return the prompt that a new shell shows.

    It is what stands last, and stood alone on a line before, no more often than it was asked for: a line of a banner
    that ends like a prompt stands once, or many times.
    Raises TimeoutError where no prompt came, EOFError where the device hung up.
    """
    bounds = Bounds(timeout, time.monotonic() + timeout, 1 << 23)
    reader = _Reader(connection.remote_conn, bounds)
    connection.write_channel(connection.RETURN)
    waited, tail, sent = 0.0, b"", 1
    pause = min(2.0, timeout / 4)
    while True:
        try:
            part = reader.read(pause)
        except TimeoutError:
            # Some shells throw away what was typed before they were there.
            connection.write_channel(connection.RETURN)
            sent += 1
            waited += pause
            if waited >= timeout:
                raise TimeoutError("no prompt came") from None
            continue
        except SilentError as error:
            raise TimeoutError("no prompt came") from error
        if not part:
            raise EOFError("the device closed the connection")
        tail = (tail + part)[-_TAIL:]
        text = normal(connection, tail.decode("utf-8", errors="replace"))
        _require_valid_login(text)
        lines = [line.strip() for line in text.split("\n")]
        last = lines[-1]
        if re.fullmatch(r".{0,120}[#>$%]", last) and 2 <= lines.count(last) <= sent + 1:
            return last


def answer(connection: Connection, line: str, bounds: Bounds) -> str:
    """Send one line to the shell; return what came between its echo and the next prompt."""
    # The prompt is the last line, whole, but for what vtysh's PAM says without a line end. netmiko takes the host name
    # anywhere for it, so that a description with the device's own name in it cuts an output short.
    base = re.escape(parse.clean(connection.base_prompt))
    prompt = re.compile(rf"(?:^|\n)(?:vtysh_pam: [^\n]{{0,200}}?\(\d+\))?{base}[^\n]{{0,80}}?[#>$%]\s*\Z")
    reader = _Reader(connection.remote_conn, bounds)
    connection.write_channel(line + connection.RETURN)
    head, tail, echoed = b"", b"", False
    while True:
        try:
            part = reader.read()
        except SilentError as error:
            if not echoed:
                raise SilentError(f"it did not echo the command within {bounds.silence:g} s", error.text) from None
            raise SilentError(str(error), _between(connection, error.text, line, prompt)) from None
        except OSError as error:
            raise LostError(str(error) or "it closed the connection", reader.text()) from error
        if not part:
            raise LostError("it closed the connection", _between(connection, reader.text(), line, prompt))
        if not echoed:
            head += part
            # An answer to an earlier command may come late: the end is a prompt behind this one's echo.
            echoed = line in normal(connection, head.decode("utf-8", errors="replace"))
            head = head if len(head) < 1 << 16 else head[-_TAIL:]
        tail = (tail + part)[-_TAIL:]
        end = normal(connection, tail.decode("utf-8", errors="replace"))
        if echoed and prompt.search(end):
            return _between(connection, reader.text(), line, prompt)
        if echoed and _PAGER.search(end):
            raise PagedError("it waits for a key at the end of a page, in spite of what turns that off")
        if echoed and (asks := _SUDO.search(end)):
            raise PagedError(
                f"it asks for a password ({asks[0].strip()!r}), and none is given: nothing here needs sudo"
            )


def _between(connection: Connection, text: str, line: str, prompt: re.Pattern[str]) -> str:
    said = normal(connection, text)
    # Only the end is searched: a pattern that may start at any line of a large table is tried at each.
    at = max(0, len(said) - _TAIL)
    if found := prompt.search(said, at):
        # A late one of the command before may stand there once more.
        same = re.escape(found[0].strip())
        said = said[:at] + re.sub(rf"(?:(?:^|\n){same}\s*)+\Z", "\n", said[at:])
    start = 0
    while (start := said.find(line, start)) >= 0:
        echo, newline, rest = said[start:].partition("\n")
        if newline and echo.strip() == line:
            return rest
        start += len(line)
    return said


def _require_valid_login(text: str) -> None:
    if len(text) < _TAIL * 2 and (found := _EXPIRED.search(text)):
        raise ExpiredError(f"the device asks for a new password ({found[0]!r}): log in by hand and change it")
