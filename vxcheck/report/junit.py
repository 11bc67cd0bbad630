"""JUnit XML, as GitLab, Jenkins and GitHub's actions read it: a testsuite a check, a testcase a device.

Failed is `failure`, not run is `error`, not applicable and not asked are `skipped`; a warning stands in `system-out`.
The suite `collection` has a case for each device, so that a device that was not examined is never green.
"""

from __future__ import annotations

from collections.abc import Iterable
from xml.etree import ElementTree as ET

from vxcheck import report as reports
from vxcheck.check import FAILED, NOT_APPLICABLE, NOT_ASKED, NOT_RUN, WAIVED, Finding, Report, Result
from vxcheck.report import Basis
from vxcheck.report.digest import accepted
from vxcheck.rows import plain


def render(report: Report, _: Basis) -> str:
    """Return the report as XML text."""
    root = ET.Element("testsuites", name="vxcheck")
    _suite(root, report, "collection", _collection(report))
    by_check: dict[str, list[Result]] = {}
    for result in report.results:
        by_check.setdefault(result.check, []).append(result)
    for check, results in by_check.items():
        _suite(root, report, check, (_case(result) for result in results))
    for name in ("tests", "failures", "errors"):
        root.set(name, str(sum(int(suite.get(name, "0")) for suite in root)))
    root.set("time", f"{report.seconds or 0:.2f}")
    ET.indent(root, " ")
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _suite(root: ET.Element, report: Report, name: str, cases: Iterable[ET.Element]) -> None:
    suite = ET.SubElement(root, "testsuite", name=name)
    suite.extend(cases)
    suite.set("tests", str(len(suite)))
    for attribute, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        suite.set(attribute, str(len(suite.findall(f"testcase/{tag}"))))
    suite.set("time", f"{report.seconds or 0:.2f}" if name == "collection" else "0.00")
    if report.started:
        # The schemas know no offset; the collection's start is told in UTC.
        suite.set("timestamp", report.started.partition("+")[0].removesuffix("Z"))


def _collection(report: Report) -> Iterable[ET.Element]:
    unexamined = {device.name for device in report.unexamined}
    for device in report.devices:
        case = ET.Element("testcase", classname="collection", name=device.name, time="0.00")
        if device.name in unexamined:
            _told(case, "error", f"{device.condition}: {device.reason}", device.condition)
        elif device.condition == "left out":
            _told(case, "skipped", "left out by --device")
        yield case
    if nothing := reports.nothing(report):
        case = ET.Element("testcase", classname="collection", name="something was examined", time="0.00")
        _told(case, "error", nothing, "nothing examined")
        yield case


def _case(result: Result) -> ET.Element:
    case = ET.Element("testcase", classname=result.check, name=result.device, time="0.00")
    if result.status == FAILED:
        count = result.count("faults")
        first = result.faults[0].message if result.faults else result.reason or reports.plural(count, "fault")
        more = f" (and {count - 1} more)" if count > 1 else ""
        _told(case, "failure", first + more, "fault").text = plain("\n\n".join(_text(one) for one in result.faults))
    elif result.status == NOT_RUN:
        _told(case, "error", result.reason, "not run")
    elif result.status in (NOT_APPLICABLE, NOT_ASKED, WAIVED):
        _told(case, "skipped", f"{result.status.replace('_', ' ')}: {result.reason}")
    said = [f"{result.examined} examined"] if result.examined else []
    said += [f"{finding.severity}: {_text(finding)}" for finding in result.warnings]
    said += [f"waived: {accepted(finding)}\n{_text(finding)}" for finding in result.waived]
    if result.status == FAILED and result.reason:
        said.append(f"not known besides: {result.reason}")
    if said:
        ET.SubElement(case, "system-out").text = plain("\n\n".join(said))
    return case


def _told(case: ET.Element, tag: str, message: str, kind: str = "") -> ET.Element:
    found = ET.SubElement(case, tag, message=plain(message).replace("\n", " "))
    if kind:
        found.set("type", kind)
    return found


def _text(finding: Finding) -> str:
    lines = [finding.message]
    if finding.explained_by:
        lines.append(f"Follows from {finding.explained_by}.")
    for one in finding.evidence:
        lines += [f"  {one.device}: {one.command}, line {one.number}", f"    | {one.line.strip()}"]
    for remedy in finding.mend:
        lines.append(f"  {remedy.heading}:")
        lines += [f"    {line}" for _, part in reports.paragraphs(remedy.text) for line in part.split("\n")]
    return "\n".join(lines)
