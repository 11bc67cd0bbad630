"""Check whole fabrics: healthy ones give no finding, and a single fault accuses who is wrong, by its cause alone."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from vxcheck import check, pages
from vxcheck.check import Report
from vxcheck.fabric import Fabric

from . import fabrics

CHECKS = pages.load()
# What two VTEPs can disagree on, and a fabric of EOS shows.
EXAMINED = {
    "address_family_mismatch",
    "bum_mode_mismatch",
    "flood_list_incomplete",
    "flood_list_self",
    "flood_list_stranger",
    "gateway_mac_differs",
    "gateway_missing",
    "inner_tag_mismatch",
    "mac_behind_wrong_vtep",
    "mac_duplicate",
    "mac_moving",
    "mac_not_learned",
    "peer_address_stale",
    "remote_vtep_missing",
    "route_missing",
    "tenant_vni_differs",
    "udp_port_mismatch",
    "vni_missing_on_peer",
    "vnis_swapped",
    "vtep_ip_duplicate",
}
# What Linux shows besides.
EXAMINED_ON_LINUX = {
    "bridge_port_down",
    "port_learning_off",
    "vni_without_ports",
    "vnis_in_one_bridge",
    "vtep_ip_not_owned",
    "vtep_unbridged",
    "vxlan_extension_mismatch",
    "vxlan_port_blocked",
}


def examined(report: Report) -> dict[str, set[str]]:
    """Return the devices on which each check passed, having examined something."""
    found: dict[str, set[str]] = {}
    for result in report.results:
        if result.status == check.PASSED and result.examined:
            found.setdefault(result.check, set()).add(result.device)
    return found


def test_healthy_fabric_of_mlag_pairs_gives_no_finding() -> None:
    leaves = fabrics.pairs(20)
    report = check.run(fabrics.healthy(leaves).load(), CHECKS)
    assert (report.findings, report.verdict) == ((), check.PASSED)
    told = examined(report)
    for name in EXAMINED - {"gateway_mac_differs", "gateway_missing"}:
        assert told[name] == {leaf.name for leaf in leaves}, name
    assert len(leaves) == 40


def test_healthy_fabric_of_evpn_and_two_vendors_gives_no_finding() -> None:
    leaves = fabrics.pairs(23, evpn=True)
    report = check.run(fabrics.healthy(leaves, evpn=True).load(), CHECKS)
    assert (report.findings, report.verdict) == ((), check.PASSED)
    told = examined(report)
    eos, linux = ({leaf.name for leaf in leaves if leaf.eos is kind} for kind in (True, False))
    assert (len(eos), len(linux)) == (36, 5)
    for name in EXAMINED:
        assert told[name] >= eos, name
    for name in EXAMINED_ON_LINUX:
        assert told[name] >= linux, name


@dataclass(frozen=True)
class Planted:
    """Describe a fault of one device: what is changed in the tables, and which headlines must come of it."""

    name: str
    change: str
    check: str
    device: str
    peers: frozenset[str] = frozenset()
    severity: str = "error"
    # Who else must be accused, since two are in it.
    also: frozenset[str] = frozenset()


HOST = fabrics.mac(100, "01:00")
PAIR = frozenset({"leaf01", "leaf02"})
OF_PAIRS = (
    Planted(
        "UDP port",
        "UPDATE vteps SET udp_port = 8472 WHERE device = 'leaf03'",
        "udp_port_mismatch",
        "leaf03",
    ),
    Planted(
        "flood list",
        "DELETE FROM flood_lists WHERE device = 'leaf05' AND vlan = 100 AND peer = '10.255.1.1'",
        "flood_list_incomplete",
        "leaf05",
        PAIR,
    ),
    Planted(
        "flood to itself",
        "INSERT INTO flood_lists (device, interface, vlan, peer) VALUES ('leaf01', 'Vxlan1', 100, '10.255.1.1')",
        "flood_list_self",
        "leaf01",
    ),
    Planted(
        "flood to a stranger",
        "INSERT INTO flood_lists (device, interface, vlan, peer) VALUES ('leaf01', 'Vxlan1', 100, '10.255.9.9')",
        "flood_list_stranger",
        "leaf01",
        severity="warning",
    ),
    Planted(
        "stale address",
        "UPDATE flood_lists SET peer = '10.255.0.5' WHERE device = 'leaf09' AND vlan = 100 AND peer = '10.255.1.3'",
        "peer_address_stale",
        "leaf09",
        frozenset({"leaf05"}),
    ),
    Planted(
        "gateway's MAC address",
        "UPDATE virtual_gateways SET mac = '00:1c:73:00:00:98' WHERE device = 'leaf06'",
        "gateway_mac_differs",
        "leaf06",
    ),
    Planted(
        "gateway",
        "DELETE FROM virtual_gateways WHERE device = 'leaf06' AND interface = 'Vlan102'",
        "gateway_missing",
        "leaf06",
        severity="warning",
    ),
    Planted(
        "mistyped VNI",
        "UPDATE vnis SET vni = 19999 WHERE device = 'leaf07' AND vlan = 103",
        "vni_missing_on_peer",
        "leaf07",
    ),
    Planted(
        "old place of a host",
        f"UPDATE remote_macs SET peer = '10.255.1.4' WHERE device = 'leaf09' AND mac = '{HOST}'",
        "mac_behind_wrong_vtep",
        "leaf09",
        PAIR,
    ),
    Planted(
        "host on two sites",
        f"INSERT INTO macs (device, vlan, interface, mac, kind) VALUES ('leaf11', 100, 'Po3', '{HOST}', 'DYNAMIC')",
        "mac_duplicate",
        "leaf11",
        PAIR,
        also=PAIR,
    ),
    Planted(
        "moving host",
        f"UPDATE macs SET moves = 40, age = 3 WHERE device = 'leaf01' AND mac = '{HOST}'",
        "mac_moving",
        "leaf01",
        severity="warning",
    ),
    Planted(
        "host not learned",
        f"DELETE FROM remote_macs WHERE device = 'leaf03' AND mac = '{HOST}'",
        "mac_not_learned",
        "leaf03",
        PAIR,
        severity="warning",
    ),
)
LINUX = "leaf07"  # the first of three sites of Linux
OF_EVPN = (
    Planted(
        "blocked port",
        f"UPDATE bridge_ports SET stp_state = 'blocking' WHERE device = '{LINUX}' AND interface = 'vxlan100'",
        "vxlan_port_blocked",
        LINUX,
    ),
    Planted(
        "port that does not learn",
        f"UPDATE bridge_ports SET learning = false WHERE device = '{LINUX}' AND interface = 'eth3.100'",
        "port_learning_off",
        LINUX,
        severity="warning",
    ),
    Planted(
        "group policies",
        f"UPDATE vteps SET gbp = true WHERE device = '{LINUX}' AND interface = 'vxlan100'",
        "vxlan_extension_mismatch",
        LINUX,
    ),
    Planted(
        "IPv6",
        f"UPDATE vteps SET vtep_ip = '2001:db8::1' WHERE device = '{LINUX}' AND interface = 'vxlan100'; "
        f"INSERT INTO addresses (device, interface, address) VALUES ('{LINUX}', 'lo', '2001:db8::1')",
        "address_family_mismatch",
        LINUX,
    ),
    Planted(
        "full table",
        f"UPDATE vteps SET max_macs = 10 WHERE device = '{LINUX}' AND interface = 'vxlan100'",
        "mac_table_full",
        LINUX,
    ),
)


@pytest.fixture(scope="module")
def of_pairs() -> Fabric:
    return fabrics.healthy(fabrics.pairs(6)).load()


@pytest.fixture(scope="module")
def of_evpn() -> Fabric:
    return fabrics.healthy(fabrics.pairs(12, evpn=True), evpn=True).load()


@pytest.mark.parametrize("planted", OF_PAIRS, ids=lambda each: each.name)
def test_fault_among_mlag_pairs(of_pairs: Fabric, planted: Planted) -> None:
    assert_named(of_pairs, planted)


@pytest.mark.parametrize("planted", OF_EVPN, ids=lambda each: each.name)
def test_fault_among_two_vendors(of_evpn: Fabric, planted: Planted) -> None:
    assert_named(of_evpn, planted)


def assert_named(made: Fabric, planted: Planted) -> None:
    """Change the tables, check, and assert that every headline is of the one check and the one device."""
    made.connection.execute("BEGIN")
    try:
        made.connection.execute(planted.change)
        report = check.run(made, CHECKS)
    finally:
        made.connection.execute("ROLLBACK")
    headlines = [one for one in report.findings if not one.explained_by]
    assert {one.check for one in headlines} == {planted.check}, [one.message for one in headlines]
    assert {one.device for one in headlines} == {planted.device, *planted.also}, [one.message for one in headlines]
    assert {one.severity for one in headlines} == {planted.severity}
    mine = [one for one in headlines if one.device == planted.device]
    if planted.peers:
        assert set().union(*(peers_of(one.row.get("peer_device")) for one in mine)) == planted.peers
    assert [result for result in report.results if result.status == check.NOT_RUN] == []


def peers_of(value: object) -> set[str]:
    """Return the devices of a column that holds one or several."""
    return set(value) if isinstance(value, list | tuple) else {str(value)}


def test_rolled_back_fabric_is_healthy_again(of_pairs: Fabric) -> None:
    assert check.run(of_pairs, CHECKS).findings == ()
