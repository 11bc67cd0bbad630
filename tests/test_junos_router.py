"""The seed lab with a Junos router between its VTEPs, over real SSH: healthy, and with what a router can do wrong."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from tests.conftest import Ran, Run
from vxcheck import collect, content
from vxcheck.demo import server
from vxcheck.demo.lab import RunningLab
from vxcheck.demo.server import EmulatedDevice, Manner
from vxcheck.snapshot import command_of

ROUTER = "mcast-router01"
MULTICAST = "show multicast route extensive"
ANSWERS = {
    command_of(path.name): path.read_text(encoding="utf-8")
    for path in (Path(__file__).parent / "junos_router").glob("*.txt")
}
Checked = Callable[[dict[str, str]], Ran]


@contextmanager
def junos(live: RunningLab, answers: dict[str, str]) -> Iterator[EmulatedDevice]:
    """Put a Junos router into the running lab, in the place of the one that is there."""
    with closing(EmulatedDevice(ROUTER, "juniper_junos", answers, live.login)) as device:
        hosts = json.loads((live.inventory / "hosts.yaml").read_text())
        hosts[ROUTER] = {"hostname": "127.0.0.1", "port": device.port, "platform": "juniper_junos"}
        (live.inventory / "hosts.yaml").write_text(json.dumps(hosts))
        key = f"[127.0.0.1]:{device.port} {device.host_key.get_name()} {device.host_key.get_base64()}\n"
        with live.known_hosts.open("a") as file:
            file.write(key)
        yield device


@pytest.fixture
def checked(vxcheck: Run, live: RunningLab) -> Checked:
    """Return a function that checks the lab with a Junos router of these answers beside its usual ones."""

    def run(changed: dict[str, str]) -> Ran:
        with junos(live, ANSWERS | changed):
            return vxcheck("check", live.inventory, "--known-hosts", live.known_hosts, "--format", "json")

    return run


def conditions(ran: Ran) -> dict[str, str]:
    return {device["device"]: device["condition"] for device in ran.report["devices"]}


@pytest.mark.parametrize("prompt", ["demo@{}> ", "root@{}> "])
def test_healthy(vxcheck: Run, live: RunningLab, prompt: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(server.MANNERS, "juniper_junos", Manner(prompt, server.MANNERS["juniper_junos"].refusal))
    with junos(live, ANSWERS) as device:
        ran = vxcheck("check", live.inventory, "--known-hosts", live.known_hosts, "--format", "json")
    assert (ran.status, ran.report["verdict"]) == (0, "passed"), ran.out
    assert set(conditions(ran).values()) == {"collected"}
    for check in ("multicast_route_missing", "path_mtu_too_small"):
        assert ran.result(check, ROUTER)["status"] == "passed"
    platform = content.platforms()["juniper_junos"]
    assert set(device.received) <= {*platform.session, *(one.name for one in collect.planned(platform))}
    assert "cli" not in device.received  # the prompt shows that it is there already, for root too


def test_multicast_route_missing(checked: Checked) -> None:
    head, _, tail = ANSWERS[MULTICAST].partition("Group: ")
    _, _, one = tail.partition("Group: ")
    ran = checked({MULTICAST: f"{head}Group: {one}"})
    assert ran.status == 1
    (fault,) = ran.result("multicast_route_missing", ROUTER)["faults"]
    assert "does not forward (172.16.2.1, 239.0.0.1) of vtep-vyos01 to ge-0/0/1.0" in fault["message"]
    assert "it goes to nobody" in fault["message"]


def test_multicast_route_pruned(checked: Checked) -> None:
    text = ANSWERS[MULTICAST].replace("Downstream interface list: \n        ge-0/0/0.0\n    ", "", 1)
    before, _, after = text.rpartition("Forwarding\n")
    text = f"{before}Pruned\n{after}"
    ran = checked({MULTICAST: text})
    (fault,) = ran.result("multicast_route_missing", ROUTER)["faults"]
    assert "(172.16.3.1, 239.0.0.1) of vtep-arista01 to ge-0/0/0.0" in fault["message"]
    assert [line["line"] for line in fault["evidence"] if line["device"] == ROUTER] == ["Group: 239.0.0.1"]


def test_mtu_of_ip_counts_not_that_of_the_frame(checked: Checked) -> None:
    text = ANSWERS["show interfaces"].replace("Protocol inet, MTU: 1500", "Protocol inet, MTU: 1400")
    ran = checked({"show interfaces": text})
    (fault,) = ran.result("path_mtu_too_small", ROUTER)["faults"]
    assert "ge-0/0/1.0 of mcast-router01 has MTU 1400" in fault["message"]
    assert [line["line"].strip() for line in fault["evidence"] if line["device"] == ROUTER] == [
        "Protocol inet, MTU: 1400"
    ]


def test_a_tunnel_end_point_that_may_not_be_asked_is_no_router(checked: Checked) -> None:
    source = """
  Logical interface vtep.32768 (Index 327) (SNMP ifIndex 549)
    Flags: Up SNMP-Traps 0x4000 Encapsulation: ENET2
    VXLAN Endpoint Type: Source, VXLAN Endpoint Address: 10.255.255.1, L2 Routing Instance: default-switch
    Input packets : 0
    Output packets: 0
"""
    ran = checked({"show interfaces": ANSWERS["show interfaces"] + source})
    assert conditions(ran)[ROUTER] == "command refused"
    assert ran.status == 3
    assert any(
        "syntax error" in one["reason"]
        for one in ran.report["results"]
        if one["device"] == ROUTER and one["status"] == "not_run"
    )


def test_a_refusal_of_what_every_router_knows_is_told(checked: Checked) -> None:
    ran = checked({MULTICAST: "error: permission denied\n"})
    assert conditions(ran)[ROUTER] == "command refused"
    assert ran.status == 3
    assert ran.result("multicast_route_missing", ROUTER)["status"] == "not_run"
