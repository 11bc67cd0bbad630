"""Match texts that differ in digits only but once.

A regular expression that takes every digit for any other matches a text where it matches its shape, the text with
zeros for its digits, and has its groups in the same places. So it is with letters, where it takes them for digits too.
"""

from __future__ import annotations

import re
import string
from collections.abc import Callable, Sequence
from operator import getitem
from re import _constants as sre  # type: ignore[attr-defined]
from typing import Any

_DIGITS = frozenset(map(ord, string.digits))
_ALIKE = (frozenset(map(ord, string.digits + string.ascii_letters)), frozenset(map(ord, string.hexdigits)), _DIGITS)
_ZEROS = dict.fromkeys(_DIGITS, "0")
_MOST = 1 << 12  # shapes that are remembered
_FEW = 8  # texts there must be for each shape
_CATEGORIES: dict[Any, Callable[[frozenset[int]], frozenset[int]]] = {
    sre.CATEGORY_DIGIT: lambda alike: alike & _DIGITS,
    sre.CATEGORY_NOT_DIGIT: lambda alike: alike - _DIGITS,
    sre.CATEGORY_WORD: lambda alike: alike,
    sre.CATEGORY_NOT_SPACE: lambda alike: alike,
    sre.CATEGORY_NOT_WORD: lambda _: frozenset(),
    sre.CATEGORY_SPACE: lambda _: frozenset(),
}
_ANYWHERE = (sre.ANY, sre.AT)
_WITHIN: dict[Any, Callable[[Any], Sequence[Any]]] = {
    sre.SUBPATTERN: lambda argument: [argument[3]],
    sre.ATOMIC_GROUP: lambda argument: [argument],
    sre.MAX_REPEAT: lambda argument: [argument[2]],
    sre.MIN_REPEAT: lambda argument: [argument[2]],
    sre.POSSESSIVE_REPEAT: lambda argument: [argument[2]],
    sre.BRANCH: lambda argument: argument[1],
    sre.ASSERT: lambda argument: [argument[1]],
    sre.ASSERT_NOT: lambda argument: [argument[1]],
}


def is_blind(nodes: Sequence[Any], alike: frozenset[int] = _DIGITS) -> bool:
    """Tell whether a parsed regular expression takes each of some characters for any other of them: every digit."""
    return all(_is_blind(operator, argument, alike) for operator, argument in nodes)


def zeros(nodes: Sequence[Any]) -> dict[int, str] | None:
    """Return what makes texts their shapes that it takes for each other (for str.translate); None where nothing is."""
    return next((dict.fromkeys(alike, "0") for alike in _ALIKE if is_blind(nodes, alike)), None)


def _is_blind(operator: Any, argument: Any, alike: frozenset[int]) -> bool:
    if operator in (sre.LITERAL, sre.NOT_LITERAL):
        return argument not in alike
    if operator is sre.IN:
        return _takes_all_or_none(argument, alike)
    if operator in _WITHIN:
        return all(is_blind(list(part), alike) for part in _WITHIN[operator](argument))
    return operator in _ANYWHERE


def _takes_all_or_none(items: Sequence[Any], alike: frozenset[int]) -> bool:
    taken: set[int] = set()
    for operator, argument in items:
        if operator is sre.LITERAL:
            taken.add(argument)
        elif operator is sre.RANGE:
            taken.update(char for char in alike if argument[0] <= char <= argument[1])
        elif operator is sre.CATEGORY:
            taken |= _CATEGORIES[argument](alike)
    return not taken & alike or taken >= alike


class Shapes(dict[str, "tuple[slice | None, ...] | None"]):
    """Find groups in texts by their shapes. A pattern is asked about a blank and the text."""

    def __init__(self, pattern: re.Pattern[str], groups: Sequence[int]) -> None:
        super().__init__()
        self._match = pattern.match
        self._groups = groups
        self._asked = 0

    def __missing__(self, shape: str) -> tuple[slice | None, ...] | None:
        found = self[shape] = self._spans(shape)
        return found

    def _spans(self, shape: str) -> tuple[slice | None, ...] | None:
        match = self._match(f" {shape}" if shape else "")
        if match is None:
            return None
        spans = [match.span(group) for group in self._groups]
        if any(start == 0 < end for start, end in spans):
            return None  # a group that has the blank
        return tuple(
            slice(start - 1, end - 1) if start > 0 else slice(0, 0) if not start else None for start, end in spans
        )

    def columns(self, texts: Sequence[str]) -> list[Sequence[str | None]] | None:
        """Return a column for each group; None where a text does not match, or where shapes are too many."""
        self._asked += len(texts)
        if len(self) > _MOST or (len(self) * _FEW > self._asked and len(self) > _FEW):
            return None
        shapes = "\n".join(texts).translate(_ZEROS).split("\n")
        spans = list(map(self.__getitem__, shapes))
        if None in spans:
            return None
        return [_sliced(texts, places) for places in zip(*spans, strict=True)]


def _sliced(texts: Sequence[str], places: Sequence[slice | None]) -> Sequence[str | None]:
    if None in places:
        return [None if place is None else text[place] for text, place in zip(texts, places, strict=True)]
    return list(map(getitem, texts, places))  # type: ignore[arg-type]
