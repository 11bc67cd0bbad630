"""Hold compiled templates to textfsm: the same rows, the same errors, and the lines that a watched textfsm reads on."""

from __future__ import annotations

import gc
import io
import os
import random
import re
import string
import threading
from collections import Counter
from collections.abc import Callable
from functools import cache
from pathlib import Path
from re import _parser  # type: ignore[attr-defined]
from typing import Any

import ntc_templates
import pytest
import textfsm
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.textfsm_texts import text_for
from vxcheck import textfsm_compiled
from vxcheck.textfsm_compiled import _compiled, _pause, _runs, _shapes, _stock, _template, _words
from vxcheck.textfsm_compiled._required import required
from vxcheck.textfsm_compiled._sure import sure_groups

PARSERS = Path(__file__).parent.parent / "parsers"
NTC = Path(ntc_templates.__file__).parent / "templates"
ALL = os.environ.get("VXCHECK_TEMPLATES") == "all"
# Regular expressions that take textfsm itself minutes for a line that they nearly match.
CATASTROPHIC = {"cisco_nxos_show_vlan"}
# Rows of half a kilobyte and many optional parts, which take textfsm half a minute for some hundred.
SLOW_ROWS = {"mikrotik_routeros_ip_firewall_connection_print_terse_without-paging"}


def outcome(ask: Callable[[], Any]) -> Any:
    """Return what an answer is, or which error it ends in."""
    try:
        return ask()
    except (textfsm.TextFSMError, textfsm.TextFSMTemplateError, TypeError) as error:
        kind = textfsm.TextFSMError if isinstance(error, textfsm.TextFSMError) else type(error)
        return kind, str(error)


def watched(machine: _stock.Tracking, text: str) -> Any:
    """Return the rows that a watched textfsm makes of a text, with their lines."""
    machine.Reset()
    rows = machine.ParseText(text)
    return [list(row) for row in rows], machine.lines, machine.state


def assert_same(compiled: textfsm_compiled.Compiled, machine: _stock.Tracking, text: str) -> int:
    """Compare rows, lines, state and errors; return the count of rows."""
    expected = outcome(lambda: watched(machine, text))
    # A template that has read little runs by a simpler function.
    for read in (0, _compiled._MUCH):
        compiled._read = read
        count = assert_outcome(compiled, machine, text, expected)
    return count


def assert_outcome(compiled: textfsm_compiled.Compiled, machine: _stock.Tracking, text: str, expected: Any) -> int:
    """Compare with what the watched textfsm made of a text; return the count of rows."""
    if isinstance(expected, tuple) and len(expected) == 2:
        assert outcome(lambda: compiled.rows(text)) == expected
        assert outcome(lambda: compiled.columns(text)) == expected
        return 0
    rows, lines, state = expected
    assert compiled.rows(text) == rows
    columns = compiled.columns(text)
    assert columns.rows() == rows
    assert [list(line) for line in zip(*columns.lines, strict=True)] == lines
    assert list(columns.recorded) == machine.recorded
    assert (columns.state, columns.number) == (state, machine.line_number)
    return len(rows)


def tracking(text: str) -> _stock.Tracking:
    """Return textfsm's own machine of a template, watched."""
    return _stock.Tracking(io.StringIO(text))


def test_the_watched_machine_makes_what_textfsm_makes() -> None:
    for path in sorted(PARSERS.rglob("*.textfsm")):
        template = path.read_text(encoding="utf-8")
        for sample in samples(path.parent)[:2]:
            plain, seen = textfsm.TextFSM(io.StringIO(template)), tracking(template)
            assert outcome(lambda: seen.ParseText(sample)) == outcome(lambda: plain.ParseText(sample))  # noqa: B023


@cache
def samples(folder: Path) -> tuple[str, ...]:
    """Return the recorded outputs of a command."""
    return tuple(path.read_text(encoding="utf-8") for path in sorted(folder.rglob("*.txt")))


