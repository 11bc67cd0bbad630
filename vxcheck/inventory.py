"""Who to ask: a nornir inventory, checked before anything is contacted.

A source is a folder with `hosts.yaml` (and `groups.yaml`, `defaults.yaml`), such a `hosts.yaml` itself, or a nornir
configuration file that names any inventory plugin.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vxcheck.errors import UsageError

if TYPE_CHECKING:
    from nornir.core.inventory import Host as NornirHost
    from nornir.core.inventory import Inventory

_HOST_KEYS = {"hostname", "port", "username", "password", "platform", "groups", "data", "connection_options"}
_OPTION_KEYS = {"hostname", "port", "username", "password", "platform", "extras"}
# What of netmiko's own options an inventory may set. Left out: whatever writes to files or disarms host keys.
_EXTRAS: dict[str, type | tuple[type, ...]] = {
    "use_keys": bool,
    "key_file": str,
    "passphrase": str,
    "allow_agent": bool,
    "ssh_config_file": str,
    "disabled_algorithms": dict,
    "conn_timeout": (int, float),
    "auth_timeout": (int, float),
    "banner_timeout": (int, float),
    "read_timeout_override": (int, float),
    "global_delay_factor": (int, float),
    "keepalive": (int, float),
    "encoding": str,
    "fast_cli": bool,
    "jump_host": str,
}


@dataclass(frozen=True)
class Host:
    """Say how one device is reached. `options` are netmiko's own; the password shows in no representation."""

    name: str
    platform: str
    address: str
    port: int | None = None
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    options: Mapping[str, Any] = field(default_factory=dict, repr=False)
    data: Mapping[str, Any] = field(default_factory=dict, repr=False)


def load(source: Path) -> list[Host]:
    """Return the hosts of an inventory, in its order.

    Raises UsageError in one line that names the file and the key of the first mistake.
    """
    if source.is_dir():
        if not (source / "hosts.yaml").is_file():
            raise UsageError(f"{source}: neither a snapshot (no manifest.json) nor an inventory (no hosts.yaml)")
        return _simple(source / "hosts.yaml")
    if not source.is_file():
        raise UsageError(f"{source}: no such inventory or snapshot")
    content = _yaml(source)
    if isinstance(content, dict) and isinstance(content.get("inventory"), dict) and "plugin" in content["inventory"]:
        return _configured(source)
    return _simple(source)


def _simple(hosts_file: Path) -> list[Host]:
    from nornir.plugins.inventory.simple import SimpleInventory

    files = {name: hosts_file.with_name(f"{name}.yaml") for name in ("groups", "defaults")}
    hosts = _mapping(hosts_file, _yaml(hosts_file))
    groups = _mapping(files["groups"], _yaml(files["groups"])) if files["groups"].exists() else {}
    if not hosts:
        raise UsageError(f"{hosts_file}: it names no host")
    for file, elements in ((hosts_file, hosts), (files["groups"], groups)):
        for name, element in elements.items():
            _check_element(file, str(name), element, groups)
    if files["defaults"].exists():
        _check_element(files["defaults"], "", _yaml(files["defaults"]), groups)
    try:
        inventory = SimpleInventory(str(hosts_file), str(files["groups"]), str(files["defaults"])).load()
    except Exception as error:
        raise UsageError(f"{hosts_file}: nornir cannot read this inventory: {_one_line(error)}") from error
    return _hosts(hosts_file, inventory)


def _configured(source: Path) -> list[Host]:
    from nornir import InitNornir

    try:
        nornir = InitNornir(config_file=str(source), logging={"enabled": False})
    except Exception as error:
        raise UsageError(f"{source}: nornir cannot load the inventory that it names: {_one_line(error)}") from error
    config_file = nornir.config.ssh.config_file
    extra = {} if str(config_file) == str(Path("~/.ssh/config").expanduser()) else {"ssh_config_file": str(config_file)}
    return _hosts(source, nornir.inventory, extra)


def _hosts(source: Path, inventory: Inventory, extra: Mapping[str, Any] | None = None) -> list[Host]:
    return [_host(source, host, extra or {}) for host in inventory.hosts.values()]


