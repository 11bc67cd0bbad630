"""A change as one self-contained page: the verdict, what is new, gone and still there, and state by table."""

from __future__ import annotations

from collections.abc import Sequence

from vxcheck.change import FAILED, SAME, Change
from vxcheck.differences import Difference
from vxcheck.report import change as reports
from vxcheck.report import plural
from vxcheck.report.elements import badge, banner, bounded, evidence, remedies, section, table
from vxcheck.report.frame import page
from vxcheck.report.markup import Markup, tag
from vxcheck.watch import Thing

_THINGS = 60
_LINES = 6
_ROWS = 2000  # of one table
_VERDICTS = {
    SAME: ("passed", "✓", "Nothing new is wrong."),
    FAILED: ("failed", "✕", "Something is wrong that was not before."),
}
_INCOMPLETE = ("incomplete", "?", "Nothing new is wrong as far as it could be examined; not all of it could.")
_MARKS = {
    "DONE": ("✓", "done", "passed"),
    "ACCEPTED": ("✓", "accepted", "passed"),
    "MISSING": ("✕", "missing", "error"),
    "BEYOND": ("✕", "beyond", "error"),
    "NOT KNOWN": ("?", "not known", "unknown"),
}
_TONES = {"FAULT": ("✕", "error"), "WARNING": ("!", "warning"), "INFO": ("i", "info")}


def render(change: Change) -> str:
    """Return the page."""
    sections = [
        _plan(change),
        _things("new", "New findings", change.findings.new, change, full=True),
        _state(change),
        _things("gone", "Findings that are gone", change.findings.gone, change),
        _things("still", "Findings that are still there", change.findings.still, change),
        _unread(change),
    ]
    if not any(sections):
        sections = [section("same", "Nothing has changed", tag("p", "Nothing that was compared has changed."))]
    return str(page(f"{change.word}: vxcheck diff", _header(change), sections))


def _header(change: Change) -> Markup:
    kind, mark, sentence = _VERDICTS.get(change.status, _INCOMPLETE)
    state = len(change.state.told) + sum(change.state.more.values())
    figures = [
        ("new", len(change.findings.new), "bad" if change.faults else "warn"),
        ("gone", len(change.findings.gone), ""),
        ("still there", len(change.findings.still), "warn"),
        ("in state", state, ""),
        ("not compared", len(change.state.unread), "unknown"),
    ]
    tiles = [
        tag("div", tag("dt", name), tag("dd", f"{count:,}"), class_=f"tile {tone if count else ''}".strip())
        for name, count, tone in figures
    ]
    return banner(reports.looks(change), kind, mark, change.word, sentence, tag("dl", *tiles, class_="tiles"))


def _things(
    name: str, title: str, things: Sequence[Thing], change: Change, *, full: bool = False
) -> tuple[str, str, Markup] | None:
    if not things:
        return None
    told = [one for one in things if one.cause] if full else []
    cards = [_card(one, change) for one in told[:_THINGS]]
    rest = [*told[_THINGS:], *(one for one in things if one not in told)]
    lines = [tag("li", badge(*_badge(one)), " ", one.text) for one in rest]
    listed = [tag("ul", *bounded(lines), class_="gaps")] if lines else []
    return section(name, title, *cards, *listed)


def _plan(change: Change) -> tuple[str, str, Markup] | None:
    title, rows = reports.plan(change)
    items = [tag("li", badge(*_MARKS[mark]), " ", of) for mark, of in rows]
    return section("plan", title, tag("ul", *bounded(items), class_="gaps")) if items else None


def _badge(thing: Thing) -> tuple[str, str, str]:
    mark, tone = _TONES.get(thing.word, ("?", "unknown"))
    return mark, thing.word.lower(), tone


def _card(thing: Thing, change: Change) -> Markup:
    cause = thing.cause
    if cause is None:
        return tag("p", thing.text)
    parts = [tag("p", finding.message, class_="message") for finding in cause.findings]
    parts += [evidence(finding.evidence[:_LINES]) for finding in cause.findings if finding.evidence]
    if unseen := change.unseen(thing):
        parts.append(tag("p", f"New, or not seen before: {unseen}.", class_="soft"))
    parts += remedies(cause.remedies)
    head = tag("header", tag("h3", badge(*_badge(thing)), " ", tag("code", cause.check), f" on {cause.device}"))
    return tag("article", head, *parts, class_=f"card {cause.severity}")


def _state(change: Change) -> tuple[str, str, Markup] | None:
    parts: list[Markup] = []
    for name, found in reports.by_table(change).items():
        rows = [
            (one.device, one.what, one.thing, reports.subject(one), reports.told(one), _line(one))
            for one in found[:_ROWS]
        ]
        more = change.state.more.get(name, 0) + len(found) - len(rows)
        parts.append(tag("h3", f"{name}: {plural(len(found) + change.state.more.get(name, 0), 'difference')}"))
        parts.append(table(f"What differs in {name}", ("device", "", "thing", "which", "how", "line"), rows))
        parts += [tag("p", f"... and {more} more", class_="soft")] if more else []
    if noise := reports.noise(change):
        parts.append(tag("p", noise, class_="soft"))
    return section("state", "State", *parts) if parts else None


def _line(one: Difference) -> Markup:
    line = one.after or one.before
    if line is None:
        return Markup("")
    return tag("span", tag("code", line.command), f", line {line.number}", title=line.line.strip())


def _unread(change: Change) -> tuple[str, str, Markup] | None:
    if not change.state.unread:
        return None
    items = [
        tag("li", tag("strong", one.device), f": {one.reason}. ", tag("span", ", ".join(one.tables), class_="soft"))
        for one in change.state.unread
    ]
    note = "What one of the looks did not give could not be compared: nobody knows whether it has changed."
    return section("not-compared", "Not compared", tag("p", note), tag("ul", *bounded(items), class_="gaps"))
