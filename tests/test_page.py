"""The HTML report in a real browser: what it shows, that it works by keyboard, that it asks nobody for anything."""

from __future__ import annotations

import itertools
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests import golden
from tests.test_trace import N001, N002, emulated
from vxcheck import cli, report, source
from vxcheck.fabric import Evidence
from vxcheck.outputs import Output
from vxcheck.trace import STOPS, UNICAST, Direction, End, Hop, Trace, Way, trace
from vxcheck.trace import page as trace_page

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
ARGUMENTS = [
    *("--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync"),
]
pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed: no browser to look at the page with"),
    pytest.mark.xdist_group("browser"),
]

# The least contrast of all text on the page, as WCAG 2 reckons it, with the text that has it.
CONTRAST = """() => {
  const parse = (c) => c.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => {
    const [x, y, z] = [r, g, b].map((v) => (v /= 255) <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * x + 0.7152 * y + 0.0722 * z;
  };
  const ground = (e) => {
    for (; e; e = e.parentElement) {
      const c = parse(getComputedStyle(e).backgroundColor);
      if (c.length < 4 || c[3] > 0) return c;
    }
    return [255, 255, 255];
  };
  let least = [99, ""];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const e = walker.currentNode.parentElement;
    if (!walker.currentNode.textContent.trim() || e.closest("svg, script, .spoken, .skip")) continue;
    if (!e.checkVisibility()) continue;
    const [a, b] = [light(parse(getComputedStyle(e).color)), light(ground(e))];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < least[0]) least = [ratio, e.className + ": " + e.textContent.slice(0, 40)];
  }
  return least;
}"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield chromium
        chromium.close()


@dataclass
class Seen:
    """Hold an open page, and what it did that it must not."""

    page: Page
    complaints: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)


@pytest.fixture
def look(browser: Browser, tmp_path: Path) -> Iterator[Any]:
    """Return a function that opens a sample's page; whatever a page complains of fails the test."""
    opened: list[Seen] = []

    def at(name: str, text: str = "", *, provoked: bool = False, **context: Any) -> Page:
        text = text or report.render(golden.SAMPLES[name](), golden.basis(name), Output("html", Path("x")))
        path = tmp_path / f"{name}.html"
        path.write_text(text, encoding="utf-8")
        page = browser.new_context(**context).new_page()
        seen = Seen(page)
        page.on("console", lambda message: seen.complaints.append(message.text))
        page.on("pageerror", lambda error: seen.complaints.append(str(error)))
        page.on("dialog", lambda dialog: seen.complaints.append(f"dialog: {dialog.message}"))
        page.on("request", lambda request: seen.requests.append(request.url))
        page.goto(path.as_uri())
        if not provoked:
            opened.append(seen)
        return page

    yield at
    for seen in opened:
        assert seen.complaints == []
        assert [url for url in seen.requests if not url.startswith(("file:", "data:,"))] == []
        seen.page.context.close()


def test_verdict_and_causes_come_first(look: Any) -> None:
    page = look("failing")
    assert page.title() == "FAILED: vxcheck report of 3 devices"
    assert page.locator("h1").inner_text() == "FAILED"
    titles = page.locator("#glance .glance-list li").all_inner_texts()
    assert len(titles) == 2
    assert "Two VTEPs of one VNI use different UDP ports" in titles[0]
    assert "leaf1 with leaf2" in titles[0]
    cards = page.locator("#causes article")
    assert cards.count() == 2
    assert "To mend on leaf1 (arista_eos)" in cards.first.inner_text()
    assert "Or, instead, on leaf2 (vyos)" in cards.first.inner_text()
    assert "2 results follow from it" in cards.first.inner_text()
    assert look("passing").locator("#causes, #not-run").count() == 0
    gone = look("incomplete")
    assert gone.locator("h1").inner_text() == "INCOMPLETE"
    assert "leaf2: login refused" in gone.locator("#not-run").inner_text()
    assert "Not shown" in gone.locator("#matrix").inner_text()


def test_matrix_says_who_sees_whom_in_words_too(look: Any) -> None:
    page = look("failing")
    cell = page.locator("#matrix table tbody tr").nth(0).locator("td").nth(1)
    assert "fault" in cell.get_attribute("class")
    assert cell.inner_text().startswith("✕")
    assert "fault: " in cell.inner_text()
    assert cell.locator("a").get_attribute("href") == "#cause-1"
    well = look("passing").locator("#matrix table tbody td").all_inner_texts()
    assert [text.split("\n")[0].replace("seen", "") for text in well] == ["·", "✓", "✓", "·"]


