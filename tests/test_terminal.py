"""What a person at a terminal sees: progress, colours, a question for the password; and hostile text stays text."""

from __future__ import annotations

import json
import os
import pty
import re
import select
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import Run
from tests.test_seedlab import verbatim, with_evidence
from vxcheck import rows
from vxcheck.demo.lab import RunningLab


def at_terminal(arguments: list[str], answers: dict[str, str] | None = None, **environment: str) -> tuple[int, str]:
    """Run vxcheck on a pseudo-terminal, answer its questions, and return its status and all that it drew."""
    here, there = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "vxcheck", *arguments],
        stdin=there,
        stdout=there,
        stderr=there,
        env={**os.environ, "TERM": "xterm", **environment},
        start_new_session=True,
    )
    os.close(there)
    drawn, waiting = "", dict(answers or {})
    while select.select([here], [], [], 60)[0]:
        try:
            data = os.read(here, 65536)
        except OSError:
            break
        if not data:
            break
        drawn += data.decode(errors="replace")
        for question, answer in list(waiting.items()):
            if question in drawn:
                os.write(here, f"{waiting.pop(question)}\n".encode() if answer else b"\n")
    os.close(here)
    return process.wait(30), drawn


def test_progress_and_colour_on_a_terminal_only(live: RunningLab) -> None:
    arguments = ["check", str(live.inventory), "--known-hosts", str(live.known_hosts)]
    status, drawn = at_terminal(arguments)
    assert status == 0
    assert "Collecting" in drawn
    assert re.search(r"\x1b\[1;32mPASSED\x1b\[0m", drawn)
    status, drawn = at_terminal(arguments, NO_COLOR="1")
    assert status == 0
    assert "\x1b[1;32m" not in drawn


def test_password_is_asked_for_once_and_not_shown(live: RunningLab) -> None:
    (live.inventory / "defaults.yaml").unlink()
    arguments = ["check", str(live.inventory), "--known-hosts", str(live.known_hosts)]
    status, drawn = at_terminal(arguments, {"User name": live.login.username, "Password: ": live.login.password})
    assert status == 0, drawn
    assert drawn.count("Password:") == 1
    assert live.login.password not in drawn


def test_nothing_is_asked_without_a_terminal(live: RunningLab, vxcheck: Run) -> None:
    (live.inventory / "defaults.yaml").unlink()
    ran = vxcheck("check", live.inventory, "--known-hosts", live.known_hosts, "--format", "json")
    assert ran.status == 3
    assert {device["condition"] for device in ran.report["devices"]} == {"login refused"}


def test_a_devices_text_cannot_move_the_cursor(tmp_path: Path, vxcheck: Run) -> None:
    folder = with_evidence(verbatim(tmp_path / "s", "after", "before"))
    path = folder / "vtep-arista01" / "show_vxlan_vtep.txt"
    path.write_text("\x07\x9b2J" + path.read_text())
    ran = vxcheck("check", folder)
    assert ran.status == 3
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]", ran.out)


@pytest.mark.parametrize("cell", ["=1+1", "+cmd", "@x", "-2+3"])
def test_a_cell_is_no_formula(cell: str) -> None:
    assert rows.defused(cell) == f"'{cell}"
    assert rows.defused("-12") == "-12"


@pytest.mark.parametrize(
    ("value", "shown"),
    [(1082175.0, "1082175"), (1082175.25, "1082175"), (99999.5, "99999.5"), (0.00125, "0.00125"), (4081.0, "4081")],
)
def test_a_number_is_never_a_power_of_ten(value: float, shown: str) -> None:
    assert rows.cell(value) == shown


def test_verbose_lists_every_result(tmp_path: Path, vxcheck: Run) -> None:
    folder = with_evidence(verbatim(tmp_path / "s", "after", "before"))
    report = json.loads(vxcheck("check", folder, "--format", "json").out)
    text = vxcheck("check", folder, "-v").out
    for result in report["results"]:
        assert re.search(rf"{result['check']} +{result['device']} +{result['status'].replace('_', ' ')}", text)


def test_a_report_that_cannot_be_written(tmp_path: Path, vxcheck: Run) -> None:
    folder = with_evidence(verbatim(tmp_path / "s", "after", "before"))
    ran = vxcheck("check", folder, "-o", tmp_path / "no" / "such" / "folder.txt")
    assert ran.status == 2
    assert "cannot write the report" in ran.err
