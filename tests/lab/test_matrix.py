"""Put every fault into a lab of its own, check it over SSH, and assert who is named, and that nobody else is."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import pytest

from . import verdict
from .faults import FAULTS, HARMLESS, HEADEND_FAULTS, Fault, forget, inject
from .headend import HEADEND
from .lab import running
from .requirements import missing
from .seed import ARISTA, ROUTER, SEED, VYOS
from .topology import Topology
from .traffic import converge, measure, talking

RECORDED = Path(__file__).resolve().parents[2] / "build" / "faults"


@dataclass(frozen=True)
class Named:
    """Say which check names a fault, on which device, with which peers; `also` may be found beside it."""

    check: str
    device: str = VYOS
    peers: frozenset[str] = frozenset()
    severity: str = "error"
    also: frozenset[str] = frozenset()


PAIR = frozenset({ARISTA})
EXPECTED = {
    "dstport_mismatch": Named("udp_port_mismatch", peers=PAIR),
    "vni_mismatch": Named("vni_missing_on_peer", peers=PAIR),
    "vnis_swapped": Named("vnis_swapped", peers=PAIR),
    "bridges_swapped": Named("vnis_swapped", peers=PAIR),
    "group_mismatch_one_vni": Named("multicast_group_mismatch", peers=PAIR),
    "group_mismatch": Named("multicast_group_mismatch", peers=PAIR),
    "bum_mode_mismatch_one_vni": Named("bum_mode_mismatch", peers=PAIR),
    "bum_mode_mismatch": Named("bum_mode_mismatch", peers=PAIR),
    # On a fabric of multicast, an interface without a group is in the wrong mode; its list being empty comes second.
    "flood_list_empty": Named("bum_mode_mismatch", peers=PAIR),
    "learning_off": Named("learning_off"),
    "stale_fdb_entry": Named("mac_behind_wrong_vtep", peers=PAIR),
    "local_address_wrong": Named("vtep_ip_not_owned"),
    "ttl_1": Named("ttl_too_small", peers=PAIR),
    "ttl_auto_with_group": Named("ttl_too_small", peers=PAIR),
    "vxlan_ageing_short": Named("ageing_differs", severity="warning"),
    "bridge_ageing_short": Named("ageing_differs", severity="warning"),
    "vxlan_down": Named("vtep_down"),
    "vxlan_unbridged": Named("vtep_unbridged"),
    "vxlan_in_wrong_bridge": Named("vnis_in_one_bridge"),
    "node_mtu_too_large": Named("mtu_too_small", severity="warning"),
    "vxlan_mtu_too_large": Named("mtu_too_small"),
    "duplicate_mac": Named("mac_duplicate", peers=PAIR),
    "node_port_down": Named("bridge_port_down", severity="warning"),
    "router_mtu_too_small": Named("path_mtu_too_small", ROUTER, frozenset({VYOS, ARISTA})),
    "no_route_to_vtep": Named("route_missing", peers=PAIR),
    "no_return_route": Named("route_missing", ARISTA, frozenset({VYOS})),
    "multicast_route_removed": Named("multicast_route_missing", ROUTER, frozenset({VYOS, ARISTA})),
    "multicast_route_one_way": Named("multicast_route_missing", ROUTER, frozenset({VYOS, ARISTA})),
    "input_filter": Named("one_way_loss", peers=PAIR),
    "output_filter": Named("encap_discards_growing"),
    "transit_filter_one_way": Named("one_way_loss", ARISTA, frozenset({VYOS})),
    "vtep_address_duplicate": Named("vtep_ip_duplicate", ARISTA, frozenset({VYOS})),
}

# One of four is wrong: the others are accused of nothing but of disagreeing with it.
EXPECTED_HEADEND = {
    "headend_flood_list_short": Named("flood_list_incomplete", "leaf1", frozenset({"leaf3"})),
    "headend_dstport_mismatch": Named("udp_port_mismatch", "leaf3", frozenset({"leaf1", "leaf2"})),
    "headend_group_instead": Named("bum_mode_mismatch", "leaf3", frozenset({"leaf1", "leaf2"})),
    "headend_vni_mismatch": Named("vni_missing_on_peer", "leaf3", frozenset({"leaf1", "leaf2", "leaf4"})),
    "headend_vxlan_down": Named("vtep_down", "leaf2"),
    "headend_underlay_down": Named("route_missing", "leaf4", frozenset({"leaf1", "leaf2", "leaf3"})),
    "headend_no_ipv6_route": Named("route_missing", "leaf2", frozenset({"leaf4"})),
    "headend_ipv6_mtu": Named("path_mtu_too_small", "spine", frozenset({"leaf1", "leaf2", "leaf3", "leaf4"})),
    "headend_input_filter": Named("one_way_loss", "leaf2", frozenset({"leaf1", "leaf3", "leaf4"})),
}

pytestmark = pytest.mark.skipif(bool(missing(SEED)), reason=f"no kernel lab here: {missing(SEED)}")


def test_every_fault_has_its_verdict() -> None:
    assert {fault.name for fault in FAULTS} == EXPECTED.keys()
    assert {fault.name for fault in HEADEND_FAULTS} == EXPECTED_HEADEND.keys()


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_fault_is_named(fault: Fault) -> None:
    assert_named(SEED, fault, EXPECTED[fault.name])


@pytest.mark.skipif(bool(missing(HEADEND)), reason=f"no kernel lab here: {missing(HEADEND)}")
@pytest.mark.parametrize("fault", HEADEND_FAULTS, ids=lambda fault: fault.name)
def test_fault_of_one_among_four_is_named(fault: Fault) -> None:
    assert_named(HEADEND, fault, EXPECTED_HEADEND[fault.name])


def assert_named(topology: Topology, fault: Fault, expected: Named) -> None:
    """Put a fault into a lab of its own, check it, and assert that it is named and nobody else is accused."""
    with running(topology) as lab:
        converge(lab)
        inject(lab, fault)
        forget(lab)
        lost = measure(lab).lost
        with talking(lab):
            found = verdict.check(lab)
    told = found.headlines
    assert told, found.report["results"]
    # The first headline of the worst severity is what a person reads first.
    first = next((one for one in told if one.severity == "error"), told[0])
    assert {one.check for one in told} <= {expected.check, *expected.also}, told
    assert first.check == expected.check
    assert first.severity == expected.severity
    named = [one for one in told if one.check == expected.check and one.device == expected.device]
    assert named, told
    assert set().union(*(one.peers for one in named)) == expected.peers
    # Who is accused is the device itself, or the pair that disagrees: nobody else.
    assert {one.device for one in told} <= {expected.device, *expected.peers}
    assert found.not_run == []
    assert found.status == (1 if expected.severity == "error" else 0)
    RECORDED.mkdir(parents=True, exist_ok=True)
    record = {
        "fault": fault.name,
        "what": fault.description,
        "lost": sorted(lost),
        "check": named[0].check,
        "severity": named[0].severity,
        "message": named[0].message,
    }
    (RECORDED / f"{fault.name}.json").write_text(json.dumps(record, indent=1) + "\n")


@pytest.mark.parametrize("change", HARMLESS, ids=lambda change: change.name)
def test_harmless_change_gives_no_finding(change: Fault) -> None:
    with running(SEED) as lab:
        converge(lab)
        inject(lab, change)
        forget(lab)
        converge(lab)
        with talking(lab):
            found = verdict.check(lab)
    assert (found.headlines, found.not_run, found.status) == ([], [], 0)


def test_healthy_seed_twenty_times() -> None:
    assert_no_finding_twenty_times(SEED)


@pytest.mark.skipif(bool(missing(HEADEND)), reason=f"no kernel lab here: {missing(HEADEND)}")
def test_healthy_headend_twenty_times() -> None:
    assert_no_finding_twenty_times(HEADEND)


def assert_no_finding_twenty_times(topology: Topology) -> None:
    """Check a healthy lab again and again, with one poll and with two, and assert that nothing is found."""
    with running(topology) as lab:
        converge(lab)
        for look in range(20):
            with talking(lab):
                found = verdict.check(lab, polls=1 + look % 2, interval=1)
            assert (found.headlines, found.not_run, found.status) == ([], [], 0), f"look {look + 1}"
