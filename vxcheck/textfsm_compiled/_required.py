"""Tell which text a line must hold, wherever in it, for a rule to match: looking for text costs less than matching."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from re import _constants as sre  # type: ignore[attr-defined]
from re import _parser  # type: ignore[attr-defined]
from typing import Any

_SHORTEST = 2  # characters that are worth the looking
_SETS = 2  # sets that are looked for
_MOST = 4  # texts of which one must be there
_REPEATS = (sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT)


@lru_cache(maxsize=4096)
def required(regex: str) -> tuple[frozenset[str], ...]:
    """Return sets of texts: a line that the rule matches holds one of each. Those that tell most come first."""
    try:
        tree = _parser.parse(regex)
    except re.error:
        return ()  # told when it is compiled
    if tree.state.flags & sre.SRE_FLAG_IGNORECASE or "(?i" in regex:
        return ()
    return tuple(_best(_all(list(tree)))[:_SETS])


def _best(found: Iterator[frozenset[str]]) -> list[frozenset[str]]:
    """Return the sets that are worth the looking, first those that tell most: long texts, few of them."""
    fit = {texts for texts in found if len(texts) <= _MOST and min(map(len, texts)) >= _SHORTEST}
    return sorted(fit, key=lambda texts: (-min(map(len, texts)) / len(texts), sorted(texts)))


def _all(nodes: list[Any]) -> Iterator[frozenset[str]]:
    """Yield sets of texts of which one each must be there."""
    literal = ""
    for operator, argument in nodes:
        if operator is sre.LITERAL:
            literal += chr(argument)
            continue
        if literal:
            yield frozenset({literal})
        literal = ""
        if operator is sre.SUBPATTERN:
            yield from _all(list(argument[3]))
        elif operator is sre.ATOMIC_GROUP:
            yield from _all(list(argument))
        elif operator is sre.ASSERT and argument[0] > 0:
            yield from _all(list(argument[1]))
        elif operator in _REPEATS and argument[0]:
            yield from _all(list(argument[2]))
        elif operator is sre.BRANCH:
            several = [_best(_all(list(branch))) for branch in argument[1]]
            if all(several):
                yield frozenset().union(*(sets[0] for sets in several))
    if literal:
        yield frozenset({literal})
