"""Load an intent into the tables that checks read, each value with the line of the file that tells it."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping, Sequence
from typing import Any

from vxcheck import schema
from vxcheck.fabric import Fabric, insert
from vxcheck.intent import MEMBER_VALUES, VALUES, Intent, Told

SOURCE = "intent"


def load(fabric: Fabric, intent: Intent) -> None:
    """Fill intent_devices and intent_members, and set the roles of devices."""
    if not intent.states_anything:
        return
    fabric.intent_given = True
    line = fabric.add_source(SOURCE, str(intent.path), list(intent.lines))
    _fill(fabric, "intent_devices", line, VALUES, [((name,), told) for name, told in intent.devices.items()])
    _fill(fabric, "intent_members", line, MEMBER_VALUES, list(intent.members.items()))
    for name, told in intent.roles.items():
        fabric.connection.execute(
            "UPDATE devices SET role = ?, role_origin = 'intent' WHERE device = ?", [told.value, name]
        )


def _fill(
    fabric: Fabric,
    table: str,
    source: int,
    names: Sequence[str],
    rows: Sequence[tuple[tuple[Any, ...], Mapping[str, Told]]],
) -> None:
    known = schema.tables()[table]
    evidence = [name for name in names if known.column(f"{name}_evidence")]
    columns = [*known.key, *names, "evidence", *(f"{name}_evidence" for name in evidence)]
    values = [
        (
            *key,
            *(_value(told.get(name)) for name in names),
            source + told[""].line,
            *(source + told[name].line if name in told else None for name in evidence),
        )
        for key, told in rows
        if key[0] not in fabric.left_out
    ]
    insert(fabric.connection, table, columns, values)


def _value(told: Told | None) -> Any:
    if told is None:
        return None
    try:
        return str(ipaddress.ip_address(told.value)) if isinstance(told.value, str) else told.value
    except ValueError:
        return told.value
