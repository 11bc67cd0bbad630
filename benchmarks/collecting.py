"""Measure how long devices take to be asked: vxcheck beside stock netmiko, netmiko in threads and asyncssh.

    python -m benchmarks.collecting [--devices 1 20 100] [--repeat 3]

The devices are emulated EOS switches in a process of their own, on loopback; a proxy adds 50 ms to each round trip for
one table. Every way asks the same commands, and their outputs are compared. Only ratios within one run mean anything.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import logging
import multiprocessing
import statistics
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from netmiko import ConnectHandler

from benchmarks.measure import Page
from vxcheck import collect, content, ssh
from vxcheck.demo import lab
from vxcheck.demo.server import EmulatedDevice, Login
from vxcheck.inventory import Host

PLATFORM, DEVICE = "arista_eos", "vtep-arista01"
LOGIN = Login("demo", "benchmark-only")
ROUND_TRIP = 0.05


@dataclass(frozen=True)
class Fabric:
    """Hold the ports of emulated switches, the same behind a delay, and the file of their host keys."""

    ports: tuple[int, ...]
    delayed: tuple[int, ...]
    known_hosts: Path


Answers = list[dict[str, str]]
Way = Callable[[Fabric, Sequence[int]], Answers]


def commands() -> list[str]:
    """Return what every way asks: what the emulated switch answers."""
    recorded = lab.answers(DEVICE)
    return [one.name for one in collect.planned(content.platforms()[PLATFORM]) if one.name in recorded]


def serve(count: int, pipe: Any) -> None:
    """Run the switches and the proxy, until the pipe says something."""
    logging.getLogger("paramiko").setLevel(logging.CRITICAL)
    devices = [EmulatedDevice(DEVICE, PLATFORM, lab.answers(DEVICE), LOGIN) for _ in range(count)]
    ready = threading.Event()
    delayed: list[int] = []
    threading.Thread(target=lambda: asyncio.run(delay(devices, delayed, ready)), daemon=True).start()
    ready.wait()
    keys = [f"{device.host_key.get_name()} {device.host_key.get_base64()}" for device in devices]
    pipe.send(json.dumps({"ports": [device.port for device in devices], "delayed": delayed, "keys": keys}))
    pipe.recv()


async def delay(devices: Sequence[EmulatedDevice], ports: list[int], ready: threading.Event) -> None:
    """Pass connections on to the devices, each byte half a round trip later."""

    async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        loop = asyncio.get_running_loop()
        while part := await reader.read(1 << 16):
            loop.call_later(ROUND_TRIP / 2, writer.write, part)
        loop.call_later(ROUND_TRIP / 2, writer.close)

    for device in devices:

        async def opened(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, port: int = device.port) -> None:
            with contextlib.suppress(OSError):
                beyond = await asyncio.open_connection("127.0.0.1", port)
                await asyncio.gather(pump(reader, beyond[1]), pump(beyond[0], writer))

        server = await asyncio.start_server(opened, "127.0.0.1", 0)
        ports.append(server.sockets[0].getsockname()[1])
    ready.set()
    await asyncio.Event().wait()


@contextlib.contextmanager
def running(count: int) -> Iterator[Fabric]:
    """Run that many switches in a process of their own."""
    here, there = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=serve, args=(count, there), daemon=True)
    process.start()
    told = json.loads(here.recv())
    with tempfile.TemporaryDirectory() as folder:
        known = Path(folder) / "known_hosts"
        lines = []
        for ports in (told["ports"], told["delayed"]):
            lines += [f"[127.0.0.1]:{port} {key}\n" for port, key in zip(ports, told["keys"], strict=True)]
        known.write_text("".join(lines))
        yield Fabric(tuple(told["ports"]), tuple(told["delayed"]), known)
    here.send("end")
    process.join(5)


def stock(fabric: Fabric, port: int) -> dict[str, str]:
    """Ask one device as netmiko's documentation does."""
    options = {"ssh_strict": True, "alt_host_keys": True, "alt_key_file": str(fabric.known_hosts)}
    login = {"username": LOGIN.username, "password": LOGIN.password}
    with ConnectHandler(device_type=PLATFORM, host="127.0.0.1", port=port, **login, **options) as connection:
        return {command: str(connection.send_command(command)) for command in commands()}


def netmiko_in_turn(fabric: Fabric, ports: Sequence[int]) -> Answers:
    """Ask with stock netmiko, one device after the other."""
    return [stock(fabric, port) for port in ports]


def netmiko_in_threads(fabric: Fabric, ports: Sequence[int]) -> Answers:
    """Ask with stock netmiko in as many threads as vxcheck takes."""
    workers = collect.workers(collect.Options(ssh.Trust()), len(ports))
    with ThreadPoolExecutor(workers) as pool:
        return list(pool.map(lambda port: stock(fabric, port), ports))


