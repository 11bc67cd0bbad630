"""Hold the rows of a text while they are made: as lists a row, or as columns with the lines of their values."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any


@dataclass
class Rows:
    """Collect rows as textfsm gives them. `number` counts the lines seen; `state` is the index of the last state."""

    pending: list[list[Any]] = field(default_factory=list)
    number: int = 0
    state: Any = 0
    unlisted = False

    def add(self, columns: Sequence[Sequence[Any]], _lines: Sequence[Any], _numbers: range) -> None:
        """Append rows that come as columns."""
        self.pending += map(list, zip(*columns, strict=True))

    def flush(self) -> None:
        """Leave the rows as they are."""


@dataclass
class Columns:
    """Hold what a template made of a text.

    `columns` has a list for each Value of the header; `lines` an array for each of the lines (from 1) that the values
    were read on, 0 where nothing was read; `recorded` the line at which each row was recorded. `state` is the name of
    the state that the template ended in, `number` the count of lines that it saw. Where it is `unlisted`, a List of
    one text stands as that text.
    """

    header: tuple[str, ...]
    filldown: tuple[bool, ...]
    columns: tuple[list[Any], ...] = ()
    recorded: array[int] = field(default_factory=lambda: array("I"))
    number: int = 0
    state: Any = 0
    pending: list[list[Any]] = field(default_factory=list, repr=False)
    unlisted: bool = False
    # The lines of each Value; None as long as all were read where the rows were recorded.
    _lines: list[array[int] | None] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self.columns = tuple([] for _ in self.header)
        self._lines = [None] * len(self.header)

    @property
    def lines(self) -> tuple[array[int], ...]:
        """Return the lines of each Value; those that are the same are one array."""
        return tuple(self.recorded if lines is None else lines for lines in self._lines)

    def __len__(self) -> int:
        return len(self.recorded)

    def rows(self) -> list[list[Any]]:
        """Return the rows as textfsm gives them: a list a row."""
        return list(map(list, zip(*self.columns, strict=True)))

    @cached_property
    def first_lines(self) -> array[int]:
        """Return the first line of what each row has of its own, else the last that was filled down, else its end."""
        own = [lines for lines, filled in zip(self.lines, self.filldown, strict=True) if not filled]
        if own and all(lines == self.recorded for lines in own):
            return self.recorded
        filled = [lines for lines, filled in zip(self.lines, self.filldown, strict=True) if filled]
        none = [()] * len(self)
        several = zip(
            zip(*own, strict=True) if own else none, zip(*filled, strict=True) if filled else none, strict=True
        )
        return array("I", (_first(*both) or end for both, end in zip(several, self.recorded, strict=True)))

    def add(self, columns: Sequence[Iterable[Any]], lines: Sequence[Iterable[int]], numbers: range) -> None:
        """Append rows that come as columns, each recorded at its own line."""
        self.flush()
        for column, more in zip(self.columns, columns, strict=True):
            column.extend(more)
        self._add_lines(lines, numbers)

    def _add_lines(self, lines: Sequence[Iterable[int]], recorded: Sequence[int]) -> None:
        for place, some in enumerate(lines):
            own = self._lines[place]
            if own is None:
                if some is recorded or some == recorded:
                    continue
                own = self._lines[place] = array("I", self.recorded)
            own.extend(some)
        self.recorded.extend(recorded)

    def flush(self) -> None:
        """Put the rows that are pending into columns; equal texts become one."""
        if not self.pending:
            return
        count = len(self.header)
        several = list(zip(*self.pending, strict=True))
        for column, more in zip(self.columns, several, strict=False):
            column.extend(_shared([*map(_alone, more)] if self.unlisted else more))
        self._add_lines(several[count:-1], several[-1])
        self.pending.clear()


def _first(own: tuple[int, ...], filled: tuple[int, ...]) -> int:
    return min(filter(None, own), default=0) or max(filled, default=0)


def _alone(value: Any) -> Any:
    return value[0] if isinstance(value, list) and len(value) == 1 and isinstance(value[0], str) else value


def _shared(texts: Sequence[Any]) -> Sequence[Any]:
    one: dict[Any, Any] = {}
    try:
        return list(map(one.setdefault, texts, texts))
    except TypeError:  # lists
        return texts
