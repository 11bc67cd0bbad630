"""Looking again and again: what is new, gone and still there; and Ctrl-C."""

from __future__ import annotations

import dataclasses
import os
import pty
import re
import select
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from tests import golden
from tests.conftest import Run
from tests.test_seedlab import verbatim, with_evidence
from vxcheck import watch
from vxcheck.check import Report
from vxcheck.demo.lab import RunningLab
from vxcheck.report.table import Terminal


def told(before: Report, now: Report) -> str:
    return watch.tell(now, watch.changes(before, now), Terminal(), "12:00:00")


def test_what_is_new_gone_and_still_there() -> None:
    broken, well, lost = golden.failing(), golden.passing(), golden.incomplete()
    text = told(well, broken)
    assert text.startswith("12:00:00  FAILED")
    assert "NEW FAULT udp_port_mismatch: leaf1" in text
    assert "Set the port:" in text, "what is new is told with its remedy"
    assert "GONE" not in text
    text = told(broken, lost)
    assert "GONE FAULT udp_port_mismatch: leaf1 sends" in text
    assert "NEW NOT RUN leaf2: login refused" in text
    assert "Nothing has changed" in told(well, well)
    text = told(broken, broken)
    assert "Nothing has changed" in text
    assert "STILL FAULT udp_port_mismatch" in text
    assert "\x1b" not in text


def test_a_fault_is_the_same_whatever_its_counters_say_and_whoever_tells_it() -> None:
    report = golden.failing()

    def other_end(one: Report) -> Report:
        ports = [finding for finding in one.findings if finding.check == "udp_port_mismatch"]
        moved = [
            dataclasses.replace(finding, message="now 9999", row={**finding.row, "lost": 7}) for finding in ports[1:]
        ]
        return dataclasses.replace(one, findings=tuple(moved))

    changed = watch.changes(report, other_end(report))
    assert [thing.text for thing in changed.still] == ["udp_port_mismatch: now 9999"]
    assert changed.new == ()


class Watched:
    """Hold a vxcheck that watches on a terminal, and what it drew."""

    def __init__(self, *arguments: str) -> None:
        self.here, there = pty.openpty()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "vxcheck", *arguments],
            stdin=there,
            stdout=there,
            stderr=there,
            env={**os.environ, "TERM": "xterm", "NO_COLOR": "1"},
            start_new_session=True,
        )
        os.close(there)
        self.drawn = ""

    def until(self, done: Callable[[str], object]) -> None:
        """Read what it draws until that is enough, or it ends."""
        while not done(self.drawn) and select.select([self.here], [], [], 60)[0]:
            try:
                self.drawn += os.read(self.here, 65536).decode(errors="replace")
            except OSError:
                return


def test_watching_a_running_fabric_until_ctrl_c(live: RunningLab, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    arguments = ("check", str(live.inventory), "--known-hosts", str(live.known_hosts), "--watch", "0.2")
    watched = Watched(*arguments, "--format", "table", "--format", f"html={page}", "--save", str(tmp_path / "days"))
    watched.until(lambda drawn: "Next look in 0.2 s" in drawn)
    first = page.stat().st_mtime_ns
    assert watched.drawn.count("mcast-router01  linux") == 1
    live.devices[2].close()
    watched.until(lambda drawn: re.search(r"NEW NOT RUN mcast-router01: unreachable", drawn))
    assert re.search(r"\d\d:\d\d:\d\d  INCOMPLETE", watched.drawn)
    seen = len(watched.drawn)
    watched.until(lambda drawn: re.search(r"STILL NOT RUN mcast-router01", drawn[seen:]))
    watched.until(lambda drawn: drawn.rstrip().endswith("Ctrl-C ends."))
    assert page.stat().st_mtime_ns > first, "a file is written anew at each look"
    assert len(list((tmp_path / "days").glob("*/verdict.json"))) > 2, "each look is saved"
    os.kill(watched.process.pid, signal.SIGINT)
    watched.until(lambda _: False)
    assert watched.process.wait(60) == 3, watched.drawn
    assert "Traceback" not in watched.drawn
    assert "the last look: INCOMPLETE" in watched.drawn
    os.close(watched.here)


def test_what_cannot_be_watched(vxcheck: Run, live: RunningLab, tmp_path: Path) -> None:
    folder = with_evidence(verbatim(tmp_path / "s", "after", "before"))
    ran = vxcheck("check", folder, "--watch", "30")
    assert ran.status == 2
    assert "is a snapshot, which does not change" in ran.err
    assert vxcheck("check", live.inventory, "--watch", "30", "--format", "json").status == 2
    assert vxcheck("check", live.inventory, "--watch", "0").status == 2
