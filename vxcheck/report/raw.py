"""Embed what devices printed: the outputs that evidence refers to, whole where they are small, its lines marked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from vxcheck.fabric import Evidence, Fabric
from vxcheck.report.markup import Markup, join, tag

OUTPUT_BYTES = 200_000
TOTAL_BYTES = 4_000_000
_AROUND = 20
LIMITS = (
    f"Only outputs that a finding refers to are embedded: whole up to {OUTPUT_BYTES // 1000} kB each and "
    f"{TOTAL_BYTES // 1_000_000} MB together; of larger ones, the {_AROUND} lines around each of those lines. "
    "`--save DIR` keeps all of them."
)


@dataclass
class Outputs:
    """Gather the lines that are referred to, give each an anchor, then print the outputs that they stand in."""

    fabric: Fabric
    numbers: dict[tuple[str, str, int], int] = field(default_factory=dict)
    lines: dict[int, set[int]] = field(default_factory=dict)
    sources: dict[tuple[str, str], list[int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for index, (device, command, _) in enumerate(self.fabric.sources):
            self.sources.setdefault((device, command), []).append(index)

    def anchor(self, line: Evidence) -> str | None:
        """Return the id of a line's place in the page; None where the output is not at hand."""
        for source in self.sources.get((line.device, line.command), ()):
            text = self.fabric.sources[source][2]
            if 0 < line.number <= len(text) and text[line.number - 1] == line.line:
                self.lines.setdefault(source, set()).add(line.number)
                return f"out{source}-{line.number}"
        return None

    def render(self) -> Iterable[Markup]:
        """Yield each output, in the order of the devices."""
        spent = 0
        for source in sorted(self.lines):
            device, command, lines = self.fabric.sources[source]
            marked = self.lines[source]
            size = sum(len(line) + 1 for line in lines)
            shown = set(range(1, len(lines) + 1))
            if size > OUTPUT_BYTES or spent + size > TOTAL_BYTES:
                shown &= {near for line in marked for near in range(line - _AROUND, line + _AROUND + 1)}
            spent += sum(len(lines[number - 1]) + 1 for number in shown)
            told = f"{len(lines)} lines" if len(shown) == len(lines) else f"{len(shown)} of {len(lines)} lines"
            count = f"{told}, {len(marked)} referred to"
            yield tag(
                "details",
                tag(
                    "summary", tag("strong", device), " ", tag("code", command), " ", tag("span", count, class_="soft")
                ),
                tag("pre", *_numbered(lines, shown, marked, source), class_="raw", tabindex="0", aria_label=command),
                class_="output",
            )


def _numbered(lines: Sequence[str], shown: set[int], marked: set[int], source: int) -> Iterable[Markup]:
    before = 0
    for number in sorted(shown):
        if number > before + 1:
            yield tag("span", f"… lines {before + 1} to {number - 1} are left out", class_="gap")
        yield _line(lines[number - 1], number, f"out{source}-{number}" if number in marked else None)
        before = number
    if before < len(lines):
        yield tag("span", f"… lines {before + 1} to {len(lines)} are left out", class_="gap")


def _line(text: str, number: int, anchor: str | None) -> Markup:
    # A line keeps its number as an attribute: what is copied is what the device printed.
    content = join(tag("mark", text or " ") if anchor else text, "\n")
    return tag("span", content, id=anchor, data_n=str(number), class_="hit" if anchor else None)
