"""`vxcheck intent`: write a first intent from a fabric, or the schema that editors hold one against."""

from __future__ import annotations

import argparse
import sys

from vxcheck import expected, intent, source
from vxcheck.errors import UsageError


def run(given: argparse.Namespace) -> int:
    """Write what the command line asks for, to a new file or to standard output."""
    status = 0
    if given.what == "schema":
        text = expected.schema_text() if given.change else intent.schema_text()
    else:
        from vxcheck import intent_from, snapshot

        opened = source.open_source(given)
        text = intent_from.text(opened.fabric(), opened.snapshot.started)
        for device in opened.snapshot.devices:
            if device.condition != snapshot.COLLECTED:
                print(f"vxcheck: not known of {device.name}: {device.condition}: {device.reason}", file=sys.stderr)
                status = 3
    if given.output is None:
        sys.stdout.write(text)
        return status
    try:
        with given.output.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError as error:
        raise UsageError(f"cannot write {given.output}: it is there already; name a new file") from error
    except OSError as error:
        raise UsageError(f"cannot write {given.output}: {error.strerror}") from error
    return status
