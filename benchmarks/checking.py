"""Measure the whole library of checks on large fabrics: `python -m benchmarks.checking [VTEPS VNIS MAC_ROWS]`."""

from __future__ import annotations

import argparse
import sys
import time
from dataclasses import dataclass

from benchmarks.measure import Page
from tests import large
from vxcheck import check, pages
from vxcheck.fabric import SMALL, Fabric, empty

_MAC_CHECKS = ("mac_behind_wrong_vtep", "mac_duplicate", "mac_not_learned")
# From size to size the MAC rows grow tenfold, and nothing else does.
_SIZES = (large.Size(100, 20, 20_000), large.Size(100, 20, 200_000), large.Size(100, 20, 2_000_000))
_MEMORY = 2048


@dataclass(frozen=True)
class Measured:
    """Hold what a fabric's checks cost: processor seconds of the whole library, and of three of MAC addresses."""

    mac_rows: int
    flood_rows: int
    examined: int
    whole: float
    macs: float


def measure(size: large.Size) -> Measured:
    """Check a fabric with a few faults; raises AssertionError where not exactly those are found."""
    made = large.load(size, empty(_MEMORY, SMALL))
    planted = large.break_a_few(made)
    checks = pages.load()
    start = time.process_time()
    report = check.run(made, checks)
    whole = time.process_time() - start
    found = {(one.check, one.device) for one in report.findings}
    assert found == planted, f"found {sorted(found)}, planted {sorted(planted)}"
    start = time.process_time()
    check.run(made, {name: checks[name] for name in _MAC_CHECKS})
    macs = time.process_time() - start
    return Measured(
        _count(made, "macs") + _count(made, "remote_macs"), _count(made, "flood_lists"), report.examined, whole, macs
    )


def parts() -> list[Page]:
    """Return how the time grows with the MAC rows."""
    about = f"{_SIZES[0].vteps} VTEPs, {_SIZES[0].vnis} VNIs and four faults, all of which are found"
    lines = [
        f"{about}; the tables may take {_MEMORY:,} MiB.\n",
        "| MAC rows | flood list rows | examined | whole library | three checks of MAC addresses |",
        "|---:|---:|---:|---:|---:|",
    ]
    for size in _SIZES:
        one = measure(size)
        lines.append(
            f"| {one.mac_rows:,} | {one.flood_rows:,} | {one.examined:,} | {one.whole:.1f} s | {one.macs:.1f} s |"
        )
    lines.append(
        "\nA fabric of 1,000 VTEPs and 200 VNIs with 36 million flood list rows and a hundred million MAC rows takes "
        "minutes to make, and is measured by itself: `python -m benchmarks.checking 1000 200 100000000`."
    )
    return [Page("Checking", "\n".join(lines))]


def _count(made: Fabric, table: str) -> int:
    (count,) = made.connection.execute(f"SELECT count(*) FROM {table}").fetchone() or (0,)
    return int(count)


def main() -> None:
    """Measure the size that the command line gives, or the usual ones."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("size", metavar="N", type=int, nargs="*", help="VTEPs, VNIs, MAC rows")
    size = parser.parse_args().size
    if size and len(size) != 3:
        sys.exit("give three numbers: VTEPs, VNIs, MAC rows")
    print(measure(large.Size(*size)) if size else parts()[0].text)


if __name__ == "__main__":
    main()
