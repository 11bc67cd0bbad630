"""Every format: what it makes of three reports, and that what reads it accepts it."""

from __future__ import annotations

import csv
import dataclasses
import io
import json
import re
from datetime import date
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from markdown_it import MarkdownIt

from tests import golden
from tests.conftest import Run
from tests.test_seedlab import verbatim, with_evidence
from vxcheck import bounds, check, outputs
from vxcheck.check import Finding, Report, Result
from vxcheck.errors import UsageError
from vxcheck.outputs import FORMATS, Output
from vxcheck.report import digest, icinga, picture
from vxcheck.results import EXPIRED, WAIVED, Waiver, WaiverState

BOTH = [(name, style) for name in golden.SAMPLES for style in FORMATS]


@pytest.mark.parametrize(("name", "style"), BOTH)
def test_golden(name: str, style: str) -> None:
    expected = golden.path(name, style).read_bytes().decode()
    assert golden.rendered(name, style) == expected, "read what changed: `python -m tests.golden`, then `git diff`"


def test_the_table_fits_80_columns() -> None:
    for name in golden.SAMPLES:
        assert max(map(len, golden.rendered(name, "table").splitlines())) <= 80


# JUnit, as the schema of Jenkins' xunit plugin has it, which GitLab's reader accepts too.
SUITE = {"name", "tests", "failures", "errors", "skipped", "time", "timestamp"}
CASE = {"name", "classname", "time"}


def assert_junit(text: str) -> ET.Element:
    root = ET.fromstring(text)
    assert root.tag == "testsuites"
    assert set(root.attrib) <= {"name", "time", "tests", "failures", "errors"}
    for suite in root:
        assert suite.tag == "testsuite"
        assert set(suite.attrib) <= SUITE
        assert {"name", "tests", "failures", "errors"} <= set(suite.attrib)
        cases = list(suite)
        assert int(suite.attrib["tests"]) == len(cases)
        for attribute, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
            assert int(suite.attrib[attribute]) == sum(case.find(tag) is not None for case in cases)
        if "timestamp" in suite.attrib:
            assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", suite.attrib["timestamp"])
        names = [case.attrib["name"] for case in cases]
        assert len(set(names)) == len(names)
        for case in cases:
            assert case.tag == "testcase"
            assert set(case.attrib) == CASE
            float(case.attrib["time"])
            assert [child.tag for child in case] in (
                [],
                ["system-out"],
                *([tag, *out] for tag in ("failure", "error", "skipped") for out in ([], ["system-out"])),
            )
            for child in case:
                assert set(child.attrib) <= ({"message", "type"} if child.tag != "system-out" else set())
    for attribute in ("tests", "failures", "errors"):
        assert int(root.attrib[attribute]) == sum(int(suite.attrib[attribute]) for suite in root)
    return root


@pytest.mark.parametrize("name", golden.SAMPLES)
def test_junit_is_valid(name: str) -> None:
    root = assert_junit(golden.rendered(name, "junit"))
    red = int(root.attrib["failures"]) + int(root.attrib["errors"])
    assert (red == 0) == (name == "passing"), "what is not a pass is never green"


def test_junit_of_nothing_is_not_green() -> None:
    devices = (check.DeviceState("sw1", "linux", "collected", "", vxlan=False),)
    none = Report(devices, (Result("vtep_down", "sw1", check.NOT_APPLICABLE, "error"),), check.INCOMPLETE)
    text = _render(none, "junit")
    assert assert_junit(text).attrib["errors"] == "1"
    assert "none of the devices is known to have a VXLAN interface" in text
    assert "::error" in _render(none, "github")
    assert _render(none, "icinga").startswith("VXCHECK UNKNOWN - INCOMPLETE")


def _render(report: Report, style: str) -> str:
    from vxcheck import report as reports

    return reports.render(report, golden.basis("passing"), Output(style, Path("x")))


