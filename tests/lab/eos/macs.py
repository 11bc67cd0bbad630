"""Render `show vxlan address-table` and `show mac address-table`."""

from __future__ import annotations

from .kernel import Mac, Switch

_VXLAN = """\
          Vxlan Mac Address Table
----------------------------------------------------------------------

Vlan  Mac Address     Type     Prt  Vtep             Moves   Last Move
----  -----------     ----     ---  ----             -----   ---------
{rows}Total Remote Mac Addresses for this criterion: {count}
"""

_ALL = """\
          Mac Address Table
------------------------------------------------------------------

Vlan    Mac Address       Type        Ports      Moves   Last Move
----    -----------       ----        -----      -----   ---------
{rows}Total Mac Addresses for this criterion: {count}

          Multicast Mac Address Table
------------------------------------------------------------------

Vlan    Mac Address       Type        Ports
----    -----------       ----        -----
Total Mac Addresses for this criterion: 0
"""


def show_vxlan(switch: Switch) -> str:
    """List the MAC addresses learned from other VTEPs."""
    rows = "".join(
        f"{mac.vlan:>4}  {_dotted(mac)}  {_kind(mac):<7}  Vx1  {mac.vtep:<15}  {_moves(mac)}\n"
        for mac in switch.remote_macs
    )
    return _VXLAN.format(rows=rows, count=len(switch.remote_macs))


def show_all(switch: Switch) -> str:
    """List every MAC address by the port that it is behind."""
    rows = "".join(
        f"{mac.vlan:>4}    {_dotted(mac)}    {_kind(mac):<7}     {mac.port:<9}  {_moves(mac)}\n" for mac in switch.macs
    )
    return _ALL.format(rows=rows, count=len(switch.macs))


def _dotted(mac: Mac) -> str:
    digits = mac.address.replace(":", "")
    return ".".join(digits[i : i + 4] for i in (0, 4, 8))


def _kind(mac: Mac) -> str:
    return "STATIC" if mac.static else "DYNAMIC"


def _moves(mac: Mac) -> str:
    """Give the last two columns; the kernel counts no moves, so that each address has made its first."""
    minutes, seconds = divmod(mac.age, 60)
    return f"{1:<5}   {minutes // 60}:{minutes % 60:02}:{seconds:02} ago"
