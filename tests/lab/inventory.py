"""Write what is needed to log in to a lab: the nornir inventory, known_hosts, and a person's ssh_config."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from .topology import Machine

_GROUP = """\
{platform}:
  platform: {platform}
  username: {user}
"""

_DEFAULTS = """\
password: {password}
connection_options:
  netmiko:
    extras:
      use_keys: true
      key_file: {key_file}
"""


def write_inventory(folder: Path, devices: tuple[Machine, ...], password: str, key_file: Path) -> None:
    """Write hosts.yaml, groups.yaml and defaults.yaml into `folder`; every login has a key and a password."""
    folder.mkdir()
    hosts, groups = "", {}
    for device in devices:
        if device.login is None:
            continue
        hosts += f"{device.name}:\n  hostname: {device.login.address}\n  groups: [{device.login.platform}]\n"
        groups[device.login.platform] = _GROUP.format(platform=device.login.platform, user=device.login.user)
    (folder / "hosts.yaml").write_text(hosts)
    (folder / "groups.yaml").write_text("".join(groups.values()))
    (folder / "defaults.yaml").write_text(_DEFAULTS.format(password=password, key_file=key_file))


def write_known_hosts(path: Path, keys: Mapping[str, str]) -> None:
    """Write one line a device: its management address and its public host key."""
    path.write_text("".join(f"{address} {key}\n" for address, key in keys.items()))


_SSH_HOST = """\
Host {name}
    HostName {address}
    User {user}
"""

_SSH_ALL = """\
Host *
    IdentityFile {key_file}
    IdentitiesOnly yes
    UserKnownHostsFile {known_hosts}
    GlobalKnownHostsFile /dev/null
    StrictHostKeyChecking yes
"""


def write_ssh_config(path: Path, devices: tuple[Machine, ...], key_file: Path, known_hosts: Path) -> None:
    """Let a person write `ssh -F PATH vtep-vyos01`."""
    hosts = [
        _SSH_HOST.format(name=device.name, address=device.login.address, user=device.login.user)
        for device in devices
        if device.login
    ]
    path.write_text("".join(hosts) + _SSH_ALL.format(key_file=key_file, known_hosts=known_hosts))
