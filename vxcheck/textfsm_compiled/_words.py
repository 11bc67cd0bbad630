r"""Divide a rule into words between white space, where it is shown that str.split divides its lines in the same way.

`^\s*${VLAN}\s+${MAC}\s+${KIND}\s*$$` matches a line if, and only if, the line's words are three and each is matched
whole by its part: no part can match white space, so that there is one way to divide the line. Where a rule goes on
with what is not words (an age of several words, an option), that rest is a regular expression of its own, which
begins at white space or at the end. A rule of another form is not divided.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from re import _compiler, _parser  # type: ignore[attr-defined]
from re import _constants as sre  # type: ignore[attr-defined]
from typing import Any

Nodes = list[Any]

_SPACE = [(sre.IN, [(sre.CATEGORY, sre.CATEGORY_SPACE)])]
_SPACES = [ord(char) for char in map(chr, range(0x3001)) if char.isspace()]  # the last one is U+3000
_SPACELESS = {sre.CATEGORY_DIGIT, sre.CATEGORY_WORD, sre.CATEGORY_NOT_SPACE}
_END = (sre.AT, sre.AT_END)
_NEWLINE = (sre.LITERAL, ord("\n"))
# What looks at what stands elsewhere, or changes what the rest means: references, looking behind, flags.
_ELSEWHERE = re.compile(r"\(\?P=|\(\?\(|\\[1-9]|\(\?<|\(\?[aiLmsux-]")


@dataclass(frozen=True)
class Divided:
    """Hold a rule as words, and the rest behind them, None where nothing but white space may follow.

    `indent` tells whether a line may (True), may not (False) or must (None) begin with white space; `trailed` whether
    it may end with it.
    """

    words: tuple[Nodes, ...]
    rest: Nodes | None
    indent: bool | None
    trailed: bool
    state: Any

    @property
    def groups(self) -> list[int | None]:
        """Return the number of the group that each word is, None for a word that is no group."""
        return [word[0][1][0] if len(word) == 1 and word[0][0] is sre.SUBPATTERN else None for word in self.words]

    @property
    def rest_groups(self) -> list[int]:
        """Return the numbers of the groups that stand in the rest."""
        own = set(_groups([node for word in self.words for node in word]))
        return [number for number in range(1, self.state.groups) if number not in own] if self.rest else []

    def word_patterns(self) -> list[re.Pattern[str]]:
        """Return a pattern for each word."""
        return [self._compiled(word) for word in self.words]

    def column_patterns(self) -> list[re.Pattern[str]]:
        """Return a pattern for a column of each word, with a line end behind each."""
        lines = (_parser.SubPattern(self.state, [*word, _NEWLINE]) for word in self.words)
        return [self._compiled([(sre.POSSESSIVE_REPEAT, (0, sre.MAXREPEAT, line))]) for line in lines]

    def rest_pattern(self) -> re.Pattern[str] | None:
        """Return a pattern of the rest."""
        return self._compiled(self.rest) if self.rest else None

    def _compiled(self, nodes: Nodes) -> re.Pattern[str]:
        return _compiler.compile(_parser.SubPattern(self.state, nodes))  # type: ignore[no-any-return]


def divide(regex: str) -> Divided | None:
    """Divide a rule; None where words are not shown to do the same as it."""
    if _ELSEWHERE.search(regex):
        return None
    tree = _parser.parse(regex)
    nodes: Nodes = list(tree)
    if nodes[:1] == [(sre.AT, sre.AT_BEGINNING)]:
        del nodes[0]
    indent: bool | None = False
    if nodes and (_is_space(nodes[0], 0) or _is_space(nodes[0], 1)):
        indent = None if nodes.pop(0)[1][0] else True
    words: list[Nodes] = []
    found: Divided | None = None
    while True:
        length = next((at for at, node in enumerate(nodes) if not _is_spaceless([node])), len(nodes))
        word, nodes = nodes[:length], nodes[length:]
        if not _parser.SubPattern(tree.state, word).getwidth()[0]:
            return found
        words.append(word)
        if _begins_at_gap(nodes, sure=True):
            closed = nodes == [_END] or (nodes[1:] == [_END] and _is_space(nodes[0], 0))
            found = Divided(tuple(words), None if closed else nodes, indent, not _may_end_bare(nodes), tree.state)
        if not nodes or not _is_space(nodes[0], 1):
            return found
        nodes = nodes[1:]


def _is_space(node: Any, least: int) -> bool:
    operator, argument = node
    return operator is sre.MAX_REPEAT and argument[:2] == (least, sre.MAXREPEAT) and list(argument[2]) == _SPACE


def _is_spaceless(nodes: Nodes) -> bool:
    """Tell whether nodes match no white space, and look at nothing around them."""
    return all(_is_spaceless_node(operator, argument) for operator, argument in nodes)


def _is_spaceless_node(operator: Any, argument: Any) -> bool:
    match operator:
        case sre.LITERAL:
            return argument not in _SPACES
        case sre.IN if argument[0][0] is sre.NEGATE:
            return (sre.CATEGORY, sre.CATEGORY_SPACE) in argument
        case sre.IN:
            return all(_is_spaceless_item(*item) for item in argument)
        case sre.BRANCH:
            return all(_is_spaceless(list(branch)) for branch in argument[1])
        case sre.SUBPATTERN:
            return _is_spaceless(list(argument[3]))
        case sre.MAX_REPEAT | sre.MIN_REPEAT:
            return _is_spaceless(list(argument[2]))
    return False


def _is_spaceless_item(operator: Any, argument: Any) -> bool:
    match operator:
        case sre.LITERAL:
            return argument not in _SPACES
        case sre.RANGE:
            return not any(argument[0] <= space <= argument[1] for space in _SPACES)
        case sre.CATEGORY:
            return argument in _SPACELESS
    return False


def _begins_at_gap(nodes: Nodes, *, sure: bool = False) -> bool:
    """Tell whether nodes match only from white space or the end on, taking all the white space that there is.

    Where they are `sure` to begin with white space they try all of it first; else what follows must be a word, lest
    less of it be taken.
    """
    if not nodes:
        return False
    after = nodes[1:]
    if _is_space(nodes[0], 1):
        return sure or _begins_with_word(after)
    if _is_space(nodes[0], 0) or nodes[0] == _END:
        return nodes == [_END] or after == [_END]
    return _all_ways(nodes, _begins_at_gap)


def _begins_with_word(nodes: Nodes) -> bool:
    """Tell whether nodes match only from what is no white space on."""
    if not nodes:
        return False
    operator, argument = nodes[0]
    if operator in (sre.LITERAL, sre.IN):
        return _is_spaceless(nodes[:1])
    if operator in (sre.MAX_REPEAT, sre.MIN_REPEAT) and argument[0]:
        return _begins_with_word(list(argument[2]))
    return _all_ways(nodes, _begins_with_word)


def _may_end_bare(nodes: Nodes) -> bool:
    """Tell whether nodes that begin at a gap may match the end of the line with no white space before it."""
    return (
        not nodes
        or nodes[0] == _END
        or not (_is_space(nodes[0], 0) or _is_space(nodes[0], 1) or _all_ways(nodes, _is_trailed))
    )


def _is_trailed(nodes: Nodes) -> bool:
    return not _may_end_bare(nodes)


def _all_ways(nodes: Nodes, holds: Callable[[Nodes], bool]) -> bool:
    """Tell whether something holds for each way to go into a group, an option or a branch at the beginning of nodes."""
    (operator, argument), *after = nodes
    match operator:
        case sre.SUBPATTERN:
            return holds([*argument[3], *after])
        case sre.MAX_REPEAT if argument[:2] == (0, 1):
            return holds([*argument[2], *after]) and holds(after)
        case sre.BRANCH:
            return all(holds([*branch, *after]) for branch in argument[1])
    return False


def _groups(nodes: Nodes) -> Iterator[int]:
    """Yield the numbers of the groups in nodes that match no white space."""
    for operator, argument in nodes:
        match operator:
            case sre.SUBPATTERN:
                if argument[0] is not None:
                    yield argument[0]
                yield from _groups(list(argument[3]))
            case sre.BRANCH:
                for branch in argument[1]:
                    yield from _groups(list(branch))
            case sre.MAX_REPEAT | sre.MIN_REPEAT:
                yield from _groups(list(argument[2]))
