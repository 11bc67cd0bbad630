"""Two Nexus switches with EVPN between them, over real SSH: healthy, and with what such a pair can do wrong.

Their ports, routes and VTEPs are those of a recorded pair (batfish/lab-validation, nxos_evpn_l3vni), with a bridged VNI beside.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import pytest

from tests.conftest import Ran, Run
from vxcheck import collect, content
from vxcheck.demo.server import EmulatedDevice, Login
from vxcheck.snapshot import command_of

NAMES = ("nx-1", "nx-2")
ANSWERS = {
    name: {
        command_of(path.name): path.read_text(encoding="utf-8")
        for path in (Path(__file__).parent / "nxos_pair" / name).glob("*.txt")
    }
    for name in NAMES
}
Checked = Callable[..., Ran]


@contextmanager
def running(folder: Path, changed: dict[str, dict[str, str]]) -> Iterator[dict[str, EmulatedDevice]]:
    """Run both switches, with an inventory in `folder` and their host keys beside it; `changed` has other answers."""
    login = Login("demo", "pass phrase")
    with ExitStack() as stack:
        devices = {
            name: stack.enter_context(
                closing(EmulatedDevice(name, "cisco_nxos", ANSWERS[name] | changed.get(name, {}), login))
            )
            for name in NAMES
        }
        hosts = {n: {"hostname": "127.0.0.1", "port": d.port, "platform": "cisco_nxos"} for n, d in devices.items()}
        (folder / "hosts.yaml").write_text(json.dumps(hosts))
        (folder / "defaults.yaml").write_text(json.dumps({"username": login.username, "password": login.password}))
        (folder / "defaults.yaml").chmod(0o600)
        (folder / "known_hosts").write_text(
            "".join(
                f"[127.0.0.1]:{d.port} {d.host_key.get_name()} {d.host_key.get_base64()}\n" for d in devices.values()
            )
        )
        yield devices


@pytest.fixture
def checked(vxcheck: Run, tmp_path: Path) -> Checked:
    """Return a function that checks the pair, where `text` of one switch's answer is replaced."""

    def run(name: str = "", command: str = "", text: str = "", by: str = "") -> Ran:
        changed: dict[str, dict[str, str]] = {}
        if name:
            assert text in ANSWERS[name][command]
            changed = {name: {command: ANSWERS[name][command].replace(text, by)}}
        with running(tmp_path, changed) as devices:
            ran = vxcheck("check", tmp_path, "--known-hosts", tmp_path / "known_hosts", "--format", "json")
        platform = content.platforms()["cisco_nxos"]
        allowed = {*platform.session, *(line for one in collect.planned(platform) for line in one.sent)}
        assert all(set(device.received) <= allowed for device in devices.values())
        return ran

    return run


def faults(ran: Ran) -> dict[str, str]:
    """Return what is told of each check that failed."""
    return {
        result["check"]: result["faults"][0]["message"]
        for result in ran.report["results"]
        if result["faults"] and not result.get("explained_by")
    }


def test_healthy(checked: Checked) -> None:
    ran = checked()
    assert {device["condition"] for device in ran.report["devices"]} == {"collected"}
    assert faults(ran) == {}
    print(ran.out)
    assert (ran.status, ran.report["verdict"]) == (0, "passed")
