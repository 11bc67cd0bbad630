"""Draw the fabric as SVG: VTEPs in a ring, the tunnels between them, the underlay's devices in the middle."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence

from vxcheck.report.markup import Markup, join, svg, tag
from vxcheck.report.picture import FAULT, SEEN, UNKNOWN, UNSEEN, WARNING, Picture, Vtep

_CARDS = 8  # VTEPs that are drawn as cards with their VNIs; more are dots with a name
_MOST = 160
_WIDTH, _CARD, _HIGH = 440, 150, 54
_MARKS = {FAULT: "✕", WARNING: "!", UNKNOWN: "?"}
_WORDS = {
    SEEN: "each sees the other",
    UNSEEN: "one has not heard the other; nothing says that it must have",
    UNKNOWN: "not known",
    WARNING: "warning",
    FAULT: "fault",
}

Point = tuple[float, float]


def drawing(picture: Picture) -> Markup:
    """Return the drawing with its legend, or why there is none."""
    nodes = [*picture.vteps, *(Vtep(name, (), (), UNKNOWN) for name in picture.unseen)]
    nodes.sort(key=lambda node: picture.order.index(node.device))
    if not nodes:
        return tag("p", "No VTEP is known: there is nothing to draw.", class_="soft")
    if len(nodes) > _MOST:
        return tag("p", f"{len(nodes)} VTEPs are too many to draw: see who sees whom.", class_="soft")
    small = len(nodes) <= _CARDS
    width, height = (_WIDTH, _height(len(nodes))) if small else _size(len(nodes))
    places = dict(zip((node.device for node in nodes), _ring(len(nodes), width, height, small=small), strict=True))
    middle = _middle(picture.routers, places, width, height, small=small)
    parts = [
        svg("g", *_cables(picture, {**places, **middle}), class_="cables"),
        svg("g", *_tunnels(picture, places, (width / 2, height / 2)), class_="tunnels"),
        *(_router(name, place) for name, place in middle.items()),
        *(
            _card(node, places[node.device]) if small else _dot(node, places[node.device], width, height)
            for node in nodes
        ),
    ]
    title = f"{len(picture.vteps)} VTEPs and the tunnels between them"
    drawn = svg(
        "svg",
        svg("title", title, id="drawing-title"),
        svg("desc", _described(picture), id="drawing-desc"),
        *parts,
        viewBox=f"0 0 {width:g} {height:g}",
        role="img",
        aria_labelledby="drawing-title drawing-desc",
        class_="small" if small else "large",
    )
    return tag("figure", tag("div", drawn, class_="canvas"), tag("figcaption", _legend(picture)), class_="drawing")


def _height(count: int) -> float:
    return {1: 150, 2: 190, 3: 320, 4: 340}.get(count, 460)


def _size(count: int) -> Point:
    side = 2 * (max(170.0, count * 15 / (2 * math.pi)) + 112)
    return side, side


def _ring(count: int, width: float, height: float, *, small: bool) -> Iterable[Point]:
    """Yield a place for each VTEP, clockwise from the top; two are side by side."""
    across = width / 2 - (_CARD / 2 + 6 if small else 112)
    down = height / 2 - (_HIGH / 2 + 8 if small else 112)
    for index in range(count):
        angle = 2 * math.pi * index / count - (math.pi if count == 2 else math.pi / 2)
        level = -10 if count == 2 else down * math.sin(angle)
        yield width / 2 + across * math.cos(angle), height / 2 + level


def _middle(
    routers: Sequence[str], places: Mapping[str, Point], width: float, height: float, *, small: bool
) -> dict[str, Point]:
    """Place the underlay's routers: in the middle, below the tunnel where there are two VTEPs."""
    shown = routers[: 3 if small else 8]
    top = height - 16 if len(places) <= 2 else height / 2
    return {name: (width / 2, top + (i - (len(shown) - 1) / 2) * 30) for i, name in enumerate(shown)}


def _cables(picture: Picture, places: Mapping[str, Point]) -> Iterable[Markup]:
    for one, other in picture.cables:
        if one in places and other in places:
            (x1, y1), (x2, y2) = places[one], places[other]
            yield svg("line", x1=x1, y1=y1, x2=x2, y2=y2, class_="cable")


def _tunnels(picture: Picture, places: Mapping[str, Point], centre: Point) -> Iterable[Markup]:
    """Yield the tunnels, what is broken on top; what is well is one path, however many tunnels it is of."""
    for state in (SEEN, UNSEEN):
        ways = [_way(places[t.one], places[t.other], centre) for t in picture.tunnels if t.state == state]
        if ways:
            many = " many" if len(places) > _CARDS else ""
            yield svg("path", d="".join(ways), class_=f"tunnel {state}{many}")
    for state in (UNKNOWN, WARNING, FAULT):
        for tunnel in picture.tunnels:
            if tunnel.state != state:
                continue
            one, other = places[tunnel.one], places[tunnel.other]
            label = f"{tunnel.one} and {tunnel.other}: {_WORDS[state]} (VNI {_vnis(tunnel.vnis)})"
            line = svg("path", svg("title", label), d=_way(one, other, centre), class_=f"tunnel {state}")
            if len(places) > _CARDS:
                yield line
                continue
            x, y = _half_way(one, other, centre)
            mark = svg("text", _MARKS[state], x=x, y=y + 4.5, class_="mark")
            yield svg("g", line, svg("circle", cx=x, cy=y, r=11, class_="plate"), mark, class_=state)


