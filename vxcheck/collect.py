"""Ask the devices: in parallel, each to an end that is told, so that one bad device costs no other's results."""

from __future__ import annotations

import contextlib
import logging
import os
import queue
import random
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import paramiko
from netmiko import NetmikoAuthenticationException, NetmikoTimeoutException, ReadTimeout
from netmiko.base_connection import BaseConnection

from vxcheck import schema, scrub, session, ssh
from vxcheck.asking import (
    CONNECTION_LOST,
    TIMED_OUT,
    Conversation,
    NoChannelsError,
    StoppedError,
)
from vxcheck.content import Command, Platform
from vxcheck.inventory import Host
from vxcheck.saving import Saver
from vxcheck.snapshot import COLLECTED, NOT_ASKED, REFUSED, Device, Output, Snapshot

UNREACHABLE = "unreachable"
LOGIN_REFUSED = "login refused"
HOST_KEY_CHANGED = "host key changed"
HOST_KEY_UNKNOWN = "host key unknown"
UNSUPPORTED_PLATFORM = "unsupported platform"
FAULT = "fault of vxcheck"


# What another try may find otherwise. A refused login is never tried again: that locks accounts.
_MAY_PASS = (UNREACHABLE, CONNECTION_LOST, TIMED_OUT)
# Seconds that are waited for a device before it is seen whether anybody interrupts.
_LOOK_UP = 0.5


@dataclass(frozen=True)
class Options:
    """Say how to collect.

    `read_timeout` is the seconds that may pass without a byte of an answer, `device_timeout` those for all answers of
    one look; `workers` is how many devices are asked at once, 0 for what the machine can bear; `retries` how often a
    device is tried again after a failure that may pass; `max_output` the bytes that one answer may have.
    """

    trust: ssh.Trust
    login_timeout: float = 15
    read_timeout: float = 60
    workers: int = 0
    polls: int = 1
    interval: float = 5
    retries: int = 0
    device_timeout: float = 1800
    max_output: int = 256 * 2**20


Watcher = Callable[[str, str], None]
"""Is told a device's name and its state: `in flight`, then the condition that it ended in."""


def workers(options: Options, devices: int) -> int:
    """Return how many devices are asked at once: they wait most of the time, so that a CPU bears many."""
    return max(1, min(options.workers or 32 * len(os.sched_getaffinity(0)), devices))


def collect(
    hosts: Sequence[Host],
    platforms: dict[str, Platform],
    options: Options,
    watch: Watcher | None = None,
    saver: Saver | None = None,
    *,
    keep: bool = True,
) -> Snapshot:
    """Collect from every host; never raises for what a device does.

    A `saver` is given each output as it comes. Without `keep` the snapshot that is returned holds no outputs, so that
    memory does not grow with the number of devices. Raises UsageError where the saver cannot write. Where a person
    interrupts, no device that is in flight is waited for.
    """
    # paramiko's threads print tracebacks of broken connections through this logger; the reasons are in the results.
    logging.getLogger("paramiko").setLevel(logging.CRITICAL)
    started, clock = datetime.now(UTC), time.monotonic()
    stop = threading.Event()

    def one(host: Host) -> Device:
        if watch:
            watch(host.name, "in flight")
        device = _collect_device(host, platforms.get(host.platform), options, saver, stop)
        device = replace(device, role=host.role)
        if saver and not stop.is_set():
            saver.device(device)
        if watch:
            watch(host.name, device.condition)
        return device if keep else replace(device, outputs=())

    devices: dict[str, Device] = {}
    try:
        for device in _each(one, hosts, workers(options, len(hosts)), stop):
            devices[device.name] = device
    finally:
        stop.set()
    ordered = tuple(devices[host.name] for host in hosts)
    return Snapshot(
        ordered, started.isoformat(timespec="seconds"), round(time.monotonic() - clock, 2), polls=options.polls
    )


def _each(one: Callable[[Host], Device], hosts: Sequence[Host], count: int, stop: threading.Event) -> Iterator[Device]:
    """Yield what `one` makes of each host, as it comes, from so many threads; raise what it raises.

    The threads are the process's own to end: where a file cannot be written, or a person interrupts, nobody waits for
    devices that are in flight, as an executor of the standard library does even at the end of the process.
    """
    todo: queue.SimpleQueue[Host] = queue.SimpleQueue()
    done: queue.SimpleQueue[Device | BaseException] = queue.SimpleQueue()
    for host in hosts:
        todo.put(host)

    def work() -> None:
        while not stop.is_set():
            try:
                done.put(one(todo.get_nowait()))
            except queue.Empty:
                return
            except BaseException as error:
                done.put(error)

    for _ in range(count):
        threading.Thread(target=work, name="collecting", daemon=True).start()
    for _ in hosts:
        ended = _taken(done)
        if isinstance(ended, BaseException):
            raise ended
        yield ended


def _taken(done: queue.SimpleQueue[Device | BaseException]) -> Device | BaseException:
    """Wait for the next device. An interrupt that comes just before Python waits does not end the waiting: look up."""
    while True:
        with contextlib.suppress(queue.Empty):
            return done.get(timeout=_LOOK_UP)


