"""Say what this machine lacks to run a lab."""

from __future__ import annotations

import os
import shutil

_PROGRAMS = {
    "ip": "iproute2",
    "bridge": "iproute2",
    "ping": "iputils-ping",
    "nft": "nftables",
    "nsenter": "util-linux",
    "unshare": "util-linux",
    "ssh-keygen": "openssh-client",
    "sshd": "openssh-server",
    "smcrouted": "smcroute",
    "smcroutectl": "smcroute",
}
_SBIN = "/usr/sbin:/sbin:" + os.environ.get("PATH", "")


def missing() -> str | None:
    """Give the reason why no lab can run here, or nothing."""
    if os.geteuid() != 0:
        return "network namespaces need root"
    lacking = sorted({package for program, package in _PROGRAMS.items() if not shutil.which(program, path=_SBIN)})
    if lacking:
        return f"it needs the Debian packages {', '.join(lacking)}"
    if not os.access("/usr/bin/python3", os.X_OK):
        return "the EOS-like command line needs Debian's /usr/bin/python3"
    return None
