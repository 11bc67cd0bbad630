"""Take a whole run of a table's lines at once: one rule's rows, one after the other, into columns.

Where it is not shown that words do the same as the rules one by one, or a row of the run is one that would not be
recorded as it is, nothing is taken and the lines go through the rules.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import compress, count, islice
from operator import not_
from typing import Any

from vxcheck.textfsm_compiled import _words
from vxcheck.textfsm_compiled._columns import Columns, Rows
from vxcheck.textfsm_compiled._generate import HOT, LATER
from vxcheck.textfsm_compiled._table import Table
from vxcheck.textfsm_compiled._template import Rule, Template

_BLOCK = 64  # lines that are tried first; a run that ends within them is not worth the trying
_GROWTH = 4  # how many times more are tried after lines that were all taken

Held = dict[int, tuple[Any, int]]
Match = Callable[[str], Any]


def candidates(template: Template) -> dict[str, set[int]]:
    """Return, by state, the indices of rules whose rows may come in runs."""
    if template.fills_up or any({"List", "Filldown"} <= set(value.options) for value in template.values):
        return {}
    found: dict[str, set[int]] = {}
    for state, rules in template.states.items():
        for index, rule in enumerate(rules):
            if rule.continues and not _only_clears(rule):
                break
            if _is_row(template, state, rule):
                found.setdefault(state, set()).add(index)
    return found


def _only_clears(rule: Rule) -> bool:
    return rule.record_op in ("", "NoRecord", "Clearall") and not rule.groups


def _is_row(template: Template, state: str, rule: Rule) -> bool:
    stays = rule.line_op in ("", "Next") and rule.new_state in ("", state) and rule.record_op == "Record"
    assigned = [value for value in template.values if value.name in rule.groups]
    own = [value for value in assigned if "Filldown" not in value.options]
    complete = all(
        value in assigned or "Filldown" in value.options for value in template.values if "Required" in value.options
    )
    nested = any("List" in value.options and "(?P<" in value.regex for value in assigned)
    return stays and bool(own) and complete and not nested


@dataclass(frozen=True)
class Run:
    """Hold how the rows of one rule are taken.

    `assigned` are the places of the Values that it reads, `optional` those of them that it may leave out.
    """

    template: Template
    rules: tuple[Rule, ...]
    divided: _words.Divided
    assigned: tuple[int, ...]
    optional: frozenset[int]

    @classmethod
    def of(cls, template: Template, rules: tuple[Rule, ...]) -> Run | None:
        """Return the run of the last rule behind the others of its state; None where it is not words."""
        divided = _words.divide(rules[-1].regex)
        if divided is None:
            return None
        groups = rules[-1].groups
        assigned = tuple(place for place, value in enumerate(template.values) if value.name in groups)
        numbers = {groups[template.values[place].name] for place in assigned}
        if not numbers <= {*divided.groups, *divided.rest_groups}:
            return None  # a value that is a part of a word
        rest = set(divided.rest_groups)
        optional = frozenset(place for place in assigned if groups[template.values[place].name] in rest)
        return cls(template, rules, divided, assigned, optional)

    def table(self, match: Sequence[Match]) -> Table:
        """Return what divides lines; `match` are the match functions of the state's rules."""
        rule = self.rules[-1]
        before = [
            (matches, other.record_op == "Clearall")
            for other, matches in zip(self.rules[:-1], match, strict=False)
            if (other.record_op == "Clearall" or not other.continues) and not self._has_fewer_words(other)
        ]
        return Table(self.divided, [rule.groups[self.template.values[place].name] for place in self.assigned], before)

    def _has_fewer_words(self, rule: Rule) -> bool:
        """Tell whether a rule matches lines of fewer words only."""
        other = None if rule.continues else _words.divide(rule.regex)
        return other is not None and other.rest is None and len(other.words) < len(self.divided.words)

    @property
    def _clears(self) -> bool:
        return any(rule.continues and rule.record_op == "Clearall" for rule in self.rules)

    def add(self, found: Sequence[Sequence[Any]], number: int, out: Columns | Rows, held: Held) -> Held | None:
        """Append rows of the lines after `number`; return what Filldown Values hold then, None if nothing is added."""
        values = self.template.values
        if self._clears:
            held = dict.fromkeys(held, (None, 0))
        numbers = range(number + 1, number + 1 + len(found[0]))
        read = dict(zip(self.assigned, found, strict=True))
        gaps = {place for place in self.optional if None in read[place]}
        columns: list[Sequence[Any]] = []
        lines: list[Sequence[int]] = []
        recorded = False
        for place, value in enumerate(values):
            column: Sequence[Any] = read.get(place, ())
            filldown, is_list = "Filldown" in value.options, "List" in value.options
            if column:
                if place in gaps and (is_list or (filldown and not self._clears)):
                    return None
                recorded = recorded or not (filldown or place in gaps)
                lines.append(
                    [0 if v is None else n for v, n in zip(column, numbers, strict=True)] if place in gaps else numbers
                )
                column = ["" if v is None else v for v in column] if place in gaps else column
            else:
                before, line = held.get(place, (None, 0))
                column = ["" if before is None else before] * len(numbers)
                lines.append([line] * len(numbers))
            if "Required" in value.options and not all(column):
                return None
            if is_list and (place not in read or not out.unlisted):
                column = [[v] for v in column] if place in read else [[] for _ in numbers]
            columns.append(column)
        if not recorded:
            return None
        out.add(columns, lines, numbers)
        return {place: (read[place][-1], lines[place][-1]) if place in read else was for place, was in held.items()}


def skipped(match: Match, lines: Sequence[str], start: int) -> int:
    """Return how many lines from a place on one match function takes, one after the other."""
    return next(compress(count(), map(not_, map(match, islice(lines, start, None)))), len(lines) - start)


class Taker:
    """Take runs within one text, remembering the words that were seen."""

    def __init__(self, runs: Callable[[str, int], Run | None], match: Callable[[str], Sequence[Match]]) -> None:
        self._runs = runs
        self._match = match
        self._tables: dict[int, Table] = {}

    def __call__(
        self, state: str, index: int, lines: list[str], number: int, out: Columns | Rows, held: Held
    ) -> tuple[int, Held, int]:
        """Take the rows that the lines begin with.

        Return their count, what Filldown Values hold, and the count of rows that the next try counts from.
        """
        run = self._runs(state, index)
        if run is None:
            return 0, held, -(1 << 62)
        table = self._tables.get(id(run)) or self._tables.setdefault(id(run), run.table(self._match(state)))
        taken, size = 0, _BLOCK
        while taken < len(lines):
            block = lines[taken : taken + size]
            found = table.columns(block)
            holds = run.add(found, number + taken, out, held) if found and found[0] else None
            if holds is None:
                break
            held = holds
            taken += len(found[0])
            if len(found[0]) < len(block):
                break
            size *= _GROWTH
        return taken, held, HOT - 1 if taken >= _BLOCK or taken == len(lines) > 0 else LATER
