"""Turn the text that a template captured into the value that its column holds."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable
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
    "unknown": "unknown",
}
_BUM_MODES = {"headend": "head-end", "multicast": "multicast", "not initialized yet": "none"}
_AGE = re.compile(r"(?:(\d+) days?, )?(\d+):(\d\d):(\d\d)(?: ago)?")


def convert(column: Column, text: str | list[str]) -> Value:
    """Return the column's value of a captured text; nothing captured is None.

    Raises ValueError with the text where it is not a value of the column's unit.
    """
    if isinstance(text, list):
        return [part.strip() for part in text]
    text = text.strip()
    if column.type == "BOOLEAN":
        return bool(text)
    if not text:
        return None
    by_unit = _BY_UNIT.get(column.unit)
    if by_unit:
        return by_unit(text)
    if column.type in ("INTEGER", "UBIGINT"):
        return int(text)
    if column.type == "DOUBLE":
        return float(text)
    if column.name == "bum_mode":
        return _BUM_MODES.get(text.lower(), text.lower())
    return text


@lru_cache(maxsize=65536)
def mac(text: str) -> str:
    """Return a MAC address in lower case with colons, from any vendor's spelling."""
    digits = re.sub(r"[.:-]", "", text).lower()
    if not re.fullmatch(r"[0-9a-f]{12}", digits):
        raise ValueError(f"{text!r} is not a MAC address")
    return ":".join(digits[index : index + 2] for index in range(0, 12, 2))


@lru_cache(maxsize=65536)
def ip(text: str) -> str:
    """Return an IP address in its canonical text."""
    return str(ipaddress.ip_address(text))


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


def _state(text: str) -> str:
    return _STATES.get(text.lower(), text.lower())


_BY_UNIT: dict[str, Callable[[str], Value]] = {
    "MAC": mac,
    "IP": ip,
    "s": _seconds,
    "cs": lambda text: int(text) / 100,
    "VNI": _vni,
    "state": _state,
}
