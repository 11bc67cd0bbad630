"""Start a new check: a query, and a page with cases that run green at once."""

from __future__ import annotations

import re
from pathlib import Path

from vxcheck import content
from vxcheck.errors import UsageError

_SQL = """\
-- Select everything that is examined, one row each; `fault` is true, false, or NULL where the devices do not tell.
-- `vxcheck show vteps SOURCE` shows a table; docs/tables.md lists them all.
SELECT v.device, v.interface, v.vtep_ip, v.vtep_ip = '0.0.0.0' AS fault, v.vtep_ip_evidence
FROM vteps AS v
"""
_PAGE = """\
# A VXLAN interface sends from no address

- severity: error
- message: {interface} of {device} sends from {vtep_ip}
- unknown: {interface} of {device} does not show its address
- not applicable: it has no VXLAN interface

## On the wire

What the fault breaks, and for whom.

## Mend

### any

What to do on {device}. A heading with a platform's name (`### arista_eos`) gives that platform a remedy of its own.

## Cases

### No address

**vteps**

| device | interface | vtep_ip |
|---|---|---|
| leaf1 | vxlan0 | 0.0.0.0 |
| leaf2 | vxlan0 | 192.0.2.2 |

**faults**

| device | interface |
|---|---|
| leaf1 | vxlan0 |

### All have one

**vteps**

| device | interface | vtep_ip |
|---|---|---|
| leaf1 | vxlan0 | 192.0.2.1 |

**faults**: none

### One that does not show it

**vteps**

| device | interface | vtep_ip |
|---|---|---|
| leaf1 | vxlan0 | |

**faults**: none

**unknown**

| device | interface |
|---|---|
| leaf1 | vxlan0 |
"""


def check(name: str, folder: Path) -> tuple[Path, Path]:
    """Write a new check's query and page to a folder, and return their paths; nothing is overwritten."""
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        raise UsageError(f"{name}: a check is named after the fault, in small letters with _: vtep_unnamed, say")
    if any(content.root("checks").rglob(f"{name}.sql")):
        raise UsageError(f"{name}: there is such a check already; see `vxcheck explain {name}`")
    paths = folder / f"{name}.sql", folder / f"{name}.md"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for path, text in zip(paths, (_SQL, _PAGE), strict=True):
            with path.open("x", encoding="utf-8") as file:
                file.write(text)
    except FileExistsError as error:
        raise UsageError(f"cannot write {error.filename}: it is there already") from error
    except OSError as error:
        raise UsageError(f"cannot write {error.filename or folder}: {error.strerror}") from error
    return paths
