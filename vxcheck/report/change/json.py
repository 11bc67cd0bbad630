"""A change as JSON, in the form that docs/change.md describes."""

from __future__ import annotations

from typing import Any

from vxcheck.change import Change, Look
from vxcheck.differences import Difference
from vxcheck.fabric import Evidence
from vxcheck.report.json import told_line
from vxcheck.rows import as_json
from vxcheck.watch import Thing

VERSION = 1


def render(change: Change) -> str:
    """Return the change as JSON text."""
    found, state = change.findings, change.state
    document = {
        "version": VERSION,
        "verdict": change.word.lower(),
        "exit_status": change.status,
        "before": _look(change.before),
        "after": _look(change.after),
        "seconds_between": change.seconds,
        "findings": {
            "new": [_thing(one) | {"unseen": change.unseen(one)} for one in found.new],
            "gone": [_thing(one) for one in found.gone],
            "still": [_thing(one) for one in found.still],
        },
        "state": [_difference(one) for one in state.told],
        "expected": _expected(change),
        "not_compared": [
            {"device": one.device, "tables": list(one.tables), "reason": one.reason} for one in state.unread
        ],
        "rows_compared": state.compared,
        "left_out": {"noise": dict(state.noise), "more": dict(state.more)},
    }
    return as_json(document) + "\n"


def _expected(change: Change) -> dict[str, Any] | None:
    held = change.expected
    if held is None:
        return None
    return {
        "title": held.title,
        "expectations": [
            {"text": one.text, "place": one.place, "met": one.met, "reason": one.reason} for one in held.expectations
        ],
        "beyond": [_difference(one) for one in held.beyond],
        "beyond_not_listed": held.untold,
        "accepted": [_thing(one) for one in held.accepted],
    }


def _look(look: Look) -> dict[str, Any]:
    report = look.report
    return {
        "source": look.name,
        "started": report.started,
        "verdict": report.verdict,
        "devices": [one.name for one in report.devices],
        "not_examined": [one.name for one in report.unexamined],
        "examined": report.examined,
        "expected": report.expected,
    }


def _thing(thing: Thing) -> dict[str, Any]:
    told: dict[str, Any] = {"kind": thing.word.lower().replace(" ", "_"), "text": thing.text}
    if thing.cause:
        finding = thing.cause.findings[0]
        told |= {
            "check": finding.check,
            "device": finding.device,
            "severity": finding.severity,
            "message": finding.message,
            "row": dict(finding.row),
            "evidence": [told_line(line) for line in finding.evidence],
        }
    return told


def _difference(one: Difference) -> dict[str, Any]:
    return {
        "table": one.table,
        "thing": one.thing,
        "what": one.what,
        "device": one.device,
        "row": dict(one.row),
        "columns": {value.column: {"before": value.before, "after": value.after} for value in one.values},
        "per_second": one.per_second,
        "evidence": {"before": _line(one.before), "after": _line(one.after)},
    }


def _line(line: Evidence | None) -> dict[str, Any] | None:
    return None if line is None else told_line(line)
