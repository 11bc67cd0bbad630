"""Describe a fabric: its machines, its cables, and who must reach whom."""

from __future__ import annotations

from dataclasses import dataclass

MANAGEMENT = "mgmt"


@dataclass(frozen=True)
class Login:
    """Say how a device is logged in to: netmiko's platform name, the user, and what greets them."""

    platform: str
    user: str
    address: str  # on the management network


@dataclass(frozen=True)
class Machine:
    """Describe one namespace: a device when it has a login, else a node."""

    name: str
    setup: tuple[str, ...]  # lines for `ip -batch`, run inside the namespace
    forwards: bool = False
    login: Login | None = None
    management_port: str = "eth0"
    daemons: tuple[str, ...] = ()  # shell lines run before sshd


@dataclass(frozen=True)
class Cable:
    """Join two ports by a veth pair; each end is born inside its namespace."""

    machine: str
    port: str
    peer: str
    peer_port: str


@dataclass(frozen=True)
class Flow:
    """Name two nodes of one tenant that must reach each other."""

    tenant: str
    source: str
    target: str
    source_address: str
    target_address: str

    @property
    def reverse(self) -> Flow:
        """Turn the flow round."""
        return Flow(self.tenant, self.target, self.source, self.target_address, self.source_address)

    def __str__(self) -> str:
        return f"{self.source}>{self.target}"


@dataclass(frozen=True)
class Topology:
    """Hold everything that a lab is built from."""

    name: str
    machines: tuple[Machine, ...]
    cables: tuple[Cable, ...]
    flows: tuple[Flow, ...]
    programs: tuple[tuple[str, str], ...] = ()  # what it runs beside the lab's own, with the Debian package

    @property
    def devices(self) -> tuple[Machine, ...]:
        """Give the machines that can be logged in to."""
        return tuple(machine for machine in self.machines if machine.login)

    def machine(self, name: str) -> Machine:
        """Find a machine by its name."""
        return next(machine for machine in self.machines if machine.name == name)


def node(name: str, address: str, mtu: int, mac: str | None = None) -> Machine:
    """Describe a node: one port, eth0, that sends no frame larger than the overlay carries."""
    return Machine(
        name,
        (
            *((f"link set eth0 address {mac}",) if mac else ()),
            f"addr add {address} dev eth0",
            f"link set eth0 mtu {mtu} up",
        ),
    )