def _host(source: Path, host: NornirHost, extra: Mapping[str, Any]) -> Host:
    parameters = host.get_connection_parameters("netmiko")
    where = f"{source}: {host.name}"
    if not parameters.platform:
        raise UsageError(f"{where}: platform: missing; give netmiko's name, such as arista_eos, vyos or linux")
    _check_platform(where, parameters.platform)
    options = {**extra, **(parameters.extras or {})}
    _check_extras(f"{where}: connection_options.netmiko.extras", options)
    return Host(
        host.name,
        parameters.platform,
        parameters.hostname or host.name,
        parameters.port,
        parameters.username or os.environ.get("VXCHECK_USERNAME"),
        parameters.password or os.environ.get("VXCHECK_PASSWORD"),
        options,
        host.extended_data(),
    )


def _yaml(path: Path) -> Any:
    import ruamel.yaml

    try:
        return ruamel.yaml.YAML(typ="safe").load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}") from error
    except (ruamel.yaml.error.YAMLError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: not YAML: {_one_line(error)}") from error


def _mapping(path: Path, content: Any) -> dict[str, Any]:
    if content is None:
        return {}
    if not isinstance(content, dict):
        raise UsageError(f"{path}: must be a mapping of names, not a {type(content).__name__}")
    return content


def _check_element(file: Path, name: str, element: Any, groups: Mapping[str, Any]) -> None:
    where = f"{file}: {name}" if name else f"{file}"
    if element is None:
        return
    if not isinstance(element, dict):
        raise UsageError(f"{where}: must be a mapping, not a {type(element).__name__}")
    _known_keys(where, element, _HOST_KEYS)
    for key in ("hostname", "username", "password", "platform"):
        _check_type(where, element, key, str)
    _check_port(where, element)
    _check_type(where, element, "data", dict)
    _check_type(where, element, "groups", list)
    if element.get("platform"):
        _check_platform(where, element["platform"])
    for group in element.get("groups") or []:
        if group not in groups:
            raise UsageError(f"{where}: groups: there is no group {group!r}")
    _check_type(where, element, "connection_options", dict)
    for connection, options in (element.get("connection_options") or {}).items():
        if connection != "netmiko" or options is None:
            continue
        path = f"{where}: connection_options.netmiko"
        if not isinstance(options, dict):
            raise UsageError(f"{path}: must be a mapping")
        _known_keys(path, options, _OPTION_KEYS)
        _check_port(path, options)
        _check_type(path, options, "extras", dict)
        _check_extras(f"{path}.extras", options.get("extras") or {})


def _check_extras(where: str, extras: Mapping[str, Any]) -> None:
    _known_keys(where, extras, set(_EXTRAS))
    for key, value in extras.items():
        _check_type(where, extras, key, _EXTRAS[key])
        if key == "key_file" and value and not Path(value).expanduser().is_file():
            raise UsageError(f"{where}: key_file: there is no file {value}")


def _known_keys(where: str, element: Mapping[str, Any], known: set[str]) -> None:
    for key in element:
        if key not in known:
            raise UsageError(f"{where}: unknown key {key!r}; known are {', '.join(sorted(known))}")


def _check_type(where: str, element: Mapping[str, Any], key: str, kind: type | tuple[type, ...]) -> None:
    value = element.get(key)
    # YAML reads `yes` as a truth and a truth is an int to Python: neither is what was meant by a port or a name.
    if value is None or (isinstance(value, kind) and not (isinstance(value, bool) and kind is not bool)):
        return
    kinds = kind if isinstance(kind, tuple) else (kind,)
    raise UsageError(f"{where}: {key}: must be {' or '.join(one.__name__ for one in kinds)}, not {value!r}")


def _check_port(where: str, element: Mapping[str, Any]) -> None:
    _check_type(where, element, "port", int)
    port = element.get("port")
    if port is not None and not 0 < port < 65536:
        raise UsageError(f"{where}: port: must be 1 to 65535, not {port}")


def _check_platform(where: str, platform: str) -> None:
    from netmiko.ssh_dispatcher import CLASS_MAPPER_BASE

    if platform in CLASS_MAPPER_BASE:
        return
    import difflib

    near = difflib.get_close_matches(platform, CLASS_MAPPER_BASE, 3)
    hint = f"; did you mean {' or '.join(near)}?" if near else "; it must be a name of netmiko's, such as arista_eos"
    raise UsageError(f"{where}: platform: unknown platform {platform!r}{hint}")


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split()) or type(error).__name__