def chosen(paths: list[Path]) -> list[Path]:
    """Return templates that hold every feature of all of them between them, each feature twice; or all of them.

    A feature is an option, an operator, what Values and rules it stands beside, and how runs of rows are taken.
    """
    if ALL:
        return paths
    seen: Counter[object] = Counter()
    taken = []
    for path in sorted(paths, key=lambda path: (path.stat().st_size, path.name)):
        features = features_of(path)
        if any(seen[feature] < 2 for feature in features):
            seen.update(features)
            taken.append(path)
    return taken


def features_of(path: Path) -> set[object]:
    """Return what a template makes use of."""
    template = _template.read(path.read_text(encoding="utf-8"))
    options = {value.name: frozenset(value.options) for value in template.values}
    rules = [rule for state in template.states.values() for rule in state]
    runs = _runs.candidates(template)
    return {
        *options.values(),
        *(("nested", value.regex.count("(?P<") > 0) for value in template.values if "List" in value.options),
        *((rule.line_op, rule.record_op, bool(rule.new_state)) for rule in rules),
        *((rule.record_op, frozenset(map(options.get, rule.groups))) for rule in rules if rule.record_op),
        *(
            ("words", _words.divide(template.states[state][at].regex) is not None)
            for state in runs
            for at in runs[state]
        ),
        ("EOF", template.ends),
        ("states", min(len(template.states), 4)),
    }


@pytest.mark.parametrize("longest_run", [0, 120])
def test_templates_of_ntc_templates(longest_run: int) -> None:
    """Texts are written from the templates' own rules, as the package holds no outputs.

    VXCHECK_TEMPLATES=all takes every template; else those that have all features between them.
    """
    paths = [path for path in sorted(NTC.glob("*.textfsm")) if path.stem not in CATASTROPHIC]
    if longest_run:
        paths = [path for path in paths if path.stem not in SLOW_ROWS]
        paths = [path for path in paths if _runs.candidates(_template.read(path.read_text(encoding="utf-8")))]
    rows = 0
    for path in chosen(paths):
        text = path.read_text(encoding="utf-8")
        compiled = textfsm_compiled.Compiled(text, lazy=True)
        some = text_for(_template.read(text), path.stem, longest_run=longest_run)
        rows += assert_same(compiled, tracking(text), some)
        assert compiled.is_compiled, path
    assert rows > 100


def test_every_template_of_ntc_templates_becomes_code() -> None:
    paths = sorted(NTC.glob("*.textfsm"))
    assert len(paths) > 900
    for path in paths:
        compiled = textfsm_compiled.Compiled(path.read_text(encoding="utf-8"), lazy=True)
        assert compiled.is_compiled, path
        assert compiled.source(tracked=True), path


@pytest.mark.parametrize(
    "folder", sorted({path.parent for path in PARSERS.rglob("*.textfsm")}), ids=lambda path: path.name
)
def test_every_template_of_the_parsers(folder: Path) -> None:
    """Each is run over its own samples and over one of each other command."""
    foreign = [samples(other.parent)[0] for other in sorted(PARSERS.glob("*/*/*.textfsm")) if samples(other.parent)]
    for path in folder.glob("*.textfsm"):
        text = path.read_text(encoding="utf-8")
        compiled, machine = textfsm_compiled.Compiled(text), tracking(text)
        assert compiled.is_compiled
        for sample in (*samples(folder), *foreign):
            assert_same(compiled, machine, sample)


HEAD = "Value VLAN (\\d+)\nValue MAC ([0-9a-f.]+)\nValue KIND (\\w+)\n\nStart\n"
ROW = r"  ^\s*${VLAN}\s+${MAC}\s+${KIND}\s*$$ -> Record"


def table(rows: int, seed: int = 0, broken_by: str | None = None) -> str:
    """Return a table of MAC addresses, broken by another line now and then."""
    chosen = random.Random(seed)
    lines = []
    for _ in range(rows):
        lines.append(
            f"{chosen.randrange(20):>4}  {chosen.getrandbits(48):012x}  {chosen.choice(('dynamic', 'static'))}"
        )
        if broken_by is not None and chosen.random() < 0.005:
            lines.append(broken_by)
    return "\n".join(lines)


