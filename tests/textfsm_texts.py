"""Write texts that a TextFSM template's own rules match, from its regular expressions, the same ones each time."""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Iterator
from functools import cache
from re import _constants as sre  # type: ignore[attr-defined]
from re import _parser  # type: ignore[attr-defined]
from typing import Any

from vxcheck.textfsm_compiled import _template

_POOL = " \tabcdefxyzABCXYZ0123456789.,:;-_/()[]*+#%@!<>=|'\"\\$^&~`{}?\xe9\u3000"
_REPEATS = (sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT)
_CATEGORIES = {
    sre.CATEGORY_DIGIT: r"\d",
    sre.CATEGORY_NOT_DIGIT: r"\D",
    sre.CATEGORY_SPACE: r"\s",
    sre.CATEGORY_NOT_SPACE: r"\S",
    sre.CATEGORY_WORD: r"\w",
    sre.CATEGORY_NOT_WORD: r"\W",
}


class Writer:
    """Write lines by rules; `more` is how many times a part is repeated at most beyond what it must be."""

    def __init__(self, seed: str, more: int = 3) -> None:
        self.random = random.Random(seed)
        self._more = more
        self._groups: dict[int, str] = {}

    def line(self, regex: str) -> str:
        """Return a line that a rule is likely to match."""
        self._groups = {}
        return self._all(_parsed(regex))

    def _all(self, nodes: Iterable[Any]) -> str:
        return "".join(self._one(operator, argument) for operator, argument in nodes)

    def _one(self, operator: Any, argument: Any) -> str:
        match operator:
            case sre.LITERAL:
                return chr(argument)
            case sre.NOT_LITERAL:
                return self.random.choice([char for char in "aZ0 .-" if ord(char) != argument])
            case sre.ANY:
                return self.random.choice("ab Z9.,:-/")
            case sre.IN:
                return self._of_class(argument)
            case sre.BRANCH:
                return self._all(self.random.choice(argument[1]))
            case sre.SUBPATTERN:
                self._groups[argument[0]] = text = self._all(argument[3])
                return text
            case sre.ATOMIC_GROUP:
                return self._all(argument)
            case sre.GROUPREF:
                return self._groups.get(argument, "")
        if operator in _REPEATS:
            least, most, part = argument
            count = self.random.randint(least, max(least, min(int(most), least + self._more)))
            return "".join(self._all(part) for _ in range(count))
        return ""

    def _of_class(self, items: list[Any]) -> str:
        return self.random.choice(_chosen(tuple(items)))


@cache
def _parsed(regex: str) -> Any:
    return _parser.parse(regex)


@cache
def _chosen(items: tuple[Any, ...]) -> list[str]:
    """Return characters of a class."""
    negated = items[0][0] is sre.NEGATE
    return [char for char in _POOL if any(_is_in(item, char) for item in items) != negated] or [" "]


def _is_in(item: Any, char: str) -> bool:
    operator, argument = item
    if operator is sre.LITERAL:
        return bool(ord(char) == argument)
    if operator is sre.RANGE:
        return bool(argument[0] <= ord(char) <= argument[1])
    return operator is sre.CATEGORY and bool(re.match(_CATEGORIES[argument], char))


def text_for(template: _template.Template, seed: str, *, longest_run: int = 0) -> str:
    """Return a text that goes through a template's states by its own rules, with some lines that no rule may know."""
    writer = Writer(seed)
    lines = list(_lines(template, writer, longest_run))
    return "".join(line + writer.random.choice(("\n",) * 30 + ("\r\n", "\x0b", "\x85", "\n\n")) for line in lines)


def _lines(template: _template.Template, writer: Writer, longest_run: int) -> Iterator[str]:
    state = "Start"
    for _ in range(writer.random.randint(1, 25)):
        rules = [rule for rule in template.states[state] if rule.line_op != "Error" or writer.random.random() < 0.02]
        if not rules:
            return
        rule = writer.random.choice(rules)
        long = longest_run and rule.record_op == "Record" and writer.random.random() < 0.5
        for _ in range(writer.random.randint(40, longest_run) if long else 1):
            yield (line := writer.line(rule.regex))
        if writer.random.random() < 0.03:
            yield writer.random.choice(("", " ", "junk of no rule", "\t\x1f"))
        # The first rule that goes with the line decides where the text goes on.
        first = next((one for one in template.states[state] if not one.continues and re.match(one.regex, line)), None)
        if first and first.new_state and first.line_op != "Error":
            state = first.new_state
        if state not in template.states:
            return
