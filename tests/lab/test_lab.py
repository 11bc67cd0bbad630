"""Prove that the lab is what it says: nodes reach each other, logins are real, nothing is left behind."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from nornir.plugins.inventory import SimpleInventory

from . import removal
from .faults import HARMLESS, Fault, inject, injected, undo
from .lab import Lab, attach, running
from .logins import login
from .namespaces import LabError
from .seed import ARISTA, MTU, ROUTER, SEED, VYOS
from .traffic import converge, learn, settle

HERE = Path(__file__).parent
ROOT = HERE.parent.parent


def test_nodes_reach_each_other_in_both_tenants(seed_lab: Lab) -> None:
    assert not settle(seed_lab, lambda lost: not lost).lost


def test_nodes_reach_each_other_over_head_end_replication_and_ipv6(headend_lab: Lab) -> None:
    assert not settle(headend_lab, lambda lost: not lost).lost
    with login(headend_lab, "leaf4") as session:
        assert "dst 2001:db8:ff::2 self permanent" in str(session.send_command("bridge fdb show"))


@pytest.mark.parametrize("by_password", [False, True], ids=["key", "password"])
@pytest.mark.parametrize("name", [VYOS, ROUTER, ARISTA])
def test_netmiko_logs_in(seed_lab: Lab, name: str, by_password: bool) -> None:
    with login(seed_lab, name, by_password=by_password) as session:
        assert name in session.find_prompt()


def test_inventory_is_nornirs_own(seed_lab: Lab) -> None:
    folder = seed_lab.inventory
    read = SimpleInventory(*(str(folder / f"{part}.yaml") for part in ("hosts", "groups", "defaults"))).load()
    assert {name: host.platform for name, host in read.hosts.items()} == {
        VYOS: "vyos",
        ROUTER: "linux",
        ARISTA: "arista_eos",
    }
    assert all(host.username and host.password for host in read.hosts.values())


def test_arista_answers_in_the_layout_of_the_seed(seed_lab: Lab) -> None:
    learn(seed_lab)
    with login(seed_lab, ARISTA) as session:
        for recording in sorted((HERE / "recorded" / ARISTA).glob("*.txt")):
            said = str(session.send_command(recording.stem.replace("_", " "), strip_command=True))
            # Newer EOS says the port, and so does the lab; the seed's EOS did not.
            said = said.replace("  Listening on UDP port 4789\n", "")
            assert shape(said) == shape(recording.read_text()), recording.name
        assert "Software image version" in str(session.send_command("show version"))
        assert session.send_command("show nonsense") == "% Invalid input"


def test_vyos_answers_in_the_layout_of_the_seed(seed_lab: Lab) -> None:
    with login(seed_lab, VYOS) as session:
        for recording in sorted((HERE / "recorded" / VYOS).glob("*.txt")):
            said = str(session.send_command(recording.stem.replace("_", " ")))
            assert shape(said) == shape(recording.read_text()), recording.name
        assert "vxlan id 10 group 239.0.0.1 dev eth2" in str(session.send_command("ip -d -s link show"))
        assert "Invalid command: show [nonsense]" in str(session.send_command("show nonsense"))


def test_router_is_plain_linux(seed_lab: Lab) -> None:
    learn(seed_lab)
    with login(seed_lab, ROUTER) as session:
        assert "(172.16.2.1,239.0.0.1)" in str(session.send_command("ip mroute show"))
        assert str(session.send_command("hostname")).strip() == ROUTER


def test_arista_shows_head_end_replication_and_learned_hosts(seed_lab: Lab) -> None:
    change = HARMLESS[0]
    inject(seed_lab, change)
    try:
        learn(seed_lab)
        interface = eos(seed_lab, "show interfaces vxlan 1")
        assert "  Replication/Flood Mode is headend with Flood List Source: CLI\n" in interface
        assert "list is:\n   100 172.16.2.1      \n   200 172.16.2.1      \n" in interface
        assert "0800.272d.daa2  DYNAMIC  Vx1  172.16.2.1" in eos(seed_lab, "show vxlan address-table")
    finally:
        undo(seed_lab, change)


def test_arista_shows_its_underlay(seed_lab: Lab) -> None:
    routes, interfaces = eos(seed_lab, "show ip route"), eos(seed_lab, "show interfaces")
    assert " S      172.16.2.0/24 [1/0] via 172.16.1.254, Ethernet1\n" in routes
    assert " C      172.16.3.1/32 is directly connected, Loopback0\n" in routes
    assert "Ethernet1 is up, line protocol is up (connected)\n" in interfaces
    assert "  Internet address is 172.16.1.1/24\n" in interfaces
    assert "  IP MTU 1500 bytes , BW 10000000 kbit\n" in interfaces
    assert f"  Ethernet MTU {MTU} bytes , BW 10000000 kbit\n" in interfaces
    assert interfaces.endswith(eos(seed_lab, "show interfaces vxlan 1"))


@pytest.mark.parametrize("fault", HARMLESS, ids=lambda fault: fault.name)
def test_harmless_change_loses_nothing(seed_lab: Lab, fault: Fault) -> None:
    learn(seed_lab)
    inject(seed_lab, fault)
    try:
        lost = settle(seed_lab, fault.explains).lost
    finally:
        undo(seed_lab, fault)
    assert fault.explains(lost), f"lost {sorted(lost)}"
    assert not converge(seed_lab).lost
    assert not injected(seed_lab)
    routes = seed_lab.execute(ROUTER, "ip mroute show").stdout.splitlines()
    assert len(routes) == 2
    assert all("Oifs" in route for route in routes)


def test_evpn_leaf_shows_its_control_plane(evpn_lab: Lab) -> None:
    with login(evpn_lab, "evpn-leaf1") as session:
        assert "vxlan100" in str(session.send_command("vtysh -c 'show evpn vni'"))
        assert "extern_learn" in str(session.send_command("bridge fdb show dev vxlan100"))


def test_management_network_carries_nothing_between_devices(seed_lab: Lab) -> None:
    assert seed_lab.execute(VYOS, "ping -n -c 1 -W 1 192.0.2.1").returncode == 0
    assert seed_lab.execute(VYOS, "ping -n -c 1 -W 1 192.0.2.13").returncode != 0


@pytest.mark.usefixtures("seed_lab")  # for its skip, and to stand beside it
def test_down_leaves_nothing() -> None:
    with running(SEED) as lab:
        pids = removal.processes_of(lab.run)
        assert pids
    assert leftovers(lab.run, pids) == []
    with pytest.raises(LabError, match="no lab named"):
        attach(lab.run)


@pytest.mark.usefixtures("seed_lab")
def test_killed_process_leaves_nothing() -> None:
    program = (
        "import time; from tests.lab.lab import up; from tests.lab.seed import SEED; print(up(SEED).run, flush=True)"
    )
    words = [sys.executable, "-c", f"{program}; time.sleep(60)"]
    with subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, text=True) as builder:
        assert builder.stdout
        run = builder.stdout.readline().strip()
        pids = removal.processes_of(run)
        assert pids
        os.kill(builder.pid, signal.SIGKILL)
    deadline = time.monotonic() + 30
    while leftovers(run, pids) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert leftovers(run, pids) == []


@pytest.mark.usefixtures("seed_lab")
def test_a_person_brings_it_up_breaks_mends_and_ends_it() -> None:
    name = f"t{os.getpid()}"
    try:
        assert f"vxcheck check /tmp/vxlab-{name}/inventory" in verb(name, "up")
        assert "lost: n001>n002, n001>n002 big" in verb(name, "inject", "flood_list_empty")
        assert "faults:   none\npings:    all pass" in verb(name, "undo")
        ssh = f"ip netns exec vxlab-{name}-mgmt ssh -F /tmp/vxlab-{name}/ssh_config {ARISTA} show vxlan vtep"
        assert "172.16.2.1" in subprocess.run(ssh.split(), capture_output=True, text=True, check=True).stdout
    finally:
        verb(name, "down")
    assert leftovers(name, []) == []


def shape(text: str) -> list[str]:
    """Reduce an output to its layout: live values masked in place, equal neighbouring lines once."""
    for pattern, mask in _MASKS:
        text = re.sub(pattern, mask, text)
    lines = [line.rstrip() for line in text.strip("\n").split("\n")]
    return [line for i, line in enumerate(lines) if i == 0 or line != lines[i - 1]]


_MASKS = (
    (r"[0-9a-f]{4}\.[0-9a-f]{4}\.[0-9a-f]{4}", "MMMM.MMMM.MMMM"),
    (r"([0-9a-f]{2}:){5}[0-9a-f]{2} brd", "MM:MM:MM:MM:MM:MM brd"),
    (r"fe80::\S+/64", "fe80::M/64"),
    (r"(?m)^ \d00(    |  )MMMM", r" N00\1MMMM"),
    (r"DYNAMIC     (Vx1|Et[23])", "DYNAMIC     PPP"),
    (r"\d+:\d\d:\d\d ago", "H:MM:SS ago"),
    (r"(?m)^ {4}[ \d]{10}( [ \d]{10}){5}$", "SIX COUNTERS"),
    (r"(?m)(:? {2,})\d+$", r"\1N"),
    (r"(?m)criterion: \d+$", "criterion: N"),
    (r"(?m)^Uptime: .*$", "Uptime: U"),
)


def eos(lab: Lab, command: str) -> str:
    """Ask the EOS-like command line without logging in."""
    return lab.execute(ARISTA, f"/opt/eos/login -c '{command}'").stdout


def verb(name: str, *words: str) -> str:
    """Run one of the lab's verbs as a person would, and give what it printed."""
    argv = [sys.executable, "-m", "tests.lab", words[0], "--name", name, *words[1:]]
    return subprocess.run(argv, cwd=ROOT, capture_output=True, text=True, check=True).stdout


def leftovers(run: str, pids: list[int]) -> list[str]:
    """List what is left of a lab: namespaces, folder, mounts, and processes that still run."""
    left = [*removal.namespaces_of(run), *map(str, Path("/tmp").glob(f"vxlab-{run}*"))]
    left += [line for line in Path("/proc/self/mounts").read_text().splitlines() if f"vxlab-{run}" in line]
    for process in Path("/proc").glob("[0-9]*"):
        try:
            words = (process / "cmdline").read_text()  # empty for one that is dead but not yet waited for
        except OSError:
            continue
        if words and (int(process.name) in pids or f"vxlab-{run}-" in words or f"vxlab-{run}/" in words):
            left.append(f"process {process.name}: {words}")
    return left
