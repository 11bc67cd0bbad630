"""Pause Python's cyclic garbage collector while many rows are made, none of which is garbage."""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_lock = threading.Lock()
_pausing = 0
_was_on = False


@contextmanager
def collector() -> Iterator[None]:
    """Keep the collector off within it, in whatever threads do so at once; it is as before when the last has ended."""
    global _pausing, _was_on  # noqa: PLW0603  # the collector is the process's, too
    with _lock:
        if not _pausing:
            _was_on = gc.isenabled()
            gc.disable()
        _pausing += 1
    try:
        yield
    finally:
        with _lock:
            _pausing -= 1
            if not _pausing and _was_on:
                _take_for_old()
                gc.enable()


def _take_for_old() -> None:
    """Put all objects into the oldest generation: the next collection would look through every row for garbage."""
    if not gc.get_freeze_count():
        gc.freeze()
        gc.unfreeze()
