"""`vxcheck collect`: save what the devices say."""

from __future__ import annotations

import argparse
import sys

from vxcheck import snapshot, source, store
from vxcheck.errors import UsageError


def run(given: argparse.Namespace) -> int:
    """Collect from the inventory that the command line names into a new folder, or go on with one that was begun."""
    if store.is_history(given.source) or store.is_history(given.source.parent):
        return _take_out(given)
    if snapshot.is_snapshot(given.source):
        raise UsageError(f"{given.source} is a snapshot already: collect takes an inventory")
    if not given.resume:
        snapshot.require_writable(given.output)
    elif not snapshot.is_snapshot(given.output):
        raise UsageError(f"--resume: there is no snapshot in {given.output} that was begun")
    collected = source.open_source(given, save=given.output, resume=given.resume, texts=False).snapshot
    lacking = [device for device in collected.devices if device.condition != snapshot.COLLECTED]
    for device in lacking:
        print(f"vxcheck: {device.name}: {device.condition}: {device.reason}", file=sys.stderr)
    count = len(collected.devices) - len(lacking)
    print(f"{count} of {len(collected.devices)} devices collected into {given.output}")
    return 3 if lacking else 0


def _take_out(given: argparse.Namespace) -> int:
    """Write a snapshot of a history as one of its own."""
    snapshot.require_writable(given.output)
    opened = source.open_source(given)
    opened.save(given.output)
    print(f"{store.located(given.source)} written to {given.output}")
    return 0
