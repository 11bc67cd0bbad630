"""Compare the rows of Linux outputs with their text, word by word: nothing less, nothing from another column."""

from __future__ import annotations

import random
import re
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from tests.test_parsers import GOOD, name_of, rows_of, text_of

LINKS = [path for path in GOOD if path.parent.name in ("ip_-d_-s_link_show", "ip_-s_link_show")]
TABLES = [path for path in GOOD if path.parent.name == "bridge_fdb_show"]
PORTS = [path for path in GOOD if path.parent.name in ("ip_-d_-s_link_show", "bridge_-d_link_show")]
DETAILED = next(path for path in LINKS if path.stem == "debian-12-vxlan-options")
SWITCHES = {
    "learning": "learning",
    "flood": "flooding",
    "mcast_flood": "mcast_flooding",
    "bcast_flood": "bcast_flooding",
    "neigh_suppress": "neigh_suppress",
    "isolated": "isolated",
    "vlan_tunnel": "vlan_tunnel",
}
TAKES_ONE = {"id", "local", "dev", "dstport", "tos", "ttl", "df", "flowlabel", "ageing", "maxaddr", "group", "remote"}


def shown_by(line: str) -> dict[str, Any]:
    """Read the details of a VXLAN interface word by word."""
    words = line.replace("vnifilterid", "vnifilter id").split()[1:]
    found: dict[str, Any] = {}
    while words:
        word = words.pop(0)
        if word in TAKES_ONE:
            found[word] = words.pop(0)
        elif word in ("srcport", "port"):
            found["ports"] = f"{words.pop(0)} {words.pop(0)}"
        else:
            found[word] = True
    return found


def expected_of(shown: dict[str, Any]) -> dict[str, Any]:
    def switch(*names: str) -> bool | None:
        told = [word for name in names for word in (name, f"no{name}") if word in shown]
        return not told[0].startswith("no") if told else None

    return {
        "source_interface": shown.get("dev"),
        "vtep_ip": shown.get("local"),
        "udp_port": int(shown["dstport"]) if "dstport" in shown else None,
        "multicast_group": shown.get("group"),
        "remote": shown.get("remote"),
        "learning": "nolearning" if "nolearning" in shown else None,
        "ttl": shown.get("ttl"),
        "ageing": None if shown.get("ageing") in (None, "none") else float(shown["ageing"]),
        "external": "external" in shown,
        "vnifilter": "vnifilter" in shown,
        "source_ports": shown.get("ports"),
        "tos": shown.get("tos"),
        "df": shown.get("df"),
        "udp_checksum": switch("udpcsum", "udp_csum"),
        "udp6_zero_checksum_tx": switch("udp6zerocsumtx", "udp_zero_csum6_tx"),
        "udp6_zero_checksum_rx": switch("udp6zerocsumrx", "udp_zero_csum6_rx"),
        "gbp": "gbp" in shown,
        "gpe": "gpe" in shown,
        "arp_proxy": "proxy" in shown,
        "max_macs": int(shown["maxaddr"]) if "maxaddr" in shown else None,
    }


def blocks(text: str) -> list[tuple[str, list[str]]]:
    """Part an output by interface: its name, and its lines."""
    found: list[tuple[str, list[str]]] = []
    for line in text.splitlines():
        if match := re.match(r"\d+: ([^:@ ]+)", line):
            found.append((match[1], []))
        found[-1][1].append(line)
    return found


@pytest.mark.parametrize("sample", LINKS, ids=name_of)
def test_every_interface_is_a_row(sample: Path) -> None:
    text, rows = text_of(sample), rows_of(sample, text_of(sample))
    assert [row["interface"] for row in rows["links"]] == [name for name, _ in blocks(text)]
    for row, (_, lines) in zip(rows["links"], blocks(text), strict=True):
        assert f" mtu {row['mtu']} " in lines[0]
        assert f" master {row['master']} " in lines[0] if row["master"] else " master " not in lines[0]


@pytest.mark.parametrize("sample", LINKS, ids=name_of)
def test_every_counter_stands_under_its_name(sample: Path) -> None:
    text, rows = text_of(sample), rows_of(sample, text_of(sample))
    counted = [(name, lines) for name, lines in blocks(text) if any(re.match(r"\s*RX: +bytes", one) for one in lines)]
    assert [row["interface"] for row in rows["link_counters"]] == [name for name, _ in counted]
    renamed = {"mcast": "multicast", "collsns": "collisions"}
    for row, (_, lines) in zip(rows["link_counters"], counted, strict=True):
        for heading, values in pairwise(lines):
            match = re.match(r"\s*(RX|TX):(.*)", heading)
            if not match:
                continue
            names = [f"{match[1].lower()}_{renamed.get(name, name)}" for name in match[2].split()]
            for name, value in zip(names, values.split(), strict=True):
                if not name.endswith("compressed"):
                    assert row[name] == int(value), (name, values)


