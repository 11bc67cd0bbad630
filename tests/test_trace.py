"""A frame followed through the seed lab's outputs: where it arrives, where it stops, and what is not known."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Ran, Run
from vxcheck import cli, source
from vxcheck.demo import lab
from vxcheck.fabric import Evidence
from vxcheck.report.table import Terminal
from vxcheck.snapshot import file_name
from vxcheck.trace import STOPS, UNICAST, Direction, End, Hop, Seat, Trace, Way, told, trace

N001, N002 = "08:00:27:2d:da:a2", "08:00:27:a6:f1:3d"
VYOS, ROUTER, ARISTA = "vtep-vyos01", "mcast-router01", "vtep-arista01"


def emulated(folder: Path, fault: str | None = None, without: tuple[str, ...] = ()) -> Path:
    """Make a snapshot of the emulated lab; devices `without` were not reached."""
    entries: list[dict[str, Any]] = []
    for device, platform in lab.PLATFORMS.items():
        gone = {"condition": "unreachable", "reason": "no answer"} if device in without else {}
        entries.append({"device": device, "platform": platform, **gone})
        (folder / device).mkdir(parents=True)
        for command, text in {} if gone else lab.answers(device, fault).items():
            (folder / device / file_name(command)).write_text(text)
    (folder / "manifest.json").write_text(json.dumps({"vxcheck_snapshot": 1, "devices": entries}))
    return folder


def change(snapshot: Path, device: str, command: str, old: str, new: str) -> None:
    """Change what a device said."""
    path = snapshot / device / file_name(command)
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


@pytest.fixture
def snapshot(tmp_path: Path) -> Path:
    return emulated(tmp_path / "snapshot")


def traced(snapshot: Path, one: str = N001, other: str = N002, size: int | None = None) -> Ran:
    """Trace without the checks, which most of these tests do not need."""
    found = trace(source.open_source(cli.defaults(snapshot)).fabric(), 10, one, other, size)
    return Ran(found.exit_status, told.document(found), "")


def way(ran: Ran, direction: int, kind: str) -> dict[str, Any]:
    """Return the one way of a kind in a direction: 0 forth, 1 back."""
    (found,) = [one for one in ran.report["directions"][direction]["ways"] if one["kind"] == kind]
    return dict(found)


def stop(found: dict[str, Any]) -> tuple[str, str]:
    """Return where a way stops: device and stage."""
    (hop,) = [hop for hop in found["hops"] if hop["state"] == "stops"]
    assert hop is found["hops"][-1]
    return hop["device"], hop["stage"]


def test_arrives_both_ways(snapshot: Path) -> None:
    ran = traced(snapshot)
    assert (ran.status, ran.report["state"], ran.report["exit_status"]) == (0, "arrives", 0)
    devices = [(hop["device"], hop["stage"]) for hop in way(ran, 0, "unicast")["hops"]]
    assert devices == [
        (VYOS, "port"),
        (VYOS, "bridge"),
        (VYOS, "encapsulation"),
        (VYOS, "underlay"),
        (ROUTER, "underlay"),
        (ARISTA, "decapsulation"),
        (ARISTA, "port"),
    ]
    assert [hop["device"] for hop in way(ran, 1, "broadcast")["hops"] if hop["stage"] == "multicast"] == [
        ARISTA,
        ROUTER,
        VYOS,
    ]
    for direction in (0, 1):
        for kind in ("unicast", "broadcast"):
            for hop in way(ran, direction, kind)["hops"]:
                assert hop["evidence"], hop
                assert {line["device"] for line in hop["evidence"]} == {hop["device"]}
    lookup = way(ran, 0, "unicast")["hops"][1]["evidence"][0]
    assert (lookup["command"], lookup["line"].strip()) == ("bridge fdb show", f"{N002} dev vxlan0 dst 172.16.3.1 self")


def test_text_quotes_the_lines_and_says_what_is_not_examined(vxcheck: Run, snapshot: Path) -> None:
    ran = vxcheck("trace", snapshot, "--vni", 10, "--from", f"{VYOS}:eth3", "--to", "0800.27a6.f13d")
    assert ran.status == 0
    assert ran.out.startswith("ARRIVES (VNI 10; forth: arrives, back: arrives)\n")
    text = " ".join(ran.out.split())
    assert f"{VYOS}: bridge fdb show, line 12 | | {N002} dev vxlan0 dst 172.16.3.1 self" in text
    assert "Not examined: what is lost on the way (one look only" in text
    assert "packet filters" in text
    assert "\x1b" not in ran.out


def test_udp_port(vxcheck: Run, tmp_path: Path) -> None:
    emulated(tmp_path / "s", "udp-port")
    ran = vxcheck("trace", tmp_path / "s", "--vni", 10, "--from", N001, "--to", N002, "--format", "json")
    assert ran.status == 1
    forth, back = way(ran, 0, "broadcast"), way(ran, 1, "broadcast")
    assert (stop(forth), stop(back)) == ((ARISTA, "decapsulation"), (VYOS, "decapsulation"))
    assert "UDP port 4789, the packet is for 8472" in forth["hops"][-1]["text"]
    (finding,) = [one for one in forth["hops"][-1]["findings"] if one["check"] == "udp_port_mismatch"]
    assert any("vxlan udp-port 8472" in remedy["text"] for remedy in finding["mend"])
    told = vxcheck("trace", tmp_path / "s", "--vni", 10, "--from", N001, "--to", N002).out
    assert told.count("vxlan udp-port 8472") == 1, "a remedy is told once"
    assert "X  vtep-arista01, decapsulation" in told


def test_every_stage_can_stop_it(snapshot: Path) -> None:
    change(snapshot, ROUTER, "ip mroute show", "Oifs: eth1", "Oifs: eth7")
    ran = traced(snapshot)
    assert ran.status == 1
    assert stop(way(ran, 0, "broadcast")) == (ROUTER, "multicast")
    assert way(ran, 0, "unicast")["state"] == way(ran, 1, "broadcast")["state"] == "arrives"
    change(snapshot, ROUTER, "ip route show", "172.16.3.1 via 172.16.1.1 dev eth1", "blackhole 172.16.3.1")
    assert stop(way(traced(snapshot), 0, "unicast")) == (ROUTER, "underlay")
    change(
        snapshot, VYOS, "bridge fdb show", f"{N002} dev vxlan0 dst 172.16.3.1", f"{N002} dev vxlan0 dst 172.16.1.254"
    )
    assert stop(way(traced(snapshot), 0, "unicast")) == (VYOS, "bridge")


def test_from_an_address_that_no_interface_has_nothing_is_sent(snapshot: Path) -> None:
    change(
        snapshot,
        VYOS,
        "ip -d -s link show",
        "vxlan id 10 group 239.0.0.1",
        "vxlan id 10 group 239.0.0.1 local 172.16.2.99",
    )
    ran = traced(snapshot)
    for kind in ("unicast", "broadcast"):
        assert stop(way(ran, 0, kind)) == (VYOS, "encapsulation")
        assert "172.16.2.99, which none of" in way(ran, 0, kind)["hops"][-1]["text"]


def test_size(snapshot: Path) -> None:
    assert traced(snapshot, N001, N002, 1450).status == 0
    ran = traced(snapshot, N001, N002, 1451)
    assert ran.status == 1
    assert stop(way(ran, 0, "unicast")) == (VYOS, "encapsulation")
    # The way back has no smaller link before the underlay.
    assert stop(way(ran, 1, "unicast")) == (ARISTA, "underlay")
    assert way(ran, 0, "broadcast")["state"] == "arrives"


@pytest.mark.parametrize("without", [ROUTER, ARISTA])
def test_a_device_that_was_not_reached_is_named_and_is_no_arrival(tmp_path: Path, without: str) -> None:
    snapshot = emulated(tmp_path / "s", without=(without,))
    ran = traced(snapshot)
    assert (ran.status, ran.report["state"]) == (3, "unknown")
    unknown = [hop for hop in way(ran, 0, "unicast")["hops"] if hop["state"] == "unknown"]
    assert unknown
    assert any(word in unknown[0]["text"] for word in ("none of the devices", "not known"))


def test_an_output_that_was_not_read(snapshot: Path) -> None:
    # Its IPv6 routes say nothing of IPv4.
    (snapshot / ROUTER / file_name("ip mroute show")).unlink()
    ran = traced(snapshot)
    assert ran.status == 3
    (hop,) = [hop for hop in way(ran, 0, "broadcast")["hops"] if hop["state"] == "unknown"]
    assert hop["device"] == ROUTER
    assert "its multicast routes are not known here: ip mroute show: not in the snapshot" in hop["text"]


def test_a_mac_that_nobody_has(snapshot: Path) -> None:
    nobody = "02:00:00:00:00:09"
    ran = traced(snapshot, N001, nobody)
    assert ran.status == 3
    found = way(ran, 0, "unicast")
    assert found["towards"] == ARISTA
    assert f"does not know {nobody}: it floods the frame to group 239.0.0.1" in found["hops"][1]["text"]
    assert found["hops"][-1]["state"] == "unknown"
    assert "where its frames enter is not known here" in way(ran, 1, "unicast")["hops"][0]["text"]


def test_an_ip_address(snapshot: Path) -> None:
    with (snapshot / VYOS / file_name("ip neigh show")).open("a") as file:
        file.write(f"192.168.0.2 dev br100 lladdr {N002} REACHABLE\n")
    ran = traced(snapshot, f"{VYOS}:eth3", "192.168.0.2")
    assert ran.status == 0
    end = ran.report["directions"][0]["to"]
    assert (end["mac"], end["seats"][0]["device"]) == (N002, ARISTA)
    assert end["notes"] == [f"192.168.0.2 is {N002}, by the neighbour table of {VYOS} (br100)"]


def unbridged(snapshot: Path) -> None:
    """Take VyOS' port to n001 out of its bridge, and all that was learned there."""
    for command in ("ip -d -s link show", "ip addr show"):
        change(snapshot, VYOS, command, "qdisc pfifo_fast master br100 state UP", "qdisc pfifo_fast state UP")
    change(
        snapshot, VYOS, "show bridge", "eth3\n                                                        vxlan0", "vxlan0"
    )
    change(snapshot, VYOS, "bridge fdb show", f"{N001} dev eth3 \n", "")


