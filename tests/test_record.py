"""Record samples from devices, snapshots and files; write what they must give; add a command in minutes."""

from __future__ import annotations

import contextlib
import json
import re
import sys
import textwrap
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tests.conftest import Run
from tests.test_seedlab import verbatim, with_evidence
from vxcheck import collect, content, parse
from vxcheck.demo import lab, server
from vxcheck.demo.lab import RunningLab
from vxcheck.demo.server import EmulatedDevice, Login, Manner

EOS = "vtep-arista01"
NVE = """\
Interface Peer-IP          State LearnType Uptime
--------- ---------------  ----- --------- --------
nve1      10.1.1.2         Up    CP        1d02h
nve1      10.1.1.3         Up    CP        00:11:02
"""


@contextlib.contextmanager
def one_device(folder: Path, platform: str, answers: Mapping[str, str]) -> Iterator[tuple[EmulatedDevice, list[str]]]:
    """Run one emulated device with an inventory; yield it and what to put on the command line for it."""
    device = EmulatedDevice("leaf1", platform, answers, Login("demo", "a-long-password"))
    with contextlib.closing(device):
        inventory = folder / "fabric"
        inventory.mkdir()
        host = {"hostname": "127.0.0.1", "port": device.port, "platform": platform}
        (inventory / "hosts.yaml").write_text(
            json.dumps({"leaf1": host | {"username": "demo", "password": "a-long-password"}})
        )
        known_hosts = folder / "known_hosts"
        key = device.host_key
        known_hosts.write_text(f"[127.0.0.1]:{device.port} {key.get_name()} {key.get_base64()}\n")
        yield device, [str(inventory), "leaf1", "--known-hosts", str(known_hosts)]


def next_command() -> None:
    """Forget what a process keeps of the parsers: a person's next command is another one."""
    content.platforms.cache_clear()
    parse.template.cache_clear()


def test_record_of_a_known_command(vxcheck: Run, live: RunningLab, tmp_path: Path) -> None:
    ran = vxcheck(
        "record", live.inventory, EOS, "show vxlan vtep", "-o", tmp_path / "mine", "--known-hosts", live.known_hosts
    )
    assert ran.status == 0, ran.err
    path = tmp_path / "mine" / "arista_eos" / "show_vxlan_vtep" / f"{EOS}.txt"
    assert path.read_text() == lab.answers(EOS)["show vxlan vtep"]
    assert path.read_text().endswith("\n")  # the collector keeps what ends the last line
    assert "understood, rows: 1 of remote_vteps" in ran.out
    assert [one.name for one in path.parent.iterdir()] == [path.name]
    # Nothing is overwritten, and the folder can be used as it is.
    again = vxcheck(
        "record", live.inventory, EOS, "show vxlan vtep", "-o", tmp_path / "mine", "--known-hosts", live.known_hosts
    )
    assert f"{EOS}-2.txt" in again.out
    parsed = vxcheck("parse", "eos", "show vxlan vtep", path, "--parsers", tmp_path / "mine")
    assert parsed.status == 0


def test_what_is_collected_ends_in_a_line_end(live: RunningLab) -> None:
    from vxcheck import inventory, source, ssh

    hosts = source.with_passwords(inventory.load(live.inventory), ask=False)
    options = collect.Options(ssh.Trust(live.known_hosts))
    for device in collect.collect(hosts, content.platforms(), options).devices:
        assert device.outputs
        assert all(one.text.endswith("\n") for one in device.outputs if one.text.strip())


