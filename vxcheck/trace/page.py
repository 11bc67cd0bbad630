"""A trace as one self-contained page: the verdict, and each frame's way drawn hop by hop, with what shows it."""

from __future__ import annotations

from collections.abc import Iterable

from vxcheck.report.elements import SIGNS, badge, banner, evidence, remedies, section
from vxcheck.report.frame import page
from vxcheck.report.markup import Markup, tag
from vxcheck.results import Finding
from vxcheck.trace.steps import ARRIVES, PASSES, STOPS, UNKNOWN, Direction, Hop, Trace, Way
from vxcheck.trace.told import WORDS, end_of, frame, notes, place

_VERDICTS = {
    ARRIVES: ("passed", "✓", "Frames arrive both ways, as far as the devices show."),
    STOPS: ("failed", "✕", ""),
    UNKNOWN: ("incomplete", "?", "Frames are not known to stop, but not all of their way is known."),
}
_BADGES = {ARRIVES: ("✓", "good"), PASSES: ("✓", "good"), STOPS: ("✕", "error"), UNKNOWN: ("?", "unknown")}


def render(traced: Trace) -> str:
    """Return the page."""
    sections = [_direction(name, one) for name, one in zip(("forth", "back"), traced.directions, strict=True)]
    unseen = tag("ul", *(tag("li", one) for one in traced.not_examined), class_="gaps")
    sections.append(section("not-examined", "Not examined", unseen))
    return str(page(f"{WORDS[traced.state]}: vxcheck trace", _header(traced), sections))


def _header(traced: Trace) -> Markup:
    kind, mark, sentence = _VERDICTS[traced.state]
    sentence = sentence or f"Forth: {_outcome(traced.directions[0])}. Back: {_outcome(traced.directions[1])}."
    size = f", packets of {traced.size} bytes" if traced.size else ""
    what = f"{end_of(traced.directions[0].source)} to {end_of(traced.directions[0].target)}, VNI {traced.vni}{size}"
    return banner(what, kind, mark, WORDS[traced.state], sentence)


def _outcome(found: Direction) -> str:
    """Say whether frames arrive, and where else."""
    ends = [way.end for way in found.ways if way.state == found.state and way.state != ARRIVES]
    where = dict.fromkeys(f"at {end.device} ({end.stage})" for end in ends if end and end.device)
    return f"{WORDS[found.state].lower()} {', '.join(where)}".strip()


def _direction(name: str, found: Direction) -> tuple[str, str, Markup]:
    title = f"{name.capitalize()}: {found.source.name} to {found.target.name}"
    mended: set[int] = set()
    return section(
        name,
        title,
        *(tag("p", note, class_="soft") for note in notes(found)),
        *(_way(way, mended) for way in found.ways),
    )


def _way(way: Way, mended: set[int]) -> Markup:
    head = tag("header", tag("h3", f"{frame(way)}: ", _badge(way.state, WORDS[way.state].lower()), place(way)))
    hops = tag("ol", *(_hop(hop, mended) for hop in way.hops), class_="path")
    return tag("article", head, hops, class_="card error" if way.state == STOPS else "card")


def _hop(hop: Hop, mended: set[int]) -> Markup:
    where = tag("strong", hop.device or "not examined")
    parts = [
        tag("p", where, " ", tag("span", hop.stage, class_="soft"), " ", _badge(hop.state, hop.state)),
        tag("p", hop.text),
    ]
    parts += [evidence(hop.evidence)] if hop.evidence else []
    parts += [part for finding in hop.findings for part in _finding(finding, mended)]
    return tag("li", *parts, class_=hop.state)


def _finding(finding: Finding, mended: set[int]) -> Iterable[Markup]:
    """Yield a finding, and its remedies where they have not been told yet."""
    severity = finding.severity
    word = badge(SIGNS[severity], "fault" if severity == "error" else severity, severity)
    yield tag("p", word, " ", tag("code", finding.check), f": {finding.message}")
    if id(finding) not in mended:
        mended.add(id(finding))
        yield from remedies((one.heading, one.text) for one in finding.mend)


def _badge(state: str, word: str) -> Markup:
    mark, tone = _BADGES[state]
    return badge(mark, word, tone)
