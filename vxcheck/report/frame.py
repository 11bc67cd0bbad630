"""Frame a self-contained page: its style and script within it, and a policy that forbids it the network."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from importlib import resources

from vxcheck import __version__
from vxcheck.report.markup import Markup, embedded, join, tag


def page(title: str, header: Markup, sections: Sequence[tuple[str, str, Markup] | None]) -> Markup:
    """Return a whole page of sections (see elements.section); those that are None are left out."""
    style, script = (_resource(name) for name in ("page.css", "page.js"))
    present = [one for one in sections if one is not None]
    links = [tag("li", tag("a", name, href=f"#{anchor}")) for anchor, name, _ in present]
    policy = (
        f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content=policy),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="color-scheme", content="light dark"),
        tag("meta", name="referrer", content="no-referrer"),
        tag("title", title),
        tag("link", rel="icon", href="data:,"),
        embedded("style", style),
    )
    body = tag(
        "body",
        tag("a", "Skip to the report", href="#report", class_="skip"),
        header,
        tag("nav", tag("ul", *links), aria_label="Sections"),
        tag("main", *(content for _, _, content in present), id="report", tabindex="-1"),
        tag("footer", tag("p", f"vxcheck {__version__}. This page is one file and asks the network for nothing.")),
        embedded("script", script),
    )
    return join(Markup("<!DOCTYPE html>\n"), tag("html", head, body, lang="en"), "\n")


def _resource(name: str) -> str:
    return resources.files("vxcheck.report").joinpath(name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
