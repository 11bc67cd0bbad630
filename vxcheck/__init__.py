"""Check over SSH that the VTEPs of a mixed VXLAN fabric agree with each other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from vxcheck.api import Vxlan

__version__ = "0.1.0"
__all__ = ["__version__", "open"]


def open(source: object, **options: Any) -> Vxlan:  # noqa: A001  # read aloud: vxcheck.open("fabric/")
    """Ask the devices of an inventory, or read a snapshot, and return what they said as objects.

    `source` is a path: a nornir inventory, or a snapshot's folder. `options` are those of the command line with `_` for
    `-`: `device=["leaf*"]`, `polls=2`, `interval=5.0`, `known_hosts=Path(...)`, `parsers=[...]`, `checks=[...]`.
    Raises vxcheck.errors.UsageError before any device is asked where the source or an option cannot be used.
    """
    from vxcheck import api

    return api.open_source(source, **options)
