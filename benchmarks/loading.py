"""Measure the way from a text to the tables that checks query, beside textfsm making the rows alone."""

from __future__ import annotations

import io
import random

import textfsm

from benchmarks.measure import Page, compare, table
from benchmarks.parsing import mac_table
from vxcheck import content, loading
from vxcheck.snapshot import Device, Output, Snapshot

_ROWS = 100_000
_OURS = "vxcheck: text to tables"
_PEER = "textfsm, rows alone of the same templates"


def parts() -> list[Page]:
    """Measure a long table of an EOS switch and one of a Linux bridge."""
    parts = [
        _part("arista_eos", "show mac address-table", mac_table(_ROWS)),
        _part("linux", "bridge fdb show", fdb(_ROWS)),
    ]
    return [Page("From text to tables", "\n".join(parts))]


def fdb(rows: int) -> str:
    """Write a forwarding table of a Linux bridge: of VXLAN interfaces and of ports."""
    chosen = random.Random(rows)
    lines = []
    for number in range(rows):
        mac = chosen.randbytes(6).hex(":")
        vlan = 1 + number % 20
        lines.append(
            (
                f"{mac} dev vxlan{vlan} dst 10.0.0.{1 + number % 200} self extern_learn ",
                f"{mac} dev vxlan{vlan} vlan {vlan} extern_learn master br0 ",
                f"{mac} dev eth{number % 4} vlan {vlan} master br0 ",
            )[number % 3]
        )
    return "\n".join([*lines, ""])


def _part(name: str, command: str, text: str) -> str:
    platform = content.platforms()[name]
    known = platform.command(command)
    assert known
    machines = [textfsm.TextFSM(io.StringIO(path.read_text(encoding="utf-8"))) for path in known.templates]
    snapshot = Snapshot((Device("leaf1", name, outputs=(Output(command, text),)),))

    def loaded() -> int:
        made = loading.build(snapshot, {name: platform})
        tables = [path.stem for path in known.templates if path.stem != content.TOTALS]
        counts = [made.connection.execute(f"SELECT count(*) FROM {one}").fetchone() for one in tables]
        return sum(count[0] for count in counts if count)

    def stock() -> int:
        count = 0
        for machine, path in zip(machines, known.templates, strict=True):
            machine.Reset()
            rows = machine.ParseText(text)
            count += len(rows) if path.stem != content.TOTALS else 0
        return count

    assert loaded() == stock() == _ROWS
    result = compare(
        f"`{command}` of {_ROWS:,} rows, {len(text) / 1e6:.1f} MB", {_OURS: loaded, _PEER: stock}, rounds=3
    )
    return table(result, _OURS)
