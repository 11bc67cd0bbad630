"""No template is slow on any line: its rules' steps grow with a line's length, not with its square or worse.

Steps are counted, not seconds. A line that no rule understands costs most: all rules are tried, each in every way.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
import textfsm

from tests.steps import Pattern, TooManyStepsError, costly
from tests.test_parsers import FOLDERS, TEMPLATES, name_of, reader
from vxcheck import parse, textfsm_compiled
from vxcheck.content import Command, Platform
from vxcheck.textfsm_compiled import _compiled, _template

TIMES = 12
# Rules of these templates need the square of a run of blanks or digits within one line: `\s+` before a class that has
# blanks too, `[\w ]+\s*$`. A line is at most parse._LONGEST long. No template may come to this list without a reason.
SQUARE = {
    "arista_eos/show_bgp_evpn_instance/evpn_instances.textfsm",
    "arista_eos/show_interfaces/addresses.textfsm",
    "arista_eos/show_interfaces/links.textfsm",
    "arista_eos/show_interfaces_vxlan_1/flood_lists.textfsm",
    "arista_eos/show_interfaces_vxlan_1/vnis.textfsm",
    "arista_eos/show_interfaces_vxlan_1/vrf_vnis.textfsm",
    "arista_eos/show_interfaces_vxlan_1/vteps.textfsm",
    "arista_eos/show_ip_mroute/multicast_routes.textfsm",
    "arista_eos/show_ip_virtual-router/virtual_gateways.textfsm",
    "juniper_junos/show_interfaces/addresses.textfsm",
    "juniper_junos/show_interfaces/link_counters.textfsm",
    "juniper_junos/show_interfaces/links.textfsm",
    "juniper_junos/show_interfaces_terse/links.textfsm",
    "juniper_junos/show_multicast_route/multicast_routes.textfsm",
    "juniper_junos/show_pim_interfaces/pim_interfaces.textfsm",
    "juniper_junos/show_pim_join/pim_joins.textfsm",
    "juniper_junos/show_pim_neighbors/pim_neighbors.textfsm",
    "juniper_junos/show_route/routes.textfsm",
    "linux/ip_-6_route_show/routes.textfsm",
    "linux/ip_-d_-s_link_show/vnis.textfsm",
    "linux/ip_-d_-s_link_show/vteps.textfsm",
    "linux/ip_route_show/routes.textfsm",
    "linux/uname_-r/software.textfsm",
    "linux/vtysh_bgp_l2vpn_evpn_summary/bgp_evpn_neighbors.textfsm",
    "linux/vtysh_interface/links.textfsm",
    "linux/vtysh_ip_igmp_groups/igmp_groups.textfsm",
    "linux/vtysh_ip_mroute/multicast_routes.textfsm",
    "linux/vtysh_ip_pim_join/pim_downstreams.textfsm",
    "linux/vtysh_ip_pim_neighbor/pim_neighbors.textfsm",
    "linux/vtysh_ip_pim_upstream/pim_joins.textfsm",
    "linux/vtysh_ip_route/routes.textfsm",
}


def growth(pattern: str, times: int = TIMES) -> float:
    """Return how many times as many steps the worst line takes when what is repeated in it is doubled."""
    counted = Pattern(pattern)
    worst = 1.0
    for line, twice in zip(costly(counted, times), costly(counted, 2 * times), strict=True):
        try:
            steps = counted.count(twice)
        except TooManyStepsError:
            return float("inf")
        # A few steps tell nothing.
        if steps > 150:
            worst = max(worst, steps / counted.count(line))
    return worst


growth_of = cache(growth)


def test_the_count_tells_linear_from_worse() -> None:
    assert growth(r"^\s*a\s*$") < 2.2
    assert growth(r"^(?:\s+\S+)*\s*$") < 2.2
    assert 2.9 < growth(r"^a*a*b$") < 4.2
    assert growth(r"^(?:\w+\s*)+:", times=5) > 16
    assert Pattern(r"(?<=a)b|(['\"])x\1").count("'x'") == 3


def rules(path: Path) -> list[str]:
    """Return the patterns of a template's rules."""
    with path.open(encoding="utf-8") as file:
        fsm = textfsm.TextFSM(file)
    return [rule.regex for some in fsm.states.values() for rule in some]


@pytest.mark.parametrize("folder", FOLDERS, ids=name_of)
def test_no_rule_needs_more_than_linear_time(folder: Path) -> None:
    command = reader(folder)[1]
    # A borrowed template is as its authors wrote it: it may need the square.
    paths = [*command.templates, *([command.borrowed.path] if command.borrowed else [])]
    for path in paths:
        worst = max(map(growth_of, rules(path)))
        if path not in TEMPLATES or name_of(path) in SQUARE:
            assert worst < 4.2, f"{path.name}: steps grow {worst:.1f} times when a line is twice as long"
        else:
            assert worst < 2.7, f"{path.name}: steps grow {worst:.1f} times when a line is twice as long"


@pytest.mark.parametrize("folder", FOLDERS[:1], ids=name_of)
def test_a_line_without_end_is_refused(folder: Path) -> None:
    platform, command = reader(folder)
    with pytest.raises(parse.NotUnderstoodError, match="longer than any line"):
        parse.parse(platform, command, "a" * 5000 + "\n")


def tried(platform: Platform, command: Command, text: str, monkeypatch: pytest.MonkeyPatch) -> int:
    """Return how many rules are tried on the lines of a text."""
    count = 0
    compiled = _compiled._compiled

    def counted(rule: _template.Rule) -> Callable[[str], object]:
        match = compiled(rule)

        def counting(line: str) -> object:
            nonlocal count
            count += 1
            return match(line)

        return counting

    monkeypatch.setattr(_compiled, "_compiled", counted)
    textfsm_compiled.compile.cache_clear()
    parse.template.cache_clear()
    parse.parse(platform, command, text)
    textfsm_compiled.compile.cache_clear()
    parse.template.cache_clear()
    return count


def test_twice_as_many_lines_are_twice_the_work(monkeypatch: pytest.MonkeyPatch) -> None:
    folder = next(one for one in FOLDERS if one.name == "bridge_fdb_show")
    platform, command = reader(folder)
    lines = [f"02:00:00:00:{n // 256:02x}:{n % 256:02x} dev vxlan10 dst 10.0.0.1 self\n" for n in range(1000)]
    once = tried(platform, command, "".join(lines[:500]), monkeypatch)
    assert once >= 500
    assert tried(platform, command, "".join(lines), monkeypatch) <= 2.02 * once
