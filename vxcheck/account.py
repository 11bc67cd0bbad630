"""Account for an output line by line: which rule of which template consumed it, and which lines no rule did.

This runs Google's textfsm as it stands, slowly and with everything in view; it is for looking and for templates that
were not written for vxcheck.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import textfsm

from vxcheck.content import Command
from vxcheck.errors import ContentError

_ENDS = ("End", "EOF")


@dataclass(frozen=True)
class Step:
    """Say what became of one line. `rule` is the line of the template whose rule took it, 0 where none did.

    `state` is the template's state when the line came; `values` are the names that any rule captured from it; `whole`
    tells whether the rule matched to the line's end, but for what has no letter or digit; `replaced` are the Values of
    a row under way that had another value before.
    """

    number: int
    line: str
    state: str
    rule: int
    values: tuple[str, ...] = ()
    recorded: bool = False
    whole: bool = True
    replaced: tuple[str, ...] = ()

    @property
    def understood(self) -> bool:
        """Tell whether a rule took the line, or there was nothing on it."""
        return self.rule > 0 or not self.line.strip()


@dataclass(frozen=True)
class Account:
    """Hold one template's account: a step a line, and the records that it made before the first unknown line."""

    template: Path
    steps: tuple[Step, ...]
    header: tuple[str, ...]
    records: tuple[tuple[str, ...], ...]

    @property
    def unknown(self) -> tuple[Step, ...]:
        """Return the lines that no rule understood."""
        return tuple(step for step in self.steps if not step.understood)


def of_command(command: Command, text: str) -> list[Account]:
    """Return the account of every template of a command for a text that `parse.prepared` gave."""
    borrowed = (command.borrowed.path,) if command.borrowed else ()
    return [of(path, text) for path in (*command.templates, *borrowed)]


def of(path: Path, text: str) -> Account:
    """Return one template's account of a text. A line that is not understood leaves the template in its state."""
    try:
        with path.open(encoding="utf-8") as file:
            fsm = _Accounting(file)
    except (OSError, textfsm.TextFSMTemplateError) as error:
        raise ContentError(f"{path}: {error}") from error
    fsm.ParseText(text)
    records = fsm.records if fsm.records is not None else fsm._result  # noqa: SLF001
    lines = text.splitlines()
    # A template that ended early has not seen the rest.
    unseen = [Step(number, line, "End", 0) for number, line in enumerate(lines, 1) if number > len(fsm.steps)]
    return Account(
        path,
        (*fsm.steps, *unseen),
        tuple(fsm.header),
        tuple(tuple(str(part) for part in record) for record in records),
    )


class _Accounting(textfsm.TextFSM):  # type: ignore[misc]  # textfsm is not typed
    """Run a template and remember the rule that took each line; go on behind a line that none took."""

    _cur_state: list[Any]
    _cur_state_name: str

    def Reset(self) -> None:
        super().Reset()
        self.steps: list[Step] = []
        self.records: list[list[str]] | None = None

    def _CheckLine(self, line: str) -> None:
        number, state, before = len(self.steps) + 1, self._cur_state_name, len(self._result)
        captured: list[str] = []
        replaced: list[str] = []
        for rule in self._cur_state:
            matched = rule.regex_obj.match(line)
            if not matched:
                continue
            if rule.line_op == "Error":
                break
            for name, value in matched.groupdict().items():
                held = self._GetValue(name)
                single = held is not None and not {"List", "Filldown"} & set(held.OptionNames())
                replaced += [name] if single and held.value not in (None, "", value) else []
                self._AssignVar(matched, name)
                captured += [name] if value is not None else []
            if self._Operations(rule, line):
                if rule.new_state:
                    self._cur_state_name = rule.new_state
                    self._cur_state = self.states.get(rule.new_state, [])
                recorded, whole = len(self._result) > before, not re.search(r"\w", line[matched.end() :])
                told = tuple(captured), recorded, whole, tuple(replaced)
                self.steps.append(Step(number, line, state, rule.line_num, *told))
                return
        self.steps.append(Step(number, line, state, 0))
        if line.strip() and self.records is None:
            self.records = list(self._result)
