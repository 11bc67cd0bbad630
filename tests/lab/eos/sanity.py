"""Render `show vxlan config-sanity detail` and `show mlag`."""

from __future__ import annotations

from ipaddress import ip_address, ip_network

from .kernel import Route, Switch

_HEADING = """\
Category                            Result  Detail
---------------------------------- -------- --------------------------------------------------
"""

_NO_MLAG = """\
MLAG Configuration:              
domain-id                          :                    
local-interface                    :                    
peer-address                       :             0.0.0.0
peer-link                          :                    
peer-config                        :                    

MLAG Status:                     
state                              :            Disabled
negotiation status                 :                    
peer-link status                   :                    
local-int status                   :                    
system-id                          :   00:00:00:00:00:00

MLAG Ports:                      
Disabled                           :                   0
Configured                         :                   0
Inactive                           :                   0
Active-partial                     :                   0
Active-full                        :                   0

"""  # noqa: W291 - the switch pads with blanks


def show(switch: Switch, routes: tuple[Route, ...]) -> str:
    """Check the local VTEP, and the way to each address that it floods to; one failure fails its category."""
    vxlans = [vxlan for vxlan in switch.vxlans if vxlan.vlan is not None]
    head_end = [vxlan for vxlan in vxlans if not vxlan.group]
    local = [
        ("Loopback IP Address", "" if switch.source_active else "No IP address on the source interface"),
        ("VLAN-VNI Map", "" if vxlans else "No VLAN-VNI mapping in Vxlan1"),
        *(("Flood List", "" if one.flood else f"No remote VTEP in VLAN {one.vlan}") for one in head_end),
    ]
    peers = sorted({address for vxlan in vxlans for address in vxlan.flood})
    remote = [("Remote VTEP", f"No route to {peer}") for peer in peers if not _reached(peer, routes)]
    return (
        _HEADING
        + _category("Local VTEP Configuration Check", local)
        + _category("Remote VTEP Configuration Check", remote or [("Remote VTEP", "")])
    )


def show_mlag() -> str:
    """Say that there is none."""
    return _NO_MLAG


def _reached(peer: str, routes: tuple[Route, ...]) -> bool:
    return any(route.next_hops and ip_address(peer) in ip_network(route.destination) for route in routes)


def _category(name: str, items: list[tuple[str, str]]) -> str:
    failed = any(detail for _, detail in items)
    lines = [_line(name, failed=failed), *(_line(f"  {item}", failed=bool(why), detail=why) for item, why in items)]
    return "".join(lines)


def _line(name: str, *, failed: bool, detail: str = "") -> str:
    result = "FAIL" if failed else " OK "
    return f"{name:<36} {result}   {detail}".rstrip() + "\n"
