"""One self-contained HTML page: the verdict, the causes, a drawing, who sees whom, every result, the raw outputs.

It asks the network for nothing, and its policy forbids that it could; it is whole without its script, which only sorts
and filters. `page.css` and `page.js` lie beside this module.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from vxcheck import report as reports
from vxcheck.check import FAILED, NOT_RUN, PASSED, Finding, Report
from vxcheck.fabric import Evidence
from vxcheck.report import Basis
from vxcheck.report.digest import WORDS, Cause, Digest, accepted, digest, named, peers
from vxcheck.report.drawing import drawing
from vxcheck.report.elements import MOST, SIGNS, badge, banner, bounded, remedies, section, table
from vxcheck.report.frame import page
from vxcheck.report.grids import grids
from vxcheck.report.markup import Markup, prose, tag
from vxcheck.report.picture import Picture, picture
from vxcheck.report.raw import LIMITS, Outputs

_FINDINGS = 3  # of one cause, with their lines; the rest are told in a sentence each
_LINES = 6  # of evidence that are seen at once
_AGAIN = 2  # of a finding after its cause's first
_CAUSES = 60
_RESULTS = 20_000
_VERDICTS = {
    PASSED: ("passed", "✓", "All that should have been examined was, and passed."),
    FAILED: ("failed", "✕", ""),
}
_INCOMPLETE = ("incomplete", "?", "No fault was found, but something that should have been examined was not.")


def render(report: Report, basis: Basis) -> str:
    """Return the page."""
    return str(
        _Page(
            report, basis, digest(report), picture(basis.whole or report, basis.fabric), Outputs(basis.fabric)
        ).render()
    )


@dataclass
class _Page:
    report: Report
    basis: Basis
    read: Digest
    picture: Picture
    outputs: Outputs
    places: dict[tuple[str, str, str], str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.explained = {
            f"{one.check} on {one.device}": one for one in reversed(self.report.findings) if one.explained_by
        }
        for number, cause in enumerate(self.read.causes[:_CAUSES], 1):
            for finding in cause.findings:
                for end in {finding.device, *cause.peers}:
                    self.places.setdefault((cause.check, finding.device, end), f"cause-{number}")
                    self.places.setdefault((cause.check, end, finding.device), f"cause-{number}")

    def render(self) -> Markup:
        sections = [
            self._glance(),
            self._not_run(),
            self._causes(),
            self._waived(),
            section("matrix", "Who sees whom", grids(self.picture, self._place)),
            self._checks(),
            self._results(),
            self._devices(),
        ]
        sections.append(self._outputs())  # last: the sections before it say which lines are referred to
        word = reports.verdict(self.report)
        title = f"{word}: vxcheck report of {reports.plural(len(self.report.devices), 'device')}"
        return page(title, self._header(), sections)

    def _place(self, check: str, device: str, peer: str) -> str | None:
        """Return the anchor of the cause that a check's finding on two devices belongs to."""
        found = self.places.get((check, device, peer))
        if found is None and (follows := self.explained.get(f"{check} on {device}")):
            found = self.places.get((follows.explained_by, device, peer))
        return found

    def _header(self) -> Markup:
        kind, mark, sentence = _VERDICTS.get(self.report.verdict, _INCOMPLETE)
        nothing = reports.nothing(self.report)
        if self.report.verdict == FAILED:
            follows = sum(bool(one.explained_by) for one in self.report.findings)
            where = named(list(dict.fromkeys(cause.device for cause in self.read.faults)), 3)
            sentence = f"{reports.plural(len(self.read.faults), 'cause')} found, on {where}."
            sentence += f" {reports.plural(follows, 'more finding')} {_verb(follows)} from what is told here."
            if self.report.unexamined or self.read.gaps:
                sentence += " Besides, not all that should have been examined was."
        elif self.read.warnings:
            sentence += f" {reports.plural(len(self.read.warnings), 'warning')} may be worth a look."
        results = self.report.results
        whole = self.report.examined >= self.report.expected
        figures = [
            ("devices", len(self.report.devices), ""),
            ("examined", self.report.examined, "" if whole else "unknown"),
            ("faults", self.report.count("faults"), "bad"),
            ("warnings", self.report.count("warnings"), "warn"),
            ("not run", sum(one.status == NOT_RUN for one in results), "unknown"),
        ]
        tiles = [
            tag(
                "div",
                tag("dt", f"{name} of {self.report.expected:,}" if name == "examined" and not whole else name),
                tag("dd", f"{count:,}"),
                class_=f"tile {tone if count else ''}".strip(),
            )
            for name, count, tone in figures
        ]
        when = ""
        if self.report.started:
            took = f", in {self.report.seconds:g} s" if self.report.seconds is not None else ""
            when = f"Collected {_moment(self.report.started)}{took}"
        word = reports.verdict(self.report)
        return banner(when, kind, mark, word, nothing or sentence, tag("dl", *tiles, class_="tiles"))

    def _glance(self) -> tuple[str, str, Markup]:
        items = [
            self._item("#not-run", "?", "unknown", "Not examined", f"{one.name}: {one.condition}")
            for one in self.report.unexamined[:8]
        ]
        if self.read.gaps:
            count = sum(len(gap.devices) * len(gap.checks) for gap in self.read.gaps)
            reason = self.read.gaps[0].reason
            items.append(
                self._item(
                    "#not-run",
                    "?",
                    "unknown",
                    f"{reports.plural(count, 'result')} {'of others ' if self.report.unexamined else ''}not run",
                    _short(reason),
                )
            )
        for number, cause in enumerate(self.read.causes[:12], 1):
            title = self._title(cause.check)
            text = f"{cause.device}{' with ' + named(cause.peers, 2) if cause.peers else ''}"
            items.append(self._item(f"#cause-{number}", SIGNS[cause.severity], cause.severity, title, text, cause.word))
        if more := len(self.read.causes) - 12:
            items += [tag("li", tag("a", f"{more} more", href="#causes"))] if more > 0 else []
        if not items:
            items = [tag("li", "Nothing needs a look.", class_="soft")]
        listed = tag("ol", *items, class_="glance-list")
        return section("glance", "At a glance", tag("div", listed, drawing(self.picture), class_="columns"))

    def _item(self, href: str, mark: str, tone: str, title: str, text: str, word: str = "Not run") -> Markup:
        return tag(
            "li",
            tag(
                "a",
                badge(mark, word, tone),
                tag("span", tag("strong", title), tag("span", text, class_="soft"), class_="what"),
                href=href,
            ),
        )

    def _title(self, check: str) -> str:
        return self.basis.checks[check].title if check in self.basis.checks else check

    def _not_run(self) -> tuple[str, str, Markup] | None:
        items = [
            tag("li", tag("strong", one.name), f": {one.condition}: {one.reason}") for one in self.report.unexamined
        ]
        for gap in self.read.gaps:
            checks = tag("span", f"Costs {', '.join(gap.checks)}.", class_="soft")
            items.append(tag("li", tag("strong", named(gap.devices, 6)), f": {gap.reason}. ", checks))
        if not items:
            return None
        note = "What was not examined is not a pass: until it is, this verdict is not whole."
        return section("not-run", "Not run", tag("p", note), tag("ul", *items, class_="gaps"))

    def _causes(self) -> tuple[str, str, Markup] | None:
        causes = self.read.causes
        if not causes:
            return None
        cards = [self._card(cause, number) for number, cause in enumerate(causes[:_CAUSES], 1)]
        if rest := causes[_CAUSES:]:
            lines = [tag("li", tag("code", one.check), f" on {one.device}: {one.findings[0].message}") for one in rest]
            title = f"{len(rest)} more causes"
            cards.append(tag("details", tag("summary", title), tag("ul", *bounded(lines))))
        return section("causes", "Causes" if self.read.faults else "Warnings", *cards)

    def _card(self, cause: Cause, number: int) -> Markup:
        head = tag(
            "header",
            tag("h3", badge(SIGNS[cause.severity], cause.word, cause.severity), " ", self._title(cause.check)),
            tag("p", tag("code", cause.check), " on ", tag("strong", cause.device), class_="soft"),
        )
        quoted: set[Evidence] = set()
        parts = [self._finding(finding, quoted) for finding in cause.findings[:_FINDINGS]]
        if rest := cause.findings[_FINDINGS:]:
            lines = [tag("li", finding.message) for finding in rest]
            title = f"{len(rest)} more of the same{', with ' + named(_peers(rest), 3) if _peers(rest) else ''}"
            parts.append(tag("details", tag("summary", title), tag("ul", *bounded(lines))))
        wire = self._wire(cause.check)
        if wire:
            parts.append(tag("details", tag("summary", "What it breaks on the wire"), prose(wire)))
        parts += remedies(cause.remedies[:_FINDINGS])
        if cause.follows:
            found = [self.explained[one] for one in cause.follows if one in self.explained]
            lines = [tag("li", self._finding(one, set(), head=True)) for one in found[:20]]
            if more := len(found) - len(lines):
                lines += [tag("li", f"and {more} more: see all results")] if more > 0 else []
            title = f"{reports.plural(len(cause.follows), 'result')} {_verb(len(cause.follows))} from it"
            parts.append(tag("details", tag("summary", title), tag("ul", *lines, class_="follows")))
        return tag("article", head, *parts, class_=f"card {cause.severity}", id=f"cause-{number}", tabindex="-1")

    def _finding(self, finding: Finding, quoted: set[Evidence], *, head: bool = False) -> Markup:
        """Return a finding and the lines that show it: those that its cause has not quoted yet, long lists folded."""
        new = [line for line in finding.evidence if line not in quoted]
        first = new[: _AGAIN if quoted else _LINES]
        quoted.update(new)
        title = [tag("code", finding.check), ": "] if head else []
        parts = [tag("p", *title, finding.message, class_="message")]
        if first:
            parts.append(tag("ul", *map(self._line, first), class_="evidence"))
        if rest := new[len(first) :]:
            lines = tag("ul", *bounded([self._line(line) for line in rest[:MOST]]), class_="evidence")
            parts.append(tag("details", tag("summary", f"{reports.plural(len(rest), 'line')} more"), lines))
        return tag("div", *parts, class_="finding")

    def _line(self, line: Evidence) -> Markup:
        anchor = self.outputs.anchor(line)
        place = f"line {line.number}"
        link = tag("a", place, href=f"#{anchor}", title="in the whole output") if anchor else place
        source = tag("span", tag("strong", line.device), " ", tag("code", line.command), ", ", link)
        return tag("li", source, tag("pre", line.line.strip()))

    def _wire(self, check: str) -> str:
        page = self.basis.checks[check].page if check in self.basis.checks else ""
        found = re.search(r"## On the wire\n(.*?)(?:\n## |\Z)", page, re.DOTALL)
        return found[1].strip("\n") if found else ""

    def _waived(self) -> tuple[str, str, Markup] | None:
        if not self.read.waived:
            return None
        items = [
            tag("li", tag("code", one.check), f" on {one.device}: {one.message} ", tag("em", f"({accepted(one)})"))
            for one in self.read.waived
        ]
        return section("waived", "Waived", tag("ul", *bounded(items)))

    def _checks(self) -> tuple[str, str, Markup]:
        rows = [(tag("code", one.check), one.words, one.examined) for one in self.read.counts if not one.calm]
        calm = [(tag("code", one.check), one.words, one.examined) for one in self.read.counts if one.calm]
        header = ("check", "result by devices", "examined")
        parts = [table("Checks that need a look", header, rows)] if rows else []
        if calm:
            title = f"{reports.plural(len(calm), 'check')} passed"
            parts.append(tag("details", tag("summary", title), table("Checks that passed", header, calm)))
        for reason, checks in self.read.idle:
            names = [tag("li", tag("code", check)) for check in checks]
            title = f"{reports.plural(len(checks), 'check')}: {reason[0].lower()}{reason[1:]}"
            parts.append(tag("details", tag("summary", title), tag("ul", *names, class_="names")))
        if self.read.notes:
            parts.append(tag("ul", *(tag("li", note) for note in self.read.notes), class_="notes"))
        return section("checks", "Checks", *parts)

    def _results(self) -> tuple[str, str, Markup]:
        states = Counter(result.status for result in self.report.results)
        rows = []
        for result in self.report.results[:_RESULTS]:
            said = "; ".join(finding.message for finding in result.findings[:3]) or result.reason
            status = tag("span", WORDS.get(result.status, result.status), class_=f"status {result.status}")
            rows.append((tag("code", result.check), result.device, status, str(result.examined), said))
        header = ("check", "device", "result", "examined", "what was found, or the reason")
        words = [f"{states[status]} {word}" for status, word in WORDS.items() if states[status]]
        options = [tag("option", "any result", value="")] + [
            tag("option", word, value=word) for status, word in WORDS.items() if states[status]
        ]
        controls = tag(
            "div",
            tag("label", "Filter ", tag("input", type="search", data_filter=True, placeholder="check, device, text")),
            tag("label", "Result ", tag("select", *options, data_select="2")),
            tag("span", "", role="status", class_="soft", data_count=True),
            class_="controls",
            hidden=True,
        )
        left = len(self.report.results) - len(rows)
        note = [tag("p", f"{left} more results are left out here: --format csv has all.")] if left else []
        shown = table("Every result of every check and device", header, rows, filtered=True)
        inside = tag("details", tag("summary", f"All results: {', '.join(words)}"), controls, *note, shown)
        return section("results", "Results", inside)

    def _devices(self) -> tuple[str, str, Markup]:
        vxlan = {True: "VTEP", False: "no VXLAN", None: "not known"}
        rows = [
            (one.name, one.platform, tag("span", one.condition, class_=_tone(one.condition)), vxlan[one.vxlan])
            for one in self.report.devices
        ]
        shown = table("Devices and how far they were examined", ("device", "platform", "condition", "VXLAN"), rows)
        if len(rows) > 12:
            states = Counter(one.condition for one in self.report.devices)
            words = ", ".join(f"{count} {state}" for state, count in states.items())
            shown = tag("details", tag("summary", f"{len(rows)} devices: {words}"), shown)
        return section("devices", "Devices", shown)

    def _outputs(self) -> tuple[str, str, Markup] | None:
        found = list(self.outputs.render())
        return section("outputs", "Raw outputs", prose(LIMITS), *found) if found else None


def _peers(findings: Sequence[Finding]) -> list[str]:
    return list(dict.fromkeys(peer for finding in findings for peer in peers(finding)))


def _tone(condition: str) -> str:
    return "status passed" if condition == "collected" else "status not_run"


def _verb(count: int) -> str:
    return "follows" if count == 1 else "follow"


def _short(text: str) -> str:
    return text if len(text) <= 90 else text[:89] + "…"


def _moment(started: str) -> str:
    return started.replace("T", " ").replace("+00:00", " UTC")
