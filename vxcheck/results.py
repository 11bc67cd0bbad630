"""What a run gives: findings, results, and the report that they make. Every format, and pytest, is made from these."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from vxcheck.fabric import Evidence
from vxcheck.snapshot import COLLECTED

PASSED, FAILED, WAIVED = "passed", "failed", "waived"
NOT_RUN, NOT_APPLICABLE, NOT_ASKED = "not_run", "not_applicable", "not_asked"
INCOMPLETE = "incomplete"
STATUSES = (PASSED, FAILED, WAIVED, NOT_RUN, NOT_APPLICABLE, NOT_ASKED)

IN_FORCE, EXPIRED, UNUSED, NOT_TRIED = "in force", "expired", "matches nothing", "not tried"


@dataclass(frozen=True)
class Waiver:
    """Accept what a check finds, for a reason, until the end of a day.

    `check` and `device` are globs; `where` is values by column, any of them in any cell of a list. `place` is the file
    and line that it stands on.
    """

    check: str
    reason: str
    expires: date
    device: str = "*"
    where: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    place: str = ""


@dataclass(frozen=True)
class WaiverState:
    """Say what came of a waiver: in force, expired, matches nothing, or not tried (its checks were not run)."""

    waiver: Waiver
    state: str
    findings: int = 0


@dataclass(frozen=True)
class Remedy:
    """Hold what mends a finding on a device. One that is `instead` takes the place of those that are not."""

    device: str
    platform: str
    text: str
    instead: bool = False

    @property
    def heading(self) -> str:
        """Return the words over its text."""
        return f"{mend_on(instead=self.instead)} {self.device} ({self.platform})"


def mend_on(*, instead: bool) -> str:
    """Return the first words over a remedy, before the names of the devices."""
    return "Or, instead, on" if instead else "To mend on"


@dataclass(frozen=True)
class Finding:
    """Hold one finding: what is wrong, the lines that show it, and the remedies.

    `row` holds the query's columns; a column that differs among grouped rows holds the list of its values.
    `explained_by` names the check that found its cause on the same devices; of a cause, `follows` names what is put
    down to it (`check on device`). `waiver` is what accepts it. `left_out` says how many values of a column, or lines
    of `evidence`, or rows, are not told, so that a report stays of bounded size. A `symptom` is what counters show: it
    is told behind what configuration and tables show, which may be its cause.
    """

    check: str
    device: str
    severity: str
    message: str
    evidence: tuple[Evidence, ...]
    mend: tuple[Remedy, ...]
    row: Mapping[str, Any]
    explained_by: str = ""
    waiver: Waiver | None = None
    follows: tuple[str, ...] = ()
    left_out: Mapping[str, int] = field(default_factory=dict)
    symptom: bool = False


@dataclass(frozen=True)
class Result:
    """Hold what one check says of one device.

    `examined` counts the rows that could be judged, `expected` those that should have been. `left_out` counts the
    findings, by `faults`, `warnings` and `waived`, that are not among `findings`: a report stays of bounded size.
    """

    check: str
    device: str
    status: str
    severity: str
    examined: int = 0
    reason: str = ""
    findings: tuple[Finding, ...] = ()
    expected: int = 0
    left_out: Mapping[str, int] = field(default_factory=dict)

    @property
    def faults(self) -> tuple[Finding, ...]:
        """Return the findings that fail the check."""
        return tuple(one for one in self.findings if one.severity == "error" and one.waiver is None)

    @property
    def warnings(self) -> tuple[Finding, ...]:
        """Return the findings that do not fail it."""
        return tuple(one for one in self.findings if one.severity != "error" and one.waiver is None)

    @property
    def waived(self) -> tuple[Finding, ...]:
        """Return the findings that a waiver accepts."""
        return tuple(one for one in self.findings if one.waiver is not None)

    def count(self, kind: str) -> int:
        """Return how many `faults`, `warnings` or `waived` there are, those that are left out too."""
        found: tuple[Finding, ...] = getattr(self, kind)
        return len(found) + self.left_out.get(kind, 0)


@dataclass(frozen=True)
class DeviceState:
    """Hold how far a device could be examined. `vxlan` is None where that is not known.

    `role` is what is expected of it, by its inventory or the intent: vtep, underlay, or nothing.
    """

    name: str
    platform: str
    condition: str
    reason: str
    vxlan: bool | None
    role: str = ""


@dataclass(frozen=True)
class VniCoverage:
    """Count what was examined of one VNI, of what should have been, and the faults found."""

    vni: int
    examined: int
    expected: int
    faults: int


@dataclass(frozen=True)
class NextHop:
    """Hold an address of no examined device, by which examined ones send on the way to a remote VTEP."""

    address: str
    devices: tuple[str, ...]


@dataclass(frozen=True)
class Unread:
    """Hold a command whose answer was not understood, though its tables are complete without it."""

    device: str
    command: str
    reason: str


@dataclass(frozen=True)
class Settled:
    """Hold what was wrong, or not examined, at first and is no more: so many seconds after the first look began."""

    text: str
    seconds: float


@dataclass(frozen=True)
class Report:
    """Hold a whole run: what every report is made of. `findings` are in the order to be told: causes, worst first."""

    devices: tuple[DeviceState, ...]
    results: tuple[Result, ...]
    verdict: str
    started: str = ""
    seconds: float | None = None
    findings: tuple[Finding, ...] = field(default=())
    waivers: tuple[WaiverState, ...] = ()
    vnis: tuple[VniCoverage, ...] = ()
    settled: tuple[Settled, ...] = ()
    unexamined_next_hops: tuple[NextHop, ...] = ()
    not_understood: tuple[Unread, ...] = ()

    @property
    def unexamined(self) -> tuple[DeviceState, ...]:
        """Return the devices that were not, or not wholly, collected."""
        return tuple(device for device in self.devices if device.condition not in (COLLECTED, "left out"))

    @property
    def examined(self) -> int:
        """Return how many examinations were made."""
        return sum(result.examined for result in self.results)

    @property
    def expected(self) -> int:
        """Return how many examinations should have been made (see docs/verdicts.md)."""
        return sum(result.expected for result in self.results)

    def count(self, kind: str) -> int:
        """Return how many `faults`, `warnings` or `waived` there are, those that are left out too."""
        return sum(result.count(kind) for result in self.results)
