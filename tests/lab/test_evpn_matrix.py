"""Put each EVPN fault into the running lab, check it over SSH, and assert who is told of what."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest

from . import verdict
from .faults import EVPN_FAULTS, Fault, inject, undo
from .lab import Lab
from .test_matrix import RECORDED, assert_traced
from .traffic import converge, settle, talking

LEAF = "evpn-leaf1"
OTHERS = frozenset({"evpn-leaf2", "evpn-leaf3"})


@dataclass(frozen=True)
class Named:
    """Say which check names a fault of leaf 1, with which peers, and words of its message."""

    check: str
    peers: frozenset[str]
    words: tuple[str, ...]
    severity: str = "error"


NOBODY = frozenset[str]()
EXPECTED = {
    "evpn_advertise_off": Named("evpn_vni_not_advertised", NOBODY, ("VNI 100, 200", "`advertise-all-vni`", *OTHERS)),
    "evpn_session_down": Named("evpn_session_down", NOBODY, ("10.255.0.254 (rr1)", "Idle (Admin)")),
    "evpn_route_target_mismatch": Named("evpn_route_target_mismatch", OTHERS, ("VNI 100", "65000:999", "65000:100")),
    "evpn_duplicate_mac": Named("evpn_mac_duplicate", frozenset({"evpn-leaf2"}), ("02:00:00:00:01:01", "VNI 100")),
    "evpn_dstport_mismatch": Named("udp_port_mismatch", OTHERS, ("VNI 100", "8472", "4789")),
    "evpn_learning_on": Named("learning_beside_evpn", NOBODY, ("vxlan100", "VNI 100"), "warning"),
}


@contextmanager
def faulty(lab: Lab, fault: Fault) -> Iterator[frozenset[str]]:
    """Keep a fault in the lab, and give the pings that it loses."""
    inject(lab, fault)
    try:
        lost = settle(lab, fault.explains).lost
        assert fault.explains(lost), f"lost {sorted(lost)}"
        yield lost
    finally:
        undo(lab, fault)
        for device in lab.topology.devices:
            # A duplicate is remembered for three minutes.
            lab.execute(device.name, "vtysh -c 'clear evpn dup-addr vni all'")
        assert not converge(lab).lost


def _only(lab: Lab, check: str, *words: str) -> None:
    # Leaf 1 alone is named, once, by one check.
    found = verdict.check(lab, polls=1)
    assert [(one.check, one.device, one.severity) for one in found.headlines] == [(check, LEAF, "error")]
    assert all(word in found.headlines[0].message for word in words), found.headlines[0].message


def test_bgpd_has_ended(evpn_lab: Lab) -> None:
    evpn_lab.execute(LEAF, "kill $(cat /run/frr/bgpd.pid)")
    try:
        settle(evpn_lab, lambda lost: "h100x1>h100x3" in lost)
        verdict.eventually(partial(_only, evpn_lab, "evpn_vni_not_advertised", "VNI 100, 200", "bgpd is not running"))
    finally:
        evpn_lab.execute(LEAF, "/usr/lib/frr/bgpd -d -A 127.0.0.1")
        assert not converge(evpn_lab).lost


def test_every_fault_has_its_verdict() -> None:
    assert {fault.name for fault in EVPN_FAULTS} == EXPECTED.keys()


@pytest.mark.parametrize("fault", EVPN_FAULTS, ids=lambda fault: fault.name)
def test_fault_is_named(evpn_lab: Lab, fault: Fault, tmp_path: Path) -> None:
    expected = EXPECTED[fault.name]
    with faulty(evpn_lab, fault) as lost:
        verdict.eventually(partial(_named, evpn_lab, fault, expected, lost, tmp_path))


def _named(lab: Lab, fault: Fault, expected: Named, lost: frozenset[str], folder: Path) -> None:
    snapshot = verdict.fresh(folder)
    with talking(lab):
        found = verdict.check(lab, interval=2, save=snapshot)
    assert_traced(lab, fault, snapshot, lost)
    assert (found.status, found.not_run) == (1 if expected.severity == "error" else 0, [])
    told = found.headlines
    named = [one for one in told if one.device == LEAF]
    assert {(one.check, one.severity) for one in told} == {(expected.check, expected.severity)}, told
    assert named, told
    assert told[0] in named
    assert frozenset().union(*(one.peers for one in named)) == expected.peers
    messages = " ".join(one.message for one in named)
    assert all(word in messages for word in expected.words), messages
    # Of anyone else nothing is said but what it disagrees about with this device.
    assert {one.device for one in told} <= {LEAF, *expected.peers}
    assert all(LEAF in {one.device, *one.peers} for one in told), told
    RECORDED.mkdir(parents=True, exist_ok=True)
    record = {
        "fault": fault.name,
        "what": f"EVPN: {fault.description}",
        "lost": sorted(lost),
        "check": expected.check,
        "severity": named[0].severity,
        "message": named[0].message,
    }
    (RECORDED / f"{fault.name}.json").write_text(json.dumps(record, indent=1) + "\n")


def test_healthy_three_times(evpn_lab: Lab) -> None:
    for look in range(3):
        found = verdict.eventually(partial(verdict.healthy, evpn_lab, polls=1 + look % 2), looks=2)
        assert not [one for one in found.report["results"] if one["faults"] or one["warnings"]]
        passed = {(one["check"], one["device"]) for one in found.report["results"] if one["status"] == "passed"}
        for check in ("evpn_vni_not_advertised", "evpn_route_target_mismatch", "evpn_mac_duplicate"):
            assert {(check, leaf) for leaf in (LEAF, *OTHERS)} <= passed
        assert ("evpn_session_down", "rr1") in passed


def test_a_host_that_has_moved_is_no_duplicate(evpn_lab: Lab) -> None:
    # The address of h100x2 turns up behind leaf 1, and goes home again.
    change = "ip link set eth0 address 02:00:00:00:01:{}"
    try:
        evpn_lab.execute("h100x2", change.format("77"))
        evpn_lab.execute("h100x1", change.format("02"))
        speak = "ip neigh flush all; ping -n -q -c 2 -i 0.2 -w 2 192.168.1.3"
        assert evpn_lab.execute("h100x1", speak).returncode == 0
        verdict.eventually(partial(verdict.healthy, evpn_lab))
    finally:
        evpn_lab.execute("h100x1", change.format("01"))
        evpn_lab.execute("h100x2", change.format("02"))
        assert not converge(evpn_lab).lost
    verdict.eventually(partial(verdict.healthy, evpn_lab))


def test_a_login_that_may_not_speak_to_frr(evpn_lab: Lab) -> None:
    evpn_lab.execute(LEAF, "chmod o-rwx /run/frr; sed -i s/:121:frr,netops/:121:frr/ /etc/group")
    try:
        found = verdict.check(evpn_lab, polls=1)
    finally:
        evpn_lab.execute(LEAF, "chmod o+rx /run/frr; sed -i s/:121:frr/:121:frr,netops/ /etc/group")
    # Its kernel shows that EVPN wrote something: not to know what else EVPN knows is no pass.
    assert (found.headlines, found.status) == ([], 3)
    assert {line.partition(":")[0].partition(" on ")[2] for line in found.not_run} == {LEAF}
    assert all("Permission denied" in line for line in found.not_run)


def test_no_neighbour_is_activated(evpn_lab: Lab) -> None:
    typed = "vtysh -c 'configure terminal' -c 'router bgp 65000' -c 'address-family l2vpn evpn' -c '{}'"
    evpn_lab.execute(LEAF, typed.format("no neighbor 10.255.0.254 activate"))
    try:
        settle(evpn_lab, lambda lost: "h100x1>h100x3" in lost)
        verdict.eventually(partial(_only, evpn_lab, "evpn_session_down", "no neighbour"))
    finally:
        evpn_lab.execute(LEAF, typed.format("neighbor 10.255.0.254 activate"))
        assert not converge(evpn_lab).lost
