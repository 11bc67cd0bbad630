"""Turn one output of one command into rows, with the line that each value was read on.

Every line must be understood by a rule of each template, and what the device counted itself must be what was parsed:
anything else is an error that names the line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import islice
from pathlib import Path

import textfsm

from vxcheck import account, content, schema, textfsm_compiled, textlines, typed
from vxcheck.content import TOTALS, Borrowed, Command, Platform
from vxcheck.errors import ContentError
from vxcheck.values import Value

_UNFINISHED = "Unfinished"  # how the name of a template's state begins in which an output cannot end
_UNCOUNTED = "Uncounted"  # ... in which a layout ends that prints no total
_AND = "_and_"  # joins the tables that one total counts together
_TERMINAL = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[()][A-Z0-9]|\x1b[=>]"
    r"|\r+(?=\n)|(?<=\n)\r+|\r+\Z"
)
_PAGER = re.compile(r"-- ?(?:[Mm]ore|MORE) ?--|-\([Mm]ore\b[^)\n]*\)-|<-+ ?[Mm]ore ?-+>")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]")
_PRINTED = bytes([*b"\t\n", *range(0x20, 0x7F)])
_LONGEST = 4096  # characters: what a rule may need grows with a line's square, never with the output's
_UNDECODED = "\ufffd"


class NotUnderstoodError(Exception):
    """Say which line of an output was not understood, and why.

    `line_number` counts from 1; 0 where the error is of the output as a whole.
    """

    def __init__(self, why: str, line_number: int = 0, line: str = "") -> None:
        super().__init__(why)
        self.why = why
        self.line_number = line_number
        self.line = line

    def __str__(self) -> str:
        return f"line {self.line_number}: {self.why}: {self.line!r}" if self.line_number else self.why


class RefusedError(Exception):
    """Carry the device's own words where it refuses a command; `unsupported` where it says it has no such thing."""

    def __init__(self, words: str, *, unsupported: bool = False) -> None:
        super().__init__(words)
        self.unsupported = unsupported


@dataclass(frozen=True)
class Rows:
    """Hold what one output says of one table.

    `columns` are the table's names; `by_column` the values of each, in that order. `numbers` has, by column, the line
    (from 1) that each value was read on, 0 for none, and under '' each row's first line.
    """

    table: str
    columns: tuple[str, ...]
    by_column: tuple[Sequence[Value], ...]
    numbers: Mapping[str, Sequence[int]]

    def __len__(self) -> int:
        return len(self.numbers[""])

    @cached_property
    def values(self) -> tuple[tuple[Value, ...], ...]:
        """Return the rows: one tuple each, in the columns' order."""
        return tuple(zip(*self.by_column, strict=True))

    @cached_property
    def lines(self) -> tuple[Mapping[str, int], ...]:
        """Return a mapping a row from column to the line that its value was read on, with '' for the first line."""
        rows = zip(*self.numbers.values(), strict=True)
        return tuple({name: line for name, line in zip(self.numbers, row, strict=True) if line} for row in rows)

    def dicts(self) -> list[dict[str, Value]]:
        """Return the rows as dicts."""
        return [dict(zip(self.columns, row, strict=True)) for row in self.values]


def clean(text: str) -> str:
    """Return a device's text without carriage returns and terminal escapes."""
    return _TERMINAL.sub("", text) if "\r" in text or "\x1b" in text else text


def parse(platform: Platform, command: Command, text: str) -> list[Rows]:
    """Parse one output into the rows of every table that the command fills.

    Raises RefusedError where the device refused the command, NotUnderstoodError where any line is not understood or a
    printed total is not what was parsed.
    """
    text = prepared(platform, text)
    _refuse(platform, text, optional=command.optional)
    _require_readable(text)
    found = [_rows(path, text) for path in command.templates if path.stem != TOTALS]
    if command.borrowed:
        found.append(_borrowed_rows(command.borrowed, text))
    totals = next((path for path in command.templates if path.stem == TOTALS), None)
    if totals and (text.strip() or not command.may_be_silent):
        _compare_totals(totals, text, found, command.counted_by)
    if command.never_empty and not any(map(len, found)):
        raise NotUnderstoodError("the output is empty, which it never is on a device that answers it")
    _require_whole_values(text, found)
    return found


def prepared(platform: Platform, text: str) -> str:
    """Return a text as the templates read it: without escapes, and without what the login adds; lines keep numbers."""
    return _without_noise(platform, clean(text))


