"""The seed lab as emulated devices, and the inventory by which the ordinary collector finds them."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from vxcheck import snapshot
from vxcheck.demo.server import EmulatedDevice, Login
from vxcheck.errors import UsageError

PLATFORMS = {"vtep-arista01": "arista_eos", "vtep-vyos01": "vyos", "mcast-router01": "linux"}
_HERE = Path(__file__).parent


@dataclass(frozen=True)
class RunningLab:
    """Hold the running devices, the inventory's folder and the file of their host keys."""

    devices: tuple[EmulatedDevice, ...]
    inventory: Path
    known_hosts: Path
    login: Login


def faults() -> list[str]:
    """Return the names of the ways in which the lab can be broken."""
    return sorted(path.name for path in (_HERE / "faults").iterdir() if path.is_dir())


def answers(device: str, fault: str | None = None) -> dict[str, str]:
    """Return what a device answers, by command; a fault replaces some of the answers."""
    if fault is not None and fault not in faults():
        raise UsageError(f"--fault {fault}: there is no such fault; there are {', '.join(faults())}")
    found = {}
    folders = [_HERE / "lab" / device] + ([_HERE / "faults" / fault / device] if fault else [])
    for folder in folders:
        for path in sorted(folder.glob("*.txt")):
            found[snapshot.command_of(path.name)] = path.read_text(encoding="utf-8")
    return found


@contextmanager
def running(folder: Path, fault: str | None = None) -> Iterator[RunningLab]:
    """Run the lab's devices on loopback, with an inventory and their host keys in `folder`, until the block ends."""
    login = Login("demo", secrets.token_urlsafe(12))
    with ExitStack() as stack:
        devices = []
        for name, platform in PLATFORMS.items():
            device = EmulatedDevice(name, platform, answers(name, fault), login)
            devices.append(stack.enter_context(closing(device)))
        inventory = folder / "inventory"
        inventory.mkdir(mode=0o700)
        hosts = {
            device.name: {"hostname": "127.0.0.1", "port": device.port, "platform": device.platform}
            for device in devices
        }
        # JSON is YAML too.
        (inventory / "hosts.yaml").write_text(json.dumps(hosts, indent=1) + "\n", encoding="utf-8")
        defaults = inventory / "defaults.yaml"
        defaults.touch(mode=0o600)
        defaults.write_text(json.dumps({"username": login.username, "password": login.password}) + "\n")
        known_hosts = folder / "known_hosts"
        keys = (f"[127.0.0.1]:{d.port} {d.host_key.get_name()} {d.host_key.get_base64()}\n" for d in devices)
        known_hosts.write_text("".join(keys), encoding="utf-8")
        yield RunningLab(tuple(devices), inventory, known_hosts, login)
