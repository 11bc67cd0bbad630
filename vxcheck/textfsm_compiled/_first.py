"""Tell which characters the first word of a line may begin with, where a rule is to match the line.

A rule that begins with literal text, a class or an option is not asked about lines whose first character (behind
white space) it cannot match. A character beyond ASCII may begin anything.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from re import _compiler, _parser  # type: ignore[attr-defined]
from re import _constants as sre  # type: ignore[attr-defined]
from typing import Any

_ASCII = [char for char in map(chr, range(128)) if not char.isspace()]
_SPACES = [char for char in map(chr, range(0x3001)) if char.isspace()]
_ALL = frozenset(_ASCII)
_EVERYTHING = (_ALL, True)
_ONE_CHARACTER = (sre.LITERAL, sre.NOT_LITERAL, sre.IN, sre.ANY)
_REPEATS = (sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT)


def masks(regexes: list[str]) -> Callable[[str], int]:
    """Return what tells which rules may match a line, a bit each.

    It is asked with the line's first character behind white space, '' for none.
    """
    every = (1 << len(regexes)) - 1
    found = dict.fromkeys(["", *_ASCII], 0)
    for index, regex in enumerate(regexes):
        chars, is_open = _first_of(regex)
        for char in _ALL if is_open else chars:
            found[char] |= 1 << index
        if is_open:
            found[""] |= 1 << index
    return lambda char: found.get(char, every)


def _first_of(regex: str) -> tuple[frozenset[str], bool]:
    tree = _parser.parse(regex)
    if tree.state.flags & sre.SRE_FLAG_IGNORECASE or "(?i" in regex:
        return _EVERYTHING
    return _of(tree)


def _of(nodes: Any) -> tuple[frozenset[str], bool]:
    """Return the characters that may be the first that is no white space, and whether there may be none."""
    found: frozenset[str] = frozenset()
    for operator, argument in nodes:
        if operator in _ONE_CHARACTER:
            chars, is_open = _of_one(operator, tuple(argument) if operator is sre.IN else argument)
        elif operator is sre.SUBPATTERN or operator is sre.ATOMIC_GROUP:
            chars, is_open = _of(argument[3] if operator is sre.SUBPATTERN else argument)
        elif operator is sre.BRANCH:
            several = [_of(branch) for branch in argument[1]]
            chars, is_open = frozenset().union(*(some for some, _ in several)), any(one for _, one in several)
        elif operator in _REPEATS:
            chars, is_open = _of(argument[2])
            is_open = is_open or not argument[0]
        elif operator in (sre.AT, sre.ASSERT, sre.ASSERT_NOT):
            continue
        else:
            return _EVERYTHING
        found |= chars
        if not is_open:
            return found, False
    return found, True


@lru_cache(maxsize=512)
def _of_one(operator: Any, argument: Any) -> tuple[frozenset[str], bool]:
    node = (operator, list(argument) if operator is sre.IN else argument)
    match = _compiler.compile(_parser.SubPattern(_parser.State(), [node])).match
    return frozenset(filter(match, _ASCII)), any(map(match, _SPACES))
