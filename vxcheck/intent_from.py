"""Write a first intent from what a fabric is: it passes there, and says from then on what may not change unnoticed."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from vxcheck import check
from vxcheck.fabric import Fabric

_HEAD = """\
# What this fabric is meant to be; `vxcheck check` judges it where it lies beside the inventory (or with --intent).
# docs/intent.md describes every key; `vxcheck intent schema -o intent.schema.json` serves editors.
# Written from what the devices showed{when}: read it before you trust it.
# yaml-language-server: $schema=intent.schema.json
"""


def text(fabric: Fabric, started: str) -> str:
    """Return an intent that states what a fabric's devices show."""
    devices = check.device_states(fabric)
    members = _rows(
        fabric,
        """SELECT m.vni, m.device, min(m.vlan) AS vlan, min(m.bum_mode) AS bum_mode,
                  min(m.multicast_group) AS multicast_group, min(p.udp_port) AS udp_port,
                  count(DISTINCT m.vlan) AS vlans, count(DISTINCT p.udp_port) AS ports
           FROM vni_members AS m
           LEFT JOIN vtep_ports AS p ON p.device = m.device AND p.interface = m.interface
           GROUP BY m.vni, m.device ORDER BY m.vni, m.device""",
    )
    port = _most(row["udp_port"] for row in members)
    mode = _most(row["bum_mode"] for row in members)
    exceptions: dict[str, dict[int, dict[str, Any]]] = defaultdict(lambda: defaultdict(dict))
    lines = ["fabric:"]
    lines += [f"  udp_port: {port}"] if port is not None else []
    lines += [f"  bum_mode: {mode}"] if mode is not None else []
    lines += ["  other_vnis: forbidden", "vnis:" if members else "vnis: {}"]
    by_vni: dict[int, list[Mapping[str, Any]]] = defaultdict(list)
    for row in members:
        by_vni[row["vni"]].append(row)
    for vni, rows in by_vni.items():
        common = {
            "vlan": _most(row["vlan"] for row in rows if row["vlans"] == 1),
            "udp_port": _most(row["udp_port"] for row in rows),
            "bum_mode": _most(row["bum_mode"] for row in rows),
            "multicast_group": _most(row["multicast_group"] for row in rows),
        }
        lines += [f"  {vni}:", f"    members: {_flow([row['device'] for row in rows])}"]
        usual = {"udp_port": port, "bum_mode": mode}
        lines += [f"    {name}: {value}" for name, value in common.items() if value not in (None, usual.get(name))]
        for row in rows:
            for name, value in common.items():
                mine = row[name]
                if mine is not None and mine != value and not (name == "vlan" and row["vlans"] > 1):
                    exceptions[row["device"]][vni][name] = mine
    lines.append("devices:")
    for device in devices:
        lines += _device(device, exceptions.get(device.name, {}))
    when = f" at {started}" if started else ""
    return _HEAD.format(when=when) + "\n".join(lines) + "\n"


def _device(device: check.DeviceState, exceptions: Mapping[int, Mapping[str, Any]]) -> list[str]:
    name = json.dumps(device.name, ensure_ascii=False)
    if device.vxlan is None:
        return [f"  # {device.name}: not known ({' '.join(device.condition.split())})"]
    lines = [f"  {name}:", f"    role: {'vtep' if device.vxlan else 'underlay'}"]
    if exceptions:
        lines.append("    vnis:")
    for vni, values in exceptions.items():
        told = ", ".join(f"{key}: {value}" for key, value in values.items())
        lines.append(f"      {vni}: {{{told}}}")
    return lines


def _flow(names: Sequence[str]) -> str:
    return "[" + ", ".join(json.dumps(name, ensure_ascii=False) for name in names) + "]"


def _most(values: Iterable[Any]) -> Any:
    """Return the value that most have; of those that equally many have, the lowest."""
    counts = Counter(value for value in values if value is not None)
    return min(counts, key=lambda value: (-counts[value], value), default=None)


def _rows(fabric: Fabric, sql: str) -> list[Mapping[str, Any]]:
    columns, rows = fabric.query(sql)
    return [dict(zip(columns, row, strict=True)) for row in rows]
