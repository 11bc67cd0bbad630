"""Show on a terminal how far a collection is; say nothing where nobody watches."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager


@contextmanager
def watching(names: Sequence[str]) -> Iterator[Callable[[str, str], None] | None]:
    """Yield a function that is told a device's name and state, drawing on standard error; None where nobody watches."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    console = Console(stderr=True)
    in_flight: list[str] = []
    ended = [0]
    now = TextColumn("{task.fields[now]}")
    columns = TextColumn("Collecting"), BarColumn(24), MofNCompleteColumn(), TimeElapsedColumn(), now
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("collect", total=len(names), now="")

        def watch(name: str, state: str) -> None:
            if state == "in flight":
                in_flight.append(name)
            else:
                in_flight.remove(name)
                ended[0] += 1
                if state != "collected":
                    console.print(f"{name}: {state}", style="yellow", highlight=False, markup=False)
            more = f" and {len(in_flight) - 3} more" if len(in_flight) > 3 else ""
            progress.update(task, completed=ended[0], now=", ".join(in_flight[:3]) + more)

        yield watch
