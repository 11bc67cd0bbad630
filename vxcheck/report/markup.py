"""Build HTML and SVG of which no text can become markup: every string is escaped unless it was built here."""

from __future__ import annotations

import re
from html import escape

from vxcheck.rows import plain, printable

_VOID = {"meta", "link", "input", "br", "line", "circle", "rect", "path"}


class Markup(str):
    """Hold what is markup already. Only this module's functions make it."""

    __slots__ = ()


def tag(name: str, /, *content: str, **attributes: str | bool | float | None) -> Markup:
    """Return an element. `class_` is class and `aria_label` aria-label; None and False leave an attribute out."""
    shown = "".join(
        f" {key.rstrip('_').replace('_', '-')}" + ("" if value is True else f'="{_attribute(value)}"')
        for key, value in attributes.items()
        if value is not None and value is not False
    )
    inside = join(*content)
    return Markup(f"<{name}{shown}>" if name in _VOID and not inside else f"<{name}{shown}>{inside}</{name}>")


def svg(name: str, /, *content: str, **attributes: str | bool | float | None) -> Markup:
    """Return an element of SVG, whose attributes keep their capitals and whose empty elements end themselves."""
    return tag(name, *content, **attributes) if content else Markup(f"{tag(name, **attributes).partition('>')[0]}/>")


def join(*content: str) -> Markup:
    """Return pieces one after the other, those that are no markup as text."""
    return Markup("".join(one if isinstance(one, Markup) else escape(plain(one), quote=False) for one in content))


def embedded(name: str, text: str) -> Markup:
    """Return a style or a script of ours, as it is."""
    if f"</{name}" in text:
        raise ValueError(f"a {name} that ends itself")
    return Markup(f"<{name}>{text}</{name}>")


def prose(text: str) -> Markup:
    """Return a page's prose: paragraphs, lists, blocks of commands, and `code` in a line."""
    blocks: list[Markup] = []
    for part in re.split(r"\n{2,}", text.strip("\n")):
        if fenced := re.fullmatch(r"\s*```\w*\n(.*?)\n?\s*```\s*", part, re.DOTALL):
            blocks.append(tag("pre", fenced[1]))
        elif part.startswith("    "):
            blocks.append(tag("pre", "\n".join(line.removeprefix("    ") for line in part.split("\n"))))
        elif re.match(r"[-*] ", part):
            items = re.split(r"^[-*] ", part, flags=re.MULTILINE)[1:]
            blocks.append(tag("ul", *(tag("li", _inline(item)) for item in items)))
        else:
            blocks.append(tag("p", _inline(part)))
    return join(*blocks)


def _inline(text: str) -> Markup:
    parts = " ".join(text.split()).split("`")
    return join(*(tag("code", part) if at % 2 and at < len(parts) - 1 else part for at, part in enumerate(parts)))


def _attribute(value: str | float) -> str:
    return escape(printable(f"{value:g}" if isinstance(value, float) else str(value)), quote=True)
