"""What is taken out of a recorded output, and what of it must stay."""

from __future__ import annotations

import ipaddress
import re

import pytest

from tests.test_parsers import FOLDERS, good, name_of, reader
from vxcheck import parse, scrub
from vxcheck.scrub import SECRET, Scrubber

KEY = b"0123456789abcdef"


@pytest.mark.parametrize(
    ("line", "secret"),
    [
        ("username admin privilege 15 secret sha512 $6$abc$defghi", "$6$abc$defghi"),
        ("username admin secret 0 Sup3r", "Sup3r"),
        ("enable password 8 0a1b2c", "0a1b2c"),
        ("snmp-server community s3cret ro", "s3cret"),
        ("snmp-server host 192.0.2.9 version 2c s3cret", "s3cret"),
        ("   neighbor 10.0.0.1 password 7 09AB12==", "09AB12=="),
        ("   ip ospf message-digest-key 1 md5 7 abcdefg", "abcdefg"),
        ("   ip ospf authentication-key 7 abcdefg", "abcdefg"),
        ('authentication-key "$9$abcdef"; ## SECRET-DATA', "$9$abcdef"),
        ('encrypted-password "$5$xyz"; ## SECRET-DATA', "$5$xyz"),
        ("set system login user vyos authentication plaintext-password 'vyos vyos'", "vyos vyos"),
        ("set service snmp community s3cret authorization ro", "s3cret"),
        ("tacacs-server host 192.0.2.1 key 7 0A0B0C", "0A0B0C"),
        ("radius-server key 7 0A0B0C", "0A0B0C"),
        ("   key 7 0A0B0C", "0A0B0C"),
        ("set vpn ipsec authentication psk s3cret", "s3cret"),
        ("pre-shared-key s3cret", "s3cret"),
        ("wireguard private-key QUJDREVGRw==", "QUJDREVGRw=="),
        ("psk_password=s3cret", "s3cret"),
    ],
)
def test_secrets_always_go(line: str, secret: str) -> None:
    made = scrub.secrets_of(line)
    assert secret not in made
    assert SECRET in made


def test_a_private_key_goes() -> None:
    text = "-----BEGIN OPENSSH PRIVATE KEY-----\nQUJD\nREVG\n-----END OPENSSH PRIVATE KEY-----\n"
    assert "QUJD" not in scrub.secrets_of(text)


@pytest.mark.parametrize("folder", FOLDERS, ids=name_of)
def test_no_sample_is_changed_where_it_holds_no_secret(folder: object) -> None:
    from pathlib import Path

    assert isinstance(folder, Path)
    for one in good(folder):
        assert scrub.secrets_of(one.text) == one.text, one.path


@pytest.mark.parametrize("folder", FOLDERS, ids=name_of)
def test_a_scrubbed_sample_is_read_like_the_original(folder: object) -> None:
    """As many rows, what is no address or name the same, and nothing that was told is there any more."""
    from pathlib import Path

    assert isinstance(folder, Path)
    platform, command = reader(folder)
    for one in good(folder):
        text = Scrubber(key=KEY).text(one.text)
        found = {rows.table: rows.dicts() for rows in parse.parse(platform, command, text)}
        assert {table: len(rows) for table, rows in found.items()} == {
            table: len(rows) for table, rows in one.rows.items()
        }
        for table, rows in found.items():
            for row, before in zip(rows, one.rows[table], strict=True):
                assert {name for name, value in row.items() if value is None} == {
                    name for name, value in before.items() if value is None
                }
                assert row.get("vni") == before.get("vni")
                assert row.get("udp_port") == before.get("udp_port")


def addresses(scrubber: Scrubber, *spelt: str) -> list[str]:
    return scrubber.text("\n".join(spelt)).split("\n")


def test_the_same_becomes_the_same_in_every_text() -> None:
    scrubber = Scrubber(key=KEY)
    one = scrubber.text("10.1.2.3 02:00:00:aa:bb:cc leaf1\nhostname leaf1\n")
    other = scrubber.text("0200.00aa.bbcc on leaf1 is 10.1.2.3\n")
    assert "leaf1" not in one + other
    address, mac, name = one.split()[:3]
    assert address in other
    assert name in other
    assert re.sub(r"\W", "", mac) == re.sub(r"\W", "", other.split()[0])
    assert Scrubber().text("10.1.2.3") != Scrubber().text("10.1.2.3") or Scrubber().key != Scrubber().key


