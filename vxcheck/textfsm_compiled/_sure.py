"""Tell which groups of a rule have a text whenever it matches: what they hold need not be asked whether it is there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from re import _constants as sre  # type: ignore[attr-defined]
from re import _parser  # type: ignore[attr-defined]
from typing import Any

_REPEATS = (sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT)


@lru_cache(maxsize=4096)
def sure_groups(regex: str) -> frozenset[int]:
    """Return the numbers of the groups that every match goes through: those in no option, branch or assertion."""
    try:
        return frozenset(_sure(_parser.parse(regex)))
    except re.error:
        return frozenset()  # told when it is compiled


def _sure(nodes: Any) -> Iterator[int]:
    for operator, argument in nodes:
        if operator is sre.SUBPATTERN:
            if argument[0] is not None:
                yield argument[0]
            yield from _sure(argument[3])
        elif operator is sre.ATOMIC_GROUP:
            yield from _sure(argument)
        elif operator in _REPEATS and argument[0]:
            yield from _sure(argument[2])
