"""Write a Python function that does what a TextFSM template says, line by line.

What it needs besides the text are names around it: `match` and `masks` give those functions of a state's rules,
`taker` what takes runs of rows, `skipped` counts lines of one rule.
Values are local variables: v0, v1, ... hold what textfsm calls value.value; f0 the value that a Filldown one goes
back to; l0 the elements of a List; n0 the line that it was read on. Each state is a loop over the lines, so that no
line pays for the states that it is not in. A record is a list of the values, and, where lines are asked for, of their
lines and of the line at hand behind them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cached_property

from vxcheck.textfsm_compiled._required import required
from vxcheck.textfsm_compiled._sure import sure_groups
from vxcheck.textfsm_compiled._template import Rule, Template, Value

HOT = 32  # rows that a rule has made before a run of them is tried
LATER = -1024  # rows until the next try, after one that was not worth it
MASKED = 6  # rules of a state from which on a line's first character says which may match it
END, EOF = -1, -2  # the states in which no line is read


def source(
    template: Template, *, nested: frozenset[str], runs: Mapping[str, set[int]], tracked: bool, thorough: bool
) -> str:
    """Return the function's source.

    `nested` names the Lists whose elements are matched once more for the groups in them; `runs` says by state which
    rules' rows may be taken many at once; `tracked` tells whether the lines of values are asked for, `thorough` whether
    it is worth finding out beforehand which rules cannot match a line.
    """
    return "\n".join(_Writer(template, nested, runs, tracked, thorough).function())


class _Writer:
    def __init__(
        self, template: Template, nested: frozenset[str], runs: Mapping[str, set[int]], tracked: bool, thorough: bool
    ) -> None:
        self.template = template
        self.values = template.values
        self.nested = nested
        self.runs = runs
        self.tracked = tracked
        self.thorough = thorough
        self.number = {name: index for index, name in enumerate(template.states)} | {"End": END, "EOF": EOF}

    def function(self) -> Iterator[str]:
        """Yield the function's lines."""
        yield "def parse(chunks, out):"
        yield " rows = out.pending; append = rows.append; take_run = None"
        yield from _indented(1, self.cleared_of_all)
        yield " number = hot = base = 0"
        yield f" state = {self.number['Start']}"
        yield " chunk = next(chunks, ())"
        yield " it = iter(chunk)"
        yield " try:"
        yield "  while state >= 0:"
        for name, rules in self.template.states.items():
            if name != "EOF":
                yield from _indented(3, self.state(name, rules))
        yield " finally:"
        yield "  out.number = number; out.state = state"
        if not self.template.ends and self.values:
            yield f" if state != {END}:"
            yield from _indented(2, self.record())

    def state(self, name: str, rules: tuple[Rule, ...]) -> Iterator[str]:
        """Yield a state's loop."""
        yield f"if state == {self.number[name]}:"
        if rules:
            yield f" {''.join(f'r{index}, ' for index in range(len(rules)))}= match({name!r})"
        masked = self.thorough and len(rules) >= MASKED
        if masked:
            yield f" mask = masks({name!r})"
        yield " for line in it:"
        yield "  number += 1"
        for index, rule in enumerate(rules):
            if masked and index == 1:
                yield "  k = mask(line.lstrip()[:1])"
            may = f"k & {1 << index} and " if masked and index else ""
            for words in required(rule.regex) if self.thorough else ():
                has = " or ".join(f"{word!r} in line" for word in sorted(words))
                may += f"({has}) and " if len(words) > 1 else f"{has} and "
            yield f"  if {may}(m := r{index}(line)):"
            yield from _indented(3, self.matched(name, index, rule))
        yield " else:"
        yield "  chunk = next(chunks, None)"
        yield "  if chunk is None: break"
        yield "  it = iter(chunk); base = number"
        yield " continue"

    def matched(self, state: str, index: int, rule: Rule) -> Iterator[str]:
        """Yield what one rule does to a line that it matches."""
        assigned = assigned_by(rule, self.values)
        if assigned:
            by_number = sorted(assigned, key=lambda value: rule.groups[value.name])
            places = [rule.groups[value.name] for value in by_number]
            whole = len(rule.all_groups) == len(places)
            yield (
                "".join(f"v{self.values.index(value)}, " for value in by_number)
                + "= m.groups()" * whole
                + f"= m.group({', '.join(map(str, places))}){',' * (len(places) == 1)}" * (not whole)
            )
        for value in assigned:
            yield from self.assigned(value)
        if rule.record_op == "Record" and self.values:
            sure = sure_groups(rule.regex) if self.thorough else frozenset()
            yield from self.record({self.values.index(one) for one in assigned if rule.groups[one.name] in sure})
        elif rule.record_op == "Clear":
            yield from self.cleared
        elif rule.record_op == "Clearall":
            yield from self.cleared_of_all
        yield from self.followed(state, index, rule)

    def followed(self, state: str, index: int, rule: Rule) -> Iterator[str]:
        """Yield where a rule's line operator leads."""
        if rule.line_op == "Error":
            said, end = f"State Error raised. Rule Line: {rule.line_number}. Input Line: ", ""
            if rule.new_state:
                said, end = f"Error: {rule.new_state}. Rule Line: {rule.line_number}. Input Line: ", "."
            yield f"raise Unmatched({said!r} + line + {end!r}, number, line)"
        elif rule.continues:
            yield "pass"
        elif rule.new_state and rule.new_state != state:
            yield f"state = {self.number[rule.new_state]}; break"
        elif index in self.runs.get(state, ()):
            yield "hot += 1"
            yield f"if hot >= {HOT}:"
            yield from _indented(1, self.run(state, index))
            yield "continue"
        elif index == 0 and rule.record_op in ("", "NoRecord") and not assigned_by(rule, self.values):
            yield "hot += 1"
            yield f"if hot >= {HOT}:"
            yield " taken = skipped(r0, chunk, number - base)"
            yield f" hot = {HOT - 1} if taken >= {HOT} else {LATER}"
            yield " if taken:"
            yield "  number += taken; it = iter(chunk[number - base:])"
            yield "  break"
            yield "continue"
        else:
            yield "continue"

    def run(self, state: str, index: int) -> Iterator[str]:
        """Yield how a run of one rule's rows is taken at once, and what it leaves behind."""
        filled = [i for i, value in enumerate(self.values) if "Filldown" in value.options]
        held = ", ".join(f"{i}: (v{i}, {f'n{i}' if self.tracked else 0})" for i in filled)
        yield "take_run = take_run or taker()"
        yield f"taken, held, hot = take_run({state!r}, {index}, chunk[number - base:], number, out, {{{held}}})"
        yield "if taken:"
        yield " number += taken; it = iter(chunk[number - base:])"
        for i in filled:
            yield f" v{i}, n{i} = held[{i}]; f{i} = v{i}" if self.tracked else f" v{i} = f{i} = held[{i}][0]"
        yield " break"

    def assigned(self, value: Value) -> Iterator[str]:
        """Yield what a Value's options do when it has been assigned."""
        i = self.values.index(value)
        if self.tracked:
            yield f"if v{i} is not None: n{i} = number"
        for option in value.options:
            if option == "Filldown":
                yield f"f{i} = v{i}"
            elif option == "List" and value.name in self.nested:
                yield f"g = nested[{value.name!r}](v{i})"
                yield f"l{i}.append((g and g.groupdict()) or v{i})"
            elif option == "List":
                yield f"l{i}.append(v{i})"
            elif option == "Fillup":
                yield f"if v{i}:"
                yield " for row in reversed(rows):"
                yield f"  if row[{i}]: break"
                yield f"  row[{i}] = v{i}" + (f"; row[{len(self.values) + i}] = number" if self.tracked else "")

    @cached_property
    def cleared(self) -> list[str]:
        """Return how the record is cleared of what is not Filldown."""
        gone = [i for i, value in enumerate(self.values) if "Filldown" not in value.options]
        return [
            *self.emptied(gone),
            *(f"v{i} = f{i}" for i in range(len(self.values)) if i not in gone),
        ]

    @cached_property
    def cleared_of_all(self) -> list[str]:
        """Return how the record is cleared of everything."""
        filled = [f"f{i}" for i, value in enumerate(self.values) if "Filldown" in value.options]
        return [*self.emptied(range(len(self.values))), *([" = ".join([*filled, "None"])] if filled else [])]

    def emptied(self, places: range | list[int]) -> list[str]:
        """Return how Values become those that nothing was read for."""
        if not places:
            return []
        lists = [i for i in places if "List" in self.values[i].options]
        return [
            " = ".join(f"v{i}" for i in places) + " = None",
            *([" = ".join(f"n{i}" for i in places) + " = 0"] if self.tracked else []),
            *(f"l{i} = []" for i in lists),
        ]

    def record(self, sure: Collection[int] = ()) -> Iterator[str]:
        """Yield how the record is made a row, where it is one; the Values that are `sure` have been read just now."""
        lists = {i for i, value in enumerate(self.values) if "List" in value.options}
        count = len(self.values)
        steps: list[str] = []
        for i, value in enumerate(self.values):
            for option in value.options:
                if option == "Required":
                    steps += [f"if not v{i}:", *_indented(1, self.cleared), " break"]
                elif option == "List":
                    steps.append(f"v{i} = l{i}[:]")
        if lists.issuperset(sure):
            empty = " and ".join(
                f"(v{i} is None or v{i} == [])" if i in lists else f"v{i} is None" for i in range(count)
            )
            steps.append(f"if {empty}: break")
        row = ", ".join(f"v{i}" if i in sure or i in lists else f"'' if v{i} is None else v{i}" for i in range(count))
        lines = "".join(f", n{i}" for i in range(count)) + ", number" if self.tracked else ""
        steps += [f"append([{row}{lines}])", *self.cleared]
        if any(step.endswith("break") for step in steps):
            steps = ["while True:", *_indented(1, [*steps, "break"])]
        yield from steps


def assigned_by(rule: Rule, values: Sequence[Value]) -> list[Value]:
    """Return the Values that a rule reads."""
    return [value for value in values if value.name in rule.groups]


def _indented(by: int, lines: Iterator[str] | list[str]) -> Iterator[str]:
    return (f"{' ' * by}{line}" for line in lines)