def test_prefixes_are_kept() -> None:
    def common(one: str, other: str) -> int:
        first, second = (int(ipaddress.ip_address(text)) for text in (one, other))
        return 32 - (first ^ second).bit_length()

    spelt = ["10.1.2.3", "10.1.2.77", "10.1.3.3", "10.1.130.1", "10.200.0.1", "172.16.2.1", "172.31.2.1", "8.8.8.8"]
    made = addresses(Scrubber(key=KEY), *spelt)
    assert made != spelt
    for one, new in zip(spelt, made, strict=True):
        for two, new_two in zip(spelt, made, strict=True):
            assert common(one, two) == common(new, new_two)


def test_networks_keep_their_zeros_and_masks_stay() -> None:
    made = addresses(Scrubber(key=KEY), "10.1.0.0/16", "10.1.2.0/24", "10.1.2.9/24", "255.255.254.0", "0.0.0.0/0")
    assert ipaddress.IPv4Network(made[0]).supernet_of(ipaddress.IPv4Network(made[1]))
    assert ipaddress.ip_interface(made[2]).network == ipaddress.ip_network(made[1])
    assert made[3:] == ["255.255.254.0", "0.0.0.0/0"]


@pytest.mark.parametrize(
    ("spelt", "block"),
    [
        ("10.1.2.3", "10.0.0.0/8"),
        ("172.20.2.3", "172.16.0.0/12"),
        ("192.168.7.3", "192.168.0.0/16"),
        ("169.254.7.3", "169.254.0.0/16"),
        ("239.7.7.1", "239.0.0.0/8"),
        ("232.7.7.1", "232.0.0.0/8"),
        ("225.7.7.1", "224.0.0.0/4"),
        ("fe80::1:2:3:4", "fe80::/10"),
        ("fd12:3456:789a::1", "fc00::/7"),
        ("ff05::1:3", "ff05::/16"),
        ("2001:db8:1::1", "2001:db8::/32"),
    ],
)
def test_classes_are_kept(spelt: str, block: str) -> None:
    (made,) = addresses(Scrubber(key=KEY), spelt)
    assert ipaddress.ip_address(made) in ipaddress.ip_network(block)
    assert len(made) == len(spelt) or "." in spelt


def test_what_means_the_same_everywhere_stays() -> None:
    text = (
        "224.0.0.5 127.0.0.1 0.0.0.0 ::1 ff02::1 01:00:5e:01:02:03 33:33:00:00:00:01 ff:ff:ff:ff:ff:ff"
        " 00:00:5e:00:01:0a 10:22:33 4.27.3 1d02h 65001:100 0.10.100"
    )
    assert Scrubber(key=KEY).text(text) == text


def test_an_address_made_of_a_mac_follows_it() -> None:
    mac, address = addresses(Scrubber(key=KEY), "08:00:27:a6:f1:3d", "fe80::a00:27ff:fea6:f13d/64")
    digits = mac.replace(":", "")
    assert address == f"fe80::a00:27ff:fe{digits[6:8]}:{digits[8:]}/64"
    assert mac.startswith("08:00:27:")
    assert mac != "08:00:27:a6:f1:3d"


def test_columns_stay_where_they_were() -> None:
    text = "10.1.2.3             Vxlan1     leaf1\n192.168.1.100        Vxlan1     leaf1\nhostname leaf1"
    made = Scrubber(key=KEY).text(text).split("\n")
    assert {line.index("Vxlan1") for line in made[:2]} == {21}


def test_names_and_serial_numbers_go() -> None:
    scrubber = Scrubber(key=KEY)
    made = scrubber.text("hostname dc1-leaf1\nusername alice role admin\nSerial number:  JPE12345678\ndc1-leaf1#\n")
    for told in ("dc1-leaf1", "alice", "JPE12345678"):
        assert told not in made
    assert re.search(r"Serial number:  [A-Z]{3}\d{8}\n", made)
