"""`vxcheck collect`: save what the devices say."""

from __future__ import annotations

import argparse
import sys

from vxcheck import snapshot, source
from vxcheck.errors import UsageError


def run(given: argparse.Namespace) -> int:
    """Collect from the inventory that the command line names into a new folder."""
    if snapshot.is_snapshot(given.source):
        raise UsageError(f"{given.source} is a snapshot already: collect takes an inventory")
    snapshot.require_writable(given.output)
    collected = source.open_source(given).snapshot
    snapshot.write(collected, given.output)
    lacking = [device for device in collected.devices if device.condition != snapshot.COLLECTED]
    for device in lacking:
        print(f"vxcheck: {device.name}: {device.condition}: {device.reason}", file=sys.stderr)
    count = len(collected.devices) - len(lacking)
    print(f"{count} of {len(collected.devices)} devices collected into {given.output}")
    return 3 if lacking else 0
