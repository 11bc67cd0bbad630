"""Check a running lab as a user would, over SSH, and sort what it finds."""

from __future__ import annotations

import contextlib
import io
import json
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from vxcheck import cli

from .lab import Lab
from .traffic import converge, talking

Judged = TypeVar("Judged")
LOOKS = 3
PAUSE = 2
# What a look showed that the next one no longer did; the summary of a test run names it.
unconfirmed: list[str] = []


@dataclass(frozen=True)
class Finding:
    """Hold one headline: a finding that no other one explains."""

    check: str
    device: str
    peers: frozenset[str]
    severity: str
    message: str


@dataclass(frozen=True)
class Verdict:
    """Hold what a check of a lab gave."""

    status: int
    report: dict[str, Any]

    @property
    def headlines(self) -> list[Finding]:
        """Return every finding, fault or warning, that no other one explains."""
        return [
            Finding(one["check"], finding["device"], _peers(finding), finding["severity"], finding["message"])
            for one in self.report["results"]
            for finding in (*one["faults"], *one["warnings"])
            if not finding["explained_by"]
        ]

    @property
    def not_run(self) -> list[str]:
        """Return what was not run, with the reasons."""
        results = self.report["results"]
        return [f"{r['check']} on {r['device']}: {r['reason']}" for r in results if r["status"] == "not_run"]


def check(lab: Lab, *, polls: int = 2, interval: float = 3, save: Path | None = None) -> Verdict:
    """Run `vxcheck check` on a lab, in its management network, with real logins; `save` is a new snapshot's folder."""
    out, err = io.StringIO(), io.StringIO()
    arguments = ["check", lab.inventory, "--known-hosts", lab.known_hosts, "--format", "json"]
    arguments += ["--polls", polls, "--interval", interval, *(["--save", save] if save else [])]
    with lab.entered(), contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        status = cli.main([str(argument) for argument in arguments])
    assert out.getvalue(), err.getvalue()
    return Verdict(status, json.loads(out.getvalue()))


def healthy(lab: Lab, *, polls: int = 1, save: Path | None = None) -> Verdict:
    """Check a healthy lab that is busy meanwhile: nothing is found, and all is examined."""
    assert not converge(lab).lost
    with talking(lab):
        found = check(lab, polls=polls, interval=2, save=save)
    assert (found.headlines, found.not_run, found.status) == ([], [], 0)
    return found


def eventually(judge: Callable[[], Judged], looks: int = LOOKS) -> Judged:
    """Judge a lab, and again if that fails: a look may fall into a convergence.

    What is wrong with vxcheck is wrong at every look.
    """
    for _ in range(looks - 1):
        try:
            return judge()
        except AssertionError as error:
            unconfirmed.append(str(error))
            time.sleep(PAUSE)
    return judge()


def fresh(folder: Path) -> Path:
    """Return a path in a folder that no snapshot has yet."""
    return Path(tempfile.mkdtemp(dir=folder)) / "look"


def diff(before: Path, after: Path) -> Verdict:
    """Run `vxcheck diff` on two looks at a lab."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        status = cli.main(["diff", str(before), str(after), "--format", "json"])
    return Verdict(status, json.loads(out.getvalue()))


def _peers(finding: dict[str, Any]) -> frozenset[str]:
    found: set[str] = set()
    for name in ("peer_device", "far_device"):
        value = finding.get(name)
        found |= set(value if isinstance(value, list) else [value] if value else [])
    return frozenset(found)
