"""Who to ask: a nornir inventory, checked before anything is contacted.

A source is a folder with `hosts.yaml` (and `groups.yaml`, `defaults.yaml`), such a `hosts.yaml` itself, or a nornir
configuration file that names any inventory plugin.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vxcheck import content
from vxcheck.content import Platform
from vxcheck.errors import UsageError

if TYPE_CHECKING:
    from nornir.core.inventory import Host as NornirHost
    from nornir.core.inventory import Inventory

_HOST_KEYS = {"hostname", "port", "username", "password", "platform", "groups", "data", "connection_options"}
_OPTION_KEYS = {"hostname", "port", "username", "password", "platform", "extras"}
ROLES = ("vtep", "underlay")
_WORDS: dict[type, str] = {str: "a text", int: "a number", bool: "true or false", dict: "a mapping", list: "a list"}
# Values that no message may repeat.
_SECRET = ("password", "passphrase")
_SECRET_KEY = re.compile("pass|token|secret", re.IGNORECASE)
# What no name of a host or a user has, and what would be taken for an option or for a command where ~/.ssh/config hands
# it to one (ProxyCommand, Match exec): OpenSSH refuses the same.
_NO_HOST = re.compile(r"^-|[\s\x00-\x20\x7f'\"`$\\;&<>|(){},]")
_NO_USER = re.compile(r"^-|[\x00-\x1f\x7f'\"`$;&<>|(){}]|\\$")
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
    """Say how one device is reached, and what it is: a `role` of ROLES, or none told.

    `options` are netmiko's own; the password shows in no representation.
    """

    name: str
    platform: str
    address: str
    port: int | None = None
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    options: Mapping[str, Any] = field(default_factory=dict, repr=False)
    data: Mapping[str, Any] = field(default_factory=dict, repr=False)
    role: str = ""


def load(source: Path, platforms: Mapping[str, Platform] | None = None) -> list[Host]:
    """Return the hosts of an inventory, in its order; an alias of one of `platforms` becomes its name.

    Raises UsageError in one line that names the file and the key of the first mistake.
    """
    known = content.platforms() if platforms is None else platforms
    if source.is_dir():
        if not (source / "hosts.yaml").is_file():
            raise UsageError(f"{source}: neither a snapshot (no manifest.json) nor an inventory (no hosts.yaml)")
        return _simple(source / "hosts.yaml", known)
    if not source.is_file():
        raise UsageError(f"{source}: no such inventory or snapshot")
    loaded = _yaml(source)
    if isinstance(loaded, dict) and isinstance(loaded.get("inventory"), dict) and "plugin" in loaded["inventory"]:
        return _configured(source, known)
    return _simple(source, known)


def _simple(hosts_file: Path, known: Mapping[str, Platform]) -> list[Host]:
    from nornir.plugins.inventory.simple import SimpleInventory

    from vxcheck import scrub

    files = {name: hosts_file.with_name(f"{name}.yaml") for name in ("groups", "defaults")}
    hosts = _mapping(hosts_file, _yaml(hosts_file))
    groups = _mapping(files["groups"], _yaml(files["groups"])) if files["groups"].exists() else {}
    if not hosts:
        raise UsageError(f"{hosts_file}: it names no host")
    for file, elements in ((hosts_file, hosts), (files["groups"], groups)):
        for name, element in elements.items():
            if not str(name).isprintable() or not str(name).strip():
                raise UsageError(f"{file}: {str(name)!r}: a name has no control characters, and is not empty")
            _check_element(file, str(name), element, groups, known)
    if files["defaults"].exists():
        _check_element(files["defaults"], "", _yaml(files["defaults"]), groups, known)
    try:
        inventory = SimpleInventory(str(hosts_file), str(files["groups"]), str(files["defaults"])).load()
    except Exception as error:
        said = scrub.hide(_one_line(error), _secrets((hosts, groups)))
        raise UsageError(f"{hosts_file}: nornir cannot read this inventory: {said}") from None
    return _hosts(hosts_file, inventory, known)


def _configured(source: Path, known: Mapping[str, Platform]) -> list[Host]:
    from nornir import InitNornir

    from vxcheck import scrub

    try:
        nornir = InitNornir(config_file=str(source), logging={"enabled": False})
    except Exception as error:
        said = scrub.hide(_one_line(error), _secrets(_yaml(source)))
        raise UsageError(f"{source}: nornir cannot load the inventory that it names: {said}") from None
    config_file = nornir.config.ssh.config_file
    extra = {} if str(config_file) == str(Path("~/.ssh/config").expanduser()) else {"ssh_config_file": str(config_file)}
    return _hosts(source, nornir.inventory, known, extra)


def _hosts(
    source: Path, inventory: Inventory, known: Mapping[str, Platform], extra: Mapping[str, Any] | None = None
) -> list[Host]:
    return [_host(source, host, known, extra or {}) for host in inventory.hosts.values()]


def _host(source: Path, host: NornirHost, known: Mapping[str, Platform], extra: Mapping[str, Any]) -> Host:
    parameters = host.get_connection_parameters("netmiko")
    where = f"{source}: {host.name}"
    if not parameters.platform:
        raise UsageError(f"{where}: platform: missing; give netmiko's name, such as arista_eos, vyos or linux")
    platform = _platform(where, parameters.platform, known)
    options = {**extra, **(parameters.extras or {})}
    _check_extras(f"{where}: connection_options.netmiko.extras", options)
    told = host.extended_data()
    _check_ours(where, told)
    address = parameters.hostname or host.name
    username = parameters.username or os.environ.get("VXCHECK_USERNAME")
    _require_plain(where, address, username, options.get("jump_host"))
    return Host(
        host.name,
        platform,
        address,
        parameters.port,
        username,
        parameters.password or os.environ.get("VXCHECK_PASSWORD"),
        options,
        told,
        (told.get("vxcheck") or {}).get("role") or "",
    )


def _require_plain(where: str, address: str, username: str | None, jumps: str | None) -> None:
    """Raise UsageError where a name of a host or user could be taken for more than a name."""
    users = [("username", username)]
    hosts = [("hostname", address)]
    for jump in (jumps or "").split(","):
        user, _, host = jump.strip().rpartition("@")
        users.append(("jump_host", user))
        hosts.append(("jump_host", host))
    for names, unfit, what in ((hosts, _NO_HOST, "host"), (users, _NO_USER, "user")):
        for key, name in names:
            if name and unfit.search(name):
                raise UsageError(f"{where}: {key}: {name!r} is no name of a {what}")


def _yaml(path: Path) -> Any:
    import ruamel.yaml

    try:
        return ruamel.yaml.YAML(typ="safe").load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}") from error
    except ruamel.yaml.error.MarkedYAMLError as error:
        # YAML's own words quote the line, and what they name may be a part of it: a password may stand there.
        problem = re.sub(r"'[^']{2,}'|\"[^\"]{2,}\"", "...", " ".join((error.problem or "").split()))
        mark = error.problem_mark or error.context_mark
        at = f"line {mark.line + 1}, column {mark.column + 1}: " if mark else ""
        raise UsageError(f"{path}: not YAML: {at}{problem or type(error).__name__}") from None
    except UnicodeDecodeError:
        raise UsageError(f"{path}: not UTF-8 text") from None
    except (ruamel.yaml.error.YAMLError, ValueError, RecursionError) as error:
        raise UsageError(f"{path}: not YAML: {type(error).__name__}") from None


def _mapping(path: Path, loaded: Any) -> dict[str, Any]:
    if loaded is None:
        return {}
    if not isinstance(loaded, dict):
        raise UsageError(f"{path}: must be a mapping of names, not a {type(loaded).__name__}")
    return loaded


def _check_element(
    file: Path, name: str, element: Any, groups: Mapping[str, Any], known: Mapping[str, Platform]
) -> None:
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
    _check_ours(where, element.get("data") or {})
    _check_type(where, element, "groups", list)
    if element.get("platform"):
        _platform(where, element["platform"], known)
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


def _check_ours(where: str, told: Mapping[str, Any]) -> None:
    """Check what stands under the key `vxcheck` of an element's data."""
    ours = told.get("vxcheck")
    if ours is None:
        return
    if not isinstance(ours, dict):
        raise UsageError(f"{where}: data.vxcheck: must be a mapping, not {ours!r}")
    _known_keys(f"{where}: data.vxcheck", ours, {"role"})
    if ours.get("role") not in (None, *ROLES):
        raise UsageError(f"{where}: data.vxcheck.role: must be {' or '.join(ROLES)}, not {ours['role']!r}")