def planned(platform: Platform, poll: int = 1) -> list[Command]:
    """Return the commands that a platform is asked: all of them at first, then those that read counters."""
    commands = [command for command in platform.commands if command.collect]
    if poll == 1:
        return commands
    tables = schema.tables()
    return [command for command in commands if any(tables[t].has_poll for t in command.tables if t in tables)]


def ask(host: Host, platform: Platform, commands: Sequence[str], options: Options) -> tuple[Output, ...]:
    """Send some commands to one device, and nothing else but what its login takes.

    Raises ssh.ForbiddenCommandError where the login would send what `platform.session` does not list, StoppedError
    where the device cannot be asked to the end.
    """
    logging.getLogger("paramiko").setLevel(logging.CRITICAL)
    wanted = replace(platform, commands=tuple(Command(platform.name, name, (), (name,)) for name in commands))
    outputs: list[Output] = []
    secrets = _secrets(host)
    try:
        _ask(host, wanted, replace(options, polls=1), outputs, outputs.append)
    except StoppedError as stop:
        raise StoppedError(stop.condition, scrub.hide(str(stop), secrets)) from None
    except session.ExpiredError as error:
        raise StoppedError(LOGIN_REFUSED, str(error)) from None
    outputs.sort(key=lambda output: list(commands).index(output.command))
    return tuple(_without(output, secrets) for output in outputs)


def _collect_device(
    host: Host, platform: Platform | None, options: Options, saver: Saver | None, stop: threading.Event
) -> Device:
    clock = time.monotonic()
    outputs: list[Output] = []
    condition, reason = COLLECTED, ""
    if platform is None:
        reason = f"vxcheck has no parsers for platform {host.platform}: it was not contacted; see --parsers"
        return Device(host.name, host.platform, UNSUPPORTED_PLATFORM, reason)
    secrets = _secrets(host)
    writing: list[BaseException] = []

    def tell(output: Output) -> None:
        if stop.is_set():
            raise StoppedError(NOT_ASKED, "the collection was ended")
        output = _without(output, secrets)
        outputs.append(output)
        try:
            if saver:
                saver.output(host.name, output)
        except BaseException as error:
            writing.append(error)
            raise

    for attempt in range(options.retries + 1):
        # What was answered to the end stays; the rest is asked again.
        outputs[:] = [output for output in outputs if output.condition in (COLLECTED, REFUSED)]
        condition, reason = _attempt(host, platform, options, outputs, tell)
        if writing:
            raise writing[0]
        if condition not in _MAY_PASS or stop.is_set():
            break
        if attempt < options.retries:
            stop.wait(min(30.0, 2.0**attempt) * random.uniform(0.5, 1))  # noqa: S311  # spreads the load, no secret
        elif attempt:
            reason = f"{reason} (tried {attempt + 1} times)"
    asked = {(output.command, output.poll) for output in outputs}
    for poll in range(1, options.polls + 1):
        for command in planned(platform, poll):
            if (command.name, poll) not in asked and not stop.is_set():
                tell(Output(command.name, "", NOT_ASKED, f"{condition}: {reason}", poll=poll))
    order = {command.name: i for i, command in enumerate(planned(platform))}
    outputs.sort(key=lambda output: (output.poll, order[output.command]))
    seconds = round(time.monotonic() - clock, 2)
    return Device(host.name, host.platform, condition, scrub.hide(reason, secrets), seconds, tuple(outputs))


def _secrets(host: Host) -> list[str]:
    return [text for text in (host.password, host.options.get("passphrase")) if text]


def _attempt(
    host: Host, platform: Platform, options: Options, outputs: list[Output], tell: Callable[[Output], None]
) -> tuple[str, str]:
    """Ask a device what is not among the outputs yet; return the condition that this ended in, and why."""
    try:
        _ask(host, platform, options, outputs, tell)
    except StoppedError as stop:
        return stop.condition, str(stop)
    except session.ExpiredError as error:
        return LOGIN_REFUSED, str(error)
    except Exception as error:  # a device must not cost another's results, whatever it did
        return FAULT, f"{type(error).__name__}: {error}"
    for wanted in (None, REFUSED):
        lacking = [
            output
            for output in outputs
            if (output.condition == wanted if wanted else output.condition not in (COLLECTED, REFUSED))
        ]
        if lacking:
            return lacking[0].condition, "; ".join(f"{output.command}: {output.reason}" for output in lacking)
    return COLLECTED, ""


def _ask(
    host: Host, platform: Platform, options: Options, outputs: list[Output], tell: Callable[[Output], None]
) -> None:
    try:
        _talk(host, platform, options, outputs, tell, by_channel=platform.exec)
    except NoChannelsError:
        # An old device hangs up on what it does not know.
        _talk(host, platform, options, outputs, tell, by_channel=False)


