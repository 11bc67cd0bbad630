"""Against a real OpenSSH server on loopback: key login, ports, ~/.ssh/config, an agent and a jump host."""

from __future__ import annotations

import getpass
import json
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.conftest import Run

SSHD = shutil.which("sshd") or "/usr/sbin/sshd"
pytestmark = [
    pytest.mark.skipif(not Path(SSHD).exists(), reason="no OpenSSH server here: install openssh-server"),
    pytest.mark.skipif(not shutil.which("ip"), reason="no iproute2 here"),
    pytest.mark.xdist_group("openssh"),
]


@dataclass(frozen=True)
class Server:
    """Hold a running sshd: its port, the key that it lets in, and its host key's line for known_hosts."""

    port: int
    key: Path
    known: str


def keygen(path: Path) -> Path:
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(path)], check=True)
    return path


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("sshd")
    folder.chmod(0o755)
    host_key, key = keygen(folder / "host_key"), keygen(folder / "user_key")
    (folder / "authorized_keys").write_text(key.with_suffix(".pub").read_text())
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    config = folder / "sshd_config"
    config.write_text(
        f"Port {port}\nListenAddress 127.0.0.1\nHostKey {host_key}\nAuthorizedKeysFile {folder}/authorized_keys\n"
        f"StrictModes no\nUsePAM no\nPasswordAuthentication no\nPermitRootLogin yes\nPidFile {folder}/pid\n"
        "AllowTcpForwarding yes\n"
    )
    if os.getuid() == 0:
        Path("/run/sshd").mkdir(exist_ok=True)
    process = subprocess.Popen([SSHD, "-D", "-e", "-f", str(config)], stderr=subprocess.DEVNULL)
    for _ in range(100):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            break
        except OSError:
            time.sleep(0.05)
    algorithm, body, *_ = host_key.with_suffix(".pub").read_text().split()
    yield Server(port, key, f"[127.0.0.1]:{port} {algorithm} {body}")
    process.terminate()
    process.wait(10)


def inventory(folder: Path, server: Server, **host: object) -> tuple[Path, Path]:
    known_hosts = folder / "known_hosts"
    known_hosts.write_text(server.known + "\n")
    entry = {"hostname": "127.0.0.1", "port": server.port, "username": getpass.getuser(), "platform": "linux"} | host
    (folder / "hosts.yaml").write_text(json.dumps({"box": {k: v for k, v in entry.items() if v is not None}}))
    return folder, known_hosts


def netmiko(**extras: object) -> dict[str, object]:
    return {"netmiko": {"extras": extras}}


def test_collect_and_check_by_key(server: Server, tmp_path: Path, vxcheck: Run) -> None:
    options = netmiko(key_file=str(server.key))
    source, known = inventory(tmp_path, server, connection_options=options)
    taken = tmp_path / "taken"
    ran = vxcheck("collect", source, "-o", taken, "--known-hosts", known)
    assert (ran.status, ran.err) == (0, "")
    rows = json.loads(
        vxcheck("query", "SELECT * FROM addresses WHERE address = '127.0.0.1'", taken, "--format", "json").out
    )
    assert [(row["interface"], row["prefix_length"]) for row in rows] == [("lo", 8)]
    ran = vxcheck("check", source, "--known-hosts", known, "--format", "json")
    (device,) = ran.report["devices"]
    assert (device["condition"], device["vxlan"]) == ("collected", False)
    assert ran.status == 3  # a machine without VXLAN: nothing was examined, which is no pass
    assert ran.report["verdict"] == "incomplete"
    assert {result["status"] for result in ran.report["results"]} == {"not_applicable", "not_asked"}


def test_ssh_config_names_address_port_user_and_key(server: Server, tmp_path: Path, vxcheck: Run) -> None:
    config = tmp_path / "ssh_config"
    config.write_text(
        f"Host box.example\n  HostName 127.0.0.1\n  Port {server.port}\n  User {getpass.getuser()}\n"
        f"  IdentityFile {server.key}\n"
    )
    options = netmiko(ssh_config_file=str(config))
    source, known = inventory(
        tmp_path, server, hostname="box.example", port=None, username=None, connection_options=options
    )
    assert vxcheck("collect", source, "-o", tmp_path / "taken", "--known-hosts", known).status == 0


def test_agent(server: Server, tmp_path: Path, vxcheck: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    source, known = inventory(tmp_path, server)
    assert vxcheck("collect", source, "-o", tmp_path / "refused", "--known-hosts", known).status == 3
    agent = tmp_path / "agent"
    process = subprocess.Popen(["ssh-agent", "-D", "-a", str(agent)], stdout=subprocess.DEVNULL)
    try:
        monkeypatch.setenv("SSH_AUTH_SOCK", str(agent))
        while not agent.exists():
            time.sleep(0.02)
        subprocess.run(["ssh-add", "-q", str(server.key)], check=True, stderr=subprocess.DEVNULL)
        assert vxcheck("collect", source, "-o", tmp_path / "taken", "--known-hosts", known).status == 0
    finally:
        process.terminate()
        process.wait(10)


def test_jump_host(server: Server, tmp_path: Path, vxcheck: Run) -> None:
    jump = f"{getpass.getuser()}@127.0.0.1:{server.port}"
    options = netmiko(key_file=str(server.key), jump_host=jump)
    source, known = inventory(tmp_path, server, connection_options=options)
    assert vxcheck("collect", source, "-o", tmp_path / "taken", "--known-hosts", known).status == 0
    config = tmp_path / "ssh_config"
    config.write_text(f"Host *\n  ProxyJump {jump}\n")
    options = netmiko(key_file=str(server.key), ssh_config_file=str(config))
    source, known = inventory(tmp_path, server, connection_options=options)
    assert vxcheck("collect", source, "-o", tmp_path / "again", "--known-hosts", known).status == 0


def test_jump_host_that_does_not_reach_the_device(server: Server, tmp_path: Path, vxcheck: Run) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        closed = taken.getsockname()[1]
    jump = f"{getpass.getuser()}@127.0.0.1:{server.port}"
    options = netmiko(key_file=str(server.key), jump_host=jump)
    source, known = inventory(tmp_path, server, port=closed, connection_options=options)
    ran = vxcheck("collect", source, "-o", tmp_path / "taken", "--known-hosts", known)
    assert ran.status == 3
    assert "unreachable" in ran.err
    assert "jump host" in ran.err


def test_key_that_is_not_let_in(server: Server, tmp_path: Path, vxcheck: Run) -> None:
    options = netmiko(key_file=str(keygen(tmp_path / "other")))
    source, known = inventory(tmp_path, server, connection_options=options)
    ran = vxcheck("collect", source, "-o", tmp_path / "taken", "--known-hosts", known)
    assert ran.status == 3
    assert "login refused" in ran.err