def test_a_new_command_is_shown_and_confirmed(vxcheck: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with one_device(tmp_path, "arista_eos", {"show nve peers": NVE}) as (device, where):
        ran = vxcheck("record", *where, "show nve peers", "-o", tmp_path / "mine")
        assert ran.status == 2
        assert "    show nve peers\n" in ran.err
        assert "--yes" in ran.err
        assert device.received == []
        monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
        for answer, sent in (("n", False), ("", False), ("y", True)):
            monkeypatch.setattr("builtins.input", lambda _, answer=answer: answer)
            assert vxcheck("record", *where, "show nve peers", "-o", tmp_path / "mine").status == (0 if sent else 2)
            assert ("show nve peers" in device.received) == sent


@pytest.mark.parametrize(
    "command",
    [
        "configure terminal",
        "show vxlan vtep | redirect flash:x",
        "show vxlan vtep ; reload",
        "show vxlan vtep > flash:x",
        "show vxlan vtep\nreload",
        "show `reload`",
        "show $(reload)",
        "show",
        "bash rm -rf /",
        "reload",
        "showreload now",
        "",
    ],
)
def test_nothing_but_one_show_command_is_sent(vxcheck: Run, tmp_path: Path, command: str) -> None:
    with one_device(tmp_path, "arista_eos", {}) as (device, where):
        ran = vxcheck("record", *where, command, "-o", tmp_path / "mine", "--yes")
        assert ran.status == 2
        assert len(ran.err.splitlines()) == 1
        assert device.received == []
    assert not (tmp_path / "mine").exists()


@pytest.mark.parametrize(
    ("platform", "command", "harmless"),
    [
        ("linux", "ip -d link show", True),
        ("linux", "ip -br addr", True),
        ("linux", "bridge -d vlan show", True),
        ("linux", 'vtysh -c "show bgp summary"', True),
        ("linux", "cat /proc/net/route", True),
        ("linux", "ip link set eth0 down", False),
        ("linux", "ip -b /tmp/commands", False),
        ("linux", "ip netns exec x reboot", False),
        ("linux", "ip link add x type dummy", False),
        ("linux", "bridge fdb add 02:00:00:00:00:01 dev x", False),
        ("linux", 'vtysh -c "configure terminal"', False),
        ("linux", 'vtysh -c "show x" -c "configure terminal"', False),
        ("linux", "cat /proc/net/../../etc/shadow", False),
        ("linux", "cat /etc/shadow", False),
        ("linux", "ethtool -s eth0 speed 10", False),
        ("vyos", "show interfaces", True),
        ("vyos", "ip route show", True),
        ("vyos", "set interfaces", False),
        ("juniper_junos", "show pim join", True),
        ("juniper_junos", "request system reboot", False),
    ],
)
def test_what_only_shows(platform: str, command: str, harmless: bool) -> None:
    from vxcheck.errors import UsageError
    from vxcheck.verbs import record as verb

    known = content.platforms()[platform]
    if harmless:
        verb._require_harmless(known, verb._typed(command))
    else:
        with pytest.raises(UsageError, match="not sent"):
            verb._require_harmless(known, verb._typed(command))


def test_a_refusal_is_no_sample(vxcheck: Run, tmp_path: Path) -> None:
    with one_device(tmp_path, "arista_eos", {"show vxlan vtep": NVE}) as (_, where):
        ran = vxcheck("record", *where, "show vxlan vtep", "show nve peers", "--yes", "-o", tmp_path / "mine")
    assert ran.status == 3
    assert "show nve peers: command refused: % Invalid input" in ran.err
    assert [path.parent.name for path in (tmp_path / "mine").rglob("*.txt")] == ["show_vxlan_vtep"]


def test_record_from_a_snapshot_takes_what_was_not_understood(vxcheck: Run, tmp_path: Path) -> None:
    folder = with_evidence(verbatim(tmp_path / "s", "after", "before"))
    ran = vxcheck("record", folder, EOS, "-o", tmp_path / "mine")
    assert ran.status == 2
    assert "every output" in ran.err
    path = folder / EOS / "show_vxlan_vtep.txt"
    path.write_text(path.read_text().replace("172.16.2.1", "172.16.2.1 dead"))
    checked = vxcheck("check", folder, "--format", "json")
    result = checked.result("remote_vtep_missing", EOS)
    assert result["status"] == "not_run"
    hint = f"vxcheck record {folder} {EOS} 'show vxlan vtep'"
    assert "show vxlan vtep: not understood: line 2: not understood: '172.16.2.1 dead'" in result["reason"]
    assert result["reason"].endswith(hint)
    ran = vxcheck("record", folder, EOS, "--scrub", "-o", tmp_path / "mine")
    assert ran.status == 0
    text = (tmp_path / "mine" / "arista_eos" / "show_vxlan_vtep" / "sample.txt").read_text()
    assert "dead" in text
    assert "172.16.2.1" not in text
    assert re.search(r"172\.(?:1[6-9]|2\d|3[01])\.\d+\.1 dead", text)
    assert vxcheck("record", folder, "no-such", "show version", "-o", tmp_path).status == 2
    assert vxcheck("record", folder, EOS, "show nve peers", "-o", tmp_path).status == 3


def test_record_from_a_file_whatever_the_order_of_words(vxcheck: Run, tmp_path: Path) -> None:
    path = tmp_path / "pasted.txt"
    path.write_text(f"leaf1#show nve peers\n{NVE}leaf1#")
    for arguments in (
        (path, "--platform", "eos", "show nve peers", "--table", "remote_vteps"),
        (path, "show nve peers", "--platform", "arista_eos"),
    ):
        ran = vxcheck("record", *arguments, "-o", tmp_path / "mine")
        assert ran.status == 0, ran.err
    folder = tmp_path / "mine" / "arista_eos" / "show_nve_peers"
    assert {one.name for one in folder.iterdir()} == {
        "sample.txt",
        "sample-2.txt",
        "command.toml",
        "remote_vteps.textfsm",
    }
    assert (folder / "sample.txt").read_text() == NVE
    assert vxcheck("record", path, "--platform", "eos", "show nve peers", "--table", "no_such").status == 2


def test_adding_a_command_as_contributing_says(vxcheck: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The walk of CONTRIBUTING.md: record, write the rules, expect; then the command is one as any other."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "parsers").mkdir()
    guide = (Path(__file__).parent.parent / "CONTRIBUTING.md").read_text(encoding="utf-8")
    rules = re.search(r"```textfsm\n(.*?)   ```", guide, re.DOTALL)
    assert rules
    assert textwrap.indent(NVE, "   ") in guide
    with one_device(tmp_path, "arista_eos", {"show nve peers": NVE}) as (_, where):
        ran = vxcheck("record", *where, "show nve peers", "--table", "remote_vteps", "--yes")
        assert ran.status == 0, ran.err
        folder = Path("parsers/arista_eos/show_nve_peers")
        sample = folder / "leaf1.txt"
        assert sample.read_text() == NVE

        # The skeleton reads nothing yet, and says so.
        next_command()
        ran = vxcheck("expect", folder, "--source", "an emulated device")
        assert ran.status == 3
        assert "line 1: not understood" in ran.err
        assert not sample.with_suffix(".json").exists()

        next_command()
        (folder / "remote_vteps.textfsm").write_text(textwrap.dedent(rules[1]))
        ran = vxcheck("parse", "arista_eos", "show nve peers", sample, "--parsers", "parsers", "--account")
        assert ran.status == 0, ran.err
        assert "remote_vteps.textfsm:7" in ran.out

        assert vxcheck("expect", folder).status == 2  # where was it recorded?
        ran = vxcheck("expect", folder, "--source", "an emulated device")
        assert ran.status == 0, ran.err
        assert "10.1.1.3" in ran.out
        rows = json.loads(sample.with_suffix(".json").read_text())["rows"]["remote_vteps"]
        assert [(row["interface"], row["peer"]) for row in rows] == [("nve1", "10.1.1.2"), ("nve1", "10.1.1.3")]
        assert vxcheck("expect", "--check").status == 0

        # It is read, but not sent, until the line that says so is deleted.
        own = folder / "command.toml"
        own.write_text("".join(line for line in own.read_text().splitlines(keepends=True) if "collect" not in line))
        next_command()
        inventory, _, option, known_hosts = where
        ran = vxcheck(
            "show",
            "remote_vteps",
            inventory,
            option,
            known_hosts,
            "--parsers",
            "parsers",
            "--format",
            "json",
            "--allow-commands",
        )
        assert {"10.1.1.2", "10.1.1.3"} <= {row["peer"] for row in json.loads(ran.out)}


def test_a_platform_that_is_new(vxcheck: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What netmiko's login sends for the terminal is confirmed too, and written into the platform's file."""
    monkeypatch.setitem(server.MANNERS, "cisco_xe", Manner("{}# ", "% Invalid command\n"))
    with one_device(tmp_path, "cisco_xe", {"show nve peers": NVE}) as (device, where):
        ran = vxcheck("record", *where, "show nve peers", "-o", tmp_path / "mine")
        assert ran.status == 2
        assert device.received == []
        ran = vxcheck("record", *where, "show nve peers", "--table", "remote_vteps", "--yes", "-o", tmp_path / "mine")
        assert ran.status == 0, ran.err
        assert set(device.received) <= {"show nve peers", "terminal width 511", "terminal length 0"}
    made = content.platforms((tmp_path / "mine",))["cisco_xe"]
    assert set(made.session) == {"terminal width 511", "terminal length 0"}
    assert made.command("show nve peers")


def test_expect_compares_and_never_overwrites_unasked(vxcheck: Run, tmp_path: Path) -> None:
    folder = tmp_path / "mine" / "arista_eos" / "show_vxlan_vtep"
    folder.mkdir(parents=True)
    origin = content.root("parsers") / "arista_eos" / "show_vxlan_vtep"
    for name in ("eos-4.14-after", "bad-total-wrong"):
        (folder / f"{name}.txt").write_text((origin / f"{name}.txt").read_text())
    assert vxcheck("expect", "--check", folder).status == 3
    assert vxcheck("expect", folder, "--source", "the seed lab").status == 0
    written = folder / "eos-4.14-after.json"
    for name in ("eos-4.14-after", "bad-total-wrong"):
        ours, theirs = (json.loads((one / f"{name}.json").read_text()) for one in (folder, origin))
        assert {key: value for key, value in ours.items() if key == "rows"} == {
            key: value for key, value in theirs.items() if key == "rows"
        }
    assert "the device counts 2" in json.loads((folder / "bad-total-wrong.json").read_text())["error"]
    spoilt = written.read_text().replace("172.16.2.1", "172.16.2.9")
    written.write_text(spoilt)
    for options in ((), ("--check",)):
        ran = vxcheck("expect", folder, *options)
        assert ran.status == 1
        assert '-    "peer": "172.16.2.9"' in ran.out
        assert written.read_text() == spoilt
    assert vxcheck("expect", written, "--update").status == 0
    assert json.loads(written.read_text())["source"] == "the seed lab"
    assert vxcheck("expect", folder, "--check").status == 0
    assert vxcheck("expect", "--check", "--update", folder).status == 2
    assert vxcheck("expect", tmp_path / "none").status == 2


def test_all_our_samples_are_as_expected(vxcheck: Run) -> None:
    ran = vxcheck("expect", "--check", content.root("parsers"))
    assert ran.status == 0, ran.out + ran.err
    assert re.fullmatch(r"\d+ samples: \d+ as expected\n", ran.out)
