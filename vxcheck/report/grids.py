"""Show who sees whom, a grid for each VNI: symbols and words beside the colours, what is well folded away."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from vxcheck.report.markup import Markup, join, tag
from vxcheck.report.picture import FAULT, SAME, SEEN, UNKNOWN, UNSEEN, WARNING, Cell, Matrix, Picture

_MARKS = {SAME: "·", SEEN: "✓", UNSEEN: "○", UNKNOWN: "?", WARNING: "!", FAULT: "✕"}
_WORDS = {
    SEEN: "sees it",
    FAULT: "fault",
    WARNING: "warning",
    UNKNOWN: "not known",
    UNSEEN: "has not heard it; nothing says that it must",
    SAME: "itself, or the same address",
}
_CELLS = 40_000
_OPEN = 4


def grids(picture: Picture, place: Callable[[str, str, str], str | None]) -> Markup:
    """Return the grids, those with something wrong first. `place` gives a cause's anchor by check and two devices."""
    if not picture.matrices:
        return tag("p", "No bridged VNI is known: there is nobody to see.", class_="soft")
    parts = [_legend(picture)]
    if picture.unseen:
        names = ", ".join(picture.unseen)
        parts.append(tag("p", tag("strong", "Not shown, for it is not known what they hold: "), names, class_="gaps"))
    spent, left = 0, list[int]()
    for at, matrix in enumerate(picture.matrices):
        spent += len(matrix.devices) ** 2
        if spent > _CELLS and at:
            left += matrix.vnis
            continue
        if len(matrix.devices) < 2:
            parts.append(tag("p", f"VNI {_vnis(matrix)}: only {matrix.devices[0]} has it.", class_="soft"))
            continue
        parts.append(_grid(matrix, place, folded=at >= _OPEN or (matrix.state in (SEEN, SAME) and at > 0)))
    if left:
        parts.append(tag("p", f"Left out, for the page would be too large: VNI {', '.join(map(str, left))}."))
    return join(*parts)


def _legend(picture: Picture) -> Markup:
    used = {cell.state for matrix in picture.matrices for row in matrix.cells for cell in row}
    items = [
        tag("li", tag("span", _MARKS[state], class_=f"swatch cell {state}", aria_hidden="true"), words)
        for state, words in _WORDS.items()
        if state in used
    ]
    intro = tag("p", "Each row is a VTEP; its cells tell whether it sees the VTEP that heads the column.")
    return join(intro, tag("ul", *items, class_="legend"))


def _grid(matrix: Matrix, place: Callable[[str, str, str], str | None], *, folded: bool) -> Markup:
    states = Counter(cell.state for row in matrix.cells for cell in row if cell.state != SAME)
    told = ", ".join(f"{states[state]} {_short(state)}" for state in _WORDS if states[state])
    caption = f"VNI {_vnis(matrix)}: {told}"
    wide = len(matrix.devices) > 6
    head = tag(
        "tr",
        tag("td", tag("span", "sees ↓ whom →", class_="soft"), class_="corner"),
        *(tag("th", tag("span", name), scope="col") for name in matrix.devices),
    )
    body = [
        tag(
            "tr",
            tag("th", name, scope="row"),
            *(
                _cell(cell, name, other, place(cell.checks[0], name, other) if cell.checks else None)
                for cell, other in zip(row, matrix.devices, strict=True)
            ),
        )
        for name, row in zip(matrix.devices, matrix.cells, strict=True)
    ]
    table = tag("table", tag("caption", caption), tag("thead", head), tag("tbody", *body), class_="grid")
    scroll = tag(
        "div", table, class_=f"scroll{' upright' if wide else ''}", role="region", aria_label=caption, tabindex="0"
    )
    return tag("details", tag("summary", caption), scroll, class_="vni", open=not folded)


def _cell(cell: Cell, name: str, other: str, anchor: str | None) -> Markup:
    if cell.state == SAME:
        return tag("td", tag("span", _MARKS[SAME], aria_hidden="true"), class_="cell same")
    words = f"{name}, {other}: {_WORDS[cell.state]}{': ' + ', '.join(cell.checks) if cell.checks else ''}"
    inside = join(
        tag("span", _MARKS[cell.state], aria_hidden="true"),
        tag("span", _short(cell.state) + (": " + ", ".join(cell.checks) if cell.checks else ""), class_="spoken"),
    )
    if anchor:
        inside = tag("a", inside, href=f"#{anchor}")
    return tag("td", inside, class_=f"cell {cell.state}", title=words)


def _short(state: str) -> str:
    return {SEEN: "seen", UNSEEN: "not heard", UNKNOWN: "not known"}.get(state, state)


def _vnis(matrix: Matrix) -> str:
    return ", ".join(map(str, matrix.vnis))
