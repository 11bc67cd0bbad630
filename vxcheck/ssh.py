"""One SSH login: the way there, the host key, and a netmiko session that can send nothing but what it was given."""

from __future__ import annotations

import contextlib
import getpass
import hmac
import os
import socket
import threading
import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import paramiko
from netmiko import ReadTimeout
from netmiko.base_connection import BaseConnection
from netmiko.channel import SSHChannel
from netmiko.ssh_dispatcher import CLASS_MAPPER

from vxcheck import session
from vxcheck.inventory import Host

_CONFIG = Path("~/.ssh/config").expanduser()
_KNOWN_HOSTS = Path("~/.ssh/known_hosts").expanduser()


# Platforms whose shell is opened only where it is needed, and prepared here: netmiko's own way is full of fixed sleeps.
_PREPARED_HERE = {"arista_eos", "juniper_junos", "linux", "vyos"}
# What no connection uses unless the inventory has `disabled_algorithms` of its own: SHA-1 in key exchange and
# signatures, CBC, MD5. Later releases of paramiko have some of it no longer.
OLD_ALGORITHMS = {
    "kex": ["diffie-hellman-group1-sha1", "diffie-hellman-group14-sha1", "diffie-hellman-group-exchange-sha1"],
    "ciphers": ["aes128-cbc", "aes192-cbc", "aes256-cbc", "3des-cbc", "blowfish-cbc"],
    "macs": ["hmac-md5", "hmac-md5-96", "hmac-sha1-96"],
    "keys": ["ssh-rsa", "ssh-dss"],
    "pubkeys": ["ssh-rsa", "ssh-dss"],
}
# Options of an inventory that are followed here, not by netmiko.
_OURS = {"ssh_config_file", "jump_host", "use_keys", "key_file"}


class HostKeyError(Exception):
    """Say that a host key is not the known one (`changed`), or that none is known."""

    def __init__(self, reason: str, *, changed: bool) -> None:
        super().__init__(reason)
        self.changed = changed


class NoAnswerError(OSError):
    """Say that no TCP connection came about in time."""


class ForbiddenCommandError(Exception):
    """Say that `line` would have been sent to a device, which its platform's folder does not list."""

    def __init__(self, line: str) -> None:
        super().__init__(f"{line!r} is not on the list of the platform's commands: it was not sent")
        self.line = line


