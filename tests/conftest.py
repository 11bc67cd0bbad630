"""Fixtures that several modules of the tests share."""

from __future__ import annotations

import json
import signal
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from vxcheck import cli
from vxcheck.demo import lab
from vxcheck.demo.lab import RunningLab

# Whoever runs the tests in the background has SIGINT ignored, in whatever they start too, and some send it.
if threading.current_thread() is threading.main_thread():
    signal.signal(signal.SIGINT, signal.default_int_handler)

SEEDLAB = Path(__file__).parent / "seedlab"


@dataclass(frozen=True)
class Ran:
    """Hold what a run of the command line gave."""

    status: int
    out: str
    err: str

    @property
    def report(self) -> dict[str, Any]:
        """Return the JSON report that it printed."""
        return dict(json.loads(self.out))

    def result(self, check: str, device: str) -> dict[str, Any]:
        """Return one result of the JSON report."""
        found = [one for one in self.report["results"] if (one["check"], one["device"]) == (check, device)]
        assert len(found) == 1
        return dict(found[0])


Run = Callable[..., Ran]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Name the looks at a lab that the next look did not confirm: one is a convergence, many are a fault of ours."""
    for report in terminalreporter.getreports(""):  # where pytest keeps what is not counted, teardowns among them
        for name, looks in report.user_properties if report.when == "teardown" else ():
            if name == "unconfirmed":
                terminalreporter.write_line(f"unconfirmed looks in {report.nodeid}: {looks}")


@pytest.fixture
def vxcheck(capsys: pytest.CaptureFixture[str]) -> Run:
    """Return a function that runs vxcheck's command line in this process."""

    def run(*arguments: object) -> Ran:
        capsys.readouterr()
        try:
            status = cli.main([str(argument) for argument in arguments])
        except SystemExit as end:
            status = int(end.code or 0)
        captured = capsys.readouterr()
        return Ran(status, captured.out, captured.err)

    return run


@pytest.fixture
def live(tmp_path: Path) -> Iterator[RunningLab]:
    """Yield the emulated seed lab, running."""
    folder = tmp_path / "lab"
    folder.mkdir()
    with lab.running(folder) as running:
        yield running


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Keep the tests from the user's own keys, agent, configuration and credentials."""
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("HOME", str(home))
    for name in ("SSH_AUTH_SOCK", "VXCHECK_USERNAME", "VXCHECK_PASSWORD", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)


@dataclass(frozen=True)
class Held:
    """Hold a device of the running lab that answers one command only when it is let go on."""

    reached: threading.Event
    go_on: threading.Event


@pytest.fixture
def held(live: RunningLab, monkeypatch: pytest.MonkeyPatch) -> Iterator[Held]:
    """Let the router wait in the middle of its answers, for a minute at most."""
    one = Held(threading.Event(), threading.Event())
    slow = next(device for device in live.devices if device.name == "mcast-router01")
    answer = slow.answer

    def waiting(command: str) -> str:
        if command == "ip route show":
            one.reached.set()
            one.go_on.wait(60)
        return answer(command)

    monkeypatch.setattr(slow, "answer", waiting)
    yield one
    one.go_on.set()
