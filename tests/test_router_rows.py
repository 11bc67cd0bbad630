"""Compare the rows of routers' outputs with what a plain search of the same text finds, sample by sample."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from vxcheck import content, parse

Rows = list[dict[str, Any]]
ROOT = content.root("parsers")
MAC = r"\b[0-9a-f]{2}(?::[0-9a-f]{2}){5}\b(?!:)"


def samples(platform: str, *commands: str) -> list[Any]:
    """Return the samples of commands that must give rows, with names."""
    paths = [path for command in commands for path in sorted((ROOT / platform / command).glob("*.json"))]
    good = [path for path in paths if "rows" in json.loads(path.read_text(encoding="utf-8"))]
    assert good
    return [pytest.param(path, id=f"{path.parent.name}/{path.stem}") for path in good]


def read(sample: Path) -> tuple[str, dict[str, Rows]]:
    text = sample.with_suffix(".txt").read_text(encoding="utf-8")
    return text, json.loads(sample.read_text(encoding="utf-8"))["rows"]


@pytest.mark.parametrize("sample", samples("juniper_junos", "show_multicast_route"))
def test_junos_multicast_routes(sample: Path) -> None:
    text, rows = read(sample)
    found = []
    for block in text.split("\nGroup: ")[1:]:
        listed = re.search(r"Downstream interface list: *\n((?: {8}.*\n)+)", block)
        names = listed[1].split() if listed else []
        counted = re.search(r"Number of outgoing interfaces: (\d+)", block)
        assert counted is None or int(counted[1]) == len(names)
        found.append((block.split()[0], names))
    assert [(row["multicast_group"], row["out_interfaces"]) for row in rows["multicast_routes"]] == found


@pytest.mark.parametrize("sample", samples("juniper_junos", "show_ethernet-switching_table"))
def test_junos_macs(sample: Path) -> None:
    text, rows = read(sample)
    found = [re.search(MAC, line) for line in text.splitlines()]
    both = [*rows["macs"], *rows["remote_macs"]]
    assert sorted(row["mac"] for row in both) == sorted(one[0] for one in found if one)
    for row in rows["remote_macs"]:
        line = next(one for one in text.splitlines() if row["mac"] in one and row["interface"] in one)
        assert line.split()[-1] in (row["peer"], row["segment"], row["interface"])
    assert not any(re.match(r"vtep|esi", row["interface"] or "") for row in rows["macs"])


@pytest.mark.parametrize("sample", samples("juniper_junos", "show_ethernet-switching_table"))
def test_a_shared_tunnel_is_no_port(sample: Path) -> None:
    """With shared tunnels the interface of a MAC-VRF is named vtep-15.32776: what is behind it is remote, too."""
    text, rows = read(sample)
    platform = content.platforms()["juniper_junos"]
    command = platform.command("show ethernet-switching table")
    assert command
    parsed = parse.parse(platform, command, re.sub(r"\bvtep\.(?=\d)", "vtep-15.", text) + "\n")
    found = json.loads(re.sub(r"vtep-15\.", "vtep.", json.dumps({one.table: one.dicts() for one in parsed})))
    assert found == rows


@pytest.mark.parametrize("sample", samples("juniper_junos", "show_interfaces"))
def test_junos_links(sample: Path) -> None:
    text, rows = read(sample)
    heads = re.findall(r"^ *(?:Physical interface: |Logical interface )([^\s,]+)", text, re.MULTILINE)
    assert [row["interface"] for row in rows["links"]] == heads
    blocks = dict(
        zip(
            heads,
            re.split(r"^ *(?:Physical interface: |Logical interface )", text, flags=re.MULTILINE)[1:],
            strict=True,
        )
    )
    for row in rows["links"]:
        ip = re.search(r"Protocol inet, MTU: (\d+)", blocks[row["interface"]])
        assert row["mtu"] == (int(ip[1]) if ip else None)
        frame = re.search(r"(?:type: |Type: )[^\n]*MTU: (\d+)", blocks[row["interface"]])
        assert row["frame_mtu"] == (int(frame[1]) if frame else None)
    assert [row["address"] for row in rows["addresses"]] == re.findall(r"Local: ([\da-f:.]+)", text)


@pytest.mark.parametrize("sample", samples("juniper_junos", "show_route"))
def test_junos_routes(sample: Path) -> None:
    text, rows = read(sample)
    tables = re.findall(
        r"^((?:\S+\.)?inet6?\.0): [^\n]*\n(.*?)(?=^\S+: \d+ destinations|\Z)", text, re.MULTILINE | re.DOTALL
    )
    found = [one for _, body in tables for one in re.findall(r"^(\S+/\d+)\s*[*+]\[", body, re.MULTILINE)]
    assert list(dict.fromkeys(row["destination"] for row in rows["routes"])) == found
    assert sum(row["selected"] for row in rows["routes"]) == sum(
        len(
            re.findall(r"^\s+>", re.sub(r"^\s+\[.*?(?=^\S|\Z)", "", body, flags=re.MULTILINE | re.DOTALL), re.MULTILINE)
        )
        for _, body in tables
    )


@pytest.mark.parametrize("sample", samples("juniper_junos", "show_ethernet-switching_vxlan-tunnel-end-point_remote"))
def test_junos_remote_vteps(sample: Path) -> None:
    text, rows = read(sample)
    found: list[tuple[str, int | None]] = []
    for line in text.splitlines()[2:]:
        words = line.split()
        if re.match(r" \d+\.", line):
            found.append((words[0], None))
        elif re.match(r" {4}\d+ ", line):
            peer = found[-1][0]
            if found[-1][1] is None:
                found.pop()
            found.append((peer, int(words[0])))
    assert [(row["peer"], row["vni"]) for row in rows["remote_vteps"]] == found


PLAIN: dict[str, Callable[[str], list[tuple[str, ...]]]] = {
    "pim_neighbors": lambda text: [
        (w[0],) for w in map(str.split, text.splitlines()) if re.search(r"\d:\d\d:\d\d", " ".join(w))
    ],
    "pim_interfaces": lambda text: [
        (w[0],) for w in map(str.split, text.splitlines()) if len(w) > 2 and w[1].lower() == "up"
    ],
    "igmp_groups": lambda text: [(w[0],) for w in map(str.split, text.splitlines()) if "EXCL" in w or "INCL" in w],
}


@pytest.mark.parametrize(
    "sample",
    [
        *samples("juniper_junos", "show_pim_neighbors", "show_pim_interfaces"),
        *samples("linux", "vtysh_ip_pim_neighbor", "vtysh_ip_pim_interface", "vtysh_ip_igmp_groups"),
    ],
)
def test_pim_and_igmp(sample: Path) -> None:
    text, rows = read(sample)
    ((table, found),) = rows.items()
    assert [(row["interface"],) for row in found] == PLAIN[table](text)


@pytest.mark.parametrize("sample", samples("linux", "vtysh_evpn_mac_vni_all"))
def test_frr_macs(sample: Path) -> None:
    text, rows = read(sample)
    lines = [line.split() for line in text.splitlines() if re.match(MAC, line)]
    assert [row["mac"] for row in rows["evpn_macs"]] == [words[0] for words in lines]
    for row, words in zip(rows["evpn_macs"], lines, strict=True):
        behind = row["interface"] if row["kind"] == "local" else row["peer"] or row["segment"]
        assert behind in words
        assert row["flags"] in (words[2], None)
        if row["local_sequence"] is not None:
            assert words[-1] == f"{row['local_sequence']}/{row['remote_sequence']}"


@pytest.mark.parametrize("sample", samples("linux", "vtysh_ip_mroute"))
def test_frr_multicast_routes(sample: Path) -> None:
    text, rows = read(sample)
    out = re.findall(r"(\S+) +[1-9]\d*(?: +[\d:dwhm-]+)? *$", text, re.MULTILINE)
    assert [name for row in rows["multicast_routes"] for name in row["out_interfaces"]] == out
    heads = re.findall(r"^ *(\*|\d+\.\d+\.\d+\.\d+) +(\d+\.\d+\.\d+\.\d+) ", text, re.MULTILINE)
    assert [(row["source"], row["multicast_group"]) for row in rows["multicast_routes"]] == [
        ("0.0.0.0" if source == "*" else source, group) for source, group in heads
    ]
