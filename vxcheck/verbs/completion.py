"""`vxcheck completion`: print what completes vxcheck in a shell, made from the command line's own definition."""

from __future__ import annotations

import argparse
from collections.abc import Iterable

import shtab

from vxcheck import cli, fabric, outputs, pages, schema
from vxcheck.demo import lab


def run(given: argparse.Namespace) -> int:
    """Print the completion of the shell that the command line names."""
    parser = cli.make_parser()
    for verb in _verbs(parser):
        for action in verb._actions:  # noqa: SLF001 - argparse has no other way to list its options
            _complete(action)
    print(shtab.complete(parser, given.shell))
    return 0


def _verbs(parser: argparse.ArgumentParser) -> Iterable[argparse.ArgumentParser]:
    for action in parser._actions:  # noqa: SLF001
        if isinstance(action, argparse._SubParsersAction):  # noqa: SLF001
            for verb in action.choices.values():
                yield verb
                yield from _verbs(verb)


def _complete(action: argparse.Action) -> None:
    """Say what an option or argument takes: files, folders, or one of the names that vxcheck has."""
    match action.metavar:
        case "FILE":
            action.complete = shtab.FILE  # type: ignore[attr-defined]
        case "DIR" | "SOURCE" | "BEFORE" | "AFTER":
            action.complete = shtab.DIRECTORY  # type: ignore[attr-defined]
        case "FORMAT[=FILE]":
            action.choices = list(outputs.FORMATS)
        case "CHECK":
            action.choices = list(pages.load())
        case "TABLE":
            action.choices = [*schema.tables(), *fabric.empty().views]
        case "NAME" if "--check" in action.option_strings:
            action.choices = list(pages.load())
        case "NAME" if "--fault" in action.option_strings:
            action.choices = lab.faults()
