"""Run a template by textfsm itself, watching on which line each value was read."""

from __future__ import annotations

import re
from typing import Any

import textfsm


class Unmatched(textfsm.TextFSMError):  # type: ignore[misc]  # textfsm is not typed
    """Be textfsm's error of an Error rule, and know the line: `line_number` from 1, and its text."""

    def __init__(self, said: str, line_number: int, line: str) -> None:
        super().__init__(said)
        self.line_number = line_number
        self.line = line


class Tracking(textfsm.TextFSM):  # type: ignore[misc]  # textfsm is not typed
    """Be textfsm, and know the lines of the values.

    `line_number` is the number of the line at hand, from 1; `lines` has a list a row of the number of the line that
    each Value was read on, 0 for none; `recorded` the line at which each row was recorded.
    """

    line_number = 0
    _numbers: dict[int, int]

    def Reset(self) -> None:
        super().Reset()
        self.line_number = 0
        self.lines: list[list[int]] = []
        self.recorded: list[int] = []

    @property
    def state(self) -> str:
        """Return the name of the state that the template is in."""
        return str(self._cur_state_name)

    def _CheckLine(self, line: str) -> None:
        self.line_number += 1
        try:
            super()._CheckLine(line)
        except textfsm.TextFSMError as error:
            raise Unmatched(str(error), self.line_number, line) from None

    def _AssignVar(self, matched: re.Match[str], name: str) -> None:
        places = [place for place, value in enumerate(self.values) if value.name == name]
        empty = (
            [list(row) for row in self._result] if places and "Fillup" in self.values[places[0]].OptionNames() else []
        )
        super()._AssignVar(matched, name)
        if matched.group(name) is not None:
            self._numbers.update(dict.fromkeys(places, self.line_number))
        for before, row, lines in zip(empty, self._result, self.lines, strict=bool(empty)):
            if before != row:
                lines[places[0]] = self.line_number

    def _AppendRecord(self) -> None:
        before, numbers = len(self._result), dict(self._numbers)
        super()._AppendRecord()
        if len(self._result) > before:
            self.lines.append([numbers.get(place, 0) for place in range(len(self.values))])
            self.recorded.append(self.line_number)

    def _ClearRecord(self) -> None:
        super()._ClearRecord()
        kept = {place for place, value in enumerate(self.values) if "Filldown" in value.OptionNames()}
        for place in self._numbers.keys() - kept:
            del self._numbers[place]

    def _ClearAllRecord(self) -> None:
        super()._ClearAllRecord()
        self._numbers = {}


def run(template: Any, text: str) -> Tracking:
    """Run a template over a text from its beginning; the rows stand in its `_result`."""
    template.Reset()
    template.ParseText(text)
    assert isinstance(template, Tracking)
    return template
