"""Put every fault into a lab of its own, check it over SSH, and assert who is named, and that nobody else is."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest

from . import dying, tracing, verdict
from .faults import FAULTS, HARMLESS, HEADEND_FAULTS, Fault, forget, inject, injected, undo
from .headend import HEADEND
from .lab import Lab, running
from .requirements import missing
from .seed import ARISTA, ROUTER, SEED, VYOS
from .topology import Topology
from .traffic import converge, measure, settle, talking

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
    "vlan_unmapped": Named("vni_missing_on_peer", peers=PAIR),
    "vxlan_in_wrong_bridge": Named("vnis_in_one_bridge"),
    "node_mtu_too_large": Named("mtu_too_small", severity="warning"),
    "vxlan_mtu_too_large": Named("mtu_too_small"),
    "duplicate_mac": Named("mac_duplicate", peers=PAIR),
    "node_port_down": Named("bridge_port_down", severity="warning"),
    "node_port_unbridged": Named("vni_without_ports", severity="warning"),
    "router_mtu_too_small": Named("path_mtu_too_small", ROUTER, frozenset({VYOS, ARISTA})),
    "vtep_mtu_too_small": Named("mtu_too_small"),
    "no_route_to_vtep": Named("route_missing", peers=PAIR),
    "no_return_route": Named("route_missing", ARISTA, frozenset({VYOS})),
    "multicast_route_removed": Named("multicast_route_missing", ROUTER, frozenset({VYOS, ARISTA})),
    "multicast_route_one_way": Named("multicast_route_missing", ROUTER, frozenset({VYOS, ARISTA})),
    "input_filter": Named("one_way_loss", peers=PAIR),
    "output_filter": Named("encap_discards_growing"),
    "transit_filter_one_way": Named("one_way_loss", ARISTA, frozenset({VYOS})),
    "transit_filter_of_unicast": Named("packets_lost", ARISTA, frozenset({VYOS}), severity="warning"),
    "vtep_address_duplicate": Named("vtep_ip_duplicate", ARISTA, frozenset({VYOS})),
    "next_hop_wrong": Named("next_hop_silent", peers=PAIR),
    "arp_off": Named("underlay_arp_off"),
    "router_route_missing": Named("transit_route_missing", ROUTER, frozenset({VYOS, ARISTA})),
    "router_forwarding_off": Named("ip_discards_growing", ROUTER, frozenset({VYOS, ARISTA})),
    "multicast_route_wrong_in": Named("multicast_route_wrong_in", ROUTER, frozenset({VYOS, ARISTA})),
}

# One of four is wrong: the others are accused of nothing but of disagreeing with it.
EXPECTED_HEADEND = {
    "headend_flood_list_short": Named("flood_list_incomplete", "leaf1", frozenset({"leaf3"})),
    "headend_dstport_mismatch": Named("udp_port_mismatch", "leaf3", frozenset({"leaf1", "leaf2"})),
    "headend_group_instead": Named("bum_mode_mismatch", "leaf3", frozenset({"leaf1", "leaf2"})),
    # The others go on flooding VNI 100 to it, which is told as well.
    "headend_vni_mismatch": Named(
        "vni_missing_on_peer",
        "leaf3",
        frozenset({"leaf1", "leaf2", "leaf4"}),
        also=frozenset({"flood_list_stranger"}),
    ),
    "headend_vxlan_down": Named("vtep_down", "leaf2"),
    # Its way is gone with the interface; the router's port at the other end has lost its carrier, and says so.
    "headend_underlay_down": Named(
        "route_missing", "leaf4", frozenset({"leaf1", "leaf2", "leaf3"}), also=frozenset({"underlay_link_down"})
    ),
    "headend_local_address_wrong": Named("vtep_ip_not_owned", "leaf3"),
    "headend_no_ipv6_route": Named("route_missing", "leaf2", frozenset({"leaf4"})),
    "headend_ipv6_mtu": Named("path_mtu_too_small", "spine", frozenset({"leaf1", "leaf2", "leaf3", "leaf4"})),
    "headend_vtep_ip_down": Named("vtep_ip_down", "leaf3"),
    "headend_input_filter": Named("one_way_loss", "leaf2", frozenset({"leaf1", "leaf3", "leaf4"})),
    "headend_flood_self": Named("flood_list_self", "leaf1"),
    "headend_flood_stranger": Named("flood_list_stranger", "leaf1", severity="warning"),
    "headend_stale_address": Named("peer_address_stale", "leaf1", frozenset({"leaf3"}), severity="warning"),
    # An IPv6 header is 20 bytes longer, and the interface has the MTU that was right for IPv4.
    "headend_address_family": Named(
        "address_family_mismatch", "leaf3", frozenset({"leaf1", "leaf2"}), also=frozenset({"mtu_too_small"})
    ),
    "headend_table_full": Named("mac_table_full", "leaf3"),
    "headend_group_policies": Named("vxlan_extension_mismatch", "leaf3", frozenset({"leaf1", "leaf2", "leaf4"})),
    "headend_no_broadcasts": Named("vxlan_port_blocked", "leaf3"),
    "headend_port_learning_off": Named("port_learning_off", "leaf3", severity="warning"),
    "headend_udp6_checksum": Named("udp6_checksum_refused", "leaf4", frozenset({"leaf2"})),
    "headend_static_mac": Named("mac_static_stale", "leaf1", frozenset({"leaf3"}), severity="warning"),
}

# Where a frame dies, by device and stage of a trace; where a fault stops frames in several places, one of them.
DIED = {
    "dstport_mismatch": (ARISTA, "decapsulation"),
    "vni_mismatch": (VYOS, "port"),
    "group_mismatch_one_vni": (ROUTER, "multicast"),
    "group_mismatch": (ROUTER, "multicast"),
    "bum_mode_mismatch": (VYOS, "multicast"),
    "flood_list_empty": (VYOS, "bridge"),
    "stale_fdb_entry": (VYOS, "bridge"),
    "local_address_wrong": (VYOS, "encapsulation"),
    "headend_local_address_wrong": ("leaf3", "encapsulation"),
    "ttl_1": (ROUTER, "underlay"),
    "ttl_auto_with_group": (ROUTER, "multicast"),
    "vxlan_down": (VYOS, "encapsulation"),
    "vxlan_unbridged": (VYOS, "port"),
    "vlan_unmapped": (ARISTA, "decapsulation"),
    "vxlan_in_wrong_bridge": (VYOS, "port"),
    "node_mtu_too_large": (VYOS, "encapsulation"),
    "vxlan_mtu_too_large": (VYOS, "underlay"),
    "duplicate_mac": (VYOS, "bridge"),
    "node_port_down": (VYOS, "port"),
    "router_mtu_too_small": (ROUTER, "underlay"),
    "vtep_mtu_too_small": (VYOS, "underlay"),
    "no_route_to_vtep": (VYOS, "underlay"),
    "no_return_route": (ARISTA, "underlay"),
    "multicast_route_removed": (ROUTER, "multicast"),
    "multicast_route_one_way": (ROUTER, "multicast"),
    "input_filter": (VYOS, "decapsulation"),
    "output_filter": (VYOS, "encapsulation"),
    "transit_filter_one_way": (ARISTA, "decapsulation"),
    "vtep_address_duplicate": (VYOS, "decapsulation"),
    "next_hop_wrong": (VYOS, "underlay"),
    "arp_off": (VYOS, "underlay"),
    "router_route_missing": (ROUTER, "underlay"),
    "router_forwarding_off": (ROUTER, "underlay"),
    "multicast_route_wrong_in": (ROUTER, "multicast"),
    "headend_flood_list_short": ("leaf1", "bridge"),
    "headend_dstport_mismatch": ("leaf1", "decapsulation"),
    "headend_group_instead": ("spine", "multicast"),
    "headend_vni_mismatch": ("leaf3", "port"),
    "headend_vxlan_down": ("leaf2", "encapsulation"),
    "headend_underlay_down": ("leaf4", "underlay"),
    "headend_no_ipv6_route": ("leaf2", "underlay"),
    "headend_ipv6_mtu": ("spine", "underlay"),
    "headend_input_filter": ("leaf2", "decapsulation"),
    "headend_address_family": ("leaf1", "decapsulation"),
    "headend_no_broadcasts": ("leaf3", "bridge"),
    "headend_udp6_checksum": ("leaf2", "decapsulation"),
    "chain_group_cut_off": ("core1", "multicast"),
    "chain_no_route_back": ("core2", "underlay"),
    "chain_loop": ("core2", "underlay"),
    "evpn_advertise_off": ("evpn-leaf2", "bridge"),
    "evpn_session_down": ("evpn-leaf2", "bridge"),
    "evpn_route_target_mismatch": ("evpn-leaf2", "bridge"),
    "evpn_dstport_mismatch": ("evpn-leaf2", "decapsulation"),
    "evpn_duplicate_mac": ("evpn-leaf1", "bridge"),
}
# What the tables leave open: a port that does not learn, or is in no bridge, shows nobody, what a VTEP hears of itself
# is chance, and which packets a filter takes is not shown.
OPEN = {"headend_flood_self", "headend_port_learning_off", "node_port_unbridged", "transit_filter_of_unicast"}
# Both tenants have the same addresses: a ping is answered by the other tenant's node.
FOOLED = {"vnis_swapped", "bridges_swapped"}

pytestmark = pytest.mark.skipif(bool(missing(SEED)), reason=f"no kernel lab here: {missing(SEED)}")
Look = Callable[[Topology], Path]


def test_every_fault_has_its_verdict() -> None:
    assert {fault.name for fault in FAULTS} == EXPECTED.keys()
    assert {fault.name for fault in HEADEND_FAULTS} == EXPECTED_HEADEND.keys()
    assert EXPECTED.keys() >= dying.NAMES


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_fault_is_named(fault: Fault, healthy_look: Look) -> None:
    # Which of two ports has a shared MAC address at the moment of a look is chance: some look shows both.
    looks = 6 if fault.name == "duplicate_mac" else verdict.LOOKS
    assert_named(SEED, fault, EXPECTED[fault.name], healthy_look, looks)


@pytest.mark.skipif(bool(missing(HEADEND)), reason=f"no kernel lab here: {missing(HEADEND)}")
@pytest.mark.parametrize("fault", HEADEND_FAULTS, ids=lambda fault: fault.name)
def test_fault_of_one_among_four_is_named(fault: Fault, healthy_look: Look) -> None:
    assert_named(HEADEND, fault, EXPECTED_HEADEND[fault.name], healthy_look)


def assert_named(
    topology: Topology, fault: Fault, expected: Named, healthy_look: Look, looks: int = verdict.LOOKS
) -> None:
    """Put a fault into a lab of its own, check it, and assert that it is named and nobody else is accused."""
    before = healthy_look(topology)
    with running(topology) as lab, tempfile.TemporaryDirectory() as kept:
        assert not converge(lab).lost
        inject(lab, fault)
        forget(lab)
        verdict.eventually(partial(_named, lab, fault, expected, before, Path(kept)), looks)
        if fault.undo:
            undo(lab, fault)
            assert not converge(lab).lost
            assert not injected(lab)


def _named(lab: Lab, fault: Fault, expected: Named, before: Path, folder: Path) -> None:
    snapshot = verdict.fresh(folder)
    lost = settle(lab, fault.explains).lost if fault.claim else measure(lab).lost
    assert fault.explains(lost) or not fault.claim, f"lost {sorted(lost)}"
    with talking(lab):
        found = verdict.check(lab, save=snapshot)
    assert_new(before, snapshot, found)
    # A trace through what was read must lose what the pings lost.
    assert_traced(lab, fault, snapshot, lost)
    if fault.name in dying.NAMES:
        dying.assert_where_the_traces_say(lab, snapshot, folder)
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
    assert {one.device for one in told if one.check not in expected.also} <= {expected.device, *expected.peers}
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


def assert_new(before: Path, after: Path, found: verdict.Verdict) -> None:
    """Assert that `vxcheck diff` calls new what the fault has made wrong, and nothing else."""
    changed = verdict.diff(before, after)
    findings = changed.report["findings"]
    new = {(one["check"], one["device"]) for one in findings["new"]}
    told = {(one.check, one.device) for one in found.headlines}
    # What both ends of a disagreement found is told once.
    assert new <= told, findings["new"]
    assert {check for check, _ in new} == {check for check, _ in told}, findings["new"]
    assert (findings["gone"], findings["still"], changed.report["not_compared"]) == ([], [], [])
    assert changed.status == found.status


# Between the pings and the look, who has learned what is chance.
_CHANCE = {"evpn_duplicate_mac", "headend_no_broadcasts"}


def assert_traced(lab: Lab, fault: Fault, snapshot: Path, lost: frozenset[str]) -> None:
    """Assert that traces agree with the pings that were lost, and stop where the frames died."""
    if fault.name in _CHANCE:
        return
    if fault.name in FOOLED:
        found = list(tracing.answered_by_another(lab, snapshot))
        assert {str(flow) for flow, arrives in found if arrives} == {str(flow) for flow in lab.topology.flows}
        return
    traced = tracing.traced(lab, snapshot)
    assert traced.lost - fault.unsure <= lost, "a trace stops where a ping went through"
    assert lost - fault.unsure <= traced.lost | traced.unknown, "a trace arrives where a ping was lost"
    assert bool(traced.unknown) == (fault.name in OPEN), traced.unknown
    assert bool(traced.lost) == (fault.name in DIED), traced.lost
    assert fault.name not in DIED or DIED[fault.name] in traced.died, traced.died


@pytest.mark.parametrize("change", HARMLESS, ids=lambda change: change.name)
def test_harmless_change_gives_no_finding(change: Fault) -> None:
    with running(SEED) as lab:
        converge(lab)
        inject(lab, change)
        forget(lab)
        verdict.eventually(partial(verdict.healthy, lab, polls=2))


def test_healthy_seed_three_times() -> None:
    assert_no_finding_three_times(SEED)


@pytest.mark.skipif(bool(missing(HEADEND)), reason=f"no kernel lab here: {missing(HEADEND)}")
def test_healthy_headend_three_times() -> None:
    assert_no_finding_three_times(HEADEND)


def assert_no_finding_three_times(topology: Topology) -> None:
    """Check a healthy lab again and again, with one poll and with two, and assert that nothing is found, or changes."""
    with running(topology) as lab, tempfile.TemporaryDirectory() as kept:
        snapshots: list[Path] = []

        def look_once() -> None:
            seen = verdict.fresh(Path(kept))
            verdict.healthy(lab, polls=1 + len(snapshots) % 2, save=seen)
            changed = verdict.diff(snapshots[0] if snapshots else seen, seen)
            assert (changed.report["state"], changed.status) == ([], 0)
            snapshots.append(seen)

        while len(snapshots) < 3:
            verdict.eventually(look_once, looks=2)