def asyncssh_exec(fabric: Fabric, ports: Sequence[int]) -> Answers:
    """Ask with asyncssh, all commands of a device over channels at once."""
    import asyncssh

    async def one(port: int) -> dict[str, str]:
        login = {"username": LOGIN.username, "password": LOGIN.password}
        options = {"known_hosts": str(fabric.known_hosts), "config": None, "client_keys": None, "agent_path": None}
        async with asyncssh.connect("127.0.0.1", port, **login, **options) as connection:
            told = await asyncio.gather(*(connection.run(command, stdin=asyncssh.DEVNULL) for command in commands()))
            return dict(zip(commands(), (str(one.stdout) for one in told), strict=True))

    async def everyone() -> Answers:
        return list(await asyncio.gather(*(one(port) for port in ports)))

    return asyncio.run(everyone())


def vxcheck_way(*, by_channel: bool) -> Way:
    """Return vxcheck's way: over channels, or in the interactive shell."""

    def ask(fabric: Fabric, ports: Sequence[int]) -> Answers:
        wanted = set(commands())
        platform = content.platforms()[PLATFORM]
        asked = tuple(command for command in platform.commands if command.name in wanted)
        platform = replace(platform, commands=asked, exec=by_channel)
        hosts = [Host(f"switch{port}", PLATFORM, "127.0.0.1", port, LOGIN.username, LOGIN.password) for port in ports]
        taken = collect.collect(hosts, {PLATFORM: platform}, collect.Options(ssh.Trust(fabric.known_hosts)))
        assert {device.condition for device in taken.devices} == {"collected"}, [one.reason for one in taken.devices]
        return [{output.command: output.text for output in device.outputs} for device in taken.devices]

    return ask


WAYS: dict[str, Way] = {
    "netmiko, one device after the other": netmiko_in_turn,
    "netmiko in threads": netmiko_in_threads,
    "asyncssh, exec": asyncssh_exec,
    "vxcheck, shell": vxcheck_way(by_channel=False),
    "vxcheck": vxcheck_way(by_channel=True),
}


def measured(way: Way, fabric: Fabric, ports: Sequence[int], repeat: int) -> tuple[float, float]:
    """Return the medians of wall seconds and of this process's CPU seconds; require every answer to be the recorded."""
    recorded = lab.answers(DEVICE)
    walls, cpus = [], []
    for _ in range(repeat):
        wall, cpu = time.perf_counter(), time.process_time()
        told = way(fabric, ports)
        walls.append(time.perf_counter() - wall)
        cpus.append(time.process_time() - cpu)
        assert len(told) == len(ports)
        for answers in told:
            for command in commands():
                # netmiko takes the blank lines at an answer's ends away.
                assert answers[command].strip() == recorded[command].strip(), command
    return statistics.median(walls), statistics.median(cpus)


def parts() -> list[Page]:
    """Return what the usual numbers of devices take."""
    return [Page("Collecting", "\n".join(told([1, 20, 100, 300], 3)))]


def told(devices: Sequence[int], repeat: int) -> Iterator[str]:
    """Yield the lines of tables: one for each number of devices, one for a device far away."""
    logging.getLogger("asyncssh").setLevel(logging.ERROR)
    yield f"{len(commands())} commands a device; medians of {repeat} rounds, of one from 100 devices on.\n"
    with running(max(devices)) as fabric:
        for count in devices:
            yield f"| {count} {'devices' if count > 1 else 'device'} | wall | CPU a device | wall, to vxcheck's |"
            yield "|---|---:|---:|---:|"
            found = {}
            for name, way in WAYS.items():
                if name.startswith("netmiko, one") and count > 20:
                    continue  # minutes
                found[name] = measured(way, fabric, fabric.ports[:count], repeat if count < 100 else 1)
            for name, (wall, cpu) in found.items():
                ratio = wall / found["vxcheck"][0]
                yield f"| {name} | {wall:.2f} s | {1000 * cpu / count:.1f} ms | {ratio:.1f} |"
            yield ""
        yield "| 1 device, 50 ms a round trip | wall | round trips |"
        yield "|---|---:|---:|"
        for name, way in WAYS.items():
            if name == "netmiko in threads":
                continue
            near, _ = measured(way, fabric, fabric.ports[:1], repeat)
            far, _ = measured(way, fabric, fabric.delayed[:1], repeat)
            yield f"| {name} | {far:.2f} s | {(far - near) / ROUND_TRIP:.0f} |"


def main() -> None:
    """Measure, and print Markdown tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--devices", type=int, nargs="+", default=[1, 20, 100])
    parser.add_argument("--repeat", type=int, default=3)
    given = parser.parse_args()
    for line in told(given.devices, given.repeat):
        print(line, flush=True)


if __name__ == "__main__":
    main()
