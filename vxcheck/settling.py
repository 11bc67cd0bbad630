"""Wait for a fabric to settle: ask again what is not yet right, until it is or the time is up."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Hashable
from dataclasses import dataclass, field, replace

from vxcheck import watch
from vxcheck.check import NOT_RUN, PASSED, Report
from vxcheck.report.digest import named, peers
from vxcheck.results import Settled
from vxcheck.source import Opened
from vxcheck.watch import Thing

_PAUSE = 5.0

Ask = Callable[[Collection[str] | None], Opened]


@dataclass
class Settling:
    """Hold how a fabric is asked, and judged, again and again. `ask` takes the devices to ask, None for all.

    `tell` is told, before each look, what is waited for.
    """

    ask: Ask
    judge: Callable[[Opened], Report]
    tell: Callable[[str], None]
    pause: float = _PAUSE
    clock: Callable[[], float] = time.monotonic
    _cleared: dict[Hashable, Settled] = field(default_factory=dict)

    def settle(self, seconds: float) -> tuple[Opened, Report]:
        """Return the last state and its report, which says how long each finding took to clear."""
        began = self.clock()
        opened = self.ask(None)
        report = self.judge(opened)
        while report.verdict != PASSED and (left := seconds - (self.clock() - began)) > 0:
            waiting = self._open(report)
            names = unsettled(report) or {device.name for device in opened.snapshot.devices}
            what = named([thing.text for thing in waiting.values()], 3) or "a verdict"
            self.tell(f"waiting for {what}; asking {named(sorted(names))} again, {left:.0f} s left")
            time.sleep(min(self.pause, left))
            opened = _merged(opened, self.ask(names))
            report = self.judge(opened)
            passed = self.clock() - began
            here = self._open(report)
            for key, thing in waiting.items():
                if key not in here:
                    self._cleared[key] = Settled(thing.text, passed)
            # What has come back has not settled.
            for key in here:
                self._cleared.pop(key, None)
        return opened, replace(report, settled=tuple(self._cleared.values()))

    @staticmethod
    def _open(report: Report) -> dict[Hashable, Thing]:
        return {key: thing for key, thing in watch.things(report).items() if thing.word in ("FAULT", "NOT RUN")}


def unsettled(report: Report) -> set[str]:
    """Return the devices that what is not yet right hangs on: both ends of every fault, and who was not examined."""
    names = {device.name for device in report.unexamined}
    names |= {result.device for result in report.results if result.status == NOT_RUN}
    for result in report.results:
        for finding in result.faults:
            names |= {finding.device, *peers(finding)}
    return names & {device.name for device in report.devices if device.condition != "left out"}


def _merged(before: Opened, now: Opened) -> Opened:
    """Return a state in which the devices that were asked again stand as they are now."""
    again = {device.name: device for device in now.snapshot.devices}
    devices = tuple(again.get(device.name, device) for device in before.snapshot.devices)
    return replace(before, snapshot=replace(before.snapshot, devices=devices))
