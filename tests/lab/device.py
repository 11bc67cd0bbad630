"""Give a device its own users, files and sshd, and start it in its namespace."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from pathlib import Path

from .namespaces import LabError, inside
from .topology import Login, Machine

PASSWORD = "vxlan-lab"
# The same password, as crypt(3) keeps it in /etc/shadow.
_SHADOW_ENTRY = "$6$vxlab$P3Vk/8N0cf6Fud4.HcHKSUegJOZ5InfJmefY9LPbNqY44uVa.WXD7F0lfqHZNyEipje9odKL0ICw8Tz5IKq1N."
_UID = 1000
_HERE = Path(__file__).parent

_SSHD_CONFIG = """\
HostKey {root}/host_key
PidFile {root}/sshd.pid
PasswordAuthentication yes
KbdInteractiveAuthentication no
PermitRootLogin no
UsePAM no
UseDNS no
PrintMotd no
PrintLastLog no
LogLevel ERROR
MaxStartups 100
SetEnv PATH={path}
"""
_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_SHELLS = {"linux": "/bin/bash", "vyos": "/bin/bash", "arista_eos": "/opt/eos/login"}


def make_key(path: Path, comment: str) -> str:
    """Make an ed25519 key pair and give its public half, without the comment."""
    command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", comment, "-f", str(path)]
    subprocess.run(command, check=True, capture_output=True)
    return " ".join(path.with_suffix(".pub").read_text().split()[:2])


def prepare(root: Path, machine: Machine, login: Login, user_key: str) -> str:
    """Write a device's files below `root` and give its public host key."""
    for folder in ("etc", "opt", f"home/{login.user}/.ssh"):
        (root / folder).mkdir(parents=True)
    _write_accounts(root / "etc", machine.name, login)
    _write_home(root / "home" / login.user, login, user_key)
    _write_software(root / "opt", login.platform)
    (root / "daemons.sh").write_text("\n".join(machine.daemons) + "\n")
    (root / "sshd_config").write_text(_SSHD_CONFIG.format(root=root, path=_PATH))
    return make_key(root / "host_key", machine.name)


def start(run: str, root: Path, machine: Machine) -> subprocess.Popen[bytes]:
    """Start a device; all its processes die with the one returned."""
    argv = ["unshare", "--mount", "--uts", "--pid", "--fork", "--kill-child"]
    argv += ["sh", str(_HERE / "device_init.sh"), str(root), machine.name]
    with (root / "init.log").open("wb") as log:
        return subprocess.Popen(
            inside(run, machine.name, argv), stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
        )


def wait_for_sshd(root: Path, machine: Machine, process: subprocess.Popen[bytes], seconds: float = 40) -> None:
    """Wait until sshd listens: it writes its PID file then."""
    deadline = time.monotonic() + seconds
    while not (root / "sshd.pid").exists():
        if process.poll() is not None or time.monotonic() > deadline:
            said = "".join(log.read_text() for log in sorted(root.glob("*.log")))
            raise LabError(f"{machine.name} did not start its sshd within {seconds} s; it said: {said.strip()}")
        time.sleep(0.005)


def enter(root: Path) -> list[str]:
    """Give the words that run a command as root inside a started device."""
    pid = (root / "pid").read_text().strip()
    return ["nsenter", "--target", pid, "--mount", "--uts", "--net", "--pid", "--"]


def _write_accounts(etc: Path, name: str, login: Login) -> None:
    shell = _SHELLS[login.platform]
    passwd = (
        "root:x:0:0:root:/root:/bin/bash",
        "sshd:x:100:65534::/run/sshd:/usr/sbin/nologin",
        "nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin",
        "frr:x:120:120::/nonexistent:/usr/sbin/nologin",
        f"{login.user}:x:{_UID}:{_UID}::/home/{login.user}:{shell}",
    )
    # Members of frrvty may use vtysh.
    groups = ("root:x:0:", "tty:x:5:", "nogroup:x:65534:", "frr:x:120:", f"frrvty:x:121:frr,{login.user}")
    (etc / "passwd").write_text("\n".join(passwd) + "\n")
    (etc / "group").write_text("\n".join((*groups, f"{login.user}:x:{_UID}:")) + "\n")
    shadow = etc / "shadow"
    shadow.write_text(f"root:*:19000::::::\nsshd:!:19000::::::\n{login.user}:{_SHADOW_ENTRY}:19000::::::\n")
    shadow.chmod(0o600)
    (etc / "hostname").write_text(f"{name}\n")
    (etc / "hosts").write_text(f"127.0.0.1 localhost {name}\n::1 localhost\n")


def _write_home(home: Path, login: Login, user_key: str) -> None:
    (home / ".ssh/authorized_keys").write_text(f"{user_key}\n")
    profile = [f"PATH={_PATH}", r"PS1='\u@\h:\w\$ '"]
    if login.platform == "vyos":
        profile.append(". /opt/vyos/op_mode.bash")
        # VyOS 1.1's bash knows no bracketed paste; the plain Linux devices keep Debian's default, which is on.
        (home / ".inputrc").write_text("set enable-bracketed-paste off\n")
    (home / ".bash_profile").write_text("\n".join(profile) + "\n")
    for path in (home, *home.rglob("*")):
        os.chown(path, _UID, _UID)
    (home / ".ssh").chmod(0o700)


def _write_software(opt: Path, platform: str) -> None:
    folder = {"arista_eos": "eos", "vyos": "vyos"}.get(platform)
    if folder:
        shutil.copytree(_HERE / folder, opt / folder, ignore=shutil.ignore_patterns("__pycache__"))
        if folder == "eos":  # each command starts it anew
            subprocess.run(["/usr/bin/python3", "-m", "compileall", "-q", opt / folder], check=True)
        for path in (opt / folder).rglob("*"):
            path.chmod(0o755)  # whatever the clone's umask was, the device's user reads and runs them
