"""Two Nexus switches with EVPN between them, over real SSH: healthy, and with what such a pair can do wrong.

Their ports, routes and VTEPs are those of a recorded pair (batfish/lab-validation, nxos_evpn_l3vni); a bridged VNI was
put beside its routed one.
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
STATIC = "1.1.1.1/32, ubest/mbest: 1/0\n    *via 10.1.12.1, [1/0], 5d16h, static\n"
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


def multicast(name: str) -> dict[str, str]:
    """Return what a switch answers where VNI 100010 has a multicast group instead, and PIM runs between the two."""
    own, other, far = ("1.1.1.1", "2.2.2.2", "10.1.12.2") if name == "nx-1" else ("2.2.2.2", "1.1.1.1", "10.1.12.1")
    return {
        "show nve vni": ANSWERS[name]["show nve vni"].replace("UnicastBGP ", "239.1.1.1  "),
        "show nve vni ingress-replication": "",
        "show ip mroute": f"""IP Multicast Routing Table for VRF "default"

(*, 232.0.0.0/8), uptime: 3d14h, pim ip
  Incoming interface: Null, RPF nbr: 0.0.0.0
  Outgoing interface list: (count: 0)

(*, 239.1.1.1/32), uptime: 3d14h, nve pim ip
  Incoming interface: Ethernet1/1, RPF nbr: {far}
  Outgoing interface list: (count: 1)
    nve1, uptime: 3d14h, nve

({own}/32, 239.1.1.1/32), uptime: 3d14h, nve mrib pim ip
  Incoming interface: loopback0, RPF nbr: {own}
  Outgoing interface list: (count: 1)
    Ethernet1/1, uptime: 3d14h, pim

({other}/32, 239.1.1.1/32), uptime: 3d14h, nve mrib pim ip
  Incoming interface: Ethernet1/1, RPF nbr: {far}
  Outgoing interface list: (count: 1)
    nve1, uptime: 3d14h, nve
""",
        "show ip pim neighbor": f"""PIM Neighbor Status for VRF "default"
Neighbor        Interface            Uptime    Expires   DR       Bidir-  BFD    ECMP Redirect
                                                         Priority Capable State     Capable
{far:<15} Ethernet1/1          1w1d      00:01:17  1        no     n/a     no
""",
        "show ip pim interface brief": f"""PIM Interface Status for VRF "default"
Interface            IP Address      PIM DR Address  Neighbor  Border
                                                     Count     Interface
