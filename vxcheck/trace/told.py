"""Tell a trace: drawn in text for a person, and as JSON."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from vxcheck.report.json import told_line
from vxcheck.report.table import Terminal, printable_block
from vxcheck.results import Finding
from vxcheck.rows import as_json, printable
from vxcheck.trace.steps import ARRIVES, PASSES, STOPS, UNICAST, UNKNOWN, Direction, End, Hop, Trace, Way

VERSION = 1
_MARKS = {PASSES: "o", STOPS: "X", UNKNOWN: "?"}
WORDS = {ARRIVES: "ARRIVES", STOPS: "STOPS", UNKNOWN: "NOT KNOWN"}
_KINDS = {UNICAST: "A frame to its MAC address", "broadcast": "A broadcast, as ARP asks with"}
_LINES = 3  # of evidence, of one hop


def headline(traced: Trace) -> str:
    """Return the verdict in a line."""
    forth, back = traced.directions
    size = f", packets of {traced.size} bytes" if traced.size else ""
    return (
        f"{WORDS[traced.state]} (VNI {traced.vni}{size}; forth: {WORDS[forth.state].lower()}, "
        f"back: {WORDS[back.state].lower()})"
    )


def text(traced: Trace, terminal: Terminal) -> str:
    """Return a trace as text: the verdict, each direction hop by hop, and what no table tells."""
    mended: set[int] = set()
    parts = [headline(traced)]
    for direction in traced.directions:
        parts += _direction(direction, terminal, mended)
    parts.append(terminal.wrap(f"Not examined: {'; '.join(traced.not_examined)}.", 0))
    return "\n\n".join(parts) + "\n"


def _direction(found: Direction, terminal: Terminal, mended: set[int]) -> Iterable[str]:
    title = f"{end_of(found.source)} to {end_of(found.target)}: {WORDS[found.state]}"
    yield "\n".join([terminal.wrap(printable(title), 0), *(terminal.wrap(printable(note), 2) for note in notes(found))])
    for way in found.ways:
        yield "\n".join(_way(way, terminal, mended))


def end_of(end: End) -> str:
    """Return an end's name, and where it is."""
    places = list(dict.fromkeys(f"{seat.device} {seat.port}".strip() for seat in end.seats))
    return f"{end.name} [{', '.join(places[:2])}{', ...' if len(places) > 2 else ''}]" if places else end.name


def notes(found: Direction) -> list[str]:
    """Return what is to be known of both ends, each once."""
    return list(dict.fromkeys(note for end in (found.source, found.target) for note, _ in end.notes))


def frame(way: Way) -> str:
    """Return what goes which way."""
    return f"{_KINDS[way.kind]}{f' towards {way.towards}, where it may be' if way.towards else ''}"


def place(way: Way) -> str:
    """Return where a frame does not get further, as words behind its state; '' where it arrives, or where nobody is."""
    end = way.end
    return f" at {end.device}" if end and end.device and way.state != ARRIVES else ""


def _way(way: Way, terminal: Terminal, mended: set[int]) -> Iterable[str]:
    yield terminal.wrap(printable(f"{frame(way)}: {WORDS[way.state].lower()}{place(way)}"), 2)
    for index, hop in enumerate(way.hops):
        last = index == len(way.hops) - 1
        yield from _hop(hop, terminal, mended, last=last)


def _hop(hop: Hop, terminal: Terminal, mended: set[int], *, last: bool) -> Iterable[str]:
    bar = " " if last else "|"
    who = hop.device or "not examined"
    lines = terminal.wrap(printable(f"{who}, {hop.stage}: {hop.text}"), 7).split("\n")
    yield f"    {_MARKS[hop.state]}  {lines[0].lstrip()}"
    yield from (f"    {bar}{line[5:]}" for line in lines[1:])
    for one in hop.evidence[:_LINES]:
        yield f"    {bar}    {printable(one.device)}: {printable(one.command)}, line {one.number}"
        yield f"    {bar}      | {printable(one.line).strip()}"
    for finding in hop.findings:
        yield from (f"    {bar}  {line}".rstrip() for line in _finding(finding, terminal, mended))


def _finding(finding: Finding, terminal: Terminal, mended: set[int]) -> Iterable[str]:
    """Yield a finding, and its remedies where they have not been told yet."""
    word = "FAULT" if finding.severity == "error" else finding.severity.upper()
    said = Terminal(max(40, terminal.width - 9)).wrap(printable(f"{word} {finding.check}: {finding.message}"), 2)
    yield from said.split("\n")
    if id(finding) in mended:
        return
    mended.add(id(finding))
    for remedy in finding.mend:
        yield f"  {printable(remedy.heading)}:"
        yield from Terminal(max(40, terminal.width - 9)).wrap(printable_block(remedy.text), 4).split("\n")


def document(traced: Trace) -> str:
    """Return a trace as JSON text, in the form that docs/trace.md describes."""
    told = {
        "version": VERSION,
        "state": traced.state,
        "exit_status": traced.exit_status,
        "vni": traced.vni,
        "size": traced.size,
        "directions": [_told(direction) for direction in traced.directions],
        "not_examined": list(traced.not_examined),
    }
    return as_json(told) + "\n"


def _told(found: Direction) -> dict[str, Any]:
    return {
        "state": found.state,
        "from": _toldend_of(found.source),
        "to": _toldend_of(found.target),
        "ways": [
            {
                "kind": way.kind,
                "state": way.state,
                "towards": way.towards,
                "hops": [
                    {
                        "device": hop.device,
                        "stage": hop.stage,
                        "interface": hop.interface,
                        "state": hop.state,
                        "text": hop.text,
                        "evidence": [told_line(one) for one in hop.evidence],
                        "findings": [
                            {
                                "check": one.check,
                                "device": one.device,
                                "severity": one.severity,
                                "message": one.message,
                                "mend": [asdict(remedy) for remedy in one.mend],
                            }
                            for one in hop.findings
                        ],
                    }
                    for hop in way.hops
                ],
            }
            for way in found.ways
        ],
    }


def _toldend_of(end: End) -> dict[str, Any]:
    seats = [{"device": seat.device, "port": seat.port, "bridge": seat.bridge} for seat in end.seats]
    return {"given": end.given, "mac": end.mac, "seats": seats, "notes": [note for note, _ in end.notes]}
