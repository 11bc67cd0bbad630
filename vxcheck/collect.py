"""Ask the devices: in parallel, each to an end that is told, so that one bad device costs no other's results."""

from __future__ import annotations

import logging
import re
import socket
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import paramiko
from netmiko import NetmikoAuthenticationException, NetmikoTimeoutException, ReadTimeout
from netmiko.base_connection import BaseConnection

from vxcheck import parse, schema, ssh
from vxcheck.content import Command, Platform
from vxcheck.inventory import Host
from vxcheck.snapshot import COLLECTED, NOT_ASKED, REFUSED, Device, Output, Snapshot

UNREACHABLE = "unreachable"
LOGIN_REFUSED = "login refused"
HOST_KEY_CHANGED = "host key changed"
HOST_KEY_UNKNOWN = "host key unknown"
TIMED_OUT = "timed out"
CONNECTION_LOST = "connection lost"
UNSUPPORTED_PLATFORM = "unsupported platform"
FAULT = "fault of vxcheck"


@dataclass(frozen=True)
class Options:
    """Say how to collect: seconds to wait for a login and for an answer, looks at counters, seconds between them."""

    trust: ssh.Trust
    login_timeout: float = 15
    read_timeout: float = 60
    workers: int = 50
    polls: int = 1
    interval: float = 5


class _StoppedError(Exception):
    """End a device's collection in a condition, with the outputs that it gave until then."""

    def __init__(self, condition: str, reason: str) -> None:
        super().__init__(reason)
        self.condition = condition


Watcher = Callable[[str, str], None]
"""Is told a device's name and its state: `in flight`, then the condition that it ended in."""


def collect(
    hosts: Sequence[Host], platforms: dict[str, Platform], options: Options, watch: Watcher | None = None
) -> Snapshot:
    """Collect from every host; never raises for what a device does."""
    # paramiko's threads print tracebacks of broken connections through this logger; the reasons are in the results.
    logging.getLogger("paramiko").setLevel(logging.CRITICAL)
    started, clock = datetime.now(UTC), time.monotonic()

    def one(host: Host) -> Device:
        if watch:
            watch(host.name, "in flight")
        device = _collect_device(host, platforms.get(host.platform), options)
        if watch:
            watch(host.name, device.condition)
        return device

    with ThreadPoolExecutor(max_workers=max(1, min(options.workers, len(hosts)))) as pool:
        devices = tuple(pool.map(one, hosts))
    return Snapshot(
        devices, started.isoformat(timespec="seconds"), round(time.monotonic() - clock, 2), polls=options.polls
    )


def planned(platform: Platform, poll: int = 1) -> list[Command]:
    """Return the commands that a platform is asked: all of them at first, then those that read counters."""
    commands = [command for command in platform.commands if command.collect]
    if poll == 1:
        return commands
    tables = schema.tables()
    return [command for command in commands if any(tables[t].has_poll for t in command.tables if t in tables)]


def spellings(command: Command) -> list[str]:
    """Return what is sent for a command: itself, then by its full path, where it is not found. Others are only read."""
    return [command.name, *(spelling for spelling in command.spellings if spelling.startswith("/"))]


def _collect_device(host: Host, platform: Platform | None, options: Options) -> Device:
    clock = time.monotonic()
    outputs: list[Output] = []
    condition, reason = COLLECTED, ""
    if platform is None:
        reason = f"vxcheck has no parsers for platform {host.platform}: it was not contacted; see --parsers"
        return Device(host.name, host.platform, UNSUPPORTED_PLATFORM, reason)
    try:
        _talk(host, platform, options, outputs)
        refused = [output for output in outputs if output.condition == REFUSED]
        if refused:
            condition = REFUSED
            reason = "; ".join(f"{output.command}: {output.reason}" for output in refused)
    except _StoppedError as stop:
        condition, reason = stop.condition, str(stop)
    except Exception as error:  # a device must not cost another's results, whatever it did
        condition, reason = FAULT, f"{type(error).__name__}: {error}"
    asked = {(output.command, output.poll) for output in outputs}
    for poll in range(1, options.polls + 1):
        for command in planned(platform, poll):
            if (command.name, poll) not in asked:
                outputs.append(Output(command.name, "", NOT_ASKED, f"{condition}: {reason}", poll=poll))  # noqa: PERF401
    secrets = [text for text in (host.password, host.options.get("passphrase")) if text]
    return Device(
        host.name,
        host.platform,
        condition,
        _hide(reason, secrets),
        round(time.monotonic() - clock, 2),
        tuple(_without(output, secrets) for output in outputs),
    )


def _talk(host: Host, platform: Platform, options: Options, outputs: list[Output]) -> None:
    allowed = {*platform.session, *(s for command in planned(platform) for s in spellings(command))}
    connection, chain = _login(host, allowed, options)
    try:
        for poll in range(1, options.polls + 1):
            if poll > 1:
                time.sleep(options.interval)
            # One by one, so that those before a failure are kept.
            for command in planned(platform, poll):
                outputs.append(_ask(connection, platform, command, poll, options))  # noqa: PERF401
    finally:
        connection.paramiko_cleanup()
        ssh.close(chain)


def _login(host: Host, allowed: set[str], options: Options) -> tuple[BaseConnection, list[object]]:
    where = f"{host.address}:{host.port}" if host.port else host.address
    doing = f"logging in to {where} as {host.username or 'the local user'}"
    try:
        return ssh.connect(host, options.trust, allowed, options.login_timeout)
    except (NetmikoAuthenticationException, paramiko.AuthenticationException) as error:
        said = str(error).strip().splitlines()[-1]
        hint = "check user name, password or key"
        raise _StoppedError(LOGIN_REFUSED, f"{doing}: {said.rstrip('.')}; {hint}") from error
    except ssh.HostKeyError as error:
        condition = HOST_KEY_CHANGED if error.changed else HOST_KEY_UNKNOWN
        raise _StoppedError(condition, f"{doing}: {error}") from error
    except (paramiko.SSHException, NetmikoTimeoutException, OSError, EOFError) as error:
        raise _not_connected(error, doing, where, options) from error


