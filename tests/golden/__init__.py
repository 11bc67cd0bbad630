"""Three small reports, made by hand, and what each format must make of them: `python -m tests.golden` writes it anew.

They do not depend on the checks, so that a change of a check's words leaves them alone.
"""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from vxcheck import fabric, report
from vxcheck.check import (
    FAILED,
    INCOMPLETE,
    NOT_APPLICABLE,
    NOT_ASKED,
    NOT_RUN,
    PASSED,
    DeviceState,
    Finding,
    Report,
    Result,
)
from vxcheck.fabric import Evidence, Fabric
from vxcheck.outputs import FORMATS, Output
from vxcheck.pages import Check
from vxcheck.results import NextHop, Remedy
from vxcheck.snapshot import Device

FOLDER = Path(__file__).parent
ENDINGS = {style: (endings or (f".{style}",))[0] for style, endings in FORMATS.items()}
# What a device may print to harm whoever reads a report of it.
HOSTILE = "<img src=x onerror=alert(1)> `rm` | =2+5 ::error::x \x1b[31m]]> @everyone </script><script>alert(1)</script>"

LEAF1 = ("Vxlan1 is up, line protocol is up (connected)", "  Listening on UDP port 4789", f"  Description: {HOSTILE}")
LEAF2 = ("6: vxlan10: <BROADCAST,UP> mtu 1450", "    vxlan id 10 local 10.0.0.2 dstport 8472 ttl 16")

PAGE = """# Two VTEPs of one VNI use different UDP ports

## On the wire

The other end's kernel has no
socket on `4789`.

## Mend
"""


def _check(name: str, title: str, severity: str) -> Check:
    page = PAGE if name == "udp_port_mismatch" else f"# {title}\n"
    return Check(name, Path(f"{name}.sql"), "", title, severity, "", "", "", (), (), 1, {}, page)


CHECKS = {
    "mtu_too_small": _check("mtu_too_small", "An MTU leaves no room for VXLAN", "warning"),
    "one_way_loss": _check("one_way_loss", "Packets arrive in one direction only", "error"),
    "remote_vtep_missing": _check("remote_vtep_missing", "A VTEP does not know another one", "error"),
    "udp_port_mismatch": _check("udp_port_mismatch", "Two VTEPs of one VNI use different UDP ports", "error"),
    "vtep_down": _check("vtep_down", "A VTEP is down", "error"),
}


def tables(*, broken: bool = False, reached: bool = True) -> Fabric:
    """Return two VTEPs of VNI 10 and 20 with a router between them."""
    made = fabric.empty()
    names = ["leaf1", *(["leaf2"] if reached else []), "spine1"]
    made.devices = tuple(Device(name, platform) for name, platform in _PLATFORMS.items())
    made.sources = [("leaf1", "show interfaces vxlan 1", list(LEAF1)), ("leaf2", "ip -d link show", list(LEAF2))]
    insert, connection = fabric.insert, made.connection
    rows = [(name, _PLATFORMS[name], "collected") for name in names]
    insert(connection, "devices", ["device", "platform", "condition"], rows)
    covered = [
        (name, table, True) for name in names for table in ("vnis", "remote_vteps", "remote_macs", "flood_lists")
    ]
    insert(connection, "coverage", ["device", "table_name", "covered"], covered)
    vteps = [("leaf1", "Vxlan1", "10.0.0.1")] + [("leaf2", f"vxlan{vni}", "10.0.0.2") for vni in (10, 20)]
    vteps = [one for one in vteps if one[0] in names]
    insert(connection, "vteps", ["device", "interface", "vtep_ip"], vteps)
    vnis = [
        (device, interface, vni)
        for device, interface, _ in vteps
        for vni in (10, 20)
        if interface in ("Vxlan1", f"vxlan{vni}")
    ]
    insert(connection, "vnis", ["device", "interface", "vni"], vnis)
    peers = [("leaf1", "10.0.0.2"), ("leaf2", "10.0.0.1")]
    if not broken:
        insert(connection, "remote_vteps", ["device", "peer"], [one for one in peers if one[0] in names])
    addresses = [
        ("leaf1", "Ethernet1", "10.1.0.1"),
        ("leaf2", "eth1", "10.2.0.1"),
        ("spine1", "swp1", "10.1.0.2"),
        ("spine1", "swp2", "10.2.0.2"),
    ]
    networks = [(*one, 30) for one in addresses if one[0] in names]
    insert(connection, "addresses", ["device", "interface", "address", "prefix_length"], networks)
    return made


_PLATFORMS = {"leaf1": "arista_eos", "leaf2": "vyos", "spine1": "linux"}


def _line(device: str, number: int) -> Evidence:
    command, lines = ("show interfaces vxlan 1", LEAF1) if device == "leaf1" else ("ip -d link show", LEAF2)
    return Evidence(device, command, number, lines[number - 1])


def _ports(device: str, peer: str, port: int, peer_port: int) -> Finding:
    mend = [
        Remedy(name, _PLATFORMS[name], f"Set the port:\n\n    udp-port {wanted}", instead=name == peer)
        for name, wanted in ((device, peer_port), (peer, port))
    ]
    row = {"device": device, "peer_device": peer, "vnis": [10, 20], "udp_port": port, "peer_udp_port": peer_port}
    message = (
        f"{device} sends VXLAN to UDP port {port} but {peer} to {peer_port}: nothing crosses between them in VNI 10, 20"
    )
    evidence = (_line(device, 2), _line(peer, 2))
    follows = ("remote_vtep_missing on leaf1", "remote_vtep_missing on leaf2")
    return Finding("udp_port_mismatch", device, "error", message, evidence, tuple(mend), row, follows=follows)


