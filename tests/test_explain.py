"""One cause, one headline: what is folded under another finding, and what is not."""

from __future__ import annotations

from typing import Any

import pytest

from vxcheck import causes, check, fabric, pages
from vxcheck.examine import Counts, Examined, Row
from vxcheck.report import digest

CHECKS = pages.load()


def row(name: str, device: str, severity: str = "error", **values: Any) -> Row:
    return Row(CHECKS[name], device, {"device": device, **values}, severity, fault=True)


def explained(*rows: Row) -> list[str]:
    """Return what each row is put down to."""
    causes.explain(rows, CHECKS)
    return [one.root.check.name if one.cause else "" for one in rows]


def missing(**values: Any) -> Row:
    return row("remote_vtep_missing", "leaf1", **{"peer_device": "leaf2", "vni": 10, **values})


@pytest.mark.parametrize(
    ("cause", "folded"),
    [
        (row("udp_port_mismatch", "leaf1", peer_device="leaf2", vni=10), True),
        (row("udp_port_mismatch", "leaf2", peer_device="leaf1", vni=10), True),
        (row("udp_port_mismatch", "leaf1", peer_device="leaf2", vni=20), False),
        (row("udp_port_mismatch", "leaf1", peer_device="leaf3", vni=10), False),
        (row("udp_port_mismatch", "leaf2", peer_device=("leaf1", "leaf3"), vni=10), True),
        # The one that disagrees with both of them says nothing of what is between the two.
        (row("udp_port_mismatch", "leaf3", peer_device=("leaf1", "leaf2"), vni=10), False),
        (row("vtep_down", "leaf2", vni=10), True),
        (row("vtep_down", "leaf2", vni=20), False),
        (row("vtep_down", "leaf3", vni=10), False),
        (row("route_missing", "leaf1", peer_device="leaf2"), True),
        (row("multicast_route_missing", "router", peer_device="leaf2", far_device="leaf1"), True),
        (row("multicast_route_missing", "router", peer_device="leaf2", far_device="leaf3"), False),
        (row("bridge_port_down", "leaf2", "warning", vni=10), False),
        (row("decap_discards", "leaf1"), False),
    ],
    ids=lambda value: f"{value.check.name} {value.values}" if isinstance(value, Row) else None,
)
def test_explained_by(cause: Row, folded: bool) -> None:
    assert explained(missing(), cause) == [cause.check.name if folded else "", ""]


def test_an_independent_fault_of_another_vni_stays() -> None:
    both = [missing(vni=10), missing(vni=20)]
    assert explained(*both, row("vtep_down", "leaf2", vni=10)) == ["vtep_down", "", ""]


def test_two_faults_at_once_each_keep_what_is_theirs() -> None:
    rows = [
        missing(),
        row("remote_vtep_missing", "leaf3", peer_device="leaf4", vni=20),
        row("vtep_down", "leaf2", vni=10),
        row("udp_port_mismatch", "leaf4", peer_device=("leaf3", "leaf5"), vni=20),
    ]
    assert explained(*rows) == ["vtep_down", "udp_port_mismatch", "", ""]


def test_a_row_with_several_peers_is_explained_where_all_of_them_are() -> None:
    late = row("mac_not_learned", "leaf1", peer_device=["leaf2", "leaf3"], vni=10)
    down = [row("vtep_down", name, vni=10) for name in ("leaf2", "leaf3")]
    assert explained(late, down[0]) == ["", ""]
    assert explained(late, *down) == ["vtep_down", "", ""]


def test_the_cause_of_a_cause_is_the_headline() -> None:
    down = row("underlay_link_down", "leaf2", vni=None)
    assert explained(row("one_way_loss", "leaf1", peer_device="leaf2"), row("route_missing", "leaf2"), down) == [
        "underlay_link_down",
        "underlay_link_down",
        "",
    ]


def test_checks_that_name_each_other_do_not_hide_each_other() -> None:
    from dataclasses import replace

    one, other = (replace(CHECKS["vtep_down"], name=name, explained_by=(by,)) for name, by in (("a", "b"), ("b", "a")))
    rows = [Row(each, "leaf1", {"device": "leaf1"}, "error", fault=True) for each in (one, other)]
    causes.explain(rows, {"a": one, "b": other})
    assert sorted(bool(each.cause) for each in rows) == [False, True]


def test_a_duplicate_is_wrong_wherever_it_was_learned() -> None:
    mac = "02:00:00:00:00:01"

    def seen(**values: Any) -> Row:
        return row("mac_behind_wrong_vtep", "leaf3", **{"peer_device": "leaf2", "vni": 10, "mac": mac, **values})

    def twice() -> Row:
        return row("mac_duplicate", "leaf1", peer_device="leaf2", vni=10, mac=mac)

    assert explained(seen(), twice()) == ["mac_duplicate", ""]
    assert explained(seen(mac="02:00:00:00:00:09"), twice()) == ["", ""]
    assert explained(seen(vni=20), twice()) == ["", ""]


def test_causes_of_one_kind_add_up() -> None:
    def loss() -> Row:
        return row("one_way_loss", "leaf1", peer_device="leaf2", vnis=(10, 20), vni=None)

    one, other = (row("vtep_unbridged", "leaf2", vni=vni) for vni in (10, 20))
    assert explained(loss(), one) == ["", ""]
    assert explained(loss(), one, other) == ["vtep_unbridged", "", ""]


def test_every_explanation_is_a_check() -> None:
    for each in CHECKS.values():
        assert set(each.explained_by) <= CHECKS.keys() - {each.name}, each.name


def test_what_counters_show_is_told_behind_what_may_be_its_cause() -> None:
    found = [
        row("encap_discards_growing", "leaf1", reason="Encap send error", discarded=6, vni=None),
        row("transit_route_missing", "router", peer_device="leaf2", far_device="leaf3", route="10.0.0.3"),
        row("decap_discards", "leaf1", "warning", reason="runt", discarded=1, received=9, share=11.1),
        row("ageing_differs", "leaf1", "warning"),
    ]
    names = [one.check.name for one in found]
    made = fabric.empty()
    devices = [check.DeviceState(name, "linux", "collected", "", vxlan=True) for name in ("leaf1", "router")]
    examined = [Examined(one.check, {}, {one.device: {None: Counts(1)}}, {one.device: [one]}) for one in found]
    report = check.judge(made, {name: CHECKS[name] for name in names}, devices, examined, {})
    told = [names[1], names[0], names[3], names[2]]
    assert [one.check for one in report.findings] == told
    assert [one.check for one in digest.digest(report).causes] == told
