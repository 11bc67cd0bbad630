"""Put a report in the order in which a person reads it: causes first, each told once, and gaps by their reason.

Every format draws on this, so that they agree. The work grows with the number of findings, not with its square.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from vxcheck.pages import SEVERITIES
from vxcheck.results import (
    EXPIRED,
    FAILED,
    NOT_APPLICABLE,
    NOT_ASKED,
    NOT_RUN,
    PASSED,
    UNUSED,
    WAIVED,
    Finding,
    Remedy,
    Report,
    Result,
    mend_on,
)
from vxcheck.rows import cell

WORDS = {FAILED: "failed", NOT_RUN: "not run", PASSED: "passed", WAIVED: "waived"} | {
    NOT_APPLICABLE: "n/a",
    NOT_ASKED: "not asked",
}
_NAMED = 4


@dataclass(frozen=True)
class Cause:
    """Hold the findings of one check on one device that nothing else explains, and what follows (`check on device`)."""

    check: str
    device: str
    severity: str
    findings: tuple[Finding, ...]
    follows: tuple[str, ...]

    @property
    def peers(self) -> tuple[str, ...]:
        """Return the other devices that its findings name, each once."""
        return tuple(dict.fromkeys(peer for finding in self.findings for peer in peers(finding)))

    @property
    def word(self) -> str:
        """Return what a reader is told that it is: FAULT, WARNING or INFO."""
        return "FAULT" if self.severity == "error" else self.severity.upper()

    @property
    def remedies(self) -> tuple[tuple[str, str], ...]:
        """Return the text of each remedy once, after a heading that names the devices it is for."""
        found: dict[str, dict[Remedy, None]] = {}
        for finding in self.findings:
            for remedy in finding.mend:
                found.setdefault(remedy.text, {})[remedy] = None
        return tuple((_heading(list(alike)), text) for text, alike in found.items())


@dataclass(frozen=True)
class Gap:
    """Hold one reason for which something was not run: the devices, and the checks that it costs each of them."""

    reason: str
    devices: tuple[str, ...]
    checks: tuple[str, ...]


@dataclass(frozen=True)
class Count:
    """Hold what one check said of all devices. `calm` is one that nobody need look at: it passed, with no warning."""

    check: str
    words: str
    examined: str
    calm: bool


@dataclass(frozen=True)
class Digest:
    """Hold a report as it is read. `idle` are checks that said nothing of any device, by the reason."""

    faults: tuple[Cause, ...]
    warnings: tuple[Cause, ...]
    waived: tuple[Finding, ...]
    gaps: tuple[Gap, ...]
    counts: tuple[Count, ...]
    idle: tuple[tuple[str, tuple[str, ...]], ...]
    notes: tuple[str, ...]

    @property
    def causes(self) -> tuple[Cause, ...]:
        """Return what is wrong, the worst first."""
        return self.faults + self.warnings


def digest(report: Report) -> Digest:
    """Return what a report says, in the order in which it is read."""
    told = _once([one for one in report.findings if not one.explained_by and not one.waiver])
    grouped: dict[tuple[str, str, str], list[Finding]] = {}
    for finding in told:
        grouped.setdefault((finding.severity, finding.check, finding.device), []).append(finding)
    causes = [
        Cause(check, device, severity, tuple(sorted(findings, key=peers)), _follows(findings))
        for (severity, check, device), findings in grouped.items()
    ]
    causes.sort(key=_rank)
    counts, idle = _counts(report)
    return Digest(
        tuple(cause for cause in causes if cause.severity == "error"),
        tuple(cause for cause in causes if cause.severity != "error"),
        tuple(one for one in report.findings if one.waiver),
        _gaps(report),
        counts,
        idle,
        tuple(_notes(report)),
    )


def _rank(cause: Cause) -> tuple[int, bool, int, str, str]:
    """Say how far down a cause stands: among equals, what explains most and concerns most devices is read first."""
    symptom = cause.findings[0].symptom
    return SEVERITIES.index(cause.severity), symptom, -len(cause.follows) - len(cause.peers), cause.check, cause.device


def accepted(finding: Finding) -> str:
    """Say why, and until when, a finding is accepted; nothing where no waiver accepts it."""
    waiver = finding.waiver
    return f"Accepted until {waiver.expires} ({waiver.place}): {waiver.reason}" if waiver else ""


def _follows(findings: Sequence[Finding]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for finding in findings for name in finding.follows))


def _notes(report: Report) -> Iterable[str]:
    """Yield what else a reader must know: findings that are left out, waivers that accept nothing, VNIs with gaps."""
    left_out: Counter[str] = Counter()
    for result in report.results:
        left_out[result.check] += sum(result.left_out.values())
    if told := [f"{count} of {check}" for check, count in left_out.items() if count]:
        yield f"Not shown: {named(told, 8)} (--max-findings 0 shows all)."
    for state in report.waivers:
        waiver = state.waiver
        what = f"The waiver of {waiver.check} on {waiver.device} ({waiver.place})"
        if state.state == EXPIRED:
            yield f"{what} expired on {waiver.expires} and accepts nothing any more: {waiver.reason}"
        elif state.state == UNUSED:
            yield f"{what} matches nothing: take it out, or mend its check, device or columns."
    for one in report.settled:
        yield f"Settled after {one.seconds:.0f} s: {one.text}"
    if unread := [f"{one.device}: {one.command}: {one.reason}" for one in report.not_understood]:
        yield f"Not understood, where other answers tell as much or nothing else is needed: {named(unread)}."
    if hops := [f"{hop.address} (of {named(hop.devices)})" for hop in report.unexamined_next_hops]:
        yield (
            f"Not examined: the ways between VTEPs beyond next hop {named(hops)}: no examined device has that address. "
            "Routes, MTU and multicast state there are not known: name it in the inventory, to have them judged."
        )
    if lacking := [f"VNI {o.vni} ({o.examined} of {o.expected})" for o in report.vnis if o.examined < o.expected]:
        yield f"Not wholly examined: {named(lacking, 8)}."


def peers(finding: Finding) -> list[str]:
    """Return the other devices that a finding names as its peers."""
    found = finding.row.get("peer_device")
    return [str(one) for one in found] if isinstance(found, tuple | list) else [str(found)] if found else []


def named(names: Sequence[str], most: int = _NAMED) -> str:
    """Return names with commas; of many, the first ones and how many more there are."""
    if len(names) <= most + 1:
        return ", ".join(names)
    return f"{', '.join(names[:most])} and {len(names) - most} more"


def _heading(alike: Sequence[Remedy]) -> str:
    """Return the words over a remedy that reads the same on several devices."""
    first = alike[0].instead
    sides = ([f"{one.device} ({one.platform})" for one in alike if one.instead is side] for side in (first, not first))
    return f"{mend_on(instead=first)} {' or '.join(named(side) for side in sides if side)}"


def _once(findings: Sequence[Finding]) -> list[Finding]:
    """Tell a disagreement that both of its ends found once: of the device that disagrees with most others."""
    degrees = Counter((one.check, end) for one in findings for end in {one.device, *peers(one)})
    order = sorted(range(len(findings)), key=lambda i: -degrees[findings[i].check, findings[i].device])
    told: set[tuple[str, str, str, str]] = set()
    kept = []
    for index in order:
        finding = findings[index]
        row = finding.row
        pairs = {name: f"peer_{name}" for name in sorted(row) if f"peer_{name}" in row}
        if len(pairs) > 1 and "device" in pairs:
            # Where a value is compared among many, all those that have one are one end.
            own = {**row, "device": row.get("same_device", row["device"])}
            mine, theirs = (str([cell(own[name]) for name in side]) for side in (pairs.keys(), pairs.values()))
            key = (finding.check, finding.severity)
            if (*key, theirs, mine) in told or ("same_device" in row and (*key, mine, theirs) in told):
                continue
            told.add((*key, mine, theirs))
        kept.append(index)
    return [findings[index] for index in sorted(kept)]


def _gaps(report: Report) -> tuple[Gap, ...]:
    """Group what was not run by reason; devices that were not collected at all are told by themselves."""
    whole = {device.name for device in report.unexamined}
    by_device: dict[tuple[str, str], list[str]] = {}
    for result in report.results:
        if result.status == NOT_RUN and result.device not in whole:
            by_device.setdefault((result.reason, result.device), []).append(result.check)
    merged: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for (reason, device), checks in by_device.items():
        merged.setdefault((reason, tuple(checks)), []).append(device)
    gaps = [Gap(reason, tuple(devices), checks) for (reason, checks), devices in merged.items()]
    return tuple(sorted(gaps, key=lambda gap: -len(gap.devices) * len(gap.checks)))


def _counts(report: Report) -> tuple[tuple[Count, ...], tuple[tuple[str, tuple[str, ...]], ...]]:
    by_check: dict[str, list[Result]] = {}
    for result in report.results:
        by_check.setdefault(result.check, []).append(result)
    counts, idle = [], dict[str, list[str]]()
    for check, results in by_check.items():
        states = frozenset(result.status for result in results)
        if states <= {NOT_APPLICABLE, NOT_ASKED}:
            reason = next((result.reason for result in results if result.status == NOT_ASKED), "")
            idle.setdefault(f"Not asked ({reason})" if reason else "Not applicable to any device", []).append(check)
        else:
            warned = any(result.count("warnings") for result in results)
            calm = states <= {PASSED, NOT_APPLICABLE, NOT_ASKED} and not warned
            counts.append(Count(check, _words(results), _made(results), calm))
    counts.sort(key=lambda count: count.calm)
    return tuple(counts), tuple((reason, tuple(checks)) for reason, checks in idle.items())


def _made(results: Sequence[Result]) -> str:
    examined, expected = sum(one.examined for one in results), sum(one.expected for one in results)
    return f"{examined}" if examined >= expected else f"{examined} of {expected}"


def _words(results: Sequence[Result]) -> str:
    states = Counter(result.status for result in results)
    warned = sum(bool(result.count("warnings")) for result in results if result.status == PASSED)
    parts = [f"{states[status]} {word}" for status, word in WORDS.items() if states[status]]
    if warned:
        parts.append(f"{warned} with a warning")
    return ", ".join(parts)
