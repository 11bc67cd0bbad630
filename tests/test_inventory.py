"""An inventory is nornir's; a mistake in it is one line with file and key, and nothing is contacted."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Run
from vxcheck import inventory
from vxcheck.demo.lab import RunningLab

GOOD: dict[str, Any] = {"leaf1": {"hostname": "192.0.2.1", "platform": "arista_eos"}}


def write(folder: Path, hosts: object, groups: object = None, defaults: object = None) -> Path:
    for name, content in (("hosts", hosts), ("groups", groups), ("defaults", defaults)):
        if content is not None:
            text = content if isinstance(content, str) else json.dumps(content)
            (folder / f"{name}.yaml").write_text(text)
    return folder


def test_groups_and_defaults_are_inherited(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    key = tmp_path / "id_ed25519"
    key.touch()
    monkeypatch.setenv("VXCHECK_PASSWORD", "from the environment")
    write(
        tmp_path,
        {
            "leaf1": {"hostname": "192.0.2.1", "groups": ["eos"], "data": {"site": "a"}},
            "leaf2": {"groups": ["eos"], "port": 2222, "password": "own", "platform": "vyos"},
        },
        {
            "eos": {
                "platform": "arista_eos",
                "username": "netops",
                "connection_options": {"netmiko": {"extras": {"key_file": str(key), "jump_host": "me@bastion:22"}}},
            }
        },
        {"port": 22},
    )
    leaf1, leaf2 = inventory.load(tmp_path)
    assert (leaf1.address, leaf1.port, leaf1.platform, leaf1.username) == ("192.0.2.1", 22, "arista_eos", "netops")
    assert leaf1.options == {"key_file": str(key), "jump_host": "me@bastion:22"}
    assert (leaf1.password, leaf2.password) == ("from the environment", "own")
    assert (leaf2.address, leaf2.port, leaf2.platform) == ("leaf2", 2222, "vyos")
    assert "own" not in repr(leaf2)


def test_roles_are_inherited_and_go_into_the_snapshot(tmp_path: Path, vxcheck: Run) -> None:
    hosts = {
        "leaf1": {"hostname": "127.0.0.1", "port": 1, "username": "x", "groups": ["leaves"]},
        "leaf2": {"hostname": "127.0.0.1", "port": 1, "username": "x", "groups": ["leaves"]},
        "rr1": {"hostname": "127.0.0.1", "port": 1, "username": "x", "platform": "linux"},
    }
    hosts["leaf2"]["data"] = {"vxcheck": {"role": "underlay"}}
    write(tmp_path, hosts, {"leaves": {"platform": "linux", "data": {"vxcheck": {"role": "vtep"}}}})
    assert [host.role for host in inventory.load(tmp_path)] == ["vtep", "underlay", ""]
    vxcheck("collect", tmp_path, "-o", tmp_path / "snapshot")
    ran = vxcheck("check", tmp_path / "snapshot", "--format", "json")
    assert [device["role"] for device in ran.report["devices"]] == ["vtep", "underlay", ""]


@pytest.mark.parametrize(
    ("ours", "says"),
    [
        ({"role": "leaf"}, "leaf1: data.vxcheck.role: must be vtep or underlay, not 'leaf'"),
        ({"rol": "vtep"}, "leaf1: data.vxcheck: unknown key 'rol'"),
        ("vtep", "leaf1: data.vxcheck: must be a mapping"),
    ],
)
def test_a_mistaken_role_is_named(tmp_path: Path, vxcheck: Run, ours: object, says: str) -> None:
    write(tmp_path, {"leaf1": {**GOOD["leaf1"], "data": {"vxcheck": ours}}})
    ran = vxcheck("check", tmp_path)
    assert ran.status == 2
    assert says in ran.err


def test_a_hosts_file_and_a_nornir_configuration_are_sources_too(tmp_path: Path) -> None:
    write(tmp_path, GOOD)
    assert [host.name for host in inventory.load(tmp_path / "hosts.yaml")] == ["leaf1"]
    config = tmp_path / "config.yaml"
    options = {"host_file": str(tmp_path / "hosts.yaml"), "group_file": str(tmp_path / "none")}
    config.write_text(json.dumps({"inventory": {"plugin": "SimpleInventory", "options": options}}))
    assert [host.platform for host in inventory.load(config)] == ["arista_eos"]


@pytest.mark.parametrize(
    ("hosts", "says"),
    [
        ({"leaf1": {"platfrom": "arista_eos"}}, "hosts.yaml: leaf1: unknown key 'platfrom'"),
        ({"leaf1": {"platform": "arista-eos"}}, "hosts.yaml: leaf1: platform: unknown platform 'arista-eos'; did you"),
        ({"leaf1": {"hostname": "192.0.2.1"}}, "hosts.yaml: leaf1: platform: missing"),
        ({"leaf1": {**GOOD["leaf1"], "port": "ssh"}}, "hosts.yaml: leaf1: port: must be a number, not 'ssh'"),
        ({"leaf1": {**GOOD["leaf1"], "port": 70000}}, "hosts.yaml: leaf1: port: must be 1 to 65535"),
        ({"leaf1": {**GOOD["leaf1"], "port": True}}, "hosts.yaml: leaf1: port: must be a number, not True"),
        ({"leaf1": {**GOOD["leaf1"], "groups": ["eso"]}}, "hosts.yaml: leaf1: groups: there is no group 'eso'"),
        ({"leaf1": "arista_eos"}, "hosts.yaml: leaf1: must be a mapping"),
        (["leaf1"], "hosts.yaml: must be a mapping"),
        ({}, "hosts.yaml: it names no host"),
        ("leaf1: [", "hosts.yaml: not YAML"),
        (
            {"leaf1": {**GOOD["leaf1"], "connection_options": {"netmiko": {"extras": {"key_file": "/no/such/key"}}}}},
            "hosts.yaml: leaf1: connection_options.netmiko.extras: key_file: there is no file /no/such/key",
        ),
        (
            {"leaf1": {**GOOD["leaf1"], "connection_options": {"netmiko": {"extras": {"session_log": "/tmp/x"}}}}},
            "hosts.yaml: leaf1: connection_options.netmiko.extras: unknown key 'session_log'",
        ),
    ],
)
def test_a_mistake_is_one_line(tmp_path: Path, vxcheck: Run, hosts: object, says: str) -> None:
    ran = vxcheck("check", write(tmp_path, hosts))
    assert ran.status == 2
    assert ran.out == ""
    assert len(ran.err.splitlines()) == 1
    assert says in ran.err
    assert str(tmp_path) in ran.err


def test_a_mistake_contacts_nothing(vxcheck: Run, live: RunningLab) -> None:
    hosts = json.loads((live.inventory / "hosts.yaml").read_text())
    hosts["leaf9"] = {"platform": "vyso"}
    (live.inventory / "hosts.yaml").write_text(json.dumps(hosts))
    for option in ((), ("--device", "no-such"), ("--check", "no_such_check")):
        ran = vxcheck("check", live.inventory, "--known-hosts", live.known_hosts, *option)
        assert ran.status == 2
    assert not any(device.received or device.logins_tried for device in live.devices)


@pytest.mark.parametrize("source", ["no-such-folder", "."])
def test_a_source_that_is_none(tmp_path: Path, vxcheck: Run, source: str) -> None:
    ran = vxcheck("check", tmp_path / source)
    assert ran.status == 2
    assert str(tmp_path) in ran.err


@pytest.mark.parametrize(
    ("key", "name"),
    [
        ("hostname", "-oProxyCommand=id"),
        ("hostname", "a;reboot"),
        ("hostname", "$(id)"),
        ("hostname", "a b"),
        ("username", "-lroot"),
        ("username", "a`id`"),
        ("username", "x\ny"),
        ("jump_host", "root@-oProxyCommand=id"),
        ("jump_host", "a|b@bastion"),
    ],
)
def test_a_name_that_could_be_more_than_a_name(tmp_path: Path, vxcheck: Run, key: str, name: str) -> None:
    host = dict(GOOD["leaf1"])
    if key == "jump_host":
        host["connection_options"] = {"netmiko": {"extras": {"jump_host": name}}}
    else:
        host[key] = name
    ran = vxcheck("check", write(tmp_path, {"leaf1": host}))
    assert ran.status == 2
    assert f"leaf1: {key}: " in ran.err
    assert "is no name of a" in ran.err


@pytest.mark.parametrize(
    ("key", "name"),
    [
        ("hostname", "2001:db8::1"),
        ("hostname", "fe80::1%eth0"),
        ("hostname", "leaf_1.example.net"),
        ("username", "DOMAIN\\user"),
        ("username", "user@example.net"),
        ("jump_host", "user@x@[2001:db8::1]:2222, other"),
    ],
)
def test_names_that_are_in_use(tmp_path: Path, key: str, name: str) -> None:
    extras = {"connection_options": {"netmiko": {"extras": {"jump_host": name}}}} if key == "jump_host" else {key: name}
    assert inventory.load(write(tmp_path, {"leaf1": {**GOOD["leaf1"], **extras}}))