def _not_connected(error: BaseException, doing: str, where: str, options: Options) -> _StoppedError:
    """Say why there is no session, from the first cause that netmiko and paramiko wrapped."""
    causes = [error]
    while (cause := causes[-1].__cause__ or causes[-1].__context__) and not isinstance(causes[-1], ssh.NoAnswerError):
        causes.append(cause)
    for cause in reversed(causes):
        match cause:
            case paramiko.BadHostKeyException():
                reason = (
                    f"its host key has changed: {cause.key.get_name()} {cause.key.fingerprint}, known was "
                    f"{cause.expected_key.fingerprint} in {options.trust.known_hosts}. Someone may be in between. If "
                    f"the device was replaced, remove the old key: ssh-keygen -R '{_known_name(where)}' "
                    f"-f {options.trust.known_hosts}"
                )
                return _StoppedError(HOST_KEY_CHANGED, f"{doing}: {reason}")
            case ssh.HostKeyError():
                return _StoppedError(HOST_KEY_UNKNOWN, f"{doing}: {cause}")
            case socket.gaierror():
                return _StoppedError(UNREACHABLE, f"{doing}: the name does not resolve: {cause.strerror}")
            case ConnectionRefusedError():
                return _StoppedError(UNREACHABLE, f"{doing}: connection refused; is SSH enabled, on that port?")
            case ssh.NoAnswerError():
                why = f"no answer within {options.login_timeout:g} s; is it up, and is there a route to it?"
                return _StoppedError(UNREACHABLE, f"{doing}: {why}")
            case paramiko.ChannelException():
                why = f"the jump host could not reach it: {cause.args[-1]}"
                return _StoppedError(UNREACHABLE, f"{doing}: {why}")
            case ReadTimeout():
                why = "logged in, but no prompt came; is the platform in the inventory right?"
                return _StoppedError(TIMED_OUT, f"{doing}: {why}")
    said = " ".join(str(causes[-1]).split()) or type(causes[-1]).__name__
    if "No authentication methods available" in said:
        why = "no password and no key is known for it; see docs/inventory.md, or give --ask-password"
        return _StoppedError(LOGIN_REFUSED, f"{doing}: {why}")
    # paramiko says "No existing session" where the server did not get as far as its keys in time.
    slow = isinstance(causes[-1], TimeoutError) or re.search(
        "timeout|timed out|banner|No existing session", said, re.IGNORECASE
    )
    if slow:
        why = f"it was reached, but the login came to no end within {options.login_timeout:g} s ({said})"
        return _StoppedError(TIMED_OUT, f"{doing}: {why}")
    return _StoppedError(UNREACHABLE, f"{doing}: {said}")


def _known_name(where: str) -> str:
    address, _, port = where.rpartition(":")
    return f"[{address}]:{port}" if address and port not in ("", "22") else where


def _ask(connection: BaseConnection, platform: Platform, command: Command, poll: int, options: Options) -> Output:
    """Send one command in the first of its spellings that the device accepts."""
    clock = time.monotonic()
    refusal, text = None, ""
    for spelling in spellings(command):
        try:
            text = _answer(connection, spelling, options.read_timeout)
        except ReadTimeout as error:
            why = f"no end of the answer to {command.name!r} within {options.read_timeout:g} s; see --timeout"
            raise _StoppedError(TIMED_OUT, why) from error
        except (OSError, EOFError, paramiko.SSHException) as error:
            said = str(error) or "it closed the connection"
            raise _StoppedError(CONNECTION_LOST, f"while it answered {command.name!r}: {said}") from error
        refusal = parse.reply_is_refusal(platform, text)
        if refusal is None:
            break
    condition = REFUSED if refusal else COLLECTED
    return Output(command.name, text, condition, refusal or "", round(time.monotonic() - clock, 3), poll)


def _answer(connection: BaseConnection, spelling: str, timeout: float) -> str:
    """Send a command and return what came between its echo and the next prompt, without terminal escapes."""
    # netmiko takes the host name anywhere for the prompt, so that a description with the device's own name in it cuts
    # an output short. The prompt is the last line, whole, but for what vtysh's PAM says without a line end.
    base = re.escape(parse.clean(connection.base_prompt))
    start = r"(?:^|\n)(?:vtysh_pam: [^\n]{0,200}?\(\d+\))?(?:\x1b\[[0-?]*[@-~]|\r)*"
    prompt = rf"{start}{base}[^\n]{{0,80}}?[#>$](?:\s|\x1b\[[0-?]*[@-~])*\Z"
    said = connection.send_command(
        spelling, expect_string=prompt, read_timeout=timeout, strip_prompt=False, strip_command=False
    )
    said = parse.clean(re.sub(prompt, "\n", str(said)))
    echo, _, text = said.partition("\n")
    return text if echo.strip().endswith(spelling) else said


def _without(output: Output, secrets: Sequence[str]) -> Output:
    # A short password may be an ordinary word of an output (vyos): hiding it there would falsify what the device said,
    # and the commands that are sent have no secrets to tell. A long one is hidden wherever it turns up.
    long = [secret for secret in secrets if len(secret) >= 8]
    return replace(output, text=_hide(output.text, long), reason=_hide(output.reason, secrets))


def _hide(text: str, secrets: Sequence[str]) -> str:
    for secret in secrets:
        text = re.sub(rf"(?<!\w){re.escape(secret)}(?!\w)", "********", text)
    return text