def _missing(device: str, peer: str) -> Finding:
    row = {"device": device, "peer_device": peer, "vni": 10}
    message = f"{device} does not know {peer} in VNI 10"
    return Finding("remote_vtep_missing", device, "error", message, (_line(device, 1),), (), row, "udp_port_mismatch")


def _devices(*, reached: bool) -> tuple[DeviceState, ...]:
    leaf2 = DeviceState("leaf2", "vyos", "collected", "", vxlan=True)
    if not reached:
        reason = f"logging in to 192.0.2.12 as netops: it said {HOSTILE!r}"
        leaf2 = DeviceState("leaf2", "vyos", "login refused", reason, vxlan=None)
    return (
        DeviceState("leaf1", "arista_eos", "collected", "", vxlan=True),
        leaf2,
        DeviceState("spine1", "linux", "collected", "", vxlan=False),
    )


def _report(verdict: str, results: list[Result], *, reached: bool = True) -> Report:
    found = [finding for result in results for finding in result.findings]
    found.sort(key=lambda one: (bool(one.explained_by), one.severity != "error"))
    return Report(_devices(reached=reached), tuple(results), verdict, "2026-02-03T04:05:06+00:00", 3.25, tuple(found))


def _idle() -> list[Result]:
    """Return what the router, and the check of two polls, come to."""
    names = ("leaf1", "leaf2", "spine1")
    polls = [
        Result("one_way_loss", name, NOT_ASKED, "error", 0, "it compares 2 polls: give --polls 2") for name in names
    ]
    none = [
        Result(c, "spine1", NOT_APPLICABLE, CHECKS[c].severity, 0, "it has no VXLAN interface")
        for c in CHECKS
        if c != "one_way_loss"
    ]
    return polls + none


def failing() -> Report:
    """Return two VTEPs that disagree, what follows from it, and a warning in which a device's text is hostile."""
    one, other = _ports("leaf1", "leaf2", 4789, 8472), _ports("leaf2", "leaf1", 8472, 4789)
    warning = Finding(
        "mtu_too_small",
        "leaf1",
        "warning",
        f"Vxlan1 of leaf1 says {HOSTILE}",
        (_line("leaf1", 3),),
        (),
        {"device": "leaf1"},
    )
    results = [
        Result("mtu_too_small", "leaf1", PASSED, "warning", 2, "", (warning,)),
        Result("mtu_too_small", "leaf2", NOT_APPLICABLE, "warning", 0, "it shows no MTU"),
        Result("remote_vtep_missing", "leaf1", FAILED, "error", 2, "", (_missing("leaf1", "leaf2"),)),
        Result("remote_vtep_missing", "leaf2", FAILED, "error", 2, "", (_missing("leaf2", "leaf1"),)),
        Result("udp_port_mismatch", "leaf1", FAILED, "error", 2, "", (one,)),
        Result("udp_port_mismatch", "leaf2", FAILED, "error", 2, "", (other,)),
        Result("vtep_down", "leaf1", PASSED, "error", 1),
        Result("vtep_down", "leaf2", PASSED, "error", 2),
    ]
    return _report(FAILED, results + _idle())


def passing() -> Report:
    """Return a fabric on which everything is as it should be."""
    names = [name for name in CHECKS if name != "one_way_loss"]
    results = [Result(check, name, PASSED, CHECKS[check].severity, 2) for check in names for name in ("leaf1", "leaf2")]
    return _report(PASSED, results + _idle())


def incomplete() -> Report:
    """Return a fabric one VTEP of which refused the login."""
    gone = "login refused"
    results = [
        Result("vtep_down", "leaf1", PASSED, "error", 1),
        Result("vtep_down", "leaf2", NOT_RUN, "error", 0, gone),
    ]
    for check in ("mtu_too_small", "remote_vtep_missing", "udp_port_mismatch"):
        reason = f"nothing to compare with: not known: leaf2 ({gone})"
        results.append(Result(check, "leaf1", NOT_RUN, CHECKS[check].severity, 0, reason))
        results.append(Result(check, "leaf2", NOT_RUN, CHECKS[check].severity, 0, gone))
    report = _report(INCOMPLETE, results + _idle(), reached=False)
    return replace(report, unexamined_next_hops=(NextHop("10.1.1.0", ("leaf1",)),))


SAMPLES = {"failing": failing, "passing": passing, "incomplete": incomplete}


def basis(name: str) -> report.Basis:
    """Return what a sample rests on."""
    return report.Basis(tables(broken=name == "failing", reached=name != "incomplete"), CHECKS)


def rendered(name: str, style: str) -> str:
    """Return a sample in a format; of a page, without its style and script, which lie in files of their own."""
    text = report.render(SAMPLES[name](), basis(name), Output(style, Path(f"x{ENDINGS[style]}")))
    return (
        re.sub(r"<(style|script)>.*?</\1>|sha256-[^']*", r"<\1/>", text, flags=re.DOTALL) if style == "html" else text
    )


def path(name: str, style: str) -> Path:
    """Return where the text is kept."""
    return FOLDER / f"{name}{ENDINGS[style]}"
