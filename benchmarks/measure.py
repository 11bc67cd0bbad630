"""Measure what several ways cost that are to give the same, in turn, so that a busy machine is as unkind to each."""

from __future__ import annotations

import statistics
import time
import tracemalloc
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

_LONG = 5  # seconds of the processor
Way = Callable[[], Any]


@dataclass(frozen=True)
class Result:
    """Hold what ways cost: processor seconds of each round, by the ways' names."""

    name: str
    seconds: Mapping[str, Sequence[float]]

    def least(self, way: str) -> float:
        """Return the processor seconds of a way's best round."""
        return min(self.seconds[way])

    def median(self, way: str) -> float:
        """Return the processor seconds of a way's middle round."""
        return statistics.median(self.seconds[way])


@dataclass(frozen=True)
class Page:
    """Hold one subject's part of docs/performance.md."""

    title: str
    text: str


def compare(name: str, ways: Mapping[str, Way], rounds: int, calls: int = 1) -> Result:
    """Measure the ways round after round, each so many calls at a time; what has taken long is not asked again."""
    seconds: dict[str, list[float]] = {way: [] for way in ways}
    for _ in range(rounds):
        for way, run in ways.items():
            if sum(seconds[way]) > _LONG:
                continue
            start = time.process_time()
            for _ in range(calls):
                run()
            seconds[way].append((time.process_time() - start) / calls)
    return Result(name, seconds)


def peak(run: Way) -> int:
    """Return the most bytes that one call held at once, its result with them."""
    tracemalloc.start()
    try:
        run()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def table(result: Result, ours: str) -> str:
    """Return a result as a table in Markdown, the fastest first; ratios are of the best rounds to our own."""
    lines = ["| way | best | median | times ours |", "|---|---:|---:|---:|"]
    for way in sorted(result.seconds, key=result.least):
        ratio = result.least(way) / result.least(ours)
        lines.append(f"| {way} | {_time(result.least(way))} | {_time(result.median(way))} | {ratio:.1f} |")
    return f"### {result.name}\n\n" + "\n".join(lines) + "\n"


def _time(seconds: float) -> str:
    return f"{seconds * 1e6:,.0f} us" if seconds < 0.01 else f"{seconds * 1e3:,.0f} ms"