@pytest.mark.parametrize("rows", [1, 32, 96, 97, 1200])
@pytest.mark.parametrize(
    "broken_by", [None, "", "junk", " 1 ab x y", "1 G x", "1\x0b", "1 ab x\t", "1 \0 x", "x" * 9000]
)
@pytest.mark.parametrize(
    "rules",
    [
        ROW,
        "  ^\\d+\\s+0 -> Error\n" + ROW,
        ROW.replace(r"\s*$$", "$$"),
        ROW.replace(r"^\s*", "^"),
        ROW.replace(r"^\s*", r"^\s+"),
        ROW.replace(r"\s*$$", r"(?:\s+x)?\s*$$"),
        ROW + "\n  ^. -> Error",
        ROW.replace(r"\s*$$", ""),
    ],
)
def test_runs_of_rows(rows: int, broken_by: str | None, rules: str) -> None:
    template = HEAD + rules + "\n"
    assert_same(textfsm_compiled.compile(template), tracking(template), table(rows, broken_by=broken_by))


PORTS = "Value List PORTS ([A-Za-z][\\w./:-]*(?:,? +[A-Za-z][\\w./:-]*)*)\n"
AGED = r"(?:(?:\s+${MOVES})?\s+${AGE})?\s*$$"


@pytest.mark.parametrize("moves", [r"(\d+)", r"([1-9]\d?)", r"([0-9a]+)", r"(\d+|-)"])
@pytest.mark.parametrize("end", [AGED, AGED.replace("(?:(?:", "(?: ?(?:"), r"\s+${MOVES}\s+${AGE}$$"])
@pytest.mark.parametrize(
    "broken_by", ["", " 1 ab Et1 \u0661 0:00:01", " 1 ab Et1, Et2 7 1:00:00", "1 ab Et1\t\t0 2:03:04 "]
)
def test_runs_of_rows_that_differ_in_digits(moves: str, end: str, broken_by: str) -> None:
    head = HEAD.replace("Value KIND (\\w+)\n", f"{PORTS}Value MOVES {moves}\nValue AGE (\\d+:\\d\\d:\\d\\d)\n")
    template = head + r"  ^\s*${VLAN}\s+${MAC}\s+${PORTS}" + end + " -> Record\n"
    chosen = random.Random(moves + end + broken_by)
    lines = []
    for number in range(900):
        port = chosen.choice(("Et", "Po", "Vx", "Ethernet", "A/", "Et1, Et"))
        age = f"{chosen.randrange(30)}:{chosen.randrange(60):02}:{chosen.randrange(60):02}"
        some = chosen.choice((f" {chosen.randrange(300)} ", " ", " - ")) if number % 400 == 0 else f"  {number % 99}  "
        lines.append(f" {chosen.randrange(9)} {chosen.getrandbits(20):x}  {port}{chosen.randrange(20)}{some}{age}")
        if broken_by and chosen.random() < 0.004:
            lines.append(broken_by)
    assert_same(textfsm_compiled.compile(template), tracking(template), "\n".join(lines))
    unlisted = textfsm_compiled.compile(template).columns("\n".join(lines), unlisted=True).columns
    listed = textfsm_compiled.compile(template).columns("\n".join(lines)).columns
    assert [[one] if isinstance(one, str) else one for one in unlisted[2]] == listed[2]


@pytest.mark.parametrize(
    ("regex", "blind"),
    [
        (r"\s+(\d+)(?:,\s[a-z0-9]+)*$", True),
        (r"[^\s,]+\b\S*.", True),
        (r"(?=\w)(?>[\dx]+|[^0-9])*+", True),
        (r"[1-9]\d*", False),
        (r"v2", False),
        (r"[^0]", False),
        (r"(\w)\1", False),
        (r"(?:a|b[5-z])", False),
    ],
)
def test_which_patterns_take_every_digit_for_any_other(regex: str, blind: bool) -> None:
    assert _shapes.is_blind(list(_parser.parse(regex))) is blind


