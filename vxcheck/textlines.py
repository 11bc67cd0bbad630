"""Walk through the lines of a long text, and find one by its number, without holding them all."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import chain
from typing import overload

_BLOCK = 1 << 14  # characters that are divided into lines at once


def lines(text: str) -> Iterator[str]:
    """Yield a text's lines as str.splitlines gives them."""
    return chain.from_iterable(text[start:end].splitlines() for start, end in _blocks(text))


def _blocks(text: str) -> Iterator[tuple[int, int]]:
    """Yield where blocks of whole lines begin and end."""
    start = 0
    while start < len(text):
        end = text.find("\n", start + _BLOCK) + 1 or len(text)
        yield start, end
        start = end


class Lines(Sequence[str]):
    """Be the lines of a text as str.splitlines gives them, divided only when they are asked for."""

    def __init__(self, text: str) -> None:
        self._text = text

    def __len__(self) -> int:
        return self._index[-1][0]

    def __iter__(self) -> Iterator[str]:
        return lines(self._text)

    @overload
    def __getitem__(self, at: int) -> str: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[str]: ...
    def __getitem__(self, at: int | slice) -> str | Sequence[str]:
        if isinstance(at, slice):
            return [self[place] for place in range(*at.indices(len(self)))]
        place = at + len(self) if at < 0 else at
        if not 0 <= place < len(self):
            raise IndexError(at)
        block = bisect_right(self._index, place, key=lambda entry: entry[0]) - 1
        number, start = self._index[block]
        return self._text[start : self._index[block + 1][1]].splitlines()[place - number]

    @cached_property
    def _index(self) -> list[tuple[int, int]]:
        """Return how many lines and characters stand before each block, and before the end."""
        found = [(0, 0)]
        for start, end in _blocks(self._text):
            found.append((found[-1][0] + len(self._text[start:end].splitlines()), end))
        return found
