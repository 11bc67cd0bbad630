"""Render `show vxlan vtep`."""

from __future__ import annotations

import ipaddress

from .kernel import Switch


def show(switch: Switch) -> str:
    """List every VTEP that a MAC address was learned behind or that is flooded to."""
    seen = {mac.vtep for mac in switch.remote_macs if mac.vtep}
    seen |= {address for vxlan in switch.vxlans if vxlan.vlan is not None for address in vxlan.flood}
    rows = sorted(seen, key=lambda text: (ipaddress.ip_address(text).version, ipaddress.ip_address(text).packed))
    return "\n".join(["Remote vteps for Vxlan1:", *rows, f"Total number of remote vteps:  {len(rows)}"]) + "\n"
