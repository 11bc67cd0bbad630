"""Match what was typed to the command that answers it."""

from __future__ import annotations

import re
from collections.abc import Callable

from . import counters, interface, macs, ports, routes, sanity, vteps
from .kernel import read_ports, read_routes, read_switch, uptime

_INVALID = "% Invalid input\n"

_SHOW: dict[str, Callable[[], str]] = {
    "show interfaces vxlan ?1": lambda: interface.show(read_switch()),
    "show interfaces": lambda: ports.show(read_ports(), read_switch()),
    "show ip route(?: vrf default)?": lambda: routes.show(read_routes(read_ports())),
    "show vxlan config-sanity detail": lambda: sanity.show(read_switch(), read_routes(read_ports())),
    "show mlag": sanity.show_mlag,
    "show vxlan vtep": lambda: vteps.show(read_switch()),
    "show vxlan address-table": lambda: macs.show_vxlan(read_switch()),
    "show mac address-table": lambda: macs.show_all(read_switch()),
    "show vxlan counters software": lambda: counters.show_software(read_switch()),
    "show vxlan counters varp": counters.show_varp,
    "show version": lambda: _version(*uptime()),
    "terminal length 0": lambda: "Pagination disabled.\n",
    "enable": lambda: "",
}

_VERSION = """\
Arista vEOS
Hardware version:    
Serial number:       
System MAC address:  0800.27f4.c0de

Software image version: 4.14.5F
Architecture:           i386
Internal build version: 4.14.5F-2209869.4145F
Internal build ID:      0d9ae1d4-1d3b-4f6c-8d0e-5d8d0c7a1c2f

Uptime:                 {hours} hours and {minutes} minutes
Total memory:           1001208 kB
Free memory:            {free} kB

"""  # noqa: W291 - the switch ends two lines with blanks


def answer(line: str) -> str:
    """Give the whole output of a command, or the refusal."""
    words = " ".join(line.lower().split())
    width = re.fullmatch(r"terminal width (\d+)", words)
    if width:
        return f"Width set to {width[1]} columns.\n"
    for pattern, command in _SHOW.items():
        if re.fullmatch(pattern, words):
            return command()
    if any(pattern.startswith(f"{words} ") for pattern in _SHOW):
        return "% Incomplete command\n"
    return _INVALID


def _version(minutes: int, free: int) -> str:
    return _VERSION.format(hours=minutes // 60, minutes=minutes % 60, free=free)