def test_drawing_has_the_vteps_the_broken_tunnel_and_the_router(look: Any) -> None:
    page = look("failing")
    drawing = page.locator("figure svg")
    text = " ".join(drawing.locator("text").all_text_contents())
    for word in ("leaf1", "leaf2", "10.0.0.1", "VNI 10, 20", "spine1", "✕"):
        assert word in text
    assert drawing.locator("path.tunnel.fault").count() == 1
    assert drawing.locator("line.cable").count() == 2
    assert "1 broken: leaf1 and leaf2" in drawing.locator("desc").text_content()
    assert look("incomplete").locator("svg .vtep.unknown").count() == 1


def test_evidence_is_one_click_away(look: Any) -> None:
    page = look("failing")
    page.locator("#cause-1 .evidence a").first.click()
    hit = page.locator(".raw .hit:focus")
    hit.wait_for(state="visible")
    assert hit.inner_text().strip() == "Listening on UDP port 4789"
    assert page.locator("#outputs details[open]").count() == 1


def test_sort(look: Any) -> None:
    page = look("failing")
    page.locator("#results > details > summary").click()
    head = page.locator("#results th[scope=col]").nth(3)
    numbers = page.locator("#results tbody td:nth-child(4)")
    assert head.get_attribute("aria-sort") == "none"
    head.locator("button").click()
    assert head.get_attribute("aria-sort") == "ascending"
    up = [int(text) for text in numbers.all_inner_texts()]
    assert up == sorted(up)
    head.locator("button").press("Enter")
    assert head.get_attribute("aria-sort") == "descending"
    assert [int(text) for text in numbers.all_inner_texts()] == sorted(up, reverse=True)


def test_filter(look: Any) -> None:
    page = look("failing")
    page.locator("#results > details > summary").click()
    rows = page.locator("#results tbody tr:visible")
    every = rows.count()
    page.get_by_label("Filter").fill("udp leaf1")
    assert rows.count() == 2, "that of leaf1, and that of leaf2 which names it"
    assert page.locator("#results [role=status]").inner_text() == f"2 of {every} shown"
    page.get_by_label("Filter").fill("")
    page.locator("#results select").select_option("failed")
    assert rows.count() == 4
    assert every == len(golden.failing().results)


@pytest.mark.parametrize("name", ["failing", "incomplete"])
def test_hostile_text_stays_text(look: Any, name: str) -> None:
    page = look(name)
    assert "<script>alert(1)</script>" in page.locator("main").inner_text()
    assert page.locator("img").count() == 0
    assert page.locator("script").count() == 1


def test_the_policy_forbids_every_request(look: Any) -> None:
    page = look("passing", provoked=True)
    blocked = page.evaluate(
        """() => new Promise((done) => {
          document.addEventListener("securitypolicyviolation", (event) => done(event.effectiveDirective));
          const image = document.createElement("img");
          image.src = "file:///nowhere.png";
          document.body.append(image);
        })"""
    )
    assert blocked == "img-src"
    policy = page.locator("meta[http-equiv]").get_attribute("content")
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", golden.SAMPLES)
def test_contrast(look: Any, name: str, scheme: str) -> None:
    page = look(name, color_scheme=scheme)
    page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
    dark = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (sum(map(int, re.findall(r"\d+", dark))) < 200) == (scheme == "dark")
    ratio, where = page.evaluate(CONTRAST)
    assert ratio >= 4.5, where


@pytest.mark.parametrize("name", golden.SAMPLES)
def test_a_phone_needs_no_sideways_scroll(look: Any, name: str) -> None:
    page = look(name, viewport={"width": 390, "height": 800})
    page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
    assert page.evaluate("document.documentElement.scrollWidth") == 390


def test_keyboard_reaches_everything(look: Any) -> None:
    page = look("failing")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the report"
    assert page.locator(".skip").bounding_box()["x"] >= 0
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "report"
    page = look("failing")
    reachable = page.locator("a[href]:visible, button:visible, summary:visible, [tabindex='0']:visible").count()
    visited = set()
    for _ in range(reachable):
        page.keyboard.press("Tab")
        visited.add(page.evaluate("[...document.querySelectorAll('*')].indexOf(document.activeElement)"))
        style = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert style != "none", "focus is seen"
    assert len(visited) == reachable
    page.locator("#results > details > summary").focus()
    page.keyboard.press("Space")
    assert page.locator("#results > details").get_attribute("open") is not None


