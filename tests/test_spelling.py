"""What people type for a command: abbreviations, options in any order, `sudo` before it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.conftest import Run
from vxcheck import content
from vxcheck.snapshot import file_name


@pytest.mark.parametrize(
    ("platform", "typed", "name"),
    [
        ("arista_eos", "sh vxlan vtep", "show vxlan vtep"),
        ("arista_eos", "show int vxlan1", "show interfaces vxlan 1"),
        ("arista_eos", "sho int vxl 1", "show interfaces vxlan 1"),
        ("arista_eos", "SHOW VX VNI", "show vxlan vni"),
        ("arista_eos", "sh ip ro", "show ip route"),  # not `show ipv6 route`: a word in full goes first
        ("arista_eos", "show run int vx1", "show running-config interfaces Vxlan1"),
        ("arista_eos", "show vxlan address-table | no-more", "show vxlan address-table"),
        ("juniper_junos", "show route | no-more", "show route"),
        ("juniper_junos", "show int terse", "show interfaces terse"),
        ("vyos", "sh int", "show interfaces"),  # FRR's `show interface` is of a shell within
        ("vyos", "show int vxlan", "show interfaces vxlan"),
        ("linux", "ip -details -s link", "ip -d -s link show"),
        ("linux", "sudo ip -c -d li sh", "ip -d -s link show"),
        ("linux", "/usr/sbin/bridge -d -s fdb list", "bridge fdb show"),
        ("linux", "ip -s -s neigh", "ip neigh show"),
        ("linux", "ip -6 r s", "ip -6 route show"),
        ("linux", "bridge -s vni", "bridge vni show"),
        ("linux", "net show evpn vni", 'vtysh -c "show evpn vni"'),
        ("linux", "net show pim upstream", 'vtysh -c "show ip pim upstream"'),
        ("linux", "net show mroute", 'vtysh -c "show ip mroute"'),
        ("linux", "net show bgp evpn vni", 'vtysh -c "show bgp l2vpn evpn vni"'),
        ("linux", "sudo vtysh -c 'show evpn vni detail'", 'vtysh -c "show evpn vni detail"'),
        ("linux", 'docker exec -it leaf1 vtysh -c "show evpn vni"', 'vtysh -c "show evpn vni"'),
    ],
)
def test_a_command_is_known_however_it_is_typed(platform: str, typed: str, name: str) -> None:
    command = content.platforms()[platform].command(typed)
    assert command is not None
    assert command.name == name
    assert not command.of_one(typed)


@pytest.mark.parametrize(
    ("platform", "typed", "name"),
    [
        ("linux", "ip -s -d link sh dev vx1", "ip -d -s link show"),
        ("linux", "ip -4 addr", "ip addr show"),
        ("linux", "bridge fdb show br br0 dynamic", "bridge fdb show"),
        ("linux", "ip route show table all", "ip route show"),
        ("vyos", "show int vxlan vxlan1 brief", "show interfaces vxlan"),
        ("arista_eos", "sh mac add vlan 10", "show mac address-table"),
        ("arista_eos", "show int ethernet1", "show interfaces"),
    ],
)
def test_what_narrows_an_output_is_known_to(platform: str, typed: str, name: str) -> None:
    command = content.platforms()[platform].command(typed)
    assert command is not None
    assert command.name == name
    assert command.of_one(typed)


@pytest.mark.parametrize(
    ("platform", "typed"),
    [
        ("arista_eos", "show vxlan v"),  # vni or vtep
        ("arista_eos", "s vxlan vtep"),
        ("linux", "ip -br link"),
        ("linux", "ip -j link show"),
        ("linux", "ip -o link show"),
        ("linux", "ip -all netns exec ip link"),
        ("linux", "ip netns exec red ip link show"),
        ("linux", "ip -n red link show"),
        ("linux", "ip link set vx1 up"),
        ("linux", "ip route get 192.0.2.1"),
        ("linux", "ip route show vrf red"),  # the output does not say that it is another table's
        ("linux", "ip route show table 10"),
    ],
)
def test_what_prints_something_else_is_not_known(platform: str, typed: str) -> None:
    assert content.platforms()[platform].command(typed) is None


def test_the_nearest_command_is_named(vxcheck: Run) -> None:
    ran = vxcheck("parse", "arista_eos", "show vxlan vteps")
    assert ran.status == 2
    assert "did you mean 'show vxlan vtep'" in ran.err


def test_the_highest_metric_of_a_route_is_held(vxcheck: Run, tmp_path: Path) -> None:
    """The kernel's own advice for a VRF: `unreachable default metric 4278198272`."""
    (tmp_path / "manifest.json").write_text(
        '{"vxcheck_snapshot": 1, "devices": [{"device": "h1", "platform": "linux"}]}'
    )
    (tmp_path / "h1").mkdir()
    text = "unreachable default metric 4278198272 \n192.0.2.0/24 dev eth0 table 10 proto kernel scope link \n"
    (tmp_path / "h1" / file_name("ip route show table all")).write_text(text)
    ran = vxcheck("query", "SELECT metric, vrf FROM routes ORDER BY metric", tmp_path, "--format", "json")
    assert ran.out, ran.err
    assert [(row["metric"], row["vrf"]) for row in json.loads(ran.out)] == [(4278198272, None), (None, "10")], ran.err
