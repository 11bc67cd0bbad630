"""Measure parsing against textfsm, ntc_templates, netmiko's use_textfsm and ttp."""

from __future__ import annotations

import io
import random
import statistics
from collections.abc import Mapping
from pathlib import Path

import ntc_templates
import textfsm
import ttp
from netmiko.utilities import get_structured_data
from ntc_templates.parse import parse_output

from benchmarks.measure import Page, Way, compare, peak, table
from tests.textfsm_texts import text_for
from vxcheck import textfsm_compiled
from vxcheck.textfsm_compiled import _template

_TEMPLATES = Path(ntc_templates.__file__).parent / "templates"
_COMMAND = ("arista_eos", "show mac address-table")
_TTP = " {{ VLAN | DIGIT }} {{ MAC | re('[0-9a-f.]+') }} {{ TYPE }} {{ PORT }} {{ MOVES | DIGIT }} {{ AGE }} ago"
_OURS = "vxcheck"


def parts() -> list[Page]:
    """Measure a long table, a short one, and every template of ntc_templates over a text of its own rules."""
    return [Page("Parsing", "\n".join((_long(100_000), _short(23), _each())))]


def mac_table(rows: int) -> str:
    """Write an EOS table of MAC addresses."""
    chosen = random.Random(rows)
    lines = [
        "          Mac Address Table",
        "-" * 66,
        "",
        "Vlan    Mac Address       Type        Ports      Moves   Last Move",
    ]
    lines.append("----    -----------       ----        -----      -----   ---------")
    for _ in range(rows):
        digits = f"{chosen.getrandbits(48):012x}"
        mac = ".".join((digits[:4], digits[4:8], digits[8:]))
        age = f"{chosen.randrange(24)}:{chosen.randrange(60):02}:{chosen.randrange(60):02} ago"
        port = chosen.choice(("Vx1", "Et1", "Et2", "Po10"))
        lines.append(
            f"{chosen.randrange(100, 1000):>4}    {mac}    DYNAMIC     {port:<10} {chosen.randrange(1, 4):<7} {age}"
        )
    return "\n".join([*lines, f"Total Mac Addresses for this criterion: {rows}", ""])


def _ways(text: str) -> Mapping[str, Way]:
    """Return ways to read the table by ntc_templates' template (ttp by one of its own), all shown to give the same."""
    template = (_TEMPLATES / "arista_eos_show_mac_address-table.textfsm").read_text(encoding="utf-8")
    compiled, machine = textfsm_compiled.compile(template), textfsm.TextFSM(io.StringIO(template))

    def stock() -> list[list[object]]:
        machine.Reset()
        return list(machine.ParseText(text))

    def by_ttp() -> list[dict[str, str]]:
        parser = ttp.ttp(text, _TTP, log_level="ERROR")
        parser.parse(one=True)
        return list(parser.result()[0][0])

    dicts = [{name.lower(): value for name, value in row.items()} for row in compiled.dicts(text)]
    assert compiled.rows(text) == compiled.columns(text).rows() == stock()
    assert parse_output(*_COMMAND, text) == dicts
    if len(dicts) < 1000:
        assert get_structured_data(text, platform=_COMMAND[0], command=_COMMAND[1]) == dicts
        assert [row["MAC"] for row in by_ttp()] == [row["mac_address"] for row in dicts]
    ways: dict[str, Way] = {
        f"{_OURS}: columns with lines": lambda: compiled.columns(text),
        f"{_OURS}: rows": lambda: compiled.rows(text),
        "textfsm, template compiled before": stock,
        "ntc_templates.parse": lambda: parse_output(*_COMMAND, text),
        "netmiko's use_textfsm": lambda: get_structured_data(text, platform=_COMMAND[0], command=_COMMAND[1]),
    }
    return ways | ({"ttp": by_ttp} if len(dicts) < 1000 else {})


def _long(rows: int) -> str:
    text = mac_table(rows)
    ways = {name: way for name, way in _ways(text).items() if not name.startswith("netmiko")}
    result = compare(f"`show mac address-table` of {rows:,} rows, {len(text) / 1e6:.1f} MB", ways, rounds=3)
    template = (_TEMPLATES / "arista_eos_show_mac_address-table.textfsm").read_text(encoding="utf-8")
    plain = template.replace("Value List ", "Value ")
    compiled = textfsm_compiled.compile(plain)
    machine = textfsm.TextFSM(io.StringIO(plain))
    assert compiled.rows(text) == machine.ParseText(text)
    lists = textfsm_compiled.compile(template)
    held = {
        "with ports as lists": peak(lambda: lists.columns(text)) / len(text),
        "with ports as text": peak(lambda: compiled.columns(text)) / len(text),
    }
    memory = ", ".join(f"{times:.1f} times the text {name}" for name, times in held.items())
    return table(result, f"{_OURS}: columns with lines") + f"\nMost memory held for the columns: {memory}.\n"


def _short(rows: int) -> str:
    result = compare(f"`show mac address-table` of {rows} rows", _ways(mac_table(rows)), rounds=15, calls=5)
    return table(result, f"{_OURS}: rows")


def _each() -> str:
    """Return how many times faster than textfsm the templates are over texts of some lines."""
    ratios = []
    for path in sorted(_TEMPLATES.glob("*.textfsm"))[::8]:
        template = path.read_text(encoding="utf-8")
        text = text_for(_template.read(template), path.stem)
        compiled, machine = textfsm_compiled.compile(template), textfsm.TextFSM(io.StringIO(template))

        def stock(machine: textfsm.TextFSM = machine, text: str = text) -> list[list[object]]:
            machine.Reset()
            return list(machine.ParseText(text))

        def ours(compiled: textfsm_compiled.Compiled = compiled, text: str = text) -> list[list[object]]:
            return compiled.rows(text)

        try:
            assert ours() == stock()
        except textfsm.TextFSMError:
            continue  # a line that an Error rule takes ends both: the tests compare those
        ways: dict[str, Way] = {"textfsm": stock, _OURS: ours}
        result = compare(path.stem, ways, rounds=9)
        ratios.append(result.least("textfsm") / result.least(_OURS))
    tenth, *_, ninth = statistics.quantiles(ratios, n=10)
    return (
        f"### {len(ratios)} templates of ntc_templates over 1 to 25 lines of their own rules\n\n"
        f"textfsm takes {statistics.median(ratios):.1f} times as long in the median; {tenth:.1f} times "
        f"at the first tenth, {ninth:.1f} at the last.\n"
    )
