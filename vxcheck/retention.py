"""Say which snapshots of a history are kept: `10`, `24h,7d,4w`, or all."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import UTC, datetime

_NAME = "%Y-%m-%dT%H-%M-%SZ"
# What snapshots of one hour, day, week, month or year have in common.
_SPANS: dict[str, Callable[[datetime], tuple[int, ...]]] = {
    "h": lambda time: (time.year, time.month, time.day, time.hour),
    "d": lambda time: (time.year, time.month, time.day),
    "w": lambda time: time.isocalendar()[:2],
    "m": lambda time: (time.year, time.month),
    "y": lambda time: (time.year,),
}


def name_of(time: datetime) -> str:
    """Return the name of a snapshot's folder: its time in UTC, without colons, which not every file system takes."""
    return time.astimezone(UTC).strftime(_NAME)


def time_of(name: str) -> datetime:
    """Return the time that a snapshot's folder is named by."""
    return datetime.strptime(name, _NAME).replace(tzinfo=UTC)


@dataclass(frozen=True)
class Rule:
    """Say how many are kept: of each span (h, d, w, m, y; "" for any) the newest of so many that have one."""

    text: str
    counts: tuple[tuple[int, str], ...]

    @classmethod
    def parse(cls, text: str) -> Rule:
        """Read a rule. Raises ValueError where it is none."""
        counts = []
        for part in text.split(","):
            match = re.fullmatch(r"([1-9]\d*)([hdwmy]?)", part.strip())
            if not match:
                raise ValueError(
                    f"{part.strip()!r} is no number of snapshots (10), hours (24h), days, weeks, months (m)"
                )
            counts.append((int(match[1]), match[2]))
        return cls(text, tuple(counts))

    def kept(self, names: Collection[str]) -> set[str]:
        """Return which of a history's snapshots are kept: what one part of the rule keeps stays, and the newest."""
        newest_first = sorted(names, reverse=True)
        kept = set(newest_first[:1])
        for count, span in self.counts:
            if not span:
                kept |= set(newest_first[:count])
                continue
            spans: dict[tuple[int, ...], str] = {}
            for name in newest_first:
                spans.setdefault(_SPANS[span](time_of(name)), name)
            kept |= set(list(spans.values())[:count])
        return kept