@pytest.mark.parametrize(
    ("regex", "alike"),
    [
        (r"\w+\.\w+\.\w+", string.ascii_letters + string.digits),
        (r"[^\s,]+,?", string.ascii_letters + string.digits),
        (r"[\da-fA-F]{4}\.[0-9A-Fa-f]+", string.hexdigits),
        (r"(?:[0-9a-f]{2}:)+", string.digits),
        (r"x\d+", string.digits),
        (r"[^\d\s]+", string.digits),
        (r"[\WA-F]+", string.digits),
        (r"1\w+", ""),
    ],
)
def test_which_characters_a_pattern_takes_for_each_other(regex: str, alike: str) -> None:
    assert set(_shapes.zeros(list(_parser.parse(regex))) or ()) == set(map(ord, alike))


@pytest.mark.parametrize("word", [r"([\da-fA-F]{4}\.[\da-fA-F]{4})", r"(\w+\.\w+)", r"([0-9a-f]+\.[0-9a-f]+)"])
@pytest.mark.parametrize(
    "odd", ["00ag.0000", "00AF.0000", "\u0661\u0662\u0663\u0664.0000", "0000-0000", "00\u00e4f.0000", "0.0"]
)
def test_runs_of_rows_whose_words_are_all_different(word: str, odd: str) -> None:
    template = f"Value MAC {word}\nValue VLAN (\\d+)\n\nStart\n  ^${{MAC}}\\s+${{VLAN}}\\s*$$ -> Record\n"
    macs = [f"{number * 7919 % 65536:04x}.{number:04x}" for number in range(9000)]
    macs[8000] = odd
    text = "\n".join(f"{mac} {number * 31 % 900}" for number, mac in enumerate(macs))
    assert assert_same(textfsm_compiled.compile(template), tracking(template), text) >= len(macs) - 1


def test_lines_that_are_the_same_are_held_once() -> None:
    template = "Value A (\\w+)\nValue Filldown B (\\w+)\n\nStart\n  ^b ${B}\n  ^${A}$$ -> Record\n\nEOF\n"
    some = textfsm_compiled.compile(template).columns("b x\n" + "one\n" * 100)
    assert some.lines[0] is some.recorded
    assert list(some.lines[1]) == [1] * 100


def test_words_that_come_again_are_one_even_where_there_are_many() -> None:
    template = "Value VLAN (\\d+)\nValue MAC (\\S+)\n\nStart\n  ^${VLAN}\\s+${MAC}\\s*$$ -> Record\n"
    chosen = random.Random(0)
    text = "".join(f"{chosen.randrange(1000, 1900)} m{number}\n" for number in range(50_000))
    vlans = textfsm_compiled.compile(template).columns(text).columns[0]
    assert len({id(vlan) for vlan in vlans}) < 10 * len(set(vlans))


@pytest.mark.parametrize(
    ("regex", "groups"),
    [
        (r"^(a)(b)?(c)+(d)*", {1, 3}),
        (r"^(?:(a)|b(c))(d(e))", {3, 4}),
        (r"^(?>(a))(?=(b))(?!(c))(?:x(d)){2}", {1, 4}),
        (r"^(a)(?:(b)){0}(?P<c>c)", {1, 3}),
        (r"^(", set()),
    ],
)
def test_which_groups_every_match_goes_through(regex: str, groups: set[int]) -> None:
    assert sure_groups(regex) == groups


@pytest.mark.parametrize(
    ("regex", "words"),
    [
        (r"^\S+ vlan\s+(\d+)", [{" vlan"}]),
        (r"^\S+\s+dst\s+\S+(?:\s+vni \d+)?\s+self$", [{"self"}, {"dst"}]),
        (r"^(?=permanent|static)\w+", [{"permanent", "static"}]),
        (r"^(?:ab)?c+(?!never)x", []),
        (r"(?i)^vlan", []),
        (r"^(ab|cd)+", [{"ab", "cd"}]),
        (r"^(ab|c)+", []),
        (r"^(", []),
    ],
)
def test_what_a_line_must_hold(regex: str, words: list[set[str]]) -> None:
    assert list(required(regex)) == words


