"""Show on a terminal how far a collection is; say nothing where nobody watches."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from vxcheck.rows import printable


@contextmanager
def watching(names: Sequence[str]) -> Iterator[Callable[[str, str], None] | None]:
    """Yield a function that is told a device's name and state, drawing on standard error; None where nobody watches."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.markup import escape
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    console = Console(stderr=True)
    in_flight: list[str] = []
    ended = failed = 0
    lock = threading.Lock()  # the devices are asked from threads
    now = TextColumn("{task.fields[now]}")
    columns = TextColumn("Collecting"), BarColumn(24), MofNCompleteColumn(), TimeElapsedColumn(), now
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("collect", total=len(names), now="")

        def watch(name: str, state: str) -> None:
            nonlocal ended, failed
            with lock:
                if state == "in flight":
                    in_flight.append(name)
                else:
                    in_flight.remove(name)
                    ended += 1
                    if state != "collected":
                        failed += 1
                        console.print(f"{printable(name)}: {state}", style="yellow", highlight=False, markup=False)
                more = f" and {len(in_flight) - 3} more" if len(in_flight) > 3 else ""
                lost = f"[yellow]{failed} failed[/] " if failed else ""
                waiting = f"in flight: {escape(printable(', '.join(in_flight[:3])))}{more}" if in_flight else ""
                progress.update(task, completed=ended, now=lost + waiting)

        yield watch