def _secrets(tree: Any) -> list[str]:
    """Return what stands in an inventory under a key that names a secret."""
    found, queue = [], [tree]
    while queue:
        node = queue.pop()
        if isinstance(node, Mapping):
            found += [str(value) for key, value in node.items() if _SECRET_KEY.search(str(key)) and value]
            queue.extend(node.values())
        elif isinstance(node, list | tuple):
            queue.extend(node)
    return found


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
    told = " or ".join(_WORDS.get(one, one.__name__) for one in kinds)
    if key in _SECRET or isinstance(value, list | dict):
        found = _WORDS.get(type(value), type(value).__name__)
    else:
        found = repr(value)
    hint = "; put it in quotes" if kind is str and isinstance(value, int | float) else ""
    raise UsageError(f"{where}: {key}: must be {told}, not {found}{hint}")


def _check_port(where: str, element: Mapping[str, Any]) -> None:
    _check_type(where, element, "port", int)
    port = element.get("port")
    if port is not None and not 0 < port < 65536:
        raise UsageError(f"{where}: port: must be 1 to 65535, not {port}")


def _platform(where: str, typed: str, known: Mapping[str, Platform]) -> str:
    """Return netmiko's name of the platform that was typed."""
    from netmiko.ssh_dispatcher import CLASS_MAPPER_BASE

    platform = content.canonical(known, typed)
    if platform in CLASS_MAPPER_BASE:
        return platform
    import difflib

    near = difflib.get_close_matches(platform, CLASS_MAPPER_BASE, 3)
    hint = f"; did you mean {' or '.join(near)}?" if near else "; it must be a name of netmiko's, such as arista_eos"
    raise UsageError(f"{where}: platform: unknown platform {platform!r}{hint}")


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split()) or type(error).__name__
