"""Render `show interfaces`."""

from __future__ import annotations

from pathlib import Path

from . import interface
from .kernel import Port, Switch

_LOOPBACK_MTU = 65535  # the kernel's own is one more

_ETHERNET = """\
  Full-duplex, {speed}, auto negotiation: {negotiation}, uni-link: unknown
  {since}
  1 link status changes since last clear
  Last clearing of "show interface" counters never
  5 minutes input rate 0 bps (0.0% with framing overhead), 0 packets/sec
  5 minutes output rate 0 bps (0.0% with framing overhead), 0 packets/sec
     {rx_packets} packets input, {rx_bytes} bytes
     Received 0 broadcasts, {rx_multicast} multicast
     0 runts, 0 giants
     {rx_errors} input errors, 0 CRC, 0 alignment, 0 symbol, {rx_dropped} input discards
     0 PAUSE input
     {tx_packets} packets output, {tx_bytes} bytes
     Sent 0 broadcasts, 0 multicast
     {tx_errors} output errors, 0 collisions
     0 late collision, 0 deferred, {tx_dropped} output discards
     0 PAUSE output
"""


def show(ports: tuple[Port, ...], switch: Switch) -> str:
    """Show every interface, the VXLAN one last."""
    return "".join(_show(port) for port in ports) + interface.show(switch)


def _show(port: Port) -> str:
    lines = [f"{port.name} is {_state(port)}", _hardware(port), *_addresses(port), _mtu(port)]
    since = f"{'Up' if port.up and port.carrier else 'Down'} {_uptime()}"
    if port.kind in ("Loopback", "Vlan"):
        return "\n".join([*lines, f"  {since}", ""])
    fast = port.kind == "Ethernet"
    counters = {name: port.statistics.get(name, 0) for name in (*port.statistics, "rx_multicast")}
    rest = _ETHERNET.format(
        speed="10Gb/s" if fast else "1Gb/s", negotiation="off" if fast else "on", since=since, **counters
    )
    return "\n".join([*lines, rest])


def _state(port: Port) -> str:
    if not port.up:
        return "administratively down, line protocol is down (disabled)"
    if not port.carrier:
        return "down, line protocol is down (notconnect)"
    return "up, line protocol is up (connected)"


def _hardware(port: Port) -> str:
    if port.kind == "Loopback":
        return "  Hardware is Loopback"
    digits = port.mac.replace(":", "")
    mac = ".".join(digits[i : i + 4] for i in range(0, 12, 4))
    burned_in = "" if port.kind == "Ethernet" and not port.switched else f" (bia {mac})"
    return f"  Hardware is {'Vlan' if port.kind == 'Vlan' else 'Ethernet'}, address is {mac}{burned_in}"


def _addresses(port: Port) -> list[str]:
    if not port.addresses:
        return [] if port.switched else ["  No Internet protocol address assigned"]
    return [
        f"  Internet address is {port.addresses[0]}",
        *(f"  Secondary address is {address}" for address in port.addresses[1:]),
        "  Broadcast address is 255.255.255.255",
        "  Address determined by manual configuration",
    ]


def _mtu(port: Port) -> str:
    if port.kind == "Loopback":
        return f"  IP MTU {min(port.mtu, _LOOPBACK_MTU)} bytes"
    if port.kind == "Vlan":
        return f"  IP MTU {port.mtu} bytes"
    bandwidth = 10000000 if port.kind == "Ethernet" else 1000000
    return f"  {'Ethernet' if port.switched else 'IP'} MTU {port.mtu} bytes , BW {bandwidth} kbit"


def _uptime() -> str:
    seconds = int(float(Path("/proc/uptime").read_text().split()[0]))
    days, hours, minutes = seconds // 86400, seconds // 3600 % 24, seconds // 60 % 60
    parts = ((days, "day"), (hours, "hour"), (minutes, "minute"), (seconds % 60, "second"))
    return ", ".join(f"{count} {unit}{'' if count == 1 else 's'}" for count, unit in parts if count) or "0 seconds"
