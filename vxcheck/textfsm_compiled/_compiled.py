"""Be a template: read it, write its function when it is first used, and run it."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from functools import cached_property, partial
from typing import Any

import textfsm

from vxcheck.textfsm_compiled import _first, _generate, _pause, _runs, _stock, _template
from vxcheck.textfsm_compiled._columns import Columns, Rows

_CHUNK = 1 << 18  # characters of a long text whose lines are held at once
_MUCH = 1 << 14  # characters that a template has read before what makes it faster is worth the making
_EACH = 1 << 12  # what each text counts besides: one that is asked so often will be asked again


class Compiled:
    """Be a template as a function. Raises textfsm.TextFSMTemplateError for a text that is no template."""

    def __init__(self, text: str, *, lazy: bool = False) -> None:
        self._text = text
        self._lazy = lazy
        self._read = 0
        self._template: _template.Template | None = None
        try:
            self._template = _template.read(text)
            self._nested = {
                value.name: pattern.match
                for value in self._template.values
                if "List" in value.options and (pattern := re.compile(value.regex)).groups > 1
            }
            if not lazy:
                for state in self._template.states:
                    self._match(state)
        except (_template.UnknownToCompilerError, re.error):
            self._template = None
        self.header: tuple[str, ...] = (
            tuple(value.name for value in self._template.values) if self._template else tuple(self._stock().header)
        )

    @cached_property
    def lists(self) -> tuple[bool, ...]:
        """Tell of each Value whether it is a List."""
        if self._template:
            return tuple("List" in value.options for value in self._template.values)
        return tuple("List" in value.OptionNames() for value in self._stock().values)

    @property
    def is_compiled(self) -> bool:
        """Tell whether it runs as code of its own; else textfsm runs it."""
        return self._template is not None

    def rows(self, text: str) -> list[list[Any]]:
        """Return what textfsm's ParseText does. Raises its TextFSMError, as Unmatched, at an Error rule."""
        out = Rows()
        if not self._run(text, out):
            return list(_stock.run(self._stock(), text)._result)  # noqa: SLF001  # textfsm has no other name for it
        return out.pending

    def dicts(self, text: str) -> list[dict[str, Any]]:
        """Return what textfsm's ParseTextToDicts does."""
        return [dict(zip(self.header, row, strict=True)) for row in self.rows(text)]

    def columns(self, text: str, *, unlisted: bool = False) -> Columns:
        """Return the rows as columns, with their lines; `unlisted` gives a List of one text as that text.

        Raises Unmatched at an Error rule.
        """
        if self._template:
            filldown = tuple("Filldown" in value.options for value in self._template.values)
            out = Columns(self.header, filldown, unlisted=unlisted)
            if self._run(text, out):
                out.state = {_generate.END: "End", _generate.EOF: "EOF"}.get(out.state) or [*self._template.states][
                    out.state
                ]
                out.flush()
                return out
        machine = self._stock()
        filldown = tuple("Filldown" in value.OptionNames() for value in machine.values)
        out = Columns(self.header, filldown, unlisted=unlisted)
        _stock.run(machine, text)
        for row, lines, number in zip(machine._result, machine.lines, machine.recorded, strict=True):  # noqa: SLF001
            out.pending.append([*row, *lines, number])
        out.state, out.number = machine.state, machine.line_number
        out.flush()
        return out

    def _run(self, text: str, out: Rows | Columns) -> bool:
        """Run the template's function; tell whether it could be."""
        if not self._template:
            return False
        self._read += len(text) + _EACH
        try:
            function = self._function(isinstance(out, Columns), self._read > _MUCH)
            if len(text) <= _CHUNK:
                function(iter((text.splitlines(),)), out)
            else:
                with _pause.collector():
                    function(_chunks(text, None if self._template.fills_up else out), out)
        except _template.UnknownToCompilerError:
            self._template = None
            return False
        return True

    def source(self, *, tracked: bool = False, thorough: bool = True) -> str:
        """Return the function's source; '' where textfsm runs the template.

        It gives the lines of values where it is `tracked`; a `thorough` one knows beforehand which rules cannot match.
        """
        if not self._template:
            return ""
        runs = _runs.candidates(self._template)
        return _generate.source(
            self._template, nested=frozenset(self._nested), runs=runs, tracked=tracked, thorough=thorough
        )

    @cached_property
    def _functions(self) -> dict[tuple[bool, bool], Callable[[Iterator[list[str]], Rows | Columns], None]]:
        return {}

    def _function(self, tracked: bool, thorough: bool) -> Callable[[Iterator[list[str]], Rows | Columns], None]:
        found = self._functions.get((tracked, thorough))
        if found is None:
            names: dict[str, Any] = {
                "match": self._match if thorough or not self._lazy else self._late_match,
                "masks": self._mask,
                "nested": self._nested,
                "taker": partial(_runs.Taker, self._run_of, self._match),
                "skipped": _runs.skipped,
                "Unmatched": _stock.Unmatched,
            }
            exec(self.source(tracked=tracked, thorough=thorough), names)  # noqa: S102  # our own text: of the template it holds names of Values and states, quoted
            found = self._functions[tracked, thorough] = names["parse"]
        return found

    @cached_property
    def _matches(self) -> dict[str, list[Callable[[str], Any]]]:
        return {}

    def _match(self, state: str) -> list[Callable[[str], Any]]:
        """Return the match functions of a state's rules, compiled when they are first asked for.

        Raises UnknownToCompilerError where a regular expression is wrong, or has other groups than were seen in it.
        """
        if state not in self._matches:
            assert self._template
            self._matches[state] = [_compiled(rule) for rule in self._template.states[state]]
        return self._matches[state]

    @cached_property
    def _late_matches(self) -> dict[str, list[Callable[[str], Any]]]:
        return {}

    def _late_match(self, state: str) -> list[Callable[[str], Any]]:
        """Return the match functions of a state's rules, each compiled when the first line is held against it."""
        if state in self._matches:
            return self._matches[state]
        assert self._template
        rules = self._template.states[state]
        found = self._late_matches.get(state) or [_Late(rule) for rule in rules]
        self._late_matches[state] = [getattr(one, "compiled", None) or one for one in found]
        return self._late_matches[state]

    @cached_property
    def _masks(self) -> dict[str, Callable[[str], int]]:
        return {}

    def _mask(self, state: str) -> Callable[[str], int]:
        """Return what tells from a line's first character which of a state's rules may match it."""
        if state not in self._masks:
            assert self._template
            self._masks[state] = _first.masks([rule.regex for rule in self._template.states[state]])
        return self._masks[state]

    @cached_property
    def _found_runs(self) -> dict[tuple[str, int], _runs.Run | None]:
        return {}

    def _run_of(self, state: str, index: int) -> _runs.Run | None:
        """Return how runs of a rule's rows are taken; None where they are not."""
        if (state, index) not in self._found_runs:
            assert self._template
            rules = self._template.states[state][: index + 1]
            self._found_runs[state, index] = _runs.Run.of(self._template, rules)
        return self._found_runs[state, index]

    def _stock(self) -> _stock.Tracking:
        try:
            return _stock.Tracking(io.StringIO(self._text))
        except (re.error, IndexError) as error:
            # textfsm makes the name of a Value part of a regular expression, whatever it is.
            raise textfsm.TextFSMTemplateError(f"a Value's name is none: {error}") from error


class _Late:
    """Be a rule's match function, compiled with the first line."""

    def __init__(self, rule: _template.Rule) -> None:
        self._rule = rule
        self.compiled: Callable[[str], Any] | None = None

    def __call__(self, line: str) -> Any:
        if self.compiled is None:
            self.compiled = _compiled(self._rule)
        return self.compiled(line)


def _compiled(rule: _template.Rule) -> Callable[[str], Any]:
    try:
        pattern = re.compile(rule.regex)
    except re.error as error:
        raise _template.UnknownToCompilerError(rule.regex) from error
    if rule.groups != pattern.groupindex or len(rule.all_groups) != pattern.groups:
        raise _template.UnknownToCompilerError(rule.regex)
    return pattern.match


def _chunks(text: str, flushed: Rows | Columns | None) -> Iterator[list[str]]:
    """Yield a text's lines, some at a time, and put away what was made of them: a long text is not held twice."""
    start = 0
    while len(text) - start > _CHUNK:
        end = text.find("\n", start + _CHUNK) + 1
        if not end:
            break
        yield text[start:end].splitlines()
        start = end
        if flushed:
            flushed.flush()
    yield (text[start:] if start else text).splitlines()
