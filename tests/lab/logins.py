"""Log in to a lab's device as the collector does: netmiko, by the platform's name."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from netmiko import BaseConnection, ConnectHandler

from .device import PASSWORD
from .lab import Lab
from .namespaces import LabError


@contextmanager
def login(lab: Lab, name: str, *, by_password: bool = False) -> Iterator[BaseConnection]:
    """Open a session by key, or by password alone; unknown host keys are refused."""
    target = lab.topology.machine(name).login
    if target is None:
        raise LabError(f"{name} is a node: it has no login")
    secret = {"password": PASSWORD} if by_password else {"use_keys": True, "key_file": str(lab.key_file)}
    with lab.entered():
        connection = ConnectHandler(
            device_type=target.platform,
            host=target.address,
            username=target.user,
            ssh_strict=True,
            alt_host_keys=True,
            alt_key_file=str(lab.known_hosts),
            **secret,
        )
        try:
            yield connection
        finally:
            connection.disconnect()
