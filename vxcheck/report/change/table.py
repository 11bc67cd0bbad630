"""A change for a person at a terminal: the verdict, what is new in full, then state by table, then what is gone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from vxcheck.change import Change
from vxcheck.differences import Difference
from vxcheck.report import change as reports
from vxcheck.report import plural
from vxcheck.report.table import Terminal, cause_text
from vxcheck.rows import printable
from vxcheck.watch import Thing

_THINGS = 12
_ROWS = 40  # of a plan
_DIFFERENCES = 8  # of one table


def render(change: Change, terminal: Terminal, *, verbose: bool = False) -> str:
    """Return the change as text; `verbose` has every difference, with the lines that show it."""
    word, _, rest = reports.headline(change).partition(" ")
    parts = [f"{terminal.paint(word)} {rest}", terminal.wrap(f"Compared: {printable(reports.looks(change))}.", 0)]
    parts += _plan(change, terminal, verbose=verbose)
    parts += _new(change, terminal, verbose=verbose)
    parts += _things(change.findings.gone, "GONE", terminal, verbose=verbose)
    parts += _things(change.findings.still, "STILL", terminal, verbose=verbose)
    for table, found in reports.by_table(change).items():
        parts.append("\n".join(_state(table, found, change.state.more.get(table, 0), terminal, verbose=verbose)))
    for unread in change.state.unread:
        text = f"{unread.device}: {printable(unread.reason)} (not compared: {', '.join(unread.tables)})"
        parts.append(terminal.wrap(text, 8, "NOT RUN"))
    if not change.findings.new and not change.findings.gone and not change.state.told:
        parts.append("Nothing that was compared has changed.")
    parts.append(terminal.wrap(reports.noise(change), 0))
    return "\n\n".join(part for part in parts if part.strip()) + "\n"


def _plan(change: Change, terminal: Terminal, *, verbose: bool) -> Iterable[str]:
    title, rows = reports.plan(change)
    told = rows if verbose else rows[:_ROWS]
    lines = [terminal.wrap(printable(text), len(mark) + 1, mark) for mark, text in told]
    lines += [f"... and {len(rows) - len(told)} more (-v has all)"] if len(rows) > len(told) else []
    yield "\n".join([printable(title), *lines])


def _new(change: Change, terminal: Terminal, *, verbose: bool) -> Iterable[str]:
    new = change.findings.new
    for thing in new[: None if verbose else _THINGS]:
        if thing.cause is None:
            yield terminal.wrap(f"{thing.word} {printable(thing.text)}", 4, "NEW")
            continue
        text = f"{terminal.paint('NEW')} {cause_text(thing.cause, terminal, verbose=verbose)}"
        if unseen := change.unseen(thing):
            text += f"\n{terminal.wrap(f'New, or not seen before: {printable(unseen)}.', 2)}"
        yield text
    if more := len(new) - _THINGS:
        yield from [f"... and {more} more new (-v has all)"] if more > 0 and not verbose else []


def _things(things: Sequence[Thing], word: str, terminal: Terminal, *, verbose: bool) -> Iterable[str]:
    told = things if verbose else things[:_THINGS]
    lines = [terminal.wrap(f"{one.word} {printable(one.text)}", len(word) + 1, word) for one in told]
    if more := len(things) - len(told):
        lines.append(f"... and {more} more {word.lower()} (-v has all)")
    yield "\n".join(lines)


def _state(table: str, found: Sequence[Difference], more: int, terminal: Terminal, *, verbose: bool) -> Iterable[str]:
    yield f"{table}: {plural(len(found) + more, 'difference')}"
    for one in found if verbose else found[:_DIFFERENCES]:
        words = f"{one.what} {one.thing} {one.device}"
        text = " ".join(part for part in (words, reports.subject(one)) if part)
        told = reports.told(one)
        yield terminal.wrap(printable(f"{text}: {told}" if told else text), 2)
        if verbose:
            for when, line in (("before", one.before), ("after", one.after)):
                if line is not None:
                    yield terminal.wrap(f"{when}: {line.device}: {line.command}, line {line.number}", 4)
                    yield from terminal.quote(line.line)
    if left := more + (0 if verbose else max(0, len(found) - _DIFFERENCES)):
        yield f"  ... and {left} more{'' if verbose else ' (-v has all)'}"