@pytest.mark.parametrize("sample", [path for path in LINKS if path.parent.name == "ip_-d_-s_link_show"], ids=name_of)
def test_every_option_of_a_vxlan_interface_is_read(sample: Path) -> None:
    text, rows = text_of(sample), rows_of(sample, text_of(sample))
    details = [(name, line) for name, lines in blocks(text) for line in lines if re.match(r"\s+vxlan\s", line)]
    assert [row["interface"] for row in rows["vteps"]] == [name for name, _ in details]
    for row, (_, line) in zip(rows["vteps"], details, strict=True):
        expected = expected_of(shown_by(line))
        assert {name: row[name] for name in expected} == expected
    own = [(name, shown_by(line)) for name, line in details]
    vnis = [(name, int(shown["id"])) for name, shown in own if "external" not in shown]
    assert [(row["interface"], row["vni"]) for row in rows["vnis"]] == vnis


@pytest.mark.parametrize("sample", PORTS, ids=name_of)
def test_every_switch_of_a_port_is_read(sample: Path) -> None:
    text, rows = text_of(sample), rows_of(sample, text_of(sample))
    for row in rows["bridge_ports"]:
        lines = next(lines for name, lines in blocks(text) if name == row["interface"])
        words = " ".join(lines).split()
        for word, column in SWITCHES.items():
            told = [after for before, after in pairwise(words) if before == word]
            told = [after for after in told if after in ("on", "off")]
            assert row[column] == (told[-1] == "on" if told else None), (row["interface"], word)


@pytest.mark.parametrize("sample", TABLES, ids=name_of)
def test_every_entry_is_one_row(sample: Path) -> None:
    text, rows = text_of(sample), rows_of(sample, text_of(sample))
    entries = [line.split() for line in text.splitlines() if line.strip()]
    kept = [words for words in entries if not (words[0] == "00:00:00:00:00:00" and "dst" not in words)]
    assert sum(len(of) for of in rows.values()) == len(kept)
    told = [row["mac"] for name in ("macs", "remote_macs") for row in rows[name]]
    assert sorted(told) == sorted(words[0] for words in kept if words[0] != "00:00:00:00:00:00")
    for row in rows["remote_macs"] + rows["flood_lists"]:
        assert any(row["peer"] is None or f"dst {row['peer']} " in f"{' '.join(words)} " for words in kept)


def written(chance: random.Random) -> str:
    """Return details of a VXLAN interface as some iproute2 would print them, of options taken at random."""

    def maybe(*texts: str) -> list[str]:
        return [chance.choice(texts)] if chance.random() < 0.5 else []

    address = chance.choice(["192.0.2.{}", "2001:db8::{}"])
    group = ["group 239.1.2.3", "group ff05::7", f"remote {address.format(2)}"]
    after = chance.choice(["old", "6.5"])
    words = maybe("external") if after == "old" else []
    words += [f"id {chance.randrange(1, 1 << 24)}", *maybe(*group), *maybe(f"local {address.format(1)}")]
    words += maybe("dev eth0", "dev external", "dev bond0.100", "dev proxy", "dev gbp")
    words += maybe("srcport 0 0", "srcport 32768 61000", "port 32768 61000") + maybe("dstport 4789", "dstport 8472")
    options = [*maybe("nolearning"), *maybe("proxy"), *maybe("rsc"), *maybe("l2miss"), *maybe("l3miss")]
    words += options if after == "old" else []
    words += maybe("tos inherit", "tos 0x20") + maybe("ttl auto", "ttl inherit", "ttl 16")
    words += maybe("df set", "df unset", "df inherit") + maybe("flowlabel 0x100")
    words += [chance.choice(["ageing 300", "ageing none"]), *maybe("maxaddr 100")]
    if after == "old":
        words += maybe("udpcsum", "noudpcsum") + maybe("noudp6zerocsumtx", "udp6zerocsumtx")
        words += [*maybe("noudp6zerocsumrx", "udp6zerocsumrx"), *maybe("remcsumtx"), *maybe("gbp"), *maybe("gpe")]
    else:
        words += [*maybe("gbp"), *maybe("external", "external vnifilter"), *options, *maybe("noudp_csum")]
        words += [*maybe("udp_zero_csum6_tx"), *maybe("udp_zero_csum6_rx"), *maybe("localbypass")]
    return " ".join([*words, *maybe("addrgenmode eui64 numtxqueues 1 numrxqueues 1 gso_max_size 65536")])


def test_options_at_random() -> None:
    chance = random.Random(20)
    for _ in range(400):
        details = written(chance)
        line = f"    vxlan {details}"
        head = "7: vx: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1450 qdisc noqueue state UNKNOWN mode DEFAULT\n"
        own = "    link/ether 02:00:00:00:00:07 brd ff:ff:ff:ff:ff:ff promiscuity 0\n"
        rows = rows_of(DETAILED, f"{head}{own}{line}\n")
        (row,) = rows["vteps"]
        shown = shown_by(line)
        expected = expected_of(shown)
        assert {name: row[name] for name in expected} == expected, details
        assert [one["vni"] for one in rows["vnis"]] == ([] if "external" in shown else [int(shown["id"])]), details
