"""`vxcheck demo`: the ordinary check, on the emulated seed lab."""

from __future__ import annotations

import argparse
import contextlib
import sys
import tempfile
import threading
from pathlib import Path

from vxcheck.demo import lab
from vxcheck.verbs import check


def run(given: argparse.Namespace) -> int:
    """Start the lab, check it by SSH as any fabric, and stop it."""
    with tempfile.TemporaryDirectory(prefix="vxcheck-demo-") as folder, lab.running(Path(folder), given.fault) as live:
        ports = ", ".join(f"{device.name} ({device.platform}) at 127.0.0.1:{device.port}" for device in live.devices)
        print(f"vxcheck: emulated devices: {ports}", file=sys.stderr)
        if given.serve:
            return _serve(live)
        given.source = live.inventory
        given.known_hosts = given.known_hosts or live.known_hosts
        return check.run(given)


def _serve(live: lab.RunningLab) -> int:
    with contextlib.suppress(KeyboardInterrupt):
        print(f"User name {live.login.username}, password {live.login.password}. Try in another terminal:")
        print(f"  vxcheck check {live.inventory} --known-hosts {live.known_hosts}")
        print(f"  vxcheck show vni_members {live.inventory} --known-hosts {live.known_hosts}")
        print("Ctrl-C ends it.", flush=True)
        threading.Event().wait()
    return 0