VALUES = st.sampled_from(
    [
        r"(\d+)",
        r"(\w+)",
        r"(\S+)",
        r"(.*)",
        r"(.+?)",
        r"([a-c]*)",
        r"(\d+|-)",
        r"((?P<deep>\w)\w*)",
        r"((a|b)+)",
        r"(\w+?)",
        r"([^\s,]+)",
    ]
)
OPTIONS = st.lists(st.sampled_from(["Filldown", "Required", "List", "Fillup", "Key"]), max_size=3, unique=True)
GAPS = st.sampled_from([r"\s+", r"\s*", " ", "", r"\s+x\s+", r"(?:\s+-)?\s+", ",", r"\s{2}"])
ENDS = st.sampled_from([r"\s*$$", "$$", "", r"\s+.*$$", r"(?:\s+(?:\d+|ago))?\s*$$", r"(?:\s+on)?$$", ".*"])
LINE_OPS = st.sampled_from(["", "Next", "Continue", "Error"])
RECORD_OPS = st.sampled_from(["", "NoRecord", "Record", "Record", "Record", "Clear", "Clearall"])


@st.composite
def templates(draw: st.DrawFn) -> str:
    """Write a template of any options and operators."""
    names = [f"V{index}" for index in range(draw(st.integers(1, 4)))]
    deep = draw(st.integers(0, len(names) - 1))
    lines = []
    for index, name in enumerate(names):
        regex = draw(VALUES)
        if "deep" in regex and index != deep:
            regex = r"(\w+)"
        options = ",".join(draw(OPTIONS))
        lines.append(" ".join(filter(None, ("Value", options, name, regex))))
    states = ["Start", *draw(st.lists(st.sampled_from(["One", "Two"]), unique=True, max_size=2))]
    for state in states:
        lines += ["", state]
        lines += [draw(rules(names, states)) for _ in range(draw(st.integers(1, 5)))]
    if draw(st.booleans()):
        lines += ["", draw(st.sampled_from(["EOF", "End"]))]
    return "\n".join(lines) + "\n"


@st.composite
def rules(draw: st.DrawFn, names: list[str], states: list[str]) -> str:
    """Write a rule."""
    used = draw(st.lists(st.sampled_from(names), unique=True, max_size=len(names)))
    parts = [draw(st.sampled_from(["^", r"^\s*", r"^\s+", "^x ", r"^\S+\s+"]))]
    for name in used:
        optional = draw(st.sampled_from(["${%s}"] * 5 + ["(?:${%s})?", r"(?:${%s}\s+)?"]))
        parts += [optional % name, draw(GAPS)]
    parts[-1] = parts[-1] if not used else draw(ENDS)
    line_op = draw(LINE_OPS)
    record_op = draw(RECORD_OPS)
    new_state = draw(st.sampled_from(["", "", "", *states, "End", "EOF"])) if line_op in ("", "Next") else ""
    if line_op == "Error":
        new_state = draw(st.sampled_from(["", '"a message"', "word"]))
    operators = f"{line_op}.{record_op}" if line_op and record_op else line_op or record_op
    action = " ".join(filter(None, (operators, new_state)))
    return f"  {''.join(parts)}" + (f" -> {action}" if action else "")


WORDS = st.sampled_from(["1", "22", "a", "ab", "abc", "x", "-", "ago", "on", "a,b", "\xe9", "\0", "0"])
SPACES = st.sampled_from([" "] * 6 + ["  ", "\t", "\u3000", "\x1f", "\xa0"])
LINE_ENDS = st.sampled_from(["\n"] * 9 + ["\r\n", "\r", "\x0b", "\x85", "\u2028", "\n\n"])


