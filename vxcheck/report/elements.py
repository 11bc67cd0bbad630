"""Build what the page is made of: sections, tables that sort, badges, lists that end."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from vxcheck.fabric import Evidence
from vxcheck.report.markup import Markup, prose, tag

MOST = 200


def section(name: str, title: str, *content: Markup) -> tuple[str, str, Markup]:
    """Return a section's name, its title for the navigation, and itself."""
    return (
        name,
        title,
        tag("section", tag("h2", title, id=f"{name}-title"), *content, id=name, aria_labelledby=f"{name}-title"),
    )


def table(caption: str, header: Sequence[str], rows: Iterable[Sequence[str]], *, filtered: bool = False) -> Markup:
    """Return a table that the script makes sortable; its first cells head their rows."""
    head = tag("tr", *(tag("th", title, scope="col") for title in header))
    body = [tag("tr", tag("th", row[0], scope="row"), *(tag("td", cell) for cell in row[1:])) for row in rows]
    inside = tag(
        "table",
        tag("caption", caption),
        tag("thead", head),
        tag("tbody", *body),
        class_="sortable",
        data_filtered=filtered,
    )
    return tag("div", inside, class_="scroll", role="region", aria_label=caption, tabindex="0")


def badge(mark: str, word: str, tone: str) -> Markup:
    """Return a word in its colour, with a symbol for those who see none."""
    return tag("span", tag("span", f"{mark} ", aria_hidden="true"), word.capitalize(), class_=f"badge {tone}")


SIGNS = {"error": "✕", "warning": "!", "info": "i"}


def banner(what: str, kind: str, mark: str, word: str, sentence: str, *more: Markup) -> Markup:
    """Return a page's head: what it is of, the verdict with its sign, and what else belongs there."""
    brand = tag("p", tag("strong", "vxcheck"), " ", tag("span", what, class_="soft"), class_="brand")
    verdict = tag(
        "div",
        tag("span", mark, class_="sign", aria_hidden="true"),
        tag("div", tag("h1", word), tag("p", sentence)),
        class_=f"verdict {kind}",
    )
    return tag("header", brand, verdict, *more)


def remedies(told: Iterable[tuple[str, str]]) -> Iterable[Markup]:
    """Yield one box of remedies, each under its heading; nothing where there are none."""
    parts = [part for heading, text in told for part in (tag("h4", heading), prose(text))]
    if parts:
        yield tag("div", *parts, class_="mend")


def evidence(lines: Iterable[Evidence]) -> Markup:
    """Return the lines that show something, each with where it stands."""
    items = [
        tag(
            "li",
            tag("span", tag("strong", line.device), " ", tag("code", line.command), f", line {line.number}"),
            tag("pre", line.line.strip()),
        )
        for line in lines
    ]
    return tag("ul", *items, class_="evidence")


def bounded(items: Sequence[Markup]) -> Iterable[Markup]:
    """Yield the first of many items of a list, and how many more there are."""
    yield from items[:MOST]
    if more := len(items[MOST:]):
        yield tag("li", f"and {more} more", class_="soft")