# SARIF 2.1.0: the facts of its schema that concern what is written.
def assert_sarif(text: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(text)
    assert document["version"] == "2.1.0"
    assert set(document) == {"$schema", "version", "runs"}
    run: dict[str, Any]
    (run,) = document["runs"]
    known = {"tool", "invocations", "originalUriBaseIds", "columnKind", "results", "properties"}
    assert set(run) == known
    assert run["columnKind"] in ("utf16CodeUnits", "unicodeCodePoints")
    driver = run["tool"]["driver"]
    assert driver["name"]
    assert re.fullmatch(r"\d+\.\d+\.\d+.*", driver["semanticVersion"])
    rules = driver["rules"]
    assert len({rule["id"] for rule in rules}) == len(rules)
    for rule in rules:
        assert set(rule) <= {"id", "shortDescription", "fullDescription", "help", "defaultConfiguration"}
        for key in ("shortDescription", "fullDescription", "help"):
            assert rule.get(key, {"text": "x"})["text"]
        assert rule.get("defaultConfiguration", {"level": "none"})["level"] in ("none", "note", "warning", "error")
    for invocation in run["invocations"]:
        assert isinstance(invocation["executionSuccessful"], bool)
        for moment in ("startTimeUtc", "endTimeUtc"):
            assert re.fullmatch(
                r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", invocation.get(moment, "2026-01-01T00:00:00.000Z")
            )
        for told in invocation["toolExecutionNotifications"]:
            assert set(told) == {"descriptor", "level", "message"}
            assert told["message"]["text"]
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["level"] in ("none", "note", "warning", "error")
        assert result["message"]["text"]
        assert len(result["locations"]) == 1
        assert len({place["id"] for place in result["relatedLocations"]}) == len(result["relatedLocations"])
        for place in [*result["locations"], *result["relatedLocations"]]:
            assert place["logicalLocations"][0]["name"]
            if physical := place.get("physicalLocation"):
                artifact = physical["artifactLocation"]
                assert re.fullmatch(r"[\w.%:@,+=/~-]+", artifact["uri"]), "a URI reference"
                assert not re.match(r"/|[a-z]+:", artifact["uri"]), "relative to its base"
                assert artifact["uriBaseId"] in run["originalUriBaseIds"]
                assert physical["region"]["startLine"] >= 1
        for suppression in result.get("suppressions", []):
            assert suppression["kind"] in ("inSource", "external")
    return run


@pytest.mark.parametrize("name", golden.SAMPLES)
def test_sarif_is_valid(name: str) -> None:
    run = assert_sarif(golden.rendered(name, "sarif"))
    assert run["invocations"][0]["executionSuccessful"] == (name != "incomplete")
    assert {result["ruleId"] for result in run["results"]} == (
        {"udp_port_mismatch", "remote_vtep_missing", "mtu_too_small"} if name == "failing" else set()
    )


def test_sarif_leads_into_the_saved_snapshot(vxcheck: Run, tmp_path: Path) -> None:
    folder = with_evidence(verbatim(tmp_path / "s", "after", "before"), "udp-port")
    ran = vxcheck("check", folder, "--format", "sarif")
    assert ran.status in (1, 3)
    from urllib.parse import unquote

    found = 0
    for result in assert_sarif(ran.out)["results"]:
        for place in [*result["locations"], *result["relatedLocations"]]:
            physical = place["physicalLocation"]
            lines = (folder / unquote(physical["artifactLocation"]["uri"])).read_text().splitlines()
            assert physical["region"]["snippet"]["text"].strip() in lines[physical["region"]["startLine"] - 1]
            found += 1
    assert found


def test_a_fingerprint_stays_when_a_counter_moves() -> None:
    def fingerprint(report: Report) -> set[str]:
        return {one["partialFingerprints"]["finding/v1"] for one in assert_sarif(_render(report, "sarif"))["results"]}

    report = golden.failing()
    moved = [
        dataclasses.replace(one, message=one.message + " now", row={**one.row, "lost": 7}) for one in report.findings
    ]
    assert len(fingerprint(report)) == len(report.findings)
    assert fingerprint(dataclasses.replace(report, findings=tuple(moved))) == fingerprint(report)


class Tags(HTMLParser):
    """Gather the elements and attributes of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take an element down."""
        self.found.append((tag, dict(attrs)))


@pytest.mark.parametrize("name", golden.SAMPLES)
def test_markdown_keeps_hostile_text_text(name: str) -> None:
    text = golden.rendered(name, "markdown")
    html = MarkdownIt("commonmark", {"html": True}).enable("table").render(text)
    tags = Tags(html).found
    assert {tag for tag, _ in tags} <= {
        *("h2", "h3", "h4", "p", "ul", "li", "strong", "code", "pre", "details", "summary"),
        *("table", "thead", "tbody", "tr", "th", "td"),
    }
    assert not re.search(r"@\w", re.sub(r"<pre>.*?</pre>|<code>.*?</code>", "", html, flags=re.DOTALL))
    assert html.count("<details>") == html.count("</details>")
    assert len(text) < 65_536
    if name != "passing":
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html


def test_csv_has_every_finding_and_no_formula() -> None:
    report = golden.failing()
    bad = [dataclasses.replace(one, message="=HYPERLINK(1)") for one in report.results[0].findings]
    results = (dataclasses.replace(report.results[0], findings=tuple(bad)), *report.results[1:])
    text = _render(dataclasses.replace(report, results=results), "csv")
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert len(rows) == len(report.results), "one row a result, for each has one finding at most"
    assert rows[0]["message"] == "'=HYPERLINK(1)"
    assert [row["peer_device"] for row in rows if row["check"] == "udp_port_mismatch"] == ["leaf2", "leaf1", ""]
    (gone,) = (row for row in csv.DictReader(io.StringIO(golden.rendered("incomplete", "csv"))) if not row["check"])
    assert (gone["device"], gone["status"]) == ("leaf2", "not_run")


def test_github_annotations_are_one_line_each_and_ten_of_a_kind() -> None:
    lines = _render(_wide(40), "github").splitlines()
    assert all(re.fullmatch(r"::(error|warning|notice) title=[^:,]+::.+", line) for line in lines)
    assert sum(line.startswith("::error") for line in lines) == 10
    assert re.search(r"::error title=vxcheck::\d+ more", lines[9])
    hostile = golden.rendered("failing", "github")
    assert len(hostile.splitlines()) == 3
    assert "\x1b" not in hostile


def test_icinga_states() -> None:
    states = {name: golden.rendered(name, "icinga") for name in golden.SAMPLES}
    assert [icinga.status(make()) for make in golden.SAMPLES.values()] == [2, 0, 3]
    for text, word in ((states["failing"], "CRITICAL"), (states["passing"], "OK"), (states["incomplete"], "UNKNOWN")):
        assert text.startswith(f"VXCHECK {word} - ")
        assert text.count("\n") == 1
        said, bar, performance = text.strip().partition(" | ")
        assert bar
        assert "|" not in said + performance
        for item in performance.split(" "):
            assert re.fullmatch(r"[a-z_]+=[\d.]+s?(;[\d.]*){0,4}", item)
    warned = dataclasses.replace(golden.passing(), results=golden.failing().results[:1])
    assert icinga.status(warned) == 1


def test_incomplete_is_accepted_where_the_user_says_so() -> None:
    accepted = dataclasses.replace(golden.basis("incomplete"), allow_incomplete=True)
    from vxcheck import report as reports

    github = reports.render(golden.incomplete(), accepted, Output("github", Path("x")))
    assert not re.search("^::error", github, re.MULTILINE)
    assert github.count("::warning title=not run") == 2
    assert reports.render(golden.incomplete(), accepted, Output("icinga", Path("x"))).startswith("VXCHECK OK")


# What the options ask for.
@pytest.mark.parametrize(
    ("formats", "files", "expected"),
    [
        ([], [], [("table", None)]),
        (["json"], [], [("json", None)]),
        (["json"], ["out.json"], [("json", "out.json")]),
        (["json"], ["out"], [("json", "out")]),
        (["json"], ["out.txt"], [("json", "out.txt")]),
        (["sarif"], ["out.json"], [("sarif", "out.json")]),
        (["json"], ["-"], [("json", None)]),
        ([], ["a.html", "b.xml", "c.sarif.json"], [("html", "a.html"), ("junit", "b.xml"), ("sarif", "c.sarif.json")]),
        (["table"], ["a.html", "b.md"], [("table", None), ("html", "a.html"), ("markdown", "b.md")]),
        (["table", "junit=r.xml"], [], [("junit", "r.xml"), ("table", None)]),
        (["table", "junit=r.xml", "csv=-"], [], None),
        (["table", "json"], [], None),
        (["junit=r.xml"], ["r.xml"], None),
        (["table"], ["a.html"], None),
        ([], ["report"], None),
        (["yaml"], [], None),
        (["yaml=x"], [], None),
        (["json="], [], None),
    ],
)
def test_which_reports_are_wanted(
    formats: list[str],
    files: list[str],
    expected: list[tuple[str, str | None]] | None,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    if expected is None:
        with pytest.raises(UsageError):
            outputs.outputs(formats, [Path(name) for name in files])
    else:
        found = outputs.outputs(formats, [Path(name) for name in files])
        assert {(one.style, str(one.path) if one.path else None) for one in found} == set(expected)


def test_several_reports_at_once(vxcheck: Run, tmp_path: Path) -> None:
    folder = with_evidence(verbatim(tmp_path / "s", "after", "before"), "udp-port")
    named = [tmp_path / f"r{ending}" for ending in (".html", ".md", ".csv", ".json", ".sarif")]
    arguments = [part for path in named for part in ("-o", path)]
    ran = vxcheck("check", folder, "--format", "table", f"--format=junit={tmp_path / 'r.xml'}", *arguments)
    assert ran.status in (1, 3)
    assert "FAULT udp_port_mismatch" in ran.out
    assert_junit((tmp_path / "r.xml").read_text())
    assert_sarif((tmp_path / "r.sarif").read_text())
    assert json.loads((tmp_path / "r.json").read_text())["verdict"] == "failed"
    assert (tmp_path / "r.html").read_text().startswith("<!DOCTYPE html>")
    alone = vxcheck("check", folder, "-o", tmp_path / "again.md")
    assert alone.out == ""
    assert "the report is in" in alone.err
    assert (tmp_path / "again.md").read_text() == (tmp_path / "r.md").read_text()


def test_a_file_that_cannot_be_written_is_refused_before_anything_is_asked(vxcheck: Run, tmp_path: Path) -> None:
    ran = vxcheck("check", tmp_path / "no-inventory", "-o", tmp_path / "no-folder" / "r.json")
    assert ran.status == 2
    assert "cannot write the report" in ran.err
    assert vxcheck("check", tmp_path / "no-inventory", "--format", f"json={tmp_path}").status == 2


def test_icinga_answers_whatever_happens(vxcheck: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = with_evidence(verbatim(tmp_path / "s", "after", "before"), "udp-port")
    assert vxcheck("check", folder, "--format", "icinga").status == 2
    for arguments in (("check", tmp_path / "none"), ("check", folder, "--no-such-option")):
        ran = vxcheck(*arguments, "--format", "icinga")
        assert ran.status == 3
        assert ran.out.startswith("VXCHECK UNKNOWN - ")
        assert ran.err
    monkeypatch.setattr(check, "run", lambda *_: 1 / 0)
    ran = vxcheck("check", folder, "--format=icinga")
    assert (ran.status, "ZeroDivisionError" in ran.out) == (3, True)


# Large fabrics.
def _wide(size: int) -> Report:
    """Return a fabric of which one VTEP uses another port than all others: a finding for each end of each pair."""
    names = [f"leaf{number:03}" for number in range(size)]
    odd = names[size // 2]
    findings: list[Finding] = []
    for name in names:
        if name != odd:
            for one, other, ports in ((odd, name, (1, 2)), (name, odd, (2, 1))):
                row = {"device": one, "peer_device": other, "udp_port": ports[0], "peer_udp_port": ports[1]}
                follows = tuple(f"remote_vtep_missing on {end}" for end in (one, other))
                text = f"{one} and {other}"
                findings.append(Finding("udp_port_mismatch", one, "error", text, (), (), row, follows=follows))
                row = {"device": one, "peer_device": other, "vni": 10}
                findings.append(
                    Finding("remote_vtep_missing", one, "error", f"{one}: no {other}", (), (), row, "udp_port_mismatch")
                )
        findings.append(Finding("vtep_down", name, "error", f"{name} is down", (), (), {"device": name}))
    by_result: dict[tuple[str, str], list[Finding]] = {}
    for finding in findings:
        by_result.setdefault((finding.check, finding.device), []).append(finding)
    results = [Result(*key, check.FAILED, "error", 1, "", tuple(found)) for key, found in by_result.items()]
    devices = tuple(check.DeviceState(name, "linux", "collected", "", vxlan=True) for name in names)
    return Report(devices, tuple(results), check.FAILED, findings=tuple(findings))


def test_a_disagreement_is_told_once_of_the_odd_one_out() -> None:
    read = digest.digest(_wide(20))
    (cause,) = (cause for cause in read.faults if cause.check == "udp_port_mismatch")
    assert cause is read.faults[0]
    assert (cause.device, len(cause.findings), len(cause.follows)) == ("leaf010", 19, 20)


def test_the_table_stays_short() -> None:
    small, large = (len(_render(_wide(size), "table").splitlines()) for size in (20, 400))
    assert large <= small + 2
    text = _render(_wide(400), "table")
    assert max(map(len, text.splitlines())) <= 80
    assert "and 396 more of the same" in text
    assert "vtep_down: leaf002, leaf003, leaf004, leaf005 and 394 more, too" in text


def test_what_is_waived_is_told_as_such() -> None:
    waiver = Waiver("udp_port_mismatch", "moved | <b>tonight</b>", date(2026, 3, 1), place="intent.yaml:7")
    report = golden.failing()

    def waived(finding: Finding) -> Finding:
        return dataclasses.replace(finding, waiver=waiver, explained_by="")

    results = tuple(
        dataclasses.replace(
            one,
            findings=tuple(map(waived, one.findings)),
            status=WAIVED if one.status == check.FAILED else one.status,
            reason="moved" if one.status == check.FAILED else one.reason,
        )
        for one in report.results
    )
    states = (WaiverState(Waiver("vtep_down", "old", date(2026, 1, 1), place="intent.yaml:9"), EXPIRED),)
    findings = tuple(map(waived, report.findings))
    report = dataclasses.replace(report, results=results, findings=findings, verdict=check.PASSED, waivers=states)
    assert icinga.status(report) == 0
    table = _render(report, "table")
    assert "FAULT" not in table
    assert table.count("WAIVED") == len(findings)
    assert "expired on 2026-01-01 and accepts nothing any more" in " ".join(table.split())
    root = assert_junit(_render(report, "junit"))
    assert (root.attrib["failures"], root.attrib["errors"]) == ("0", "0")
    assert len(root.findall(".//skipped[@message='waived: moved']")) == 4
    run = assert_sarif(_render(report, "sarif"))
    assert all("moved" in one["suppressions"][0]["justification"] for one in run["results"])
    assert {row["waived_by"] for row in csv.DictReader(io.StringIO(_render(report, "csv")))} == {
        "",
        "Accepted until 2026-03-01 (intent.yaml:7): moved | <b>tonight</b>",
    }
    html = _render(report, "html")
    assert "Waived" in html
    assert "<b>" not in html
    assert "moved" in _render(report, "markdown")
    assert not re.search("^::error", _render(report, "github"), re.MULTILINE)
    assert {tunnel.state for tunnel in picture.picture(report, golden.tables()).tunnels} == {picture.SEEN}


def test_what_is_left_out_is_counted_and_still_drawn() -> None:
    from vxcheck import report as reports

    whole = golden.failing()
    short = bounds.bounded(whole, 1)
    assert "Not shown: 1 of remote_vtep_missing, 1 of udp_port_mismatch" in _render(short, "table")
    assert reports.headline(short) == reports.headline(whole)
    basis = dataclasses.replace(golden.basis("failing"), whole=whole)
    html = reports.render(short, basis, Output("html", Path("x")))
    assert html.count('<td class="cell fault"') == 4, "in both VNIs: no cell is green for what was only left out"
    assert_junit(reports.render(short, basis, Output("junit", Path("x"))))


def test_picture_of_who_sees_whom() -> None:
    well = picture.picture(golden.passing(), golden.tables())
    (matrix,) = well.matrices
    assert (matrix.vnis, matrix.devices, matrix.state) == ((10, 20), ("leaf1", "leaf2"), picture.SEEN)
    assert well.cables == (("leaf1", "spine1"), ("leaf2", "spine1"))
    assert well.routers == ("spine1",)
    broken = picture.picture(golden.failing(), golden.tables(broken=True))
    assert [(tunnel.one, tunnel.other, tunnel.state) for tunnel in broken.tunnels] == [("leaf1", "leaf2", "fault")]
    assert broken.matrices[0].cells[0][1].checks[0] in ("udp_port_mismatch", "remote_vtep_missing")
    # Nothing blames the two; they have not heard each other.
    silent = picture.picture(golden.passing(), golden.tables(broken=True))
    assert silent.matrices[0].state == picture.UNSEEN
    blind = golden.tables(broken=True)
    blind.connection.execute("UPDATE coverage SET covered = false WHERE table_name = 'remote_macs'")
    assert picture.picture(golden.passing(), blind).matrices[0].state == picture.UNKNOWN
    lost = picture.picture(golden.incomplete(), golden.tables(reached=False))
    assert lost.unseen == ("leaf2",)
    assert [vtep.device for vtep in lost.vteps] == ["leaf1"]
