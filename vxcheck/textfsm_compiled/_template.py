"""Read a TextFSM template: its Values, states and rules, as textfsm reads them, compiling no regular expression."""

from __future__ import annotations

import re
import string
from dataclasses import dataclass
from functools import cached_property

from textfsm.parser import TextFSM, TextFSMRule

_OPTIONS = {"Required", "Filldown", "Fillup", "Key", "List"}
_COMMENT = re.compile(r"\s*#")
_RULE_STARTS = (" ^", "  ^", "\t^")
# What opens a group, beside what looks like it: a parenthesis escaped or in a class, a group that captures nothing.
_GROUPS = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\(\?P<(?P<name>\w+)>|(?P<group>\()(?!\?)", re.DOTALL)


class UnknownToCompilerError(Exception):
    """Say that a template holds what only textfsm itself can judge: textfsm is asked then."""


@dataclass(frozen=True)
class Value:
    """Hold one Value: its options in their order, and its regular expression in parentheses."""

    name: str
    options: tuple[str, ...]
    regex: str

    @property
    def template(self) -> str:
        """Return the regular expression as a rule holds it: a group of the Value's name."""
        return f"(?P<{self.name}>{self.regex[1:]}"


@dataclass(frozen=True)
class Rule:
    """Hold one rule: its regular expression, its operators and the state that follows ('' for none)."""

    regex: str
    line_op: str
    record_op: str
    new_state: str
    line_number: int

    @cached_property
    def all_groups(self) -> tuple[str | None, ...]:
        """Return the names of its groups in their order, None for one without a name, without compiling it."""
        return tuple(match["name"] for match in _GROUPS.finditer(self.regex) if match["name"] or match["group"])

    @cached_property
    def groups(self) -> dict[str, int]:
        """Return the numbers of its named groups, in their order."""
        return {name: number for number, name in enumerate(self.all_groups, 1) if name}

    @property
    def continues(self) -> bool:
        """Tell whether the line goes on to the next rule."""
        return self.line_op == "Continue"


@dataclass(frozen=True)
class Template:
    """Hold a template. `ends` tells whether it has an EOF state, which keeps the last record from being made."""

    values: tuple[Value, ...]
    states: dict[str, tuple[Rule, ...]]
    ends: bool

    @property
    def fills_up(self) -> bool:
        """Tell whether a row may be changed after it was recorded."""
        return any("Fillup" in value.options for value in self.values)


def read(text: str) -> Template:
    """Read a template. Raises UnknownToCompilerError wherever textfsm might find fault with it."""
    lines = text.split("\n")
    values, at = _values(lines)
    known = {value.name: value.template for value in values}
    states: dict[str, tuple[Rule, ...]] = {}
    while at < len(lines):
        line = lines[at].rstrip()
        at += 1
        if not line or _COMMENT.match(line):
            continue
        if not re.fullmatch(r"\w+", line) or line in states or len(line) > TextFSM.MAX_NAME_LEN:
            raise UnknownToCompilerError(line)
        rules = []
        while at < len(lines) and (text := lines[at].rstrip()):
            at += 1
            if _COMMENT.match(text):
                continue
            if not text.startswith(_RULE_STARTS):
                raise UnknownToCompilerError(text)
            rules.append(_rule(text.strip(), at, known))
        at += 1
        states[line] = tuple(rules)
    _validate(states)
    states.pop("End", None)
    return Template(tuple(values), states, "EOF" in states)


def _values(lines: list[str]) -> tuple[list[Value], int]:
    values: list[Value] = []
    number = -1
    for number, line in enumerate(lines):  # noqa: B007  # where the Values end
        text = line.rstrip()
        if not text:
            break
        if _COMMENT.match(text):
            continue
        words = text.split(" ")
        if words[0] != "Value" or len(words) < 3:
            raise UnknownToCompilerError(text)
        optioned = not words[2].startswith("(")
        options = tuple(words[1].split(",")) if optioned else ()
        value = Value(words[1 + optioned], options, " ".join(words[2 + optioned :]))
        sound = (
            set(options) <= _OPTIONS
            and len(set(options)) == len(options)
            and re.fullmatch(r"[A-Za-z_]\w*", value.name)
            and len(value.name) <= TextFSM.MAX_NAME_LEN
            and re.fullmatch(r"\(.*[^\\]\)", value.regex)
            and value.name not in {other.name for other in values}
        )
        if not sound:
            raise UnknownToCompilerError(text)
        values.append(value)
    else:
        number = len(lines)
    return values, number + 1


def _rule(text: str, number: int, known: dict[str, str]) -> Rule:
    parts = TextFSMRule.MATCH_ACTION.match(text)
    try:
        regex = parts["match"] if parts else text
        if known:  # textfsm leaves even $$ as it is where there are no Values
            regex = string.Template(regex).substitute(known)
    except (ValueError, KeyError) as error:
        raise UnknownToCompilerError(text) from error
    if not parts:
        return Rule(regex, "", "", "", number)
    for form in (TextFSMRule.ACTION_RE, TextFSMRule.ACTION2_RE, TextFSMRule.ACTION3_RE):
        if action := form.match(parts["action"]):
            break
    else:
        raise UnknownToCompilerError(text)
    found = {"ln_op": "", "rec_op": "", "new_state": ""} | {k: v or "" for k, v in action.groupdict().items()}
    rule = Rule(regex, found["ln_op"], found["rec_op"], found["new_state"], number)
    if (rule.continues and rule.new_state) or (rule.line_op != "Error" and rule.new_state.startswith('"')):
        raise UnknownToCompilerError(text)
    return rule


def _validate(states: dict[str, tuple[Rule, ...]]) -> None:
    reserved = {*TextFSMRule.LINE_OP, *TextFSMRule.RECORD_OP}
    sound = (
        "Start" in states
        and not states.get("End")
        and not states.get("EOF")
        and reserved.isdisjoint(states)
        and all(
            rule.new_state in ("", "End", "EOF") or rule.line_op == "Error" or rule.new_state in states
            for rules in states.values()
            for rule in rules
        )
    )
    if not sound:
        raise UnknownToCompilerError("states")
