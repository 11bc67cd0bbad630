"""Waiting for a fabric to settle: who is asked again, what is told meanwhile, and what is reported in the end."""

from __future__ import annotations

import shutil
from collections.abc import Collection
from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest

from tests.conftest import Run
from tests.test_seedlab import verbatim, with_evidence
from vxcheck import check, content, pages, snapshot
from vxcheck.check import Report
from vxcheck.report.digest import digest
from vxcheck.settling import Settling
from vxcheck.source import Opened

PORT = Path("vtep-vyos01/cat_%2Fsys%2Fmodule%2Fvxlan%2Fparameters%2Fudp%5Fport.txt")


@pytest.fixture
def well(tmp_path: Path) -> Path:
    return with_evidence(verbatim(tmp_path / "well", "after", "before"))


@pytest.fixture
def ill(well: Path, tmp_path: Path) -> Path:
    folder = Path(shutil.copytree(well, tmp_path / "ill"))
    (folder / PORT).write_text("8472\n")
    return folder


class Fabrics:
    """Give one look after the other, the last one for ever."""

    def __init__(self, *folders: Path) -> None:
        self.looks = [snapshot.read(folder) for folder in folders]
        self.asked: list[Collection[str] | None] = []
        self.told: list[str] = []

    def ask(self, names: Collection[str] | None) -> Opened:
        look = self.looks.pop(0) if len(self.looks) > 1 else self.looks[0]
        self.asked.append(names)
        devices = tuple(device for device in look.devices if names is None or device.name in names)
        return Opened(replace(look, devices=devices), content.platforms())

    def settle(self, seconds: float) -> tuple[Opened, Report]:
        checks = {name: one for name, one in pages.load().items() if name == "udp_port_mismatch"}
        settling = Settling(
            self.ask, lambda opened: check.run(opened.fabric(), checks), self.told.append, 0.0, count(1).__next__
        )
        return settling.settle(seconds)


def test_what_settles_is_reported_with_its_time(well: Path, ill: Path) -> None:
    fabrics = Fabrics(ill, ill, well)
    opened, report = fabrics.settle(600)
    assert report.verdict == "passed"
    assert fabrics.asked == [None, {"vtep-arista01", "vtep-vyos01"}, {"vtep-arista01", "vtep-vyos01"}]
    assert all("udp_port_mismatch" in words and "vtep-vyos01" in words for words in fabrics.told)
    (settled,) = report.settled
    assert "udp_port_mismatch" in settled.text
    assert any(note.startswith("Settled after ") for note in digest(report).notes)
    assert [device.name for device in opened.snapshot.devices] == ["vtep-arista01", "vtep-vyos01"]


def test_what_is_right_is_asked_once(well: Path) -> None:
    fabrics = Fabrics(well)
    assert fabrics.settle(600)[1].settled == ()
    assert (fabrics.asked, fabrics.told) == ([None], [])


def test_what_never_settles_is_a_fault_when_the_time_is_up(ill: Path) -> None:
    fabrics = Fabrics(ill)
    report = fabrics.settle(5)[1]
    assert (report.verdict, report.settled) == ("failed", ())
    assert len(fabrics.asked) == 3


def test_what_cannot_be_waited_for(vxcheck: Run, well: Path) -> None:
    ran = vxcheck("check", well, "--wait", "9")
    assert (ran.status, "is a snapshot, which does not change" in ran.err) == (2, True)
    assert vxcheck("check", well, "--wait", "9", "--watch", "9").status == 2
    assert vxcheck("check", well, "--wait", "9", "--since", well).status == 2