def _bend(one: Point, other: Point, centre: Point) -> Point:
    """Return what a tunnel bends towards: the middle of the ring, or above it where both ends are on its level."""
    if abs(one[1] - other[1]) < 1 and abs(one[1] - centre[1]) < 11:
        return centre[0], centre[1] - 90
    return tuple((a + b) / 2 * 0.55 + c * 0.45 for a, b, c in zip(one, other, centre, strict=True))  # type: ignore[return-value]


def _way(one: Point, other: Point, centre: Point) -> str:
    x, y = _bend(one, other, centre)
    return f"M{one[0]:.1f} {one[1]:.1f}Q{x:.1f} {y:.1f} {other[0]:.1f} {other[1]:.1f}"


def _half_way(one: Point, other: Point, centre: Point) -> Point:
    x, y = _bend(one, other, centre)
    return (one[0] + other[0]) / 4 + x / 2, (one[1] + other[1]) / 4 + y / 2


def _card(node: Vtep, place: Point) -> Markup:
    x, y = place
    second = ", ".join(node.addresses) or "not examined" if node.state == UNKNOWN else ", ".join(node.addresses)
    lines = [(_cut(node.device, 19), "name"), (_cut(second, 22), "soft"), (_cut(f"VNI {_vnis(node.vnis)}", 24), "soft")]
    lines = lines if node.vnis else lines[:2]
    first = y - (len(lines) - 1) * 7.5 + 4
    return svg(
        "g",
        svg("title", _said(node)),
        svg("rect", x=x - _CARD / 2, y=y - _HIGH / 2, width=_CARD, height=_HIGH, rx=8),
        *(svg("text", text, x=x, y=first + 15 * i, class_=kind) for i, (text, kind) in enumerate(lines)),
        class_=f"vtep {node.state}",
    )


def _dot(node: Vtep, place: Point, width: float, height: float) -> Markup:
    """Return a dot with its name, written outwards."""
    x, y = place
    turn = math.degrees(math.atan2(y - height / 2, x - width / 2))
    left = abs(turn) > 90
    label = svg(
        "text",
        _cut(node.device, 18),
        x=x + (-14 if left else 14),
        y=y + 4,
        transform=f"rotate({turn + 180 if left else turn:.1f} {x:.1f} {y:.1f})",
        class_="name end" if left else "name start",
    )
    mark = svg("text", _MARKS.get(node.state, ""), x=x, y=y + 4, class_="mark") if node.state in _MARKS else ""
    dot = svg("circle", cx=x, cy=y, r=8)
    return svg("g", svg("title", _said(node)), dot, label, mark, class_=f"vtep dot {node.state}")


def _router(name: str, place: Point) -> Markup:
    x, y = place
    text = _cut(name, 20)
    wide = 20 + 7 * len(text)
    return svg(
        "g",
        svg("title", f"{name}: a device of the underlay"),
        svg("rect", x=x - wide / 2, y=y - 12, width=wide, height=24, rx=12),
        svg("text", text, x=x, y=y + 4, class_="soft"),
        class_="router",
    )


def _said(node: Vtep) -> str:
    if not node.vnis and node.state == UNKNOWN:
        return f"{node.device}: not examined"
    return f"{node.device} ({', '.join(node.addresses) or 'address not known'}): VNI {_vnis(node.vnis, 12)}"


def _described(picture: Picture) -> str:
    broken = [f"{t.one} and {t.other}" for t in picture.tunnels if t.state == FAULT]
    well = sum(tunnel.state == SEEN for tunnel in picture.tunnels)
    told = f"{len(picture.tunnels)} tunnels: {well} well, {len(broken)} broken"
    return f"{told}{': ' + '; '.join(broken[:20]) if broken else ''}."


def _legend(picture: Picture) -> Markup:
    states = [state for state in _WORDS if any(tunnel.state == state for tunnel in picture.tunnels)]
    items = [
        tag("li", tag("span", class_=f"swatch {state}", aria_hidden="true"), _count(picture, state)) for state in states
    ]
    if picture.cables:
        swatch = tag("span", class_="swatch cable", aria_hidden="true")
        items.append(tag("li", swatch, "the underlay, as far as it is known"))
    left = len(picture.routers) - (3 if len(picture.vteps) <= _CARDS else 8)
    if left > 0:
        items.append(tag("li", f"{left} more devices of the underlay are not drawn"))
    return join(tag("ul", *items, class_="legend"))


def _count(picture: Picture, state: str) -> str:
    count = sum(tunnel.state == state for tunnel in picture.tunnels)
    return f"{count} {'tunnel' if count == 1 else 'tunnels'}: {_WORDS[state]}"


def _vnis(vnis: Sequence[int], most: int = 3) -> str:
    more = f" +{len(vnis) - most}" if len(vnis) > most else ""
    return ", ".join(map(str, vnis[:most])) + more


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"