def reply_is_refusal(platform: Platform, text: str, *, optional: bool = False) -> str | None:
    """Return the line by which the device refused a command, or None.

    That its release does not know an `optional` one is no refusal: it has no such thing.
    """
    try:
        _refuse(platform, prepared(platform, text), optional=optional)
    except RefusedError as error:
        return None if error.unsupported else str(error)
    return None


def _without_noise(platform: Platform, text: str) -> str:
    if not platform.noise or not any(map(_any_of(platform.noise).match, text.split("\n"))):
        return text
    # What a login adds may come without a line end: the rest of the line is the device's own.
    return "\n".join(
        next((line[match.end() :] for noise in platform.noise if (match := noise.match(line))), line)
        for line in text.split("\n")
    )


@cache
def _any_of(patterns: tuple[re.Pattern[str], ...]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern.pattern})" for pattern in patterns))


def _refuse(platform: Platform, text: str, *, optional: bool) -> None:
    # A refusal stands alone or first: a later line of a table that looks like one is not understood by its template.
    for line in islice(filter(str.strip, textlines.lines(text)), 3):
        for unsupported, patterns in (
            (True, platform.unsupported),
            (optional, platform.unknown),
            (False, platform.refusals),
        ):
            if any(pattern.fullmatch(line.strip()) for pattern in patterns):
                raise RefusedError(line.strip(), unsupported=unsupported)


def _require_readable(text: str) -> None:
    """Raise where something may stand over what the device said (a pager, a control character), or is no text."""
    if len(text) > _LONGEST and max(map(len, textlines.lines(text)), default=0) > _LONGEST:
        number, line = next((n, line) for n, line in enumerate(text.splitlines(), 1) if len(line) > _LONGEST)
        raise NotUnderstoodError(f"longer than any line that a device prints ({len(line)})", number, line[:80])
    # Looking for a part of each prompt first is many times as fast.
    if ("ore" in text or "ORE" in text) and (pager := _PAGER.search(text)):
        why = "the output was paged: turn the pager off on the device (terminal length 0) and take it again"
        raise _at(text, pager.start(), why)
    if not (text.isascii() and not text.encode().translate(None, _PRINTED)) and (control := _CONTROL.search(text)):
        why = f"the control character {control[0]!r} stands in it: what it hid or moved cannot be told"
        raise _at(text, control.start(), why)
    if (undecoded := text.find(_UNDECODED)) >= 0:
        why = "it has bytes that are not UTF-8: say `encoding` in the inventory, or change the name that holds them"
        raise _at(text, undecoded, why)


def _at(text: str, position: int, why: str) -> NotUnderstoodError:
    number = len(text[: position + 1].splitlines())
    return NotUnderstoodError(why, number, text.splitlines()[number - 1])


def _require_whole_values(text: str, found: Sequence[Rows]) -> None:
    """Raise where a text ends within a line that a value was read on: the value may be a part of what was said."""
    if text and not text.endswith("\n"):
        lines = text.splitlines()
        last = len(lines)
        if any(last in numbers for rows in found for numbers in rows.numbers.values()):
            why = "the text ends without a line end, so this line may be cut; if it is whole, end it with a newline"
            raise NotUnderstoodError(why, last, lines[-1])


def _borrowed_rows(borrowed: Borrowed, text: str) -> Rows:
    # Rules that were not written for this may look at a line's beginning alone, and take a later value for an earlier.
    for step in account.of(borrowed.path, text).steps:
        whole = step.whole or any(pattern.fullmatch(step.line.rstrip()) for pattern in borrowed.partial)
        if not step.understood or not whole:
            raise NotUnderstoodError("not understood", step.number, step.line)
        if set(step.replaced) & borrowed.columns.keys():
            raise NotUnderstoodError("another value stood in the same row before", step.number, step.line)
    rows = _rows(borrowed.path, text, borrowed)
    lacking = [
        rows.by_column[rows.columns.index(name)].index(None)
        for name in borrowed.required
        if None in rows.by_column[rows.columns.index(name)]
    ]
    if lacking:
        number = rows.numbers[""][min(lacking)]
        raise NotUnderstoodError("the output ends before its last line", number, text.splitlines()[number - 1])
    return rows


