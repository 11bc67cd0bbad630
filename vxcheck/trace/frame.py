"""Say what is followed: a frame at the port of a VTEP, and the packet that it becomes."""

from __future__ import annotations

from dataclasses import dataclass

from vxcheck.trace.steps import BROADCAST, End, Seat


@dataclass(frozen=True)
class Frame:
    """Hold a frame from one host to another: `at` is where its sender is, `to` where its target; None if not known."""

    vni: int
    kind: str
    size: int | None
    source: End
    target: End
    at: Seat
    to: Seat | None

    @property
    def broadcast(self) -> bool:
        """Tell whether it is sent to everyone."""
        return self.kind == BROADCAST


@dataclass(frozen=True)
class Plan:
    """Say what a bridge does with a frame: `local` where the target is on the same VTEP, else to whom it is sent.

    `peers` are VTEP addresses, `group` is a multicast group; neither is set where that is not known.
    """

    local: bool = False
    flooded: bool = False
    peers: tuple[str, ...] = ()
    group: str | None = None


@dataclass(frozen=True)
class Packet:
    """Hold the packet on the underlay; `needed` is its IP size in bytes where the frame's is given."""

    source: str | None
    destination: str
    ttl: int | None
    needed: int | None
    port: int | None
    port_line: int | None