Ethernet1/1          10.1.12.{(far[-1] == "1" and 2) or 1}       10.1.12.2       1         no
loopback0            {own}         {own}         0         no
""",
    }


def test_multicast_in_place_of_replication(vxcheck: Run, tmp_path: Path) -> None:
    with running(tmp_path, {name: multicast(name) for name in NAMES}):
        ran = vxcheck("check", tmp_path, "--known-hosts", tmp_path / "known_hosts", "--format", "json")
    assert faults(ran) == {}
    assert (ran.status, ran.report["verdict"]) == (0, "passed")
    assert ran.result("multicast_group_mismatch", "nx-1")["status"] == "passed"


def test_healthy(checked: Checked) -> None:
    ran = checked()
    assert {device["condition"] for device in ran.report["devices"]} == {"collected"}
    assert faults(ran) == {}
    assert (ran.status, ran.report["verdict"]) == (0, "passed")


@pytest.mark.parametrize(
    ("command", "text", "by", "check", "message"),
    [
        (
            "show nve interface nve1 detail",
            "Interface: nve1, State: Up",
            "Interface: nve1, State: Down",
            "vtep_down",
            "nve1 of nx-2 is down",
        ),
        (
            "show interface",
            "nve1 is up\nadmin state is up",
            "nve1 is down\nadmin state is down",
            "vtep_down",
            "nve1 of nx-2",
        ),
        (
            "show nve vni",
            "nve1      100010   UnicastBGP        Up    CP   L2 [10]            SA   \n",
            "",
            "vni_missing_on_peer",
            "nx-2 lacks it",
        ),
        (
            "show nve vni",
            "UnicastBGP        Up",
            "UnicastBGP        Down",
            "vni_down",
            "100010 (L2) of nve1 on nx-2",
        ),
        (
            "show nve vni",
            "n/a               Up",
            "n/a               Down",
            "vni_down",
            "100777 (L3) of nve1 on nx-2",
        ),
        ("show nve vni", "UnicastBGP ", "239.1.1.1  ", "bum_mode_mismatch", "nx-2"),
        ("show nve vni ingress-replication", "1.1.1.1 ", "9.9.9.9 ", "flood_list_incomplete", "1.1.1.1"),
        ("show mac address-table", "nve1(1.1.1.1)", "nve1(9.9.9.9)", "mac_behind_wrong_vtep", "nx-2"),
        ("show bgp l2vpn evpn summary", "02:22:21 2", "02:22:21 Idle", "evpn_session_down", "1.1.1.1"),
        (
            "show ip route",
            "1.1.1.1/32, ubest/mbest: 1/0\n    *via 10.1.12.1, [1/0], 5d16h, static\n",
            "",
            "route_missing",
            "nx-2",
        ),
        (
            "show interface",
            "Ethernet1/1 is up",
            "Ethernet1/1 is down (Link not connected)",
            "underlay_link_down",
            "Ethernet1/1 of nx-2",
        ),
    ],
)
def test_fault(checked: Checked, command: str, text: str, by: str, check: str, message: str) -> None:
    ran = checked("nx-2", command, text, by)
    told = faults(ran)
    assert message in told.get(check, f"not told among {told}")
    assert ran.status == 1


@pytest.mark.parametrize(("name", "stage"), [("nx-1", "encapsulation"), ("nx-2", "decapsulation")])
def test_no_frame_passes_a_vni_that_is_down(vxcheck: Run, tmp_path: Path, name: str, stage: str) -> None:
    answer = ANSWERS[name]["show nve vni"].replace("UnicastBGP        Up", "UnicastBGP        Down")
    ends = ("--from", "nx-1:Eth1/2", "--to", "aa:bb:cc:00:30:00", "--vni", 100010)
    with running(tmp_path, {name: {"show nve vni": answer}}):
        ran = vxcheck("trace", tmp_path, *ends, "--known-hosts", tmp_path / "known_hosts", "--format", "json")
    assert ran.status == 1
    hops = [hop for hop in ran.report["directions"][0]["ways"][0]["hops"] if hop["state"] == "stops"]
    assert [(hop["device"], hop["stage"], hop["text"]) for hop in hops] == [(name, stage, "VNI 100010 of nve1 is down")]
    assert [finding["check"] for finding in hops[0]["findings"]] == ["vni_down"]


def test_a_switch_without_the_feature_is_no_vtep(vxcheck: Run, tmp_path: Path) -> None:
    refusal = "          ^\n% Invalid command at '^' marker.\n"
    spine = {
        command: refusal if "nve" in command or "evpn" in command else answer
        for command, answer in ANSWERS["nx-2"].items()
    }
    spine["show interface"] = spine["show interface"].partition("nve1 is up")[0]
    with running(tmp_path, {"nx-2": spine}):
        ran = vxcheck("check", tmp_path, "--known-hosts", tmp_path / "known_hosts", "--format", "json")
    assert [device["condition"] for device in ran.report["devices"]] == ["collected", "collected"]
    assert not [one for one in ran.report["results"] if (one["device"], one["status"]) == ("nx-2", "not_run")]


@pytest.mark.parametrize(
    ("command", "check"),
    [
        ("show nve interface nve1 detail", "vtep_down"),
        ("show nve vni", "vni_missing_on_peer"),
        ("show nve vni ingress-replication", "flood_list_incomplete"),
        ("show mac address-table", "mac_not_learned"),
        ("show ip route", "route_missing"),
        ("show bgp l2vpn evpn summary", "evpn_session_down"),
    ],
)
@pytest.mark.parametrize("refusal", ["% Permission denied for the role", "% Invalid command at '^' marker."])
def test_a_refusal_is_told(checked: Checked, command: str, check: str, refusal: str) -> None:
    ran = checked("nx-1", command, ANSWERS["nx-1"][command], f"          ^\n{refusal}\n")
    assert (ran.status, faults(ran)) == (3, {})
    assert ran.result(check, "nx-1")["status"] == "not_run"


def test_a_vpc_pair_is_one_vtep(vxcheck: Run, tmp_path: Path) -> None:
    """Two switches that share their secondary address are no duplicate, and need not know each other."""
    command = "show nve interface nve1 detail"
    shared = {
        name: {command: answers[command].replace("secondary: 0.0.0.0", "secondary: 3.3.3.3")}
        for name, answers in ANSWERS.items()
    }
    with running(tmp_path, shared):
        ran = vxcheck("check", tmp_path, "--known-hosts", tmp_path / "known_hosts", "--format", "json")
    assert not {"vtep_ip_duplicate", "remote_vtep_missing", "flood_list_incomplete"} & set(faults(ran))
