"""Judge the seed lab whose router runs FRR's PIM: healthy, and with a route that goes one way only."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import pytest

from . import verdict
from .lab import Lab, running
from .pim import PIM
from .requirements import missing
from .seed import ARISTA, ROUTER, VYOS
from .traffic import converge, settle, talking

_IGMP = "vtysh -c 'configure terminal' -c 'interface eth1' -c '{} ip igmp'"


@pytest.fixture(scope="module")
def pim_lab() -> Iterator[Lab]:
    """Give the running lab, converged."""
    reason = missing(PIM)
    if reason:
        pytest.skip(f"no {PIM.name} lab here: {reason}")
    with running(PIM) as lab:
        converge(lab)
        settle(lab, lambda lost: not lost)  # broadcasts, too, each way
        yield lab


def test_healthy(pim_lab: Lab) -> None:
    found = verdict.eventually(partial(verdict.healthy, pim_lab))
    results = {(one["check"], one["device"]): one["status"] for one in found.report["results"]}
    assert results["multicast_route_missing", ROUTER] == "passed"


def test_receivers_of_one_side_are_not_heard(pim_lab: Lab) -> None:
    """Without IGMP on it the router forgets who wants the group behind eth1: it goes the other way only."""
    pim_lab.execute(ROUTER, _IGMP.format("no"))
    try:
        verdict.eventually(partial(_one_way, pim_lab))
    finally:
        pim_lab.execute(ROUTER, _IGMP.format(""))


def _one_way(lab: Lab) -> None:
    unheard = {"n002>n001", "n004>n003"}
    assert unheard <= settle(lab, lambda lost: unheard <= lost).lost
    with talking(lab):
        found = verdict.check(lab, polls=1)
    assert len(found.headlines) == 1
    (headline,) = found.headlines
    assert (headline.check, headline.device, headline.severity) == ("multicast_route_missing", ROUTER, "error")
    assert headline.peers == {ARISTA, VYOS}
    assert "172.16.3.1, 239.0.0.1" in headline.message
    assert "to eth1" in headline.message
