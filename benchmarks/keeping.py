"""Measure what a history takes: a snapshot of many devices, saved again and again.

    python benchmarks/keeping.py [DEVICES [TIMES [CHANGING]]]

Each device answers as one of the demo's does, with addresses of its own. CHANGING is what differs from time to time:
`little` (one device in a hundred learns a MAC address), or `counters` (on every device, whatever shows counters, too).
"""

from __future__ import annotations

import re
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from vxcheck import content, over_time, snapshot, store
from vxcheck.demo import lab
from vxcheck.history import History
from vxcheck.snapshot import Device, Output, Snapshot

_COUNTERS = ("counters", "-s link", "nstat", "/proc/net/", "show interfaces vxlan")


def taken(devices: int, hour: int, changing: str) -> Snapshot:
    """Return what the devices say at an hour."""
    found = []
    names = ("vtep-arista01", "vtep-vyos01")
    answers = {name: lab.answers(name) for name in names}
    for number in range(devices):
        name = names[number % 2]
        outputs = []
        for command, text in answers[name].items():
            told = text.replace("172.16.", f"10.{number % 250}.").replace("08:00:27", f"02:00:{number % 250:02x}")
            if changing == "counters" and any(word in command for word in _COUNTERS):
                told = re.sub(r"(?<![\w.:])\d{2,}(?![\w.:])", lambda one: str(int(one[0]) + 977 * hour), told)
            if number % 100 == hour and command == "bridge fdb show":
                told += f"02:00:00:00:00:{hour:02x} dev eth3 master br100 \n"
            outputs.append(Output(command, told, seconds=number % 7 / 100))
        found.append(Device(f"leaf{number:04}", lab.PLATFORMS[name], seconds=hour / 10, outputs=tuple(outputs)))
    return Snapshot(tuple(found), (datetime(2026, 3, 1, tzinfo=UTC) + timedelta(hours=hour)).isoformat(), 1.0)


def size(folder: Path) -> str:
    """Return how many files there are in a folder, the bytes in them, and the room that they take on the disk."""
    told = [path.lstat() for path in folder.rglob("*")]
    files = sum(path.is_file() for path in folder.rglob("*"))
    room = sum(one.st_blocks for one in told) * 512
    return f"{files} files, {sum(one.st_size for one in told) / 2**20:.1f} MiB, {room / 2**20:.1f} MiB on disk"


def main(devices: int = 1000, times: int = 24, changing: str = "little") -> None:
    """Save and look, and print what it took."""
    with tempfile.TemporaryDirectory(prefix="vxcheck-keeping-") as where:
        folder = Path(where)
        snapshot.write(taken(devices, 0, changing), folder / "plain")
        print(f"one snapshot of plain files: {size(folder / 'plain')}")
        history = History.at(folder / "days")
        for hour in range(times):
            told = taken(devices, hour, changing)
            clock = time.monotonic()
            path = history.begin(told.started)
            snapshot.write(told, path)
            history.pack(path)
            history.keep(None)
            if hour in (0, times - 1):
                print(f"a history of {hour + 1}: {size(folder / 'days')}; saved in {time.monotonic() - clock:.1f} s")
        clock = time.monotonic()
        snapshot.read(store.located(folder / "days"))
        print(f"the newest read, and every digest verified: {time.monotonic() - clock:.1f} s")
        clock = time.monotonic()
        sql = "SELECT * FROM macs WHERE mac = '02:00:00:00:00:03'"
        told_rows = over_time.rows(folder / "days", "macs", sql, [], content.platforms())
        print(f"where a MAC address has been ({len(told_rows.rows)} rows): {time.monotonic() - clock:.1f} s")


if __name__ == "__main__":
    arguments = (*sys.argv[1:], "", "", "")
    main(int(arguments[0] or 1000), int(arguments[1] or 24), arguments[2] or "little")