def _rows(path: Path, text: str, borrowed: Borrowed | None = None) -> Rows:
    name = borrowed.table if borrowed else path.stem
    table = schema.tables().get(name)
    if table is None:
        raise ContentError(f"{path}: there is no table {name!r}; tables are {', '.join(schema.tables())}")
    header = template(path).header
    taken = borrowed.columns if borrowed else {name: name.lower() for name in header}
    if unknown := taken.keys() - set(header):
        raise ContentError(f"{path}: it has no Value {', '.join(sorted(unknown))}")
    names = [taken[name] for name in header if name in taken]
    columns = []
    for name in names:
        column = table.column(name)
        if column is None:
            raise ContentError(f"{path}: table {table.name} has no column {name!r} for Value {name.upper()}")
        columns.append(column)
    places = [place for place, name in enumerate(header) if name in taken]
    read = columns_of(path, text, unlisted=True)
    captured = [read.columns[place] for place in places]
    lists = [template(path).lists[place] for place in places]
    try:
        by_column, records = typed.columns(columns, captured, lists)
    except ValueError as error:
        place, said = typed.first_fault(columns, captured, lists) or (0, error)
        number = read.first_lines[place]
        raise NotUnderstoodError(str(said), number, text.splitlines()[number - 1]) from error
    named = [taken.get(name, name.lower()) if borrowed else name.lower() for name in header]
    numbers: Mapping[str, Sequence[int]] = dict(zip([*named, ""], [*read.lines, read.first_lines], strict=True))
    if records is not None:
        numbers = {name: [lines[record] for record in records] for name, lines in numbers.items()}
    return Rows(table.name, tuple(names), tuple(by_column), numbers)


def _compare_totals(path: Path, text: str, found: Sequence[Rows], counted_by: Sequence[str]) -> None:
    header = [name.lower() for name in template(path).header]
    printed: dict[str, int] = {}
    read = columns_of(path, text)
    line = next(iter(read.first_lines), 0)
    for table, totals in zip(header, read.columns, strict=True):
        for total in filter(None, totals):
            printed[table] = printed.get(table, 0) + int(str(total))
    if read.state.startswith(_UNCOUNTED):
        return
    lines = text.splitlines()
    for name in header:
        if name not in printed:
            why = "the output ends before the total that the device prints after its rows"
            raise NotUnderstoodError(why, len(lines), lines[-1] if lines else "")
        tables = name.split(_AND)
        count = sum(_counted(rows, counted_by) for rows in found if rows.table in tables)
        if printed[name] != count:
            why = f"the device counts {printed[name]} rows of {' and '.join(tables)}, {count} were read"
            raise NotUnderstoodError(why, line, lines[line - 1])


def _counted(rows: Rows, counted_by: Sequence[str]) -> int:
    if not counted_by:
        return len(rows)
    return len(set(zip(*(rows.by_column[rows.columns.index(name)] for name in counted_by), strict=True)))


@cache
def template(path: Path) -> textfsm_compiled.Compiled:
    """Return the template, compiled once a process."""
    try:
        # Ours are known to be templates: tests have compiled them.
        return textfsm_compiled.compile(
            path.read_text(encoding="utf-8"), lazy=path.is_relative_to(content.root("parsers"))
        )
    except textfsm.TextFSMTemplateError as error:
        raise ContentError(f"{path}: {error}") from error
    except (IndexError, KeyError, ValueError, OSError) as error:  # textfsm's own reader stumbles over some mistakes
        raise ContentError(f"{path}: no template: {type(error).__name__}: {error}") from error


def columns_of(path: Path, text: str, *, unlisted: bool = False) -> textfsm_compiled.Columns:
    """Return what a template makes of a text, as columns; `unlisted` gives a List of one text as that text.

    Raises NotUnderstoodError at the first line that no rule understands, and where the output ends within what it
    began.
    """
    try:
        read = template(path).columns(text, unlisted=unlisted)
    except textfsm_compiled.Unmatched as error:
        raise NotUnderstoodError("not understood", error.line_number, error.line) from error
    if read.state.startswith(_UNFINISHED):
        number, line = max(((n, line) for n, line in enumerate(text.splitlines(), 1) if line.strip()), default=(0, ""))
        raise NotUnderstoodError("the output ends before its last line", number, line)
    return read


def records(path: Path, text: str) -> Iterator[tuple[list[str | list[str]], dict[str, int]]]:
    """Yield each record that a template makes of a text, with the line of each value ('' for the record's first).

    Raises NotUnderstoodError as `columns_of` does.
    """
    read = columns_of(path, text)
    names = [*(name.lower() for name in read.header), ""]
    for record, *lines in zip(read.rows(), *read.lines, read.first_lines, strict=True):
        yield record, {name: line for name, line in zip(names, lines, strict=True) if line}