@st.composite
def texts(draw: st.DrawFn) -> str:
    """Write a text of few words, with runs of lines that are alike."""
    parts = []
    for _ in range(draw(st.integers(0, 5))):
        words = draw(st.lists(st.tuples(WORDS, SPACES), max_size=5))
        line = draw(st.sampled_from(["", "", " "])) + "".join(map("".join, words))
        line = line.rstrip() if draw(st.booleans()) else line
        parts.append((line + draw(LINE_ENDS)) * draw(st.sampled_from([1, 1, 2, 40, 150])))
    return "".join(parts)


@settings(max_examples=400 if ALL else 40, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(templates(), st.lists(texts(), min_size=1, max_size=3))
def test_any_template_and_text(template: str, some: list[str]) -> None:
    try:
        machine = tracking(template)
    except textfsm.TextFSMTemplateError as error:
        with pytest.raises(textfsm.TextFSMTemplateError, match=re.escape(str(error))):
            textfsm_compiled.Compiled(template)
        return
    compiled = textfsm_compiled.Compiled(template)
    for text in some:
        assert_same(compiled, machine, text)
        for seed in "ab":
            if compiled.is_compiled:
                assert_same(compiled, machine, text_for(_template.read(template), seed, longest_run=120))


@settings(max_examples=400 if ALL else 60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_rows_that_are_words(data: st.DataObject) -> None:
    """Rules of tables, and lines that are nearly theirs, in runs long enough to be taken at once."""
    values = data.draw(
        st.lists(st.sampled_from([r"(\d+)", r"(\w+)", r"(\S+)", r"([^\s,]+)", r"(\w+?)"]), min_size=1, max_size=3)
    )
    options = [
        ",".join(data.draw(st.sampled_from([[], [], ["Filldown"], ["Required"], ["List"], ["List", "Required"]])))
        for _ in values
    ]
    names = [f"V{index}" for index in range(len(values))]
    head = "".join(
        " ".join(filter(None, ("Value", option, name, value))) + "\n"
        for option, name, value in zip(options, names, values, strict=True)
    )
    tail = data.draw(
        st.sampled_from(
            [
                "",
                r"(?:\s+${REST})?",
                r"\s+${REST}",
                r"(?:(?:\s+\d+)?\s+${REST})?",
                r"\s*${REST}",
                r"\s+(?:x|${REST}\s+y)",
            ]
        )
    )
    rest = data.draw(st.sampled_from([r"(.*)", r"(\S+)", r"(\S+ ago)", r"(\d*)"]))
    row = data.draw(st.sampled_from(["^", r"^\s*", r"^\s+"])) + r"\s+".join(f"${{{name}}}" for name in names)
    row += tail + data.draw(st.sampled_from([r"\s*$$", "$$", "", ".*$$"]))
    before = data.draw(
        st.sampled_from(
            ["", r"  ^\d+\s+x\s*$$", r"  ^\s*\w+\s*$$ -> Record", r"  ^\s*\d -> Continue.Clearall", "  ^. -> Continue"]
        )
    )
    template = (
        head
        + f"Value REST {rest}\nValue Filldown HELD (h\\w+)\n\nStart\n  ^${{HELD}}$$\n"
        + before
        + f"\n  {row} -> Record\n"
    )
    template = template.replace("\n\n  ^", "\n  ^")
    compiled, machine = textfsm_compiled.Compiled(template), tracking(template)
    lines = data.draw(st.lists(st.lists(st.tuples(WORDS, SPACES), min_size=1, max_size=6), min_size=1, max_size=4))
    chosen = random.Random(data.draw(st.integers(0, 99)))
    several = ["".join(map("".join, words)).strip(" ") for words in lines]
    text = "".join(
        (chosen.choice(("", "", " ")) + chosen.choice(several) + chosen.choice(("", "", " ")) + "\n")
        * chosen.choice((1, 3, 40, 300))
        for _ in range(chosen.randrange(1, 6))
    )
    assert_same(compiled, machine, "held\n" + text)


def test_common_rules_are_words() -> None:
    """What makes tables fast is used where it can be: on the rules of tables that are read most."""
    for rule in (
        r"^\s*(?P<A>\d+)\s+(?P<B>[0-9a-f.]+)\s+(?P<C>\w+)\s*$",
        r"^(?P<A>\S+)\s+(?P<B>\S+)$",
        r"^\s*(?P<A>\d+)\s+(?P<B>\w+)(?:(?:\s+(?P<M>\d+))?\s+(?P<C>(?:\d+ days, )?\d+ ago))?\s*$",
        r"^(?P<A>\d+)\s+Vx1\s+(?P<C>.+)\sago$",
    ):
        assert _words.divide(rule)


@pytest.mark.parametrize(
    "rule",
    [
        r"^(\w+)\s*(\S+)$",  # a word may be divided
        r"^(\w+)\s+(\S+)",  # the last word may go on
        r"^(\w+) +(\S+)$",  # a tab is no blank
        r"^(\w+)\s+(\w+)(?:\s+.*x)?\s*$(?<= )",  # looks back
        r"(?i)^(\w+)\s+(\w+)$",
        r"^(\w+)\s+\1$",
        r"^([^,]+)\s+(\w+)$(?=.)",
        r"^(\w*)\s+(\w+)$",  # may be empty
    ],
)
def test_a_rule_that_words_may_read_otherwise_is_not_divided_so(rule: str) -> None:
    divided = _words.divide(rule)
    assert divided is None or len(divided.words) < 2


@pytest.mark.parametrize(
    "template",
    [
        "",
        "Start\n",
        "Value A (x\n\nStart\n",
        "Value A (x))\n\nStart\n  ^${A}\n",
        "Value A,B C (x)\n\nStart\n",
        "Value List,List C (x)\n\nStart\n",
        "Value A (x)\nValue A (y)\n\nStart\n",
        "Value A (x)\nStart\n  ^$A\n",
        "Value A (x)\n\nBegin\n  ^$A\n",
        "Value A (x)\n\nStart\n  ^$B\n",
        "Value A (x)\n\nStart\n  ^${A} -> Next Two\n",
        "Value A (x)\n\nStart\n  ^${A} -> Continue Start\n",
        "Value A (x)\n\nStart\n  ^${A} -> Sometimes.Record\n",
        "Value A (x)\n\nStart\n  ^${A}(\n",
        "Value A (x)\n\nStart\n  ^${A}\n\nTwo\n  ^${A}${A}\n",
        "Value A (x)\n\nStart\n^${A}\n",
        "Value A (x)\n\nStart\n  ^${A}\n\nStart\n  ^x\n",
        "Value A (x)\n\nStart\n  ^${A}\n\nEOF\n  ^x\n",
        "Value A (x)\n\nStart\n  ^${A}\n\nRecord\n  ^x\n",
        f"Value {'A' * 49} (x)\n\nStart\n",
        'Value A (x)\n\nStart\n  ^${A} -> "words"\n',
    ],
)
def test_errors_of_templates_are_those_of_textfsm(template: str) -> None:
    expected = outcome(lambda: textfsm.TextFSM(io.StringIO(template)) and None)
    assert expected
    assert outcome(lambda: textfsm_compiled.Compiled(template) and None) == expected


def test_a_lazy_template_raises_where_its_state_is_entered() -> None:
    template = "Value A (x)\n\nStart\n  ^${A} -> Two\n\nTwo\n  ^(\n"
    compiled = textfsm_compiled.Compiled(template, lazy=True)
    assert compiled.rows("y") == []
    with pytest.raises(textfsm.TextFSMTemplateError, match="Invalid regular expression"):
        compiled.rows("x\ny")


@pytest.mark.parametrize(
    "template",
    [
        "\nStart\n  ^x$$\n",  # no Values: textfsm leaves $$ as it is
        "Value A ()\n\nStart\n  ^${A} -> Record\n",
        "Value A (x)|(y)\n\nStart\n  ^${A} -> Record\n",
        "Value A ([(]?x)\n\nStart\n  ^[]()]*${A}\\)(?#(() -> Record\n",
        "Value A (x(?P<B>y))\nValue B (y)\n\nStart\n  ^${A} -> Record\n",
    ],
)
def test_odd_templates(template: str) -> None:
    compiled, machine = textfsm_compiled.Compiled(template), tracking(template)
    for text in ("", "x", "y", "xy", "x)", "x\nxy\n\ny"):
        assert_same(compiled, machine, text)


def test_an_error_knows_its_line() -> None:
    template = HEAD + ROW + "\n  ^. -> Error\n"
    with pytest.raises(textfsm_compiled.Unmatched, match=r"Rule Line: 7\. Input Line: junk") as caught:
        textfsm_compiled.compile(template).columns(table(3000) + "\njunk\n")
    assert (caught.value.line_number, caught.value.line) == (3001, "junk")


def test_columns_tell_the_first_line_of_a_row() -> None:
    template = (
        "Value Filldown A (a\\d)\nValue B (b\\d)\nValue C (c\\d)\n\n"
        "Start\n  ^${A}\n  ^${B}\n  ^${C} -> Record\n  ^- -> Record\n"
    )
    columns = textfsm_compiled.compile(template).columns("a1\nb1\nc1\nc2\n\n-\nb2\n-\n")
    assert columns.rows() == [["a1", "b1", "c1"], ["a1", "", "c2"], ["a1", "", ""], ["a1", "b2", ""], ["a1", "", ""]]
    assert list(columns.first_lines) == [2, 4, 1, 7, 1]


def test_dicts() -> None:
    template = HEAD + ROW + "\n"
    assert textfsm_compiled.compile(template).dicts("1 ab x") == [{"VLAN": "1", "MAC": "ab", "KIND": "x"}]


def test_a_long_text_leaves_the_collector_as_it_was_whatever_happens() -> None:
    compiled = textfsm_compiled.compile(HEAD + ROW + "\n  ^. -> Error\n")
    long = table(20_000)
    errors = []

    def read(text: str) -> None:
        try:
            compiled.rows(text)
        except textfsm.TextFSMError as error:
            errors.append(error)

    threads = [threading.Thread(target=read, args=(long + end,)) for end in ("", "\njunk", "", "\njunk")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(errors) == 2
    assert gc.isenabled()
    gc.disable()
    try:
        compiled.rows(long)
        assert not gc.isenabled()
    finally:
        gc.enable()
    with _pause.collector():
        assert not gc.isenabled()


def test_a_template_finds_out_what_cannot_match_when_it_has_read_much() -> None:
    template = (
        "Value A (\\w+)\n\nStart\n" + "".join(f"  ^word{n} ${{A}} -> Record\n" for n in range(8)) + "  ^. -> Error\n"
    )
    compiled = textfsm_compiled.Compiled(template, lazy=True)
    text = "".join(f"word{n % 8} x{n}\n" for n in range(500))
    expected = [[f"x{n}"] for n in range(500)]
    # The first answers are read by rules that are compiled one by one, later ones by functions that know more.
    assert [compiled.rows(text) for _ in range(4)] == [expected] * 4
    assert "in line" not in compiled.source(thorough=False)
    assert "in line" in compiled.source()


def test_a_rule_of_a_lazy_template_that_no_line_reaches_is_not_compiled() -> None:
    template = "Value A (x)\n\nStart\n  ^${A} -> Record\n  ^y\n  ^(z\n"
    compiled = textfsm_compiled.Compiled(template, lazy=True)
    assert compiled.rows("x\ny\n") == [["x"]]
    with pytest.raises(textfsm.TextFSMTemplateError, match="Invalid regular expression"):
        compiled.rows("x\nw\n")


@pytest.mark.parametrize("name", [r"A\C", r"A\g<b>"])
def test_a_name_that_is_none_is_an_error_of_the_template(name: str) -> None:
    with pytest.raises(textfsm.TextFSMTemplateError, match="a Value's name is none"):
        textfsm_compiled.Compiled(f"Value {name} (\\S+)\n\nStart\n  ^. -> Error\n")
