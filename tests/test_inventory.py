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
        ({"leaf1": {**GOOD["leaf1"], "port": "ssh"}}, "hosts.yaml: leaf1: port: must be int, not 'ssh'"),
        ({"leaf1": {**GOOD["leaf1"], "port": 70000}}, "hosts.yaml: leaf1: port: must be 1 to 65535"),
        ({"leaf1": {**GOOD["leaf1"], "port": True}}, "hosts.yaml: leaf1: port: must be int"),
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
