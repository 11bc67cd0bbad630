"""Put two faults at once into a lab, on different devices or VNIs: both are told, and nothing else."""

from __future__ import annotations

from functools import partial

import pytest

from . import verdict
from .faults import FAULTS, HEADEND_FAULTS, forget, inject
from .headend import HEADEND
from .lab import Lab, running
from .requirements import missing
from .seed import SEED
from .test_matrix import EXPECTED, EXPECTED_HEADEND, Named
from .topology import Topology
from .traffic import converge, talking

_BY_NAME = {fault.name: fault for fault in (*FAULTS, *HEADEND_FAULTS)}
_NAMED = {**EXPECTED, **EXPECTED_HEADEND}
PAIRS = (
    # Two devices, two tenants.
    ("headend_flood_list_short", "headend_no_ipv6_route"),
    ("headend_dstport_mismatch", "headend_ipv6_mtu"),
    # One device's tenant, and the router that all share.
    ("vni_mismatch", "router_mtu_too_small"),
    ("learning_off", "multicast_route_one_way"),
    # A tenant on one side and the way back on the other.
    ("vxlan_down", "no_return_route"),
)


@pytest.mark.parametrize("pair", PAIRS, ids=" and ".join)
def test_both_are_told(pair: tuple[str, str]) -> None:
    topology: Topology = HEADEND if pair[0].startswith("headend") else SEED
    if missing(topology):
        pytest.skip(f"no kernel lab here: {missing(topology)}")
    with running(topology) as lab:
        converge(lab)
        for name in pair:
            inject(lab, _BY_NAME[name])
        forget(lab)
        verdict.eventually(partial(_both_told, lab, [_NAMED[name] for name in pair]))


def _both_told(lab: Lab, expected: list[Named]) -> None:
    with talking(lab):
        found = verdict.check(lab)
    told = {(one.check, one.device) for one in found.headlines}
    assert {(one.check, one.device) for one in expected} <= told, found.headlines
    assert {check for check, _ in told} == {one.check for one in expected}, found.headlines
    accused = {one.device for one in expected}.union(*(one.peers for one in expected))
    assert {device for _, device in told} <= accused
    assert (found.not_run, found.status) == ([], 1)