@dataclass(frozen=True)
class Trust:
    """Say which host keys are trusted. New keys are added to the file only where `accept_new`; changed ones never."""

    known_hosts: Path = _KNOWN_HOSTS
    accept_new: bool = False
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False, compare=False)
    _lines: list[str] = field(default_factory=list, repr=False, compare=False)

    def keys(self, address: str, port: int) -> paramiko.HostKeys:
        """Return the known keys of one host: none where the file lacks it, or is missing."""
        name = address if port == 22 else f"[{address}]:{port}"
        with self._lock:
            if not self._lines and self.known_hosts.is_file():
                self._lines.extend(self.known_hosts.read_text(encoding="utf-8", errors="replace").splitlines())
            lines = [line for line in self._lines if _names(line, name)]
        # A key costs most of a millisecond to read: for each of many devices, those of all others must not be.
        keys = paramiko.HostKeys()
        for line in lines:
            with contextlib.suppress(paramiko.SSHException):
                entry = paramiko.hostkeys.HostKeyEntry.from_line(line)
                if entry is not None and entry.key is not None:
                    keys.add(name, entry.key.get_name(), entry.key)
        return keys

    def add(self, name: str, key: paramiko.PKey) -> None:
        """Append one key to the file of known hosts."""
        with self._lock:
            self.known_hosts.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            descriptor = os.open(self.known_hosts, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
            with os.fdopen(descriptor, "r+", encoding="utf-8") as file:
                known = file.read()
                separator = "" if not known or known.endswith("\n") else "\n"
                file.write(f"{separator}{name} {key.get_name()} {key.get_base64()}\n")
            self._lines.clear()


@dataclass(frozen=True)
class _Way:
    """Say how a host is really reached, after `~/.ssh/config`."""

    address: str
    port: int
    username: str | None
    key_files: tuple[str, ...]
    jumps: tuple[str, ...]
    proxy_command: str | None


def _names(line: str, name: str) -> bool:
    """Tell whether a line of a file of known hosts is of that host."""
    return any(
        one == name or (one.startswith("|1|") and hmac.compare_digest(paramiko.HostKeys.hash_host(name, one), one))
        for one in line.partition(" ")[0].split(",")
    )


class _CheckKey(paramiko.MissingHostKeyPolicy):
    def __init__(self, trust: Trust) -> None:
        self._trust = trust

    def missing_host_key(self, client: paramiko.SSHClient, hostname: str, key: paramiko.PKey) -> None:
        if self._trust.accept_new:
            self._trust.add(hostname, key)
            return
        raise HostKeyError(
            f"its host key ({key.get_name()} {key.fingerprint}) is not in {self._trust.known_hosts}: compare it with "
            "the device's own, then log in once with ssh or give --accept-new-host-keys",
            changed=False,
        )


class _Guarded:
    """Mix into a netmiko class: our host keys, our socket, and no word to the device that is not on the list."""

    vxcheck_trust: Trust
    vxcheck_allowed: frozenset[str] = frozenset()
    vxcheck_keys: tuple[str, ...] = ()
    remote_conn: paramiko.Channel | None
    remote_conn_pre: paramiko.SSHClient | None
    host: str
    port: int

    def _build_ssh_client(self) -> paramiko.SSHClient:
        return _client(self.vxcheck_trust, self.host, self.port)

    def _connect_params_dict(self) -> dict[str, Any]:
        # netmiko takes one key file at most, and no word for "those in ~/.ssh"; paramiko takes any number.
        parameters: dict[str, Any] = super()._connect_params_dict()  # type: ignore[misc]
        return {**parameters, "key_filename": list(self.vxcheck_keys), "look_for_keys": False}

    def _require_allowed(self, line: str) -> None:
        if line and line not in self.vxcheck_allowed:
            raise ForbiddenCommandError(line)

    def execute(self, line: str, timeout: float) -> paramiko.Channel:
        """Send a command over a channel of its own; return it, to be read.

        Raises paramiko.ChannelException where the device opens no more channels, SSHException where it takes no command
        so, EOFError where the connection has ended.
        """
        self._require_allowed(line)
        transport = self._transport()
        channel = transport.open_session(timeout=timeout)
        try:
            channel.set_combine_stderr(True)
            with session.bounded(transport, timeout):
                channel.exec_command(line)
        except BaseException:
            channel.close()
            raise
        return channel

    def _transport(self) -> paramiko.Transport:
        transport = self.remote_conn_pre.get_transport() if self.remote_conn_pre else None
        if transport is None or not transport.is_active():
            raise EOFError("the device closed the connection")
        return transport

    def open_shell(self) -> None:
        """Be ready to type commands: netmiko's login has opened the shell already."""

    def write_channel(self, out_data: str) -> None:
        self._require_allowed(out_data.strip())
        super().write_channel(out_data)  # type: ignore[misc]  # netmiko's class follows in the bases

    def read_channel(self) -> str:
        # netmiko goes on reading nothing from a closed channel until its time is up.
        text: str = super().read_channel()  # type: ignore[misc]
        if not text and (self.remote_conn is None or self.remote_conn.closed):
            raise EOFError("the device closed the connection")
        return text


class _Prepared(_Guarded):
    """Log in without a shell; open one, and make it ready, when it is asked for."""

    vxcheck_session: tuple[str, ...] = ()
    base_prompt: str
    RETURN: str
    conn_timeout: float
    keepalive: int
    encoding: str

    def establish_connection(self, width: int = 511, height: int = 1000) -> None:
        self.remote_conn_pre = self._build_ssh_client()
        try:
            self.remote_conn_pre.connect(**self._connect_params_dict())
        except BaseException:
            self.remote_conn_pre.close()
            raise
        if self.keepalive:
            self._transport().set_keepalive(self.keepalive)

    def _try_session_preparation(self, force_data: bool = True) -> None:
        pass

    def open_shell(self) -> None:
        if self.remote_conn is not None:
            return
        transport = self._transport()
        with session.bounded(transport, self.conn_timeout):
            shell = transport.open_session(timeout=self.conn_timeout)
            shell.get_pty(term="vt100", width=511, height=1000)
            shell.invoke_shell()
        self.remote_conn = shell
        self.channel = SSHChannel(conn=shell, encoding=self.encoding)
        try:
            prompt = session.find_prompt(self, self.conn_timeout)  # type: ignore[arg-type]
            if "cli" in self.vxcheck_session and not prompt.endswith(">"):
                # Junos greets root with a Unix shell.
                self.write_channel("cli" + self.RETURN)
                prompt = session.find_prompt(self, self.conn_timeout)  # type: ignore[arg-type]
            self.base_prompt = prompt[:-1]
            bounds = session.Bounds(self.conn_timeout, time.monotonic() + 2 * self.conn_timeout, 1 << 20)
            for line in (one for one in self.vxcheck_session if one != "cli"):
                # A device that refuses it will page, and that is told then.
                session.answer(self, line, bounds)  # type: ignore[arg-type]
        except (TimeoutError, session.SilentError) as error:
            raise ReadTimeout(str(error)) from error


@cache
def _guarded(platform: str) -> type[BaseConnection]:
    guard = _Prepared if platform in _PREPARED_HERE else _Guarded
    return type(f"Guarded{CLASS_MAPPER[platform].__name__}", (guard, CLASS_MAPPER[platform]), {})


def connect(
    host: Host, trust: Trust, allowed: Collection[str], timeout: float, first: Sequence[str] = ()
) -> tuple[BaseConnection, list[Any]]:
    """Log in to a device; return netmiko's connection and what has to be closed after it.

    `first` is what a shell is sent before anything else.

    Raises OSError where it cannot be reached, HostKeyError, netmiko's exceptions for the login.
    """
    way = _way(host)
    chain: list[Any] = []
    try:
        sock = _socket(host, way, trust, timeout, chain)
        options: dict[str, Any] = {
            "conn_timeout": timeout,
            "auth_timeout": timeout,
            "banner_timeout": timeout,
            "disabled_algorithms": OLD_ALGORITHMS,
            **{key: value for key, value in host.options.items() if key not in _OURS},
        }
        options |= {
            "username": way.username or getpass.getuser(),
            "password": host.password,
            # A password in the inventory is meant: keys are then offered only where the inventory asks for them too,
            # or the server would count each as a failed try.
            "allow_agent": host.options.get("allow_agent", not host.password),
        }
        # netmiko logs in from its constructor: what it must know stands in a class of this one connection.
        kind = _guarded(host.platform)
        known = {
            "vxcheck_trust": trust,
            "vxcheck_allowed": frozenset(allowed),
            "vxcheck_keys": _keys(host, way),
            "vxcheck_session": tuple(first),
        }
        guarded = type(kind.__name__, (kind,), known)
        return guarded(device_type=host.platform, host=way.address, port=way.port, sock=sock, **options), chain
    except BaseException:
        close(chain)
        raise


def close(chain: list[Any]) -> None:
    """Close sockets and the clients of jump hosts, the last first."""
    for one in reversed(chain):
        one.close()


def needs_password(host: Host) -> bool:
    """Tell whether there is nothing to log in with: no password, no key file, no agent, no key in ~/.ssh."""
    if host.password or host.options.get("key_file") or _way(host).key_files:
        return False
    agent = paramiko.Agent()
    try:
        return not _default_keys() and not agent.get_keys()
    finally:
        agent.close()


def _client(trust: Trust, address: str, port: int) -> paramiko.SSHClient:
    client = paramiko.SSHClient()
    client.get_host_keys().update(trust.keys(address, port))
    client.set_missing_host_key_policy(_CheckKey(trust))
    return client


def _config(host: Host) -> paramiko.SSHConfig:
    path = Path(host.options.get("ssh_config_file") or _CONFIG).expanduser()
    return paramiko.SSHConfig.from_path(str(path)) if path.is_file() else paramiko.SSHConfig()


def _way(host: Host) -> _Way:
    return _looked_up(_config(host), host.address, host.port, host.username, host.options.get("jump_host"))


def _looked_up(
    config: paramiko.SSHConfig, address: str, port: int | None, username: str | None, jump: str | None = None
) -> _Way:
    found = config.lookup(address)
    jumps = jump if jump is not None else found.get("proxyjump", "")
    return _Way(
        found.get("hostname", address),
        port or int(found.get("port", 22)),
        username or found.get("user"),
        tuple(Path(name).expanduser().as_posix() for name in found.get("identityfile", [])),
        tuple(part.strip() for part in jumps.split(",") if part.strip() and part.strip() != "none"),
        found.get("proxycommand") if not jumps else None,
    )


def _keys(host: Host, way: _Way) -> tuple[str, ...]:
    """Return the key files that a host is offered: those that it names, else those in ~/.ssh."""
    key_file = host.options.get("key_file")
    if key_file:
        return (str(Path(key_file).expanduser()),)
    named = tuple(name for name in way.key_files if Path(name).is_file())
    wanted = host.options.get("use_keys", not host.password)
    return named or (_default_keys() if wanted else ())


def _default_keys() -> tuple[str, ...]:
    paths = (Path(f"~/.ssh/id_{kind}").expanduser() for kind in ("ed25519", "ecdsa", "rsa"))
    return tuple(str(path) for path in paths if path.is_file())


def _socket(host: Host, way: _Way, trust: Trust, timeout: float, chain: list[Any]) -> Any:
    if way.proxy_command:
        proxy = paramiko.ProxyCommand(way.proxy_command)
        chain.append(proxy)
        return proxy
    sock: Any = None
    config = _config(host)
    hops = []
    for jump in way.jumps:
        username, _, rest = jump.rpartition("@")
        name, port = _split_port(rest)
        hops.append(_looked_up(config, name, port, username or host.username, ""))
    for hop, target in zip(hops, [*hops[1:], way], strict=False):
        client = _client(trust, hop.address, hop.port)
        chain.append(client)
        sock = sock or _tcp(hop.address, hop.port, timeout)
        try:
            client.connect(
                hop.address,
                hop.port,
                hop.username,
                key_filename=list(_keys(host, hop)),  # type: ignore[arg-type]  # paramiko takes a list too
                look_for_keys=False,
                allow_agent=host.options.get("allow_agent", not host.password),
                password=host.password,
                passphrase=host.options.get("passphrase"),
                disabled_algorithms=host.options.get("disabled_algorithms", OLD_ALGORITHMS),
                sock=sock,
                timeout=timeout,
                banner_timeout=timeout,
                auth_timeout=timeout,
            )
        except paramiko.AuthenticationException as error:
            raise paramiko.AuthenticationException(f"the jump host {hop.address}:{hop.port}: {error}") from error
        transport = client.get_transport()
        assert transport is not None
        sock = transport.open_channel("direct-tcpip", (target.address, target.port), ("127.0.0.1", 0), timeout=timeout)
        chain.append(sock)
    if sock is None:
        sock = _tcp(way.address, way.port, timeout)
        chain.append(sock)
    return sock


def _tcp(address: str, port: int, timeout: float) -> socket.socket:
    try:
        sock = socket.create_connection((address, port), timeout)
    except TimeoutError as error:
        raise NoAnswerError(str(error)) from error
    # A login is many small packets: Nagle's algorithm against delayed acknowledgements costs 40 ms for each.
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return sock


def _split_port(text: str) -> tuple[str, int | None]:
    if text.startswith("["):
        name, _, rest = text[1:].partition("]")
        return name, int(rest[1:]) if rest.startswith(":") else None
    name, colon, port = text.rpartition(":")
    return (name, int(port)) if colon and ":" not in name else (text, None)
