"""A change as Markdown, for its ticket or merge request: what is new with its lines, then state, folded."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from vxcheck.change import FAILED, SAME, Change
from vxcheck.report import change as reports
from vxcheck.report import plural
from vxcheck.report.markdown import block, code, text
from vxcheck.watch import Thing

_THINGS = 15
_LINES = 8
_ROWS = 100
_BOXES = {"DONE": "x", "ACCEPTED": "x"}
_SYMBOLS = {SAME: "✅", FAILED: "❌"}


def render(change: Change) -> str:
    """Return the change as Markdown text."""
    blocks = [f"## {_SYMBOLS.get(change.status, '⚠️')} vxcheck diff: {text(reports.headline(change))}"]
    blocks.append(f"Compared: {text(reports.looks(change))}.")
    title, rows = reports.plan(change)
    if rows:
        lines = [f"- [{_BOXES.get(mark, ' ')}] {mark}: {text(of)}" for mark, of in rows]
        blocks += [f"### {text(title)}", _listed(lines)]
    blocks += _new(change)
    for title, things in (("Gone", change.findings.gone), ("Still there", change.findings.still)):
        if things:
            blocks += [f"### {title}", _listed([_short(one) for one in things])]
    for name, found in reports.by_table(change).items():
        more = change.state.more.get(name, 0)
        lines = []
        for one in found[:_ROWS]:
            words = " ".join(part for part in (one.what, one.thing, one.device, reports.subject(one)) if part)
            told = reports.told(one)
            lines.append(f"- {text(f'{words}: {told}' if told else words)}")
        left = len(found) - len(lines) + more
        lines += [f"- ... and {left} more"] if left else []
        title = f"{name}: {plural(len(found) + more, 'difference')}"
        blocks += [f"<details><summary>{title}</summary>", "\n".join(lines), "</details>"]
    if change.state.unread:
        lines = [
            f"- **{text(one.device)}**: {text(one.reason)} ({', '.join(one.tables)})" for one in change.state.unread
        ]
        blocks += ["### Not compared", _listed(lines)]
    if not (change.findings.new or change.findings.gone or change.state.told):
        blocks.append("Nothing that was compared has changed.")
    blocks.append(text(reports.noise(change)))
    return "\n\n".join(block for block in blocks if block) + "\n"


def _new(change: Change) -> Iterable[str]:
    if not change.findings.new:
        return
    yield "### New"
    for thing in change.findings.new[:_THINGS]:
        yield _short(thing)
        if unseen := change.unseen(thing):
            yield f"New, or not seen before: {text(unseen)}."
        if thing.cause:
            shown = [line for finding in thing.cause.findings for line in finding.evidence][:_LINES]
            lines = [f"{one.device}> {one.command}   (line {one.number})\n{one.line.strip()}" for one in shown]
            if lines:
                yield block("\n\n".join(lines))
    if rest := change.findings.new[_THINGS:]:
        yield _listed([_short(one) for one in rest])


def _short(thing: Thing) -> str:
    if thing.cause is None:
        return f"- {thing.word}: {text(thing.text)}"
    check, device, message = code(thing.cause.check), text(thing.cause.device), text(thing.cause.findings[0].message)
    return f"- {thing.word} {check} on {device}: {message}"


def _listed(lines: Sequence[str]) -> str:
    more = [f"- ... and {len(lines) - _ROWS} more"] if len(lines) > _ROWS else []
    return "\n".join([*lines[:_ROWS], *more])
