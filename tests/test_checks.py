"""Run every case of every check's page, and every query on the empty schema."""

from __future__ import annotations

import pytest

from vxcheck import cases, check, content, examine, fabric, pages
from vxcheck.pages import Case, Check

CHECKS = pages.load()
# They judge what no other platform shows.
ONLY_EOS = {"config_sanity_failed", "mlag_inconsistent", "varp_errors_growing"}
CASES = [(each, case) for each in CHECKS.values() for case in each.cases]


def test_no_check_is_broken() -> None:
    assert [each.broken for each in CHECKS.values() if each.broken] == []


@pytest.mark.parametrize(("checked", "case"), CASES, ids=[f"{each.name}: {case.title}" for each, case in CASES])
def test_case(checked: Check, case: Case) -> None:
    assert cases.mistakes(case) == []
    found = cases.outcome(checked, case)
    assert found.differences == []
    assert found.report
    for finding in found.report.findings:
        # A remedy is for the device that is accused.
        accused = finding.row.get("same_device", finding.device)
        mended = {remedy.device for remedy in finding.mend if not remedy.instead}
        assert mended <= {accused} if isinstance(accused, str) else mended <= set(accused)
        assert checked.either or not any(remedy.instead for remedy in finding.mend)


@pytest.mark.parametrize("checked", CHECKS.values(), ids=lambda each: each.name)
def test_every_check_has_a_fault_and_a_near_miss(checked: Check) -> None:
    assert cases.gaps(checked) == []


def test_queries_on_the_empty_schema() -> None:
    made = fabric.empty()
    made.polls = max(each.polls for each in CHECKS.values())
    made.intent_given = True
    report = check.run(made, CHECKS)
    assert report.results == ()
    assert report.verdict == check.INCOMPLETE
    for each in CHECKS.values():
        assert examine.examine(made, each, []) == examine.Examined(each), each.name


@pytest.mark.parametrize("checked", CHECKS.values(), ids=lambda each: each.name)
def test_page(checked: Check) -> None:
    assert "## On the wire" in checked.page
    # A device of a platform that nobody thought of when the page was written is told what to do, too.
    assert "any" in checked.mend or (checked.name in ONLY_EOS and list(checked.mend) == ["arista_eos"])
    for platform in checked.mend:
        assert platform == "any" or platform in content.platforms()


def test_where_two_disagree_either_may_be_mended() -> None:
    checked = CHECKS["udp_port_mismatch"]
    (case,) = [case for case in checked.cases if case.title == "8472 on one side"]
    found = check.run(cases.fabric_of(case, checked), {checked.name: checked})
    remedies = [(remedy.heading, remedy.text) for result in found.results for remedy in result.findings[0].mend]
    assert [heading for heading, _ in remedies] == [
        "To mend on leaf1 (linux)",
        "Or, instead, on leaf2 (linux)",
        "To mend on leaf2 (linux)",
        "Or, instead, on leaf1 (linux)",
    ]
    assert ["dstport 8472" in text for _, text in remedies] == [True, False, False, True]
