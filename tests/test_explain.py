"""One cause, one headline: what is folded under another finding, and what is not."""

from __future__ import annotations

from typing import Any

import pytest

from vxcheck import check, pages
from vxcheck.check import Finding, Result

CHECKS = pages.load()


def finding(name: str, device: str, severity: str = "error", **row: Any) -> Finding:
    return Finding(name, device, severity, "", (), (), {"device": device, **row})


def explained(*findings: Finding) -> list[str]:
    """Return what each finding is put down to."""
    results = [Result(one.check, one.device, "failed", one.severity, 1, "", (one,)) for one in findings]
    return [result.findings[0].explained_by for result in check._explain(results, CHECKS)]


MISSING = finding("remote_vtep_missing", "leaf1", peer_device="leaf2", vni=10)


@pytest.mark.parametrize(
    ("cause", "folded"),
    [
        (finding("udp_port_mismatch", "leaf1", peer_device="leaf2", vni=[10, 20]), True),
        (finding("udp_port_mismatch", "leaf2", peer_device="leaf1", vni=10), True),
        (finding("udp_port_mismatch", "leaf1", peer_device="leaf2", vni=20), False),
        (finding("udp_port_mismatch", "leaf1", peer_device="leaf3", vni=10), False),
        (finding("vtep_down", "leaf2", vni=10), True),
        (finding("vtep_down", "leaf3", vni=10), False),
        (finding("route_missing", "leaf1", peer_device="leaf2"), True),
        (finding("multicast_route_missing", "router", peer_device="leaf2", far_device="leaf1"), True),
        (finding("bridge_port_down", "leaf2", "warning", vni=10), False),
        (finding("decap_discards", "leaf1"), False),
    ],
)
def test_explained_by(cause: Finding, folded: bool) -> None:
    assert explained(MISSING, cause) == [cause.check if folded else "", ""]


def test_a_duplicate_is_wrong_wherever_it_was_learned() -> None:
    twice = finding(
        "mac_duplicate", "leaf1", peer_device="leaf2", vni=10, mac=["02:00:00:00:00:01", "02:00:00:00:00:02"]
    )
    seen = finding("mac_behind_wrong_vtep", "leaf3", peer_device="leaf2", vni=10, mac="02:00:00:00:00:01")
    assert explained(seen, twice) == ["mac_duplicate", ""]
    other = finding("mac_behind_wrong_vtep", "leaf3", peer_device="leaf2", vni=10, mac="02:00:00:00:00:09")
    assert explained(other, twice) == ["", ""]
    elsewhere = finding("mac_behind_wrong_vtep", "leaf3", peer_device="leaf2", vni=20, mac="02:00:00:00:00:01")
    assert explained(elsewhere, twice) == ["", ""]


def test_causes_of_one_kind_add_up() -> None:
    loss = finding("one_way_loss", "leaf1", peer_device="leaf2", vnis=(10, 20), vni=None)
    one, other = (finding("vtep_unbridged", "leaf2", vni=vni) for vni in (10, 20))
    assert explained(loss, one) == ["", ""]
    assert explained(loss, one, other) == ["vtep_unbridged", "", ""]


def test_every_explanation_is_a_check() -> None:
    for each in CHECKS.values():
        assert set(each.explained_by) <= CHECKS.keys() - {each.name}, each.name