def _talk(
    host: Host,
    platform: Platform,
    options: Options,
    outputs: list[Output],
    tell: Callable[[Output], None],
    *,
    by_channel: bool,
) -> None:
    allowed = {*platform.session, *(s for command in planned(platform) for s in command.sent)}
    connection, chain = _login(host, platform, allowed, options)
    talk = Conversation(
        connection, platform, options.login_timeout, options.read_timeout, options.max_output, tell, by_channel
    )
    try:
        for poll in range(1, options.polls + 1):
            answered = {output.command for output in outputs if output.poll == poll}
            commands = [command for command in planned(platform, poll) if command.name not in answered]
            if poll > 1 and commands:
                time.sleep(options.interval)
            talk.ask(commands, poll, time.monotonic() + options.device_timeout)
    except ReadTimeout as error:
        raise _not_connected(error, _logging_in(host), _where(host), options) from error
    except (EOFError, OSError, paramiko.SSHException) as error:
        raise StoppedError(CONNECTION_LOST, f"opening its shell: {str(error) or 'it hung up'}") from error
    finally:
        # The device may hang up at the same moment: what it said is there all the same.
        with contextlib.suppress(EOFError, OSError, paramiko.SSHException):
            connection.paramiko_cleanup()
        with contextlib.suppress(EOFError, OSError, paramiko.SSHException):
            ssh.close(chain)


def _where(host: Host) -> str:
    return f"{host.address}:{host.port}" if host.port else host.address


def _logging_in(host: Host) -> str:
    return f"logging in to {_where(host)} as {host.username or 'the local user'}"


def _login(host: Host, platform: Platform, allowed: set[str], options: Options) -> tuple[BaseConnection, list[object]]:
    where, doing = _where(host), _logging_in(host)
    try:
        return ssh.connect(host, options.trust, allowed, options.login_timeout, platform.session)
    except (NetmikoAuthenticationException, paramiko.AuthenticationException) as error:
        said = str(error).strip().splitlines()[-1]
        hint = "check user name, password or key"
        raise StoppedError(LOGIN_REFUSED, f"{doing}: {said.rstrip('.')}; {hint}") from error
    except ssh.HostKeyError as error:
        condition = HOST_KEY_CHANGED if error.changed else HOST_KEY_UNKNOWN
        raise StoppedError(condition, f"{doing}: {error}") from error
    except (paramiko.SSHException, NetmikoTimeoutException, OSError, EOFError) as error:
        raise _not_connected(error, doing, where, options) from error


def _not_connected(error: BaseException, doing: str, where: str, options: Options) -> StoppedError:
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
                return StoppedError(HOST_KEY_CHANGED, f"{doing}: {reason}")
            case ssh.HostKeyError():
                return StoppedError(HOST_KEY_UNKNOWN, f"{doing}: {cause}")
            case paramiko.ssh_exception.IncompatiblePeer():
                why = (
                    f"no way of encrypting in common ({str(cause).partition('(')[2].rstrip(')') or cause}): update its "
                    "software, or allow it what is old; docs/inventory.md, Old devices, says how"
                )
                return StoppedError(LOGIN_REFUSED, f"{doing}: {why}")
            case socket.gaierror():
                return StoppedError(UNREACHABLE, f"{doing}: the name does not resolve: {cause.strerror}")
            case ConnectionRefusedError():
                return StoppedError(UNREACHABLE, f"{doing}: connection refused; is SSH enabled, on that port?")
            case ssh.NoAnswerError():
                why = f"no answer within {options.login_timeout:g} s; is it up, and is there a route to it?"
                return StoppedError(UNREACHABLE, f"{doing}: {why}")
            case paramiko.ChannelException():
                why = f"the jump host could not reach it: {cause.args[-1]}"
                return StoppedError(UNREACHABLE, f"{doing}: {why}")
            case ReadTimeout():
                why = "logged in, but no prompt came; is the platform in the inventory right?"
                return StoppedError(TIMED_OUT, f"{doing}: {why}")
    said = " ".join(str(causes[-1]).split()) or type(causes[-1]).__name__
    if "No authentication methods available" in said:
        why = "no password and no key is known for it; see docs/inventory.md, or give --ask-password"
        return StoppedError(LOGIN_REFUSED, f"{doing}: {why}")
    # paramiko says "No existing session" where the server did not get as far as its keys in time.
    slow = isinstance(causes[-1], TimeoutError) or re.search(
        "timeout|timed out|banner|No existing session", said, re.IGNORECASE
    )
    if slow:
        why = f"it was reached, but the login came to no end within {options.login_timeout:g} s ({said})"
        return StoppedError(TIMED_OUT, f"{doing}: {why}")
    return StoppedError(UNREACHABLE, f"{doing}: {said}")


def _known_name(where: str) -> str:
    address, _, port = where.rpartition(":")
    return f"[{address}]:{port}" if address and port not in ("", "22") else where


def _without(output: Output, secrets: Sequence[str]) -> Output:
    # A short password may be an ordinary word of an output (vyos): hiding it there would falsify what the device said,
    # and the commands that are sent have no secrets to tell. A long one is hidden wherever it turns up.
    long = [secret for secret in secrets if len(secret) >= 8]
    # A device's configuration has secrets of its own.
    text = scrub.secrets_of(output.text) if scrub.shows_configuration(output.command) else output.text
    return replace(output, text=scrub.hide(text, long), reason=scrub.hide(output.reason, secrets))
