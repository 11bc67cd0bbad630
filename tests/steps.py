"""Count the steps that a backtracking matcher takes, and make the lines that cost a pattern most.

Python's `re` does not say how often it tried; this runs a pattern's own syntax tree in the same order and counts each
comparison of a character. Time is not looked at.
"""

from __future__ import annotations

import itertools
import sys
from collections.abc import Callable, Iterator
from re import _constants as op  # type: ignore[attr-defined]
from re import _parser as sre  # type: ignore[attr-defined]
from typing import Any

Next = Callable[[int], bool]
Matcher = Callable[[int, Next], bool]
_CHARS = " a0:.-,"
_UNBOUNDED = 8
_MOST = 100_000
_CATEGORIES: dict[Any, Callable[[str], bool]] = {
    op.CATEGORY_DIGIT: str.isdigit,
    op.CATEGORY_NOT_DIGIT: lambda char: not char.isdigit(),
    op.CATEGORY_SPACE: str.isspace,
    op.CATEGORY_NOT_SPACE: lambda char: not char.isspace(),
    op.CATEGORY_WORD: lambda char: char.isalnum() or char == "_",
    op.CATEGORY_NOT_WORD: lambda char: not (char.isalnum() or char == "_"),
}


class TooManyStepsError(Exception):
    """Say that a short line already takes more steps than can be counted in a test."""


class Pattern:
    """Match one pattern at the beginning of texts, counting steps."""

    def __init__(self, pattern: str) -> None:
        self.tree = sre.parse(pattern)
        self.steps = 0
        self._text = ""
        self._groups: dict[int, tuple[int, int]] = {}
        self._start = self._sequence(list(self.tree))

    def count(self, text: str) -> int:
        """Return the steps that matching a text takes, whether it matches or not."""
        self.steps, self._text, self._groups = 0, text, {}
        limit = sys.getrecursionlimit()
        sys.setrecursionlimit(100_000)
        try:
            self._start(0, lambda _: True)
        finally:
            sys.setrecursionlimit(limit)
        return self.steps

    def _sequence(self, nodes: list[Any]) -> Matcher:
        matchers: list[Matcher] = []
        for is_literal, some in itertools.groupby(nodes, lambda node: node[0] is op.LITERAL):
            if is_literal:
                matchers.append(self._literal("".join(chr(given) for _, given in some)))
            else:
                matchers += [self._node(*node) for node in some]
        if len(matchers) == 1:
            return matchers[0]
        last = len(matchers)

        def run(at: int, then: Next, index: int = 0) -> bool:
            if index == last:
                return then(at)
            return matchers[index](at, lambda end: run(end, then, index + 1))

        return run

    def _literal(self, said: str) -> Matcher:
        def run(at: int, then: Next) -> bool:
            if self.steps > _MOST:
                raise TooManyStepsError
            if self._text.startswith(said, at):
                self.steps += len(said)
                return then(at + len(said))
            self.steps += 1
            return False

        return run

    def _node(self, kind: Any, given: Any) -> Matcher:
        if kind in (op.LITERAL, op.NOT_LITERAL, op.ANY, op.IN):
            accepts = accepted(kind, given)

            def char(at: int, then: Next) -> bool:
                self.steps += 1
                if self.steps > _MOST:
                    raise TooManyStepsError
                return at < len(self._text) and accepts(self._text[at]) and then(at + 1)

            return char
        if kind is op.AT:
            # Lines have no line ends in them: ^ is the beginning, $ the end.
            def position(at: int, then: Next) -> bool:
                self.steps += 1
                if given in (op.AT_BEGINNING, op.AT_BEGINNING_STRING):
                    return at == 0 and then(at)
                if given in (op.AT_END, op.AT_END_STRING):
                    return at == len(self._text) and then(at)
                before, behind = (_word(self._text[i : i + 1]) for i in (max(at - 1, 0), at))
                return ((before if at else False) != behind) == (given is op.AT_BOUNDARY) and then(at)

            return position
        if kind is op.BRANCH:
            choices = [self._sequence(list(choice)) for choice in given[1]]
            return lambda at, then: any(choice(at, then) for choice in choices)
        if kind is op.SUBPATTERN:
            return self._group(given[0], self._sequence(list(given[3])))
        if kind is op.MAX_REPEAT and _is_char(list(given[2])):
            return self._run(given[0], given[1], accepted(*given[2][0]))
        if kind in (op.MAX_REPEAT, op.MIN_REPEAT):
            return self._repeat(given[0], given[1], self._sequence(list(given[2])), greedy=kind is op.MAX_REPEAT)
        if kind in (op.ASSERT, op.ASSERT_NOT):
            width = given[1].getwidth()[0]
            return self._look(given[0], width, self._sequence(list(given[1])), wanted=kind is op.ASSERT)
        if kind is op.GROUPREF:

            def again(at: int, then: Next) -> bool:
                first, last = self._groups.get(given, (0, 0))
                said = self._text[first:last]
                self.steps += len(said)
                return self._text.startswith(said, at) and then(at + len(said))

            return again
        raise NotImplementedError(str(kind))

    def _group(self, number: int | None, inside: Matcher) -> Matcher:
        def run(at: int, then: Next) -> bool:
            def done(end: int) -> bool:
                if number is not None:
                    self._groups[number] = (at, end)
                return then(end)

            return inside(at, done)

        return run

    def _run(self, least: int, most: Any, accepts: Callable[[str], bool]) -> Matcher:
        """Return what matches a run of one kind of character: as many as there are, then one fewer each time."""
        limit = sys.maxsize if most is op.MAXREPEAT else int(most)

        def run(at: int, then: Next) -> bool:
            end = at
            while end < len(self._text) and end - at < limit and accepts(self._text[end]):
                end += 1
            self.steps += end - at + 1
            if self.steps > _MOST:
                raise TooManyStepsError
            for stop in range(end, at + least - 1, -1):
                self.steps += 1
                if then(stop):
                    return True
            return False

        return run

    def _repeat(self, least: int, most: Any, inside: Matcher, *, greedy: bool) -> Matcher:
        limit = sys.maxsize if most is op.MAXREPEAT else int(most)

        def run(at: int, then: Next, count: int = 0) -> bool:
            def more() -> bool:
                return count < limit and inside(
                    at, lambda end: (end > at or count < least) and run(end, then, count + 1)
                )

            if count < least:
                return more()
            return (more() or then(at)) if greedy else (then(at) or more())

        return run

    def _look(self, direction: int, width: int, inside: Matcher, *, wanted: bool) -> Matcher:
        def run(at: int, then: Next) -> bool:
            if direction > 0:
                found = inside(at, lambda _: True)
            else:
                found = at >= width and inside(at - width, lambda end: end == at)
            return found == wanted and then(at)

        return run


