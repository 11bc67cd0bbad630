"""Divide lines into words, and hold each column of words against its part of a rule."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import chain, islice, repeat, takewhile
from operator import itemgetter
from typing import Any

from vxcheck.textfsm_compiled import _shapes
from vxcheck.textfsm_compiled._words import Divided

_MARK = "\0"
_FEW = 4  # a column has few different words where each stands so many times
_SOME = 64  # words after which a column that has had hardly any of them twice is taken for one of many
_MANY = 1 << 12  # words after which it is known whether there are few
_MEMORY = 1 << 13  # different words or rests that are remembered


class _OtherError(Exception):
    """Say that a word or a rest is none that the rule has."""


def _are_few(different: int, asked: int) -> bool:
    """Tell whether it is of use to remember the words of a column: 900 VLANs show only after some thousand rows."""
    if asked < _MANY:
        return asked < _SOME or different * 100 < asked * 99
    return different * _FEW <= asked


class _Known(dict[str, Any]):
    """Remember what a function made of a text. Raises _OtherError where that is None."""

    def __init__(self, made: Callable[[str], Any]) -> None:
        super().__init__()
        self.made = made
        self.asked = 0

    def __missing__(self, text: str) -> Any:
        found = self.made(text)
        if found is None:
            raise _OtherError
        self[text] = found
        return found

    def of(self, texts: Sequence[str]) -> list[Any]:
        """Return what is made of each text, up to the first that nothing is made of."""
        if len(self) > _MEMORY:
            self.clear()
        self.asked += len(texts)
        try:
            return list(map(self.__getitem__, texts))
        except _OtherError:
            found = []
            for text in texts:
                try:
                    found.append(self[text])
                except _OtherError:
                    break
            return found

    @property
    def are_few(self) -> bool:
        """Tell whether remembering is of use."""
        return _are_few(len(self), self.asked)


class _Column:
    """Judge the words of one column."""

    def __init__(self, one: Any, column: Any, nodes: Sequence[Any]) -> None:
        self._one = one.fullmatch
        self._column = column.fullmatch
        self._zeros = _shapes.zeros(nodes)
        self._known: _Known | None = _Known(lambda word: word if self._one(word) else None)

    def checked(self, words: Sequence[str]) -> Sequence[str]:
        """Return the words up to the first that is none of the rule's; equal ones are one where they are few."""
        if self._known is not None:
            found = self._known.of(words)
            if not self._known.are_few:
                self._known = None
            return found
        text = "\n".join(words)
        if self._zeros is not None:
            shapes = set(text.translate(self._zeros).split("\n"))
            if len(shapes) * _FEW <= len(words) and all(map(self._one, shapes)):
                return words
        if self._column(text + "\n"):
            return words
        return words[: next((at for at, word in enumerate(words) if not self._one(word)), len(words))]


class _Shared:
    """Make equal texts of a column one, as long as they are few."""

    def __init__(self) -> None:
        self._one: dict[str | None, str | None] | None = {}
        self._asked = 0

    def shared(self, texts: Sequence[str | None]) -> Sequence[str | None]:
        """Return the texts."""
        if self._one is None:
            return texts
        self._asked += len(texts)
        found = list(map(self._one.setdefault, texts, texts))
        if not _are_few(len(self._one), self._asked):
            self._one = None
        return found