def test_a_port_in_no_bridge_carries_no_vni(snapshot: Path) -> None:
    unbridged(snapshot)
    ran = traced(snapshot, f"{VYOS}:eth3")
    assert stop(way(ran, 0, "unicast")) == stop(way(ran, 0, "broadcast")) == (VYOS, "port")
    assert "port eth3 carries no VNI, and its VNI 10 is in br100" in way(ran, 0, "unicast")["hops"][0]["text"]


def test_a_port_whose_vlan_interface_may_be_in_a_bridge(snapshot: Path) -> None:
    unbridged(snapshot)
    change(snapshot, VYOS, "ip -d -s link show", "6: eth4: <", "6: eth4@eth3: <")
    assert way(traced(snapshot, f"{VYOS}:eth3"), 0, "unicast")["hops"][0]["state"] == "unknown"


def test_a_mac_in_two_places(snapshot: Path) -> None:
    table = "show mac address-table"
    for old, new in (("0800.272d.daa2", "n001"), ("0800.27a6.f13d", "0800.272d.daa2"), ("n001", "0800.27a6.f13d")):
        change(snapshot, ARISTA, table, old, new)
    ran = traced(snapshot, f"{VYOS}:eth3", f"{ARISTA}:Ethernet2")
    assert ran.status == 1
    assert "is in two places, Et2 of vtep-arista01 and eth3 of vtep-vyos01" in way(ran, 0, "unicast")["hops"][1]["text"]


