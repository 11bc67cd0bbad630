"""SARIF 2.1.0, as code scanning and IDEs read it: a rule a check, a result a finding, a notification for a gap.

A line of evidence is a place in a snapshot's folder (`vxcheck collect`), which `SNAPSHOT` stands for.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

from vxcheck import __version__
from vxcheck import report as reports
from vxcheck.check import FAILED, NOT_RUN, PASSED, Finding, Report, exit_status
from vxcheck.fabric import Evidence
from vxcheck.pages import Check
from vxcheck.report import Basis
from vxcheck.report.digest import accepted, peers
from vxcheck.rows import as_json, plain
from vxcheck.snapshot import file_name, folder_name

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_LEVELS = {"error": "error", "warning": "warning", "info": "note"}
_BASE = "SNAPSHOT"


def render(report: Report, basis: Basis) -> str:
    """Return the report as SARIF text."""
    names = list(dict.fromkeys(result.check for result in report.results))
    driver = {
        "name": "vxcheck",
        "version": __version__,
        "semanticVersion": __version__,
        "rules": [_rule(name, basis.checks) for name in names],
    }
    run = {
        "tool": {"driver": driver},
        "invocations": [_invocation(report)],
        "originalUriBaseIds": {_BASE: {"description": {"text": "A snapshot, as `vxcheck collect` writes it."}}},
        "columnKind": "unicodeCodePoints",
        "results": [_result(finding, names.index(finding.check)) for finding in report.findings],
        "properties": {
            "verdict": report.verdict,
            "examined": report.examined,
            "expected": report.expected,
            "passed": sum(result.status == PASSED for result in report.results),
            "notRun": sum(result.status == NOT_RUN for result in report.results),
        },
    }
    document = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}
    return as_json(document) + "\n"


def _rule(name: str, checks: Mapping[str, Check]) -> dict[str, Any]:
    check = checks.get(name)
    if check is None:
        return {"id": name}
    page, _, _ = check.page.partition("\n## Cases\n")
    return {
        "id": name,
        "shortDescription": {"text": f"{check.title}."},
        "fullDescription": {"text": f"{check.title}. See `vxcheck explain {name}`."},
        "help": {"text": page, "markdown": page},
        "defaultConfiguration": {"level": _LEVELS[check.severity]},
    }


def _invocation(report: Report) -> dict[str, Any]:
    """Return how the run went: it was successful where all that should have been examined was."""
    whole = report.verdict == PASSED or (
        report.verdict == FAILED
        and not report.unexamined
        and not any(result.status == NOT_RUN for result in report.results)
    )
    told = [_notification("not-examined", f"{d.name}: {d.condition}: {d.reason}") for d in report.unexamined]
    if nothing := reports.nothing(report):
        told.append(_notification("nothing-examined", nothing))
    told += [
        _notification("not-run", f"{one.check} on {one.device}: {one.reason}")
        for one in report.results
        if one.status == NOT_RUN
    ]
    found: dict[str, Any] = {
        "executionSuccessful": whole,
        "exitCode": exit_status(report),
        "toolExecutionNotifications": told,
    }
    if report.started:
        started = datetime.fromisoformat(report.started).astimezone(UTC)
        found["startTimeUtc"] = _moment(started)
        found["endTimeUtc"] = _moment(started + timedelta(seconds=report.seconds or 0))
    return found


def _moment(when: datetime) -> str:
    return when.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _notification(kind: str, text: str) -> dict[str, Any]:
    return {"descriptor": {"id": kind}, "level": "error", "message": {"text": plain(text)}}


def _result(finding: Finding, index: int) -> dict[str, Any]:
    # What identifies a finding from run to run is of whom it is, not a counter's number in its message.
    names = ("peer_device", "vni", "vnis", "mac", "interface", "multicast_group")
    identity = [finding.check, finding.device, *(str(finding.row.get(name)) for name in names)]
    found: dict[str, Any] = {
        "ruleId": finding.check,
        "ruleIndex": index,
        "level": _LEVELS[finding.severity],
        "message": {"text": plain(finding.message)},
        "locations": [_location(line) for line in finding.evidence[:1]] or [_place(finding)],
        "relatedLocations": [{"id": i, **_location(e)} for i, e in enumerate(finding.evidence[1:], 1)],
        "partialFingerprints": {"finding/v1": hashlib.sha256("\0".join(identity).encode()).hexdigest()},
        "properties": {
            "peers": peers(finding),
            "explainedBy": finding.explained_by,
            "mend": [{**asdict(remedy), "text": plain(remedy.text)} for remedy in finding.mend],
        },
    }
    if accepted(finding):
        justification = plain(accepted(finding))
        found["suppressions"] = [{"kind": "external", "status": "accepted", "justification": justification}]
    return found


def _place(finding: Finding) -> dict[str, Any]:
    return {"logicalLocations": list(_logical([finding.device]))}


def _location(line: Evidence) -> dict[str, Any]:
    uri = quote(f"{folder_name(line.device)}/{file_name(line.command)}", safe="/:,@+=-")
    return {
        "physicalLocation": {
            "artifactLocation": {"uri": uri, "uriBaseId": _BASE},
            "region": {"startLine": max(1, line.number), "snippet": {"text": plain(line.line)}},
        },
        "logicalLocations": list(_logical([line.device])),
        "message": {"text": plain(f"{line.device}: {line.command}")},
    }


def _logical(devices: Iterable[str]) -> Iterable[dict[str, Any]]:
    for device in devices:
        yield {"name": plain(device), "fullyQualifiedName": plain(device), "kind": "device"}
