"""Say what this machine lacks to run a lab."""

from __future__ import annotations

import os
import shutil
import subprocess
from functools import cache

from .topology import Topology

_PROGRAMS = (
    ("ip", "iproute2"),
    ("bridge", "iproute2"),
    ("ping", "iputils-ping"),
    ("nft", "nftables"),
    ("nsenter", "util-linux"),
    ("unshare", "util-linux"),
    ("ssh-keygen", "openssh-client"),
    ("sshd", "openssh-server"),
    ("tcpdump", "tcpdump"),
)
_SBIN = "/usr/sbin:/sbin:" + os.environ.get("PATH", "")


def missing(topology: Topology) -> str | None:
    """Give the reason why this lab cannot run here, or nothing."""
    if os.geteuid() != 0:
        return "network namespaces need root"
    wanted = (*_PROGRAMS, *topology.programs)
    lacking = sorted({package for program, package in wanted if not shutil.which(program, path=_SBIN)})
    if lacking:
        return f"it needs the Debian packages {', '.join(lacking)}"
    if not os.access("/usr/bin/python3", os.X_OK):
        return "the EOS-like command line needs Debian's /usr/bin/python3"
    return _forbidden()


@cache
def _forbidden() -> str | None:
    """Try what containers often forbid to root: namespaces of its own, and VXLAN in them."""
    script = "ip link add vx0 type vxlan id 1 dstport 4789 && ip link add br0 type bridge"
    words = ["unshare", "--net", "--mount", "--uts", "--pid", "--fork", "sh", "-c", script]
    tried = subprocess.run(words, capture_output=True, text=True, check=False, env={**os.environ, "PATH": _SBIN})
    return f"this machine allows no VXLAN in namespaces: {tried.stderr.strip()}" if tried.returncode else None