def test_landmarks_headings_and_captions(look: Any) -> None:
    page = look("failing")
    assert page.locator("html").get_attribute("lang") == "en"
    for landmark in ("body > header", "nav[aria-label]", "main", "footer", "h1"):
        assert page.locator(landmark).count() == 1
    levels = [int(tag[1]) for tag in page.eval_on_selector_all("h1,h2,h3,h4", "all => all.map(e => e.tagName)")]
    assert all(later - earlier <= 1 for earlier, later in itertools.pairwise(levels))
    assert page.eval_on_selector_all("table", "all => all.every(t => t.caption && t.querySelector('th[scope]'))")
    identifiers = page.eval_on_selector_all("[id]", "all => all.map(e => e.id)")
    assert len(set(identifiers)) == len(identifiers)
    targets = page.eval_on_selector_all("a[href^='#']", "all => all.map(e => e.hash.slice(1))")
    assert set(targets) <= set(identifiers)


def test_the_page_is_whole_without_its_script(look: Any) -> None:
    page = look("failing", java_script_enabled=False)
    assert page.locator("#causes article").count() == 2
    assert not page.locator(".controls").is_visible()
    page.locator("#results > details > summary").click()
    assert page.locator("#results tbody tr:visible").count() == len(golden.failing().results)


def test_on_paper_the_causes_are_unfolded(look: Any) -> None:
    page = look("failing")
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert page.locator("#causes details:not([open])").count() == 1, "what follows from a cause stays folded"
    page.emulate_media(media="print")
    assert not page.locator("nav").is_visible()
    assert not page.locator("#outputs").is_visible()
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    assert page.locator("#causes details[open]").count() == 0


def test_large_outputs_are_cut_around_their_lines() -> None:
    from vxcheck.report import raw

    sample = golden.basis("failing")
    sample.fabric.sources[1] = ("leaf2", "ip -d link show", [*golden.LEAF2, *(f"line {n}" for n in range(40_000))])
    text = report.render(golden.failing(), sample, Output("html", Path("x")))
    assert len(text) < raw.OUTPUT_BYTES
    assert "lines 23 to 40002 are left out" in text
    assert "22 of 40002 lines, 2 referred to" in text


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_trace_is_drawn_hop_by_hop(look: Any, tmp_path: Path, scheme: str) -> None:
    snapshot = emulated(tmp_path / "snapshot", "udp-port")
    traced = trace(source.open_source(cli.defaults(snapshot)).fabric(), 10, N001, N002)
    page = look("trace", trace_page.render(traced), viewport={"width": 390, "height": 800}, color_scheme=scheme)
    assert page.title() == "STOPS: vxcheck trace"
    assert "stops at vtep-arista01 (decapsulation)" in page.locator("header .verdict").inner_text()
    for name, direction in zip(("forth", "back"), traced.directions, strict=True):
        drawn = page.locator(f"#{name} ol.path")
        assert drawn.count() == len(direction.ways)
        for at, way in enumerate(direction.ways):
            hops = drawn.nth(at).locator(":scope > li")
            assert [hop.split() for hop in hops.evaluate_all("all => all.map(one => one.className)")] == [
                [hop.state] for hop in way.hops
            ]
            for number, hop in enumerate(way.hops):
                assert hop.text in hops.nth(number).inner_text()
                assert all(one.line.strip() in hops.nth(number).inner_text() for one in hop.evidence)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert page.evaluate(CONTRAST)[0] >= 4.5


def test_hostile_text_in_a_trace_stays_text(look: Any) -> None:
    hostile = "<img src=x onerror=alert(1)></script><script>alert(2)</script>"
    hop = Hop(hostile, "port", STOPS, hostile, hostile, evidence=(Evidence(hostile, hostile, 1, hostile),))
    end = End(hostile, None, notes=((hostile, None),))
    direction = Direction(end, end, (Way(UNICAST, (hop,)),))
    page = look("hostile", trace_page.render(Trace(10, None, (direction, direction), (hostile,))))
    assert page.locator("img").count() == 0
    assert page.locator("#forth pre").inner_text() == hostile
    assert hostile in page.locator("h1 + p").inner_text()
