"""Turn one output of one command into rows, with the line that each value was read on.

Every line must be understood by a rule of each template, and what the device counted itself must be what was parsed:
anything else is an error that names the line.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import textfsm
import textfsm.parser

from vxcheck import schema, values
from vxcheck.content import TOTALS, Command, Platform
from vxcheck.errors import ContentError
from vxcheck.values import Value

_UNFINISHED = "Unfinished"  # how the name of a template's state begins in which an output cannot end
_TERMINAL = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b[()][A-Z0-9]|\x1b[=>]|\r(?=\n)|\r$")


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

    `columns` are the table's names; `values` one tuple a row in that order; `lines` one mapping a row from column to
    the line (from 1) that it was read on, with '' for the row's first line.
    """

    table: str
    columns: tuple[str, ...]
    values: tuple[tuple[Value, ...], ...]
    lines: tuple[Mapping[str, int], ...]

    def dicts(self) -> list[dict[str, Value]]:
        """Return the rows as dicts."""
        return [dict(zip(self.columns, row, strict=True)) for row in self.values]


def clean(text: str) -> str:
    """Return a device's text without carriage returns and terminal escapes."""
    return _TERMINAL.sub("", text)


def parse(platform: Platform, command: Command, text: str) -> list[Rows]:
    """Parse one output into the rows of every table that the command fills.

    Raises RefusedError where the device refused the command, NotUnderstoodError where any line is not understood or a
    printed total is not what was parsed.
    """
    text = clean(text)
    text = _without_noise(platform, text)
    _refuse(platform, text)
    found = [_rows(path, text) for path in command.templates if path.stem != TOTALS]
    totals = next((path for path in command.templates if path.stem == TOTALS), None)
    if totals:
        _compare_totals(totals, text, found, command.counted_by)
    if command.never_empty and not any(rows.values for rows in found):
        raise NotUnderstoodError("the output is empty, which it never is on a device that answers it")
    return found


def reply_is_refusal(platform: Platform, text: str) -> str | None:
    """Return the line by which the device refused a command, or None."""
    try:
        _refuse(platform, _without_noise(platform, clean(text)))
    except RefusedError as error:
        return None if error.unsupported else str(error)
    return None


def _without_noise(platform: Platform, text: str) -> str:
    if not platform.noise:
        return text
    # What a login adds may come without a line end: the rest of the line is the device's own.
    return "\n".join(
        next((line[match.end() :] for noise in platform.noise if (match := noise.match(line))), line)
        for line in text.split("\n")
    )


def _refuse(platform: Platform, text: str) -> None:
    # A refusal stands alone or first: a later line of a table that looks like one is not understood by its template.
    lines = [line for line in text.splitlines() if line.strip()]
    for line in lines[:3]:
        for unsupported, patterns in ((True, platform.unsupported), (False, platform.refusals)):
            if any(pattern.fullmatch(line.strip()) for pattern in patterns):
                raise RefusedError(line.strip(), unsupported=unsupported)


def _rows(path: Path, text: str) -> Rows:
    table = schema.tables().get(path.stem)
    if table is None:
        raise ContentError(f"{path}: there is no table {path.stem!r}; tables are {', '.join(schema.tables())}")
    names = [name.lower() for name in template(path).header]
    columns = []
    for name in names:
        column = table.column(name)
        if column is None:
            raise ContentError(f"{path}: table {table.name} has no column {name!r} for Value {name.upper()}")
        columns.append(column)
    found, lines = [], []
    for record, where in records(path, text):
        try:
            found.append(tuple(values.convert(column, part) for column, part in zip(columns, record, strict=True)))
        except ValueError as error:
            number = where[""]
            raise NotUnderstoodError(str(error), number, text.splitlines()[number - 1]) from error
        lines.append(where)
    return Rows(table.name, tuple(names), tuple(found), tuple(lines))


def _compare_totals(path: Path, text: str, found: Sequence[Rows], counted_by: Sequence[str]) -> None:
    header = [name.lower() for name in template(path).header]
    printed: dict[str, int] = {}
    line = 0
    for record, where in records(path, text):
        line = line or where[""]
        for table, total in zip(header, record, strict=True):
            if total:
                printed[table] = printed.get(table, 0) + int(str(total))
    lines = text.splitlines()
    for rows in found:
        if rows.table not in header:
            continue
        if rows.table not in printed:
            why = "the output ends before the total that the device prints after its rows"
            raise NotUnderstoodError(why, len(lines), lines[-1] if lines else "")
        read = len(rows.values)
        if counted_by:
            places = [rows.columns.index(name) for name in counted_by]
            read = len({tuple(row[place] for place in places) for row in rows.values})
        if printed[rows.table] != read:
            why = f"the device counts {printed[rows.table]} rows of {rows.table}, {read} were read"
            raise NotUnderstoodError(why, line, lines[line - 1])


@cache
def template(path: Path) -> textfsm.TextFSM:
    """Return the template, compiled once a process; use it through `records`."""
    try:
        return _Tracking(io.StringIO(path.read_text(encoding="utf-8")))
    except textfsm.TextFSMTemplateError as error:
        raise ContentError(f"{path}: {error}") from error


def records(path: Path, text: str) -> Iterator[tuple[list[str | list[str]], dict[str, int]]]:
    """Yield each record that a template makes of a text, with the line of each value ('' for the record's first).

    Raises NotUnderstoodError at the first line that no rule understands.
    """
    fsm = template(path)
    assert isinstance(fsm, _Tracking)
    fsm.Reset()
    lines = text.splitlines()
    try:
        result = fsm.ParseText(text)
    except textfsm.TextFSMError as error:
        line = lines[fsm.line_number - 1] if 0 < fsm.line_number <= len(lines) else ""
        raise NotUnderstoodError("not understood", fsm.line_number, line) from error
    if fsm.state.startswith(_UNFINISHED):
        number = max((number for number, line in enumerate(lines, 1) if line.strip()), default=0)
        raise NotUnderstoodError("the output ends before its last line", number, lines[number - 1] if number else "")
    yield from zip(result, fsm.lines_of_records, strict=True)


class _Tracking(textfsm.TextFSM):  # type: ignore[misc]  # textfsm is not typed
    """Run a template and remember on which line each value was read."""

    line_number = 0

    def Reset(self) -> None:
        super().Reset()
        self.line_number = 0
        self.lines_of_records: list[dict[str, int]] = []
        self._lines: dict[str, int] = {}
        self._filldown = {value.name for value in self.values if "Filldown" in value.OptionNames()}

    @property
    def state(self) -> str:
        """Return the name of the state that the template is in."""
        return str(self._cur_state_name)

    def _CheckLine(self, line: str) -> None:
        self.line_number += 1
        super()._CheckLine(line)

    def _AssignVar(self, matched: re.Match[str], value: str) -> None:
        super()._AssignVar(matched, value)
        if matched.group(value) is not None:
            self._lines[value] = self.line_number

    def _AppendRecord(self) -> None:
        before, lines = len(self._result), dict(self._lines)
        super()._AppendRecord()
        if len(self._result) > before:
            own = [number for name, number in lines.items() if name not in self._filldown]
            first = min(own or lines.values() or [self.line_number])
            self.lines_of_records.append({name.lower(): number for name, number in lines.items()} | {"": first})

    def _ClearRecord(self) -> None:
        super()._ClearRecord()
        self._lines = {name: number for name, number in self._lines.items() if name in self._filldown}

    def _ClearAllRecord(self) -> None:
        super()._ClearAllRecord()
        self._lines = {}