def accepted(kind: Any, given: Any) -> Callable[[str], bool]:
    """Return what tells whether one character is accepted by a node of one character."""
    if kind is op.LITERAL:
        return lambda char: ord(char) == given
    if kind is op.NOT_LITERAL:
        return lambda char: ord(char) != given
    if kind is op.ANY:
        return lambda char: char != "\n"
    negated = bool(given) and given[0][0] is op.NEGATE

    def one_of(char: str) -> bool:
        for part, what in given:
            if part is op.LITERAL and ord(char) == what:
                return not negated
            if part is op.RANGE and what[0] <= ord(char) <= what[1]:
                return not negated
            if part is op.CATEGORY and _CATEGORIES[what](char):
                return not negated
        return negated

    return one_of


def _is_char(nodes: list[Any]) -> bool:
    return len(nodes) == 1 and nodes[0][0] in (op.LITERAL, op.NOT_LITERAL, op.ANY, op.IN)


def _word(char: str) -> bool:
    return char.isalnum() or char == "_"


def costly(pattern: Pattern, times: int) -> Iterator[str]:
    """Yield lines that pump each repetition of a pattern, and then do not match."""
    for before, least, bodies in _pumps(list(pattern.tree), ""):
        for body in bodies:
            for behind in ("\x01", " \x01"):
                yield before + body * (least + times) + behind


def _pumps(nodes: list[Any], before: str) -> Iterator[tuple[str, int, list[str]]]:
    """Yield what stands before each unbounded repetition, how often it must stand, and what may be repeated in it."""
    for kind, given in nodes:
        if kind in (op.MAX_REPEAT, op.MIN_REPEAT):
            inside = list(given[2])
            if given[1] is op.MAXREPEAT or given[1] > _UNBOUNDED:
                yield before, given[0], list(dict.fromkeys(_bodies(inside)))
            yield from _pumps(inside, before)
        elif kind is op.SUBPATTERN:
            yield from _pumps(list(given[3]), before)
        elif kind is op.BRANCH:
            for choice in given[1]:
                yield from _pumps(list(choice), before)
        before += _shortest([(kind, given)])


def _bodies(nodes: list[Any]) -> Iterator[str]:
    """Yield texts that a repetition's inside accepts: each character of some, each choice of several."""
    if _is_char(nodes):
        accepts = accepted(*nodes[0])
        yield from (char for char in _CHARS if accepts(char))
        yield _shortest(nodes)
    elif len(nodes) == 1 and nodes[0][0] is op.BRANCH:
        for choice in nodes[0][1][1]:
            yield _shortest(list(choice))
    elif len(nodes) == 1 and nodes[0][0] is op.SUBPATTERN:
        yield from _bodies(list(nodes[0][1][3]))
    else:
        yield _shortest(nodes)
        for index, (kind, given) in enumerate(nodes):
            if kind in (op.MAX_REPEAT, op.MIN_REPEAT, op.SUBPATTERN, op.BRANCH, op.IN):
                inside = list(given[2]) if kind in (op.MAX_REPEAT, op.MIN_REPEAT) else [(kind, given)]
                if inside == nodes:
                    continue
                for body in _bodies(inside):
                    yield _shortest(nodes[:index]) + body + _shortest(nodes[index + 1 :])


def _shortest(nodes: list[Any]) -> str:
    """Return a short text that a sequence accepts, lookarounds aside."""
    made = ""
    for kind, given in nodes:
        if kind is op.LITERAL:
            made += chr(given)
        elif kind in (op.NOT_LITERAL, op.ANY, op.IN):
            accepts = accepted(kind, given)
            made += next((char for char in map(chr, (*map(ord, "a0 "), *range(33, 256))) if accepts(char)), "?")
        elif kind in (op.MAX_REPEAT, op.MIN_REPEAT):
            made += _shortest(list(given[2])) * given[0]
        elif kind is op.SUBPATTERN:
            made += _shortest(list(given[3]))
        elif kind is op.BRANCH:
            made += _shortest(list(given[1][0]))
    return made
