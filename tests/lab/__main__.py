"""Let a person bring a lab up, look at it, break it, mend it and take it down."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from . import removal
from .device import PASSWORD
from .faults import FAULTS_OF, Fault, inject, injected, undo
from .faults.table import measured
from .lab import TOPOLOGIES, Lab, attach, up
from .namespaces import LabError
from .requirements import missing
from .traffic import converge, measure

_WELCOME = """\
The {topology} lab is up, and its nodes have learned each other: {reach}.

  check it       {inside} {vxcheck} check {inventory} --known-hosts {known_hosts}
  log in         {inside} ssh -F {ssh_config} {device}
                 (devices: {devices}; password, if you want none of the key: {password})
  a shell there  {inside} $SHELL
  break it       {python} -m tests.lab faults; {python} -m tests.lab inject --name {run} dstport_mismatch
  mend it        {python} -m tests.lab undo --name {run}
  look at it     {python} -m tests.lab status --name {run}
  end it         {python} -m tests.lab down --name {run}
"""


def main(argv: list[str] | None = None) -> int:
    """Run one verb; give 0, or 2 with a message on standard error."""
    options = _parser().parse_args(argv)
    try:
        return int(_VERBS[options.verb](options) or 0)
    except LabError as error:
        print(error, file=sys.stderr)
        return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.lab", description=__doc__)
    verbs = parser.add_subparsers(dest="verb", required=True)
    for verb in _VERBS:
        command = verbs.add_parser(verb, help=(_VERBS[verb].__doc__ or "").split(".")[0])
        command.add_argument("--name", default="demo", help="the lab's name (default: demo)")
        if verb in ("up", "measure"):
            command.add_argument("--topology", choices=sorted(TOPOLOGIES), default="seed")
        if verb == "down":
            command.add_argument("--all", action="store_true", help="remove every lab that is left on this machine")
        if verb in ("inject", "undo"):
            command.add_argument("fault", nargs=None if verb == "inject" else "?")
    return parser


def _up(options: argparse.Namespace) -> None:
    """Bring a lab up that stays until `down`."""
    topology = TOPOLOGIES[options.topology]
    reason = missing(topology)
    if reason:
        raise LabError(f"the {topology.name} lab cannot run here: {reason}")
    lab = up(topology, options.name, keep=True)
    devices = [device.name for device in lab.topology.devices]
    print(
        _WELCOME.format(
            topology=lab.topology.name,
            reach=converge(lab),
            run=lab.run,
            python=sys.executable,
            vxcheck=Path(sys.executable).with_name("vxcheck"),
            inside=" ".join(lab.command()),
            inventory=lab.inventory,
            known_hosts=lab.known_hosts,
            ssh_config=lab.ssh_config,
            device=devices[0],
            devices=", ".join(devices),
            password=PASSWORD,
        ),
        end="",
    )


def _down(options: argparse.Namespace) -> None:
    """Remove a lab."""
    for run in removal.runs() if options.all else [options.name]:
        removal.remove(run)


def _status(options: argparse.Namespace) -> None:
    """Ping along every flow, and name the faults that were put in."""
    lab = attach(options.name)
    print(f"topology: {lab.topology.name}")
    print(f"faults:   {', '.join(injected(lab)) or 'none'}")
    print(f"pings:    {measure(lab)}")


def _faults(_: argparse.Namespace) -> None:
    """List the faults of every topology."""
    for topology, faults in FAULTS_OF.items():
        for fault in faults:
            print(f"{topology:<5} {fault.name:<26} {fault.description}")


def _measure(options: argparse.Namespace) -> None:
    """Try every fault of a topology on a lab of its own, and print what each ping lost."""
    for row in measured(TOPOLOGIES[options.topology], FAULTS_OF[options.topology]):
        print(row, flush=True)


def _inject(options: argparse.Namespace) -> None:
    """Put a fault into the lab."""
    lab = attach(options.name)
    inject(lab, _fault(lab, options.fault))
    _status(options)


def _undo(options: argparse.Namespace) -> None:
    """Take a fault, or all that were put in, out of the lab."""
    lab = attach(options.name)
    names = [options.fault] if options.fault else list(reversed(injected(lab)))
    for name in names:
        undo(lab, _fault(lab, name))
    _status(options)


def _fault(lab: Lab, name: str) -> Fault:
    for fault in FAULTS_OF[lab.topology.name]:
        if fault.name == name:
            return fault
    raise LabError(
        f"there is no fault named {name} for the {lab.topology.name} lab: `python -m tests.lab faults` lists them"
    )


_VERBS = {
    "up": _up,
    "down": _down,
    "status": _status,
    "faults": _faults,
    "measure": _measure,
    "inject": _inject,
    "undo": _undo,
}

if __name__ == "__main__":
    sys.exit(main())
