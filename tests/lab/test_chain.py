"""Judge three VTEPs behind two multicast routers in a row, healthy and with a fault in one of the routers."""

from __future__ import annotations

from functools import partial

import pytest

from . import verdict
from .chain import CHAIN, CORE1, CORE2
from .faults import CHAIN_FAULTS, Fault
from .lab import running
from .requirements import missing
from .test_matrix import Look, Named, assert_named

EXPECTED = {
    "chain_group_cut_off": Named("multicast_route_missing", CORE1, frozenset({"vtep1", "vtep3"})),
    "chain_no_route_back": Named("transit_route_missing", CORE2, frozenset({"vtep1", "vtep2"})),
    "chain_loop": Named("transit_route_missing", CORE2, frozenset({"vtep1", "vtep2", "vtep3"})),
}

pytestmark = pytest.mark.skipif(bool(missing(CHAIN)), reason=f"no kernel lab here: {missing(CHAIN)}")


def test_every_fault_has_its_verdict() -> None:
    assert {fault.name for fault in CHAIN_FAULTS} == EXPECTED.keys()


def test_healthy() -> None:
    with running(CHAIN) as lab:
        for polls in (1, 2, 2):
            verdict.eventually(partial(verdict.healthy, lab, polls=polls), looks=2)


@pytest.mark.parametrize("fault", CHAIN_FAULTS, ids=lambda fault: fault.name)
def test_fault_in_a_router_is_named(fault: Fault, healthy_look: Look) -> None:
    assert_named(CHAIN, fault, EXPECTED[fault.name], healthy_look)
