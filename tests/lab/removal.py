"""Remove a lab by its name, whoever built it; as a program, wait for the builder's death first.

It needs nothing but the standard library and its own path, since the watchdog runs it as a file.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

NETNS = Path("/run/netns")


def folder_of(run: str) -> Path:
    """Name the private folder of a run."""
    return Path("/tmp") / f"vxlab-{run}"


def namespaces_of(run: str) -> list[str]:
    """List the namespaces of a run that exist."""
    return sorted(path.name for path in NETNS.glob(f"vxlab-{run}-*"))


def processes_of(run: str) -> list[int]:
    """List the processes that live in a run's namespaces, this one excepted."""
    inodes = {(NETNS / name).stat().st_ino for name in namespaces_of(run)}
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit() or int(entry.name) == os.getpid():
            continue
        try:
            if (entry / "ns/net").stat().st_ino in inodes:
                found.append(int(entry.name))
        except OSError:  # it has ended meanwhile
            continue
    return found


def remove(run: str) -> None:
    """Kill what lives in the run's namespaces, then remove them and the run's folder."""
    _kill_all(run)
    lock = os.open("/run", os.O_RDONLY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        lines = "".join(f"netns del {name}\n" for name in namespaces_of(run))
        if lines:
            subprocess.run(["ip", "-force", "-batch", "-"], input=lines, text=True, check=False, capture_output=True)
        _unmount_empty_netns()
    finally:
        os.close(lock)
    shutil.rmtree(folder_of(run), ignore_errors=True)


def runs() -> list[str]:
    """List the runs of which anything is left."""
    namespaces = {path.name.split("-")[1] for path in NETNS.glob("vxlab-*-*")}
    folders = {path.name.removeprefix("vxlab-") for path in Path("/tmp").glob("vxlab-*")}
    return sorted(namespaces | folders)


def _kill_all(run: str) -> None:
    for _ in range(200):
        pids = processes_of(run)
        if not pids:
            return
        for pid in pids:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        time.sleep(0.01)


def _unmount_empty_netns() -> None:
    """Take away the mount that `ip netns add` once made, if nobody has a namespace left in it."""
    if NETNS.is_dir() and not any(NETNS.iterdir()):
        subprocess.run(["umount", str(NETNS)], check=False, capture_output=True)
        try:
            NETNS.rmdir()
        except OSError:
            return


def _watch(run: str) -> None:
    """Wait until the builder closes its end of the pipe, by ending or by dying, then remove the lab."""
    sys.stdin.read()
    remove(run)
    while run in runs():  # what the builder had already started may come up after its death
        time.sleep(0.2)
        remove(run)


if __name__ == "__main__":
    _watch(sys.argv[1])