class Table:
    """Divide lines as a rule does; `groups` are the numbers of the groups whose columns are asked for.

    `before` are match functions of rules that must not match a line, or, with True, must match each.
    """

    def __init__(
        self, divided: Divided, groups: Sequence[int], before: Sequence[tuple[Callable[[str], Any], bool]]
    ) -> None:
        self._divided = divided
        self._before = before
        patterns = zip(divided.word_patterns(), divided.column_patterns(), divided.words, strict=True)
        self._judges = [_Column(*of_word) for of_word in patterns]
        self._rests = _Known(self._rest)
        self._rest_pattern = divided.rest_pattern()
        self._rest_groups = divided.rest_groups
        # Of one group or none it would be no tuple.
        self._groups_of: Callable[[Any], tuple[str | None, ...]] = itemgetter(
            *self._rest_groups, *([] if len(self._rest_groups) > 1 else [0, 0])
        )
        self._shapes: _shapes.Shapes | None = None
        if self._rest_pattern and self._rest_groups and _shapes.is_blind(divided.rest or []):
            self._shapes = _shapes.Shapes(self._rest_pattern, self._rest_groups)
        self._shared = [_Shared() for _ in self._rest_groups]
        order = [*divided.groups, *self._rest_groups]
        self._places = [order.index(group) for group in groups]

    def columns(self, lines: Sequence[str]) -> list[Sequence[Any]]:
        """Return the groups' columns of the lines from the first on that the rule takes."""
        divided = self._words(lines[: self._count_of_fit(lines)])
        if not divided:
            return []
        *words, ends = divided
        columns: list[Sequence[Any]] = [
            judge.checked(column) for judge, column in zip(self._judges, words, strict=True)
        ]
        if self._rest_pattern:
            rests = self._rests_of(ends)
            columns += rests[:-1]
            length = min(len(rests[-1]), *map(len, columns[: len(words)]))
        else:
            length = min(map(len, columns))
        return [columns[place] if len(columns[place]) == length else columns[place][:length] for place in self._places]

    def _words(self, lines: Sequence[str]) -> list[Sequence[str]]:
        """Return columns of words, and of what follows them, of the lines from the first on that have so many."""
        count = len(self._judges)
        if self._rest_pattern is None:
            text = f" {_MARK} ".join(lines) + f" {_MARK}"
            words = text.split()
            width = count + 1
            if len(words) == width * len(lines) and words[count::width].count(_MARK) == text.count(_MARK) == len(lines):
                return [words[at::width] for at in range(width)]
        divided = list(map(str.split, lines, repeat(None), repeat(count)))
        lengths = set(map(len, divided))
        allowed = {count} if self._rest_pattern is None else {count, count + 1}
        if not lengths <= allowed:
            divided = divided[: next(at for at, words in enumerate(divided) if len(words) not in allowed)]
            lengths = set(map(len, divided))
        if lengths != {count + 1}:
            divided = [words if len(words) > count else [*words, ""] for words in divided]
        flat = list(chain.from_iterable(divided))
        return [flat[at :: count + 1] for at in range(count + 1)] if flat else []

    def _count_of_fit(self, lines: Sequence[str]) -> int:
        """Return how many lines from the first on no other rule takes, with white space at their ends as wanted."""
        count = len(lines)
        for match, wanted in self._before:
            found = list(map(match, lines[:count]))
            if wanted:
                count = found.index(None) if None in found else count
            elif any(found):
                count = next(at for at, one in enumerate(found) if one)
        if self._divided.indent is not True:
            wanted = self._divided.indent is None
            count = _first(line[:1].isspace() != wanted for line in lines[:count])
        if not self._divided.trailed:
            count = _first(line[-1:].isspace() for line in lines[:count])
        return count

    def _rests_of(self, texts: Sequence[str]) -> list[Sequence[Any]]:
        """Return the columns of groups of rests, up to the first that is none, and a column as long of anything."""
        assert self._rest_pattern
        if self._rests.are_few:
            rests = self._rests.of(texts)
        elif self._shapes is not None and (found := self._shapes.columns(texts)) is not None:
            return [*map(_Shared.shared, self._shared, found), texts]
        else:
            match, groups_of = self._rest_pattern.match, self._groups_of
            try:
                rests = [groups_of(match(f" {text}" if text else "")) for text in texts]
            except TypeError:  # a rest that did not match
                rests = list(takewhile(lambda rest: rest is not None, map(self._rest, texts)))
        columns = zip(*rests, strict=True) if rests else repeat((), len(self._rest_groups))
        return [*islice(columns, len(self._rest_groups)), rests]

    def _rest(self, text: str) -> tuple[str | None, ...] | None:
        assert self._rest_pattern
        match = self._rest_pattern.match(f" {text}" if text else "")
        return self._groups_of(match) if match else None


def _first(found: Iterable[bool]) -> int:
    """Return the index of the first that is true; their count where there is none."""
    at = -1
    for at, one in enumerate(found):
        if one:
            return at
    return at + 1
