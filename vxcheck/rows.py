"""Print rows as a table, JSON or CSV."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TextIO


def write(columns: Sequence[str], rows: Sequence[Sequence[Any]], style: str, out: TextIO) -> None:
    """Write rows in one of the styles `table`, `json` and `csv`."""
    if style == "json":
        out.write(as_json([dict(zip(columns, row, strict=True)) for row in rows]) + "\n")
    elif style == "csv":
        import csv

        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows([defused(plain(cell(value))) for value in row] for row in rows)
    else:
        from tabulate import tabulate

        shown = [[printable(cell(value)) for value in row] for row in rows]
        out.write(tabulate(shown, list(columns), tablefmt="simple", disable_numparse=True) + "\n")
        out.write(f"({len(rows)} row{'' if len(rows) == 1 else 's'})\n")


def as_json(value: Any) -> str:
    """Return a value as JSON that a terminal can be shown: what moves its cursor or turns a line around is escaped."""
    import json

    text = json.dumps(value, indent=1, ensure_ascii=False, default=str)
    if text.isascii() and "\x7f" not in text:
        return text
    return "".join(
        char if char.isprintable() or char == "\n" else json.dumps(char)[1:-1] if char != "\x7f" else "\\u007f"
        for char in text
    )


def cell(value: Any) -> str:
    """Return a value as text: nothing for NULL, names of a list with commas."""
    if value is None:
        return ""
    if isinstance(value, list | tuple):
        return ", ".join(cell(part) for part in value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        # Six digits, and never as a power of ten: an age is read by people.
        return f"{value:.0f}" if abs(value) >= 100_000 else f"{value:g}"
    return str(value)


def printable(text: str) -> str:
    """Return a device's text without what would move the cursor or change the colour of a terminal."""
    return "".join(char if char.isprintable() else "?" for char in text.replace("\t", " "))


def defused(text: str) -> str:
    """Return a cell that no spreadsheet takes for a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") and not text.lstrip("+-").isdigit() else text


def plain(text: str) -> str:
    """Return text of several lines without the characters that no document may hold."""
    return "\n".join(printable(line.rstrip("\r")) for line in text.split("\n"))
