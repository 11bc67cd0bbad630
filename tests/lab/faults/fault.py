"""Describe a fault, put it into a running lab, and take it out again."""

from __future__ import annotations

from dataclasses import dataclass

from ..lab import Lab
from ..namespaces import LabError


@dataclass(frozen=True)
class Step:
    """Run a shell script as root on one machine."""

    machine: str
    script: str


@dataclass(frozen=True)
class Fault:
    """Describe one row of the fault table."""

    name: str
    description: str
    inject: tuple[Step, ...]
    undo: tuple[Step, ...]
    lost: frozenset[str] = frozenset()  # the probes that `traffic.measure` must lose
    claim: str = ""  # what LAB.md's table says of the ping, in its own words
    unsure: frozenset[str] = frozenset()  # the probes whose loss is a matter of timing
    harmless: bool = False  # a change that no check may complain about

    def explains(self, lost: frozenset[str]) -> bool:
        """Say whether these are the losses that the fault must show."""
        return self.lost <= lost <= self.lost | self.unsure


# Empty what was learned, on every device: a fault's traffic leaves addresses in tables where they never belong.
_FORGET = r"""
for vxlan in $(ip -o link show type vxlan up | sed 's/^[0-9]*: \([^:@]*\).*/\1/'); do
    ip link set "$vxlan" down
    ip link set "$vxlan" up
done
for flush in /sys/class/net/*/bridge/flush; do if [ -e "$flush" ]; then echo 1 > "$flush"; fi; done
"""


def inject(lab: Lab, fault: Fault) -> None:
    """Break the lab, and note in its folder that it is broken."""
    _note(lab, [*injected(lab), fault.name])
    _take(lab, fault.name, fault.inject)


def undo(lab: Lab, fault: Fault) -> None:
    """Mend the lab, and let the devices forget what they learned meanwhile."""
    _take(lab, fault.name, fault.undo)
    forget(lab)
    _note(lab, [name for name in injected(lab) if name != fault.name])


def injected(lab: Lab) -> list[str]:
    """Name the faults that are in the lab, whoever put them in."""
    note = lab.folder / "injected"
    return note.read_text().split() if note.exists() else []


def forget(lab: Lab) -> None:
    """Empty the learned entries of every bridge and VXLAN interface; configured ones stay."""
    for machine in lab.topology.devices:
        lab.execute(machine.name, _FORGET)


def _take(lab: Lab, name: str, steps: tuple[Step, ...]) -> None:
    for step in steps:
        done = lab.execute(step.machine, f"set -e\n{step.script}")
        if done.returncode:
            raise LabError(f"{name}: {step.machine} refused {step.script!r}: {done.stderr.strip()}")


def _note(lab: Lab, names: list[str]) -> None:
    (lab.folder / "injected").write_text("\n".join(names))
