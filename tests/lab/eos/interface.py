"""Render `show interfaces vxlan 1`."""

from __future__ import annotations

from .kernel import Switch, Vxlan


def show(switch: Switch) -> str:
    """Say what the kernel is set to, whatever it should be."""
    vxlans = [vxlan for vxlan in switch.vxlans if vxlan.vlan is not None]
    lines = [_state(switch.vxlans), "  Hardware is Vxlan", *_source(switch)]
    if vxlans:
        lines.append(f"  Listening on UDP port {vxlans[0].dstport}")
    groups = [vxlan.group for vxlan in vxlans if vxlan.group]
    mode = "multicast" if groups else "headend with Flood List Source: CLI"
    lines += [f"  Replication/Flood Mode is {mode}", "  Static vlan to vni mapping is", *_mapping(vxlans)]
    if groups:
        lines.append(f"  Multicast group address is {groups[0]}")
    else:
        lines += _flood_lists(vxlans)
    return "\n".join(lines) + "\n"


def _state(vxlans: tuple[Vxlan, ...]) -> str:
    if any(vxlan.up for vxlan in vxlans):
        return "Vxlan1 is up, line protocol is up (connected)"
    return "Vxlan1 is administratively down, line protocol is down (disabled)"


def _source(switch: Switch) -> list[str]:
    address = next((vxlan.local for vxlan in switch.vxlans if vxlan.local), None)
    if address is None:
        return ["  Source interface is not configured"]
    state = f"active with {address}" if switch.source_active else "inactive"
    return [f"  Source interface is Loopback0 and is {state}"]


def _mapping(vxlans: list[Vxlan]) -> list[str]:
    pairs = [f"[{vxlan.vlan}, {vxlan.vni}]" for vxlan in vxlans]
    return ["    " + "".join(pair.ljust(18) for pair in pairs[i : i + 4]).rstrip() for i in range(0, len(pairs), 4)]


def _flood_lists(vxlans: list[Vxlan]) -> list[str]:
    rows = [
        f"{vxlan.vlan:>6} " + "".join(address.ljust(16) for address in vxlan.flood) for vxlan in vxlans if vxlan.flood
    ]
    return ["  Headend replication flood vtep list is:", *rows]