@pytest.mark.parametrize(
    ("vni", "one", "other", "says"),
    [
        (11, N001, N002, "--vni 11: no device has it; there are 10, 20"),
        (10, N001, N001, "the same host"),
        (10, "leaf9", N002, "--from leaf9: not a MAC address, an IP address or DEVICE:PORT"),
        (10, "vtep-vyos1:eth3", N002, "did you mean vtep-vyos01:eth3?"),
        (10, f"{VYOS}:eth99", N002, f"{VYOS} shows no interface 'eth99'; it has"),
        (10, N001, "192.0.2.99", "--to 192.0.2.99: no device shows the MAC address of it"),
        (10, N001, "*", "--to *: not a MAC address"),
        (10, N001, "\x1b[31m", "not a MAC address"),
    ],
)
def test_usage(vxcheck: Run, snapshot: Path, vni: int, one: str, other: str, says: str) -> None:
    ran = vxcheck("trace", snapshot, "--vni", vni, "--from", one, "--to", other)
    assert (ran.status, ran.out) == (2, "")
    assert says in ran.err


def test_hostile_names(vxcheck: Run, snapshot: Path) -> None:
    hostile = "x\x1b[2J\u202e"
    line = Evidence(hostile, hostile, 1, f"{hostile}\r")
    hop = Hop(hostile, "port", STOPS, hostile, hostile, evidence=(line,))
    end = End(hostile, None, (Seat(hostile, hostile),), notes=((hostile, None),))
    direction = Direction(end, end, (Way(UNICAST, (hop,)),))
    text = told.text(Trace(10, None, (direction, direction), ("packet filters",)), Terminal())
    assert all(char.isprintable() or char == "\n" for char in text)
    assert "x?[2J?" in text
    document = json.loads(told.document(Trace(10, None, (direction,))))
    assert document["directions"][0]["ways"][0]["hops"][0]["device"] == hostile
    ran = vxcheck("trace", snapshot, "--vni", 10, "--from", N001, "--to", f"{VYOS}:' OR 1=1 --")
    assert (ran.status, ran.out) == (2, "")


def test_the_page_and_where_it_goes(vxcheck: Run, snapshot: Path, tmp_path: Path) -> None:
    asked = ("trace", snapshot, "--vni", "10", "--from", N001, "--to", N002)
    page = tmp_path / "trace.html"
    ran = vxcheck(*asked, "-o", page)
    assert (ran.status, ran.out) == (0, "")
    assert ran.err == f"vxcheck: ARRIVES (VNI 10; forth: arrives, back: arrives); the report is in {page}\n"
    assert page.read_text().startswith("<!DOCTYPE html>")
    assert vxcheck(*asked, "--format", "html").out == page.read_text()
    assert "ARRIVES" in page.read_text()
    written = tmp_path / "trace.txt"
    assert vxcheck(*asked, "-o", written).status == 0
    assert written.read_text().startswith("ARRIVES (VNI 10")
    refused = vxcheck(*asked, "--format", "json", "-o", page)
    assert refused.status == 2
    assert "the file's ending says html" in refused.err
    nowhere = vxcheck(*asked, "-o", tmp_path / "no" / "trace.html")
    assert (nowhere.status, "there is no such folder" in nowhere.err) == (2, True)
