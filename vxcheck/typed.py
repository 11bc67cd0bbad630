"""Turn columns of captured texts into columns of values: each different text once, MAC addresses all at once."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from typing import Any

from vxcheck import values
from vxcheck.schema import Column
from vxcheck.values import Value

_AGES = re.compile(r"(?:[0-9]+:[0-9][0-9]:[0-9][0-9](?: ago)?\n)*+")


def columns(
    wanted: Sequence[Column], found: Sequence[Sequence[Any]], lists: Sequence[bool]
) -> tuple[list[Sequence[Value]], list[int] | None]:
    """Return the columns' values, and of which record each row is, None where each record is one row.

    `found` has what was captured, a column each: texts, or lists of texts for those that `lists` names (one text of a
    list may stand alone). A record that lists several values for one is a row for each. Raises ValueError with a text
    that is none of its column's unit.
    """
    may_list = _may_list(wanted, found, lists)
    typed: list[Sequence[Value]] = []
    further: list[dict[int, list[Value]]] = []
    for column, texts, is_list in zip(wanted, found, lists, strict=True):
        firsts, more = _column(column, texts, is_list=is_list, may_list=may_list)
        typed.append(firsts)
        further.append(more)
    if not any(further):
        return typed, None
    return _spread(typed, further)


def first_fault(
    wanted: Sequence[Column], found: Sequence[Sequence[Any]], lists: Sequence[bool]
) -> tuple[int, ValueError] | None:
    """Return the first record that has a text that is none of its column's unit, and what is wrong with it."""
    may_list = _may_list(wanted, found, lists)
    for place, record in enumerate(zip(*found, strict=True)):
        for column, captured, is_list in zip(wanted, record, lists, strict=True):
            try:
                _several(column, captured, is_list=is_list, may_list=may_list)
            except ValueError as error:
                return place, error
    return None


def _may_list(wanted: Sequence[Column], found: Sequence[Sequence[Any]], lists: Sequence[bool]) -> bool:
    """Tell whether VLANs may be lists, and must be VLANs then: where a record has a list, or one of several is none."""
    vlans = [texts for column, texts in zip(wanted, found, strict=True) if column.unit == "VLAN"]
    return any(lists) or (len(vlans) > 1 and not all(all(map(str.isdigit, texts)) for texts in vlans))


def _column(
    column: Column, captured: Sequence[Any], *, is_list: bool, may_list: bool
) -> tuple[Sequence[Value], dict[int, list[Value]]]:
    """Return the first value of each, and all of those that are several."""
    if column.unit == "MAC" and not is_list and (macs := _macs(captured)) is not None:
        return macs, {}
    keys: Sequence[Any] = captured
    if is_list and set(map(type, captured)) != {str}:
        keys = [one if isinstance(one, str) else tuple(one) for one in captured]
    different = set(keys)
    if column.unit == "s" and not is_list and (seconds := _ages(different)) is not None:
        return list(map(seconds.__getitem__, captured)), {}
    known = {key: _several(column, key, is_list=is_list, may_list=may_list) for key in different}
    firsts = list(map({key: made[0] for key, made in known.items()}.__getitem__, keys))
    if all(len(made) == 1 for made in known.values()):
        return firsts, {}
    return firsts, {place: known[key] for place, key in enumerate(keys) if len(known[key]) > 1}


def _several(column: Column, captured: Any, *, is_list: bool, may_list: bool) -> list[Value]:
    if is_list:
        return values.several(column, [captured] if isinstance(captured, str) else list(captured))
    # A column that is a list though the Value is none holds its text as it is.
    if may_list or (column.unit == "VLAN" and not captured.isdigit()):
        return values.several(column, captured)
    return [values.convert(column, captured)]


def _spread(
    typed: Sequence[Sequence[Value]], further: Sequence[dict[int, list[Value]]]
) -> tuple[list[Sequence[Value]], list[int]]:
    """Make a row for each combination of a record's several values."""
    spread: list[list[Value]] = [[] for _ in typed]
    records: list[int] = []
    start = 0
    count = len(typed[0])
    for place in [*sorted(set().union(*further)), count]:
        for column, firsts in zip(spread, typed, strict=True):
            column.extend(firsts[start:place])
        records += range(start, place)
        start = place + 1
        if place < count:
            parts = [more.get(place) or [firsts[place]] for firsts, more in zip(typed, further, strict=True)]
            for row in itertools.product(*parts):
                records.append(place)
                for column, value in zip(spread, row, strict=True):
                    column.append(value)
    return list(spread), records


def _ages(texts: set[str]) -> dict[str, Value] | None:
    """Return the seconds of ages that are hours, minutes and seconds; None where any is not."""
    ages = list(texts)
    joined = "\n".join(ages) + "\n"
    if not texts or not _AGES.fullmatch(joined):
        return None
    parts = list(map(int, joined.replace(" ago", "").replace("\n", ":").split(":")[:-1]))
    times = zip(parts[::3], parts[1::3], parts[2::3], strict=True)
    return dict(
        zip(ages, [float(hours * 3600 + minutes * 60 + seconds) for hours, minutes, seconds in times], strict=True)
    )


def _macs(texts: Sequence[str]) -> list[str] | None:
    """Return MAC addresses that all stand as aabb.ccdd.eeff, or all as aa:bb:cc:dd:ee:ff; None where any does not."""
    count, text = len(texts), "\n".join(texts)
    if not text.isascii():
        return None
    raw = f"{text}\n".lower().encode()
    if _is_of_form(raw, count, b"xxxx.xxxx.xxxx\n"):
        made = bytearray(b"xx:xx:xx:xx:xx:xx\n" * count)
        for digit, place in enumerate((0, 1, 2, 3, 5, 6, 7, 8, 10, 11, 12, 13)):
            made[digit + digit // 2 :: 18] = raw[place::15]
        return made.decode().splitlines()
    return raw.decode().splitlines() if _is_of_form(raw, count, b"xx:xx:xx:xx:xx:xx\n") else None


def _is_of_form(raw: bytes, count: int, form: bytes) -> bool:
    """Tell whether bytes are so many times a form, in which each x is a hexadecimal digit."""
    rest = form.replace(b"x", b"")
    return (
        count > 0
        and len(raw) == count * len(form)
        and raw.translate(None, b"0123456789abcdef") == rest * count
        and all(raw[at :: len(form)] == form[at : at + 1] * count for at in range(len(form)) if form[at] != ord("x"))
    )
