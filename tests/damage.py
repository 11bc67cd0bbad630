"""Ways in which an output can come to harm between a device and a parser."""

from __future__ import annotations

from collections.abc import Iterator

ERASED = "\x08" * 10 + " " * 10 + "\x08" * 10
PAGERS = ("--More--", " --More-- ", f" --More-- {ERASED}", "--More--\r          \r", "---(more 40%)---\r      \r")
REPLIES = {
    "arista_eos": ("% Invalid input (at token 2: 'x')", "% Internal error"),
    "cisco_nxos": (
        "% Invalid command at '^' marker.",
        "% Permission denied for the role",
        "ERROR: timed out",
    ),
    "juniper_junos": ("error: the routing subsystem is not running", "syntax error, expecting <command>."),
    "linux": ("RTNETLINK answers: Operation not permitted", "Dump terminated", "-bash: x: command not found"),
    "vyos": ("Invalid command: [x]", "RTNETLINK answers: Operation not permitted"),
}
ANY_REPLY = ("% Invalid input", "error: command failed")


def cuts(text: str, most: int) -> Iterator[str]:
    """Yield beginnings of a text: at most `most`, spread over it, and each of its last places."""
    end = len(text.rstrip("\n"))
    near = range(max(0, end - 24), end)
    far = range(1, max(1, end - 24), max(1, end // most))
    # Each cut within a line has one at the line's start beside it.
    starts = {text.rfind("\n", 0, place) + 1 for place in far}
    for place in sorted({*near, *far, *starts}):
        yield text[:place]


def places(lines: list[str]) -> list[int]:
    """Return numbers of lines before which something may be put in: early, in the middle, last and behind all."""
    return sorted({1, len(lines) // 2, len(lines) - 1, len(lines)} - {0})


def inserted(lines: list[str], at: int, line: str) -> str:
    """Return the text with one more line."""
    return "\n".join([*lines[:at], line, *lines[at:]]) + "\n"


def paged(lines: list[str]) -> Iterator[str]:
    """Yield the text as pagers leave it: their prompt on a line of its own, or before what overwrote it."""
    for pager in PAGERS:
        for at in places(lines):
            yield inserted(lines, at, pager)
            if at < len(lines):
                yield "\n".join([*lines[:at], pager + lines[at], *lines[at + 1 :]]) + "\n"


def overwritten(text: str, char: str, most: int) -> Iterator[str]:
    """Yield the text with one of its characters replaced, at most `most` times."""
    for place in range(0, len(text), max(1, len(text) // most)):
        if text[place] != "\n":
            yield text[:place] + char + text[place + 1 :]
