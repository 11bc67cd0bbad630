"""Turn the text that a template captured into the value that its column holds."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Iterator
from functools import lru_cache

from vxcheck.schema import Column

Value = str | int | float | bool | list[str] | None

_STATES = {
    "u": "up",
    "up": "up",
    "d": "down",
    "down": "down",
    "a": "down",
    "administratively down": "down",
    "lowerlayerdown": "down",
    "notconnect": "down",
    "enabled": "up",
    "disabled": "down",
    "unknown": "unknown",
}
_BUM_MODES = {
    "headend": "head-end",
    "unicastbgp": "head-end",
    "unicaststatic": "head-end",
    "multicast": "multicast",
    "not initialized yet": "none",
}
_LIST_OF_VLANS = re.compile(r"\d+(?:-\d+)?(?:,\d+(?:-\d+)?)*")
_LAST_VLAN = 4095
_BOUNDS = {"INTEGER": (-(2**31), 2**31 - 1), "UBIGINT": (0, 2**64 - 1)}
_LARGEST = {"VNI": 2**24 - 1, "port": 65535}
_AGE = re.compile(r"(?:(\d+) days?, )?(\d+):(\d\d):(\d\d)(?: ago)?")


def convert(column: Column, text: str | list[str]) -> Value:
    """Return the column's value of a captured text; nothing captured is None.

    Raises ValueError with the text where it is not a value of the column's unit.
    """
    if isinstance(text, list):
        return [part.strip() for part in text if part]
    text = text.strip()
    if column.unit == "truth":
        return bool(text)
    if not text:
        return None
    by_unit = _BY_UNIT.get(column.unit)
    if by_unit:
        value = by_unit(text)
        return _fitting(column, value, text) if type(value) is int else value
    if column.type in ("INTEGER", "UBIGINT"):
        return _fitting(column, int(text), text)
    if column.type == "DOUBLE":
        return float(text)
    if column.name == "bum_mode":
        return _BUM_MODES.get(text.lower(), text.lower())
    if column.name == "origin":
        return text.lower()
    return text


def _fitting(column: Column, number: int, text: str) -> int:
    """Return a number that its unit can have, and its column can hold. Raises ValueError."""
    least, most = _BOUNDS[column.type]
    most = _LARGEST.get(column.unit, most)
    if not least <= number <= most:
        raise ValueError(f"{text!r} is out of bounds: {column.name} is at most {most}")
    return number


def several(column: Column, text: str | list[str]) -> list[Value]:
    """Return every value of a captured text: a row each.

    A template's `List` for a column that holds one value gives all that stands between blanks or commas; VLANs may be
    ranges (10,20-22). Raises ValueError as `convert` does.
    """
    if isinstance(text, list) and not column.type.endswith("[]"):
        parts = [part for one in text for part in re.split(r"[\s,]+", one.strip()) if part]
        return [value for part in parts for value in several(column, part)] or [None]
    if column.unit == "VLAN" and isinstance(text, str) and _LIST_OF_VLANS.fullmatch(text.strip()):
        return list(_vlans(text.strip()))
    return [convert(column, text)]


def _vlans(text: str) -> Iterator[int]:
    for part in text.split(","):
        first, _, last = part.partition("-")
        if int(first) > int(last or first) or int(last or first) > _LAST_VLAN:
            raise ValueError(f"{text!r} is not a list of VLANs")
        yield from range(int(first), int(last or first) + 1)


@lru_cache(maxsize=65536)
def mac(text: str) -> str:
    """Return a MAC address in lower case with colons, from any vendor's spelling."""
    digits = re.sub(r"[.:-]", "", text).lower()
    if not re.fullmatch(r"[0-9a-f]{12}", digits):
        raise ValueError(f"{text!r} is not a MAC address")
    return ":".join(digits[index : index + 2] for index in range(0, 12, 2))


@lru_cache(maxsize=65536)
def ip(text: str) -> str:
    """Return an IP address in its canonical text; `*` stands for any IPv4 address."""
    return str(ipaddress.IPv4Address(0) if text == "*" else ipaddress.ip_address(text))


def _seconds(text: str) -> float:
    if re.fullmatch(r"\d+(\.\d+)?", text):
        return float(text)
    match = _AGE.fullmatch(text)
    if not match:
        raise ValueError(f"{text!r} is not a length of time")
    days, hours, minutes, seconds = (int(part or 0) for part in match.groups())
    return float(((days * 24 + hours) * 60 + minutes) * 60 + seconds)


def _vni(text: str) -> int:
    """Read a VNI, which EOS may print dotted (0.10.100)."""
    if "." not in text:
        return int(text)
    high, middle, low = (int(part) for part in text.split("."))
    return (high << 16) + (middle << 8) + low


def _switch(text: str) -> bool:
    """Read a switch: on or off, or a word and the same behind `no` (udpcsum, noudpcsum)."""
    return not re.match(r"(?i)no|off|false|disabled?$", text)


def _state(text: str) -> str:
    return _STATES.get(text.lower(), text.lower())


_BY_UNIT: dict[str, Callable[[str], Value]] = {
    "MAC": mac,
    "IP": ip,
    "s": _seconds,
    "cs": lambda text: int(text) / 100,
    "VNI": _vni,
    "state": _state,
    "switch": _switch,
}
