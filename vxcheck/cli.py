"""The verbs. Each one's imports stand where they are used, so that --help comes at once."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from vxcheck import __version__
from vxcheck.errors import UsageError

_EPILOG = """\
A SOURCE is a nornir inventory (a folder with hosts.yaml, such a file, or a nornir configuration file), or a snapshot
that `vxcheck collect` or --save wrote.

exit status of check, collect, show, query and demo:
  0  all that should have been examined was, and passed
  1  at least one fault found
  2  usage or inventory error: nothing was asked of any device
  3  no fault found, but something that should have been examined was not
  4  a fault of vxcheck's own
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run vxcheck and return its exit status."""
    parser = _parser()
    given = parser.parse_args(arguments)
    run: Callable[[argparse.Namespace], int] | None = getattr(given, "run", None)
    if run is None:
        parser.print_help()
        return 2
    try:
        status = run(given)
        sys.stdout.flush()
        return status
    except UsageError as error:
        print(f"vxcheck: {error}", file=sys.stderr)
        return 2
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        print("vxcheck: interrupted: no verdict", file=sys.stderr)
        return 130
    except Exception as error:
        if os.environ.get("VXCHECK_TRACEBACK"):
            raise
        print(
            f"vxcheck: a fault of vxcheck's own: {type(error).__name__}: {error}\n"
            "Set VXCHECK_TRACEBACK=1 for the traceback, and please report it.",
            file=sys.stderr,
        )
        return 4


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="vxcheck",
        description="Check over SSH that the VTEPs of a mixed VXLAN fabric agree with each other.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"vxcheck {__version__}")
    verbs = parser.add_subparsers(title="verbs", metavar="VERB")

    check = _verb(verbs, "check", "collect (or read a snapshot), run the checks, print the verdict")
    check.add_argument("source", metavar="SOURCE", type=Path)
    _check_options(check)
    _collect_options(check)

    collect = _verb(verbs, "collect", "save what the devices say as a snapshot, without judging it")
    collect.add_argument("source", metavar="SOURCE", type=Path)
    collect.add_argument("-o", "--output", metavar="DIR", type=Path, required=True, help="the new snapshot's folder")
    _collect_options(collect)

    show = _verb(verbs, "show", "print a table or view of what the devices said")
    show.add_argument("table", metavar="TABLE", help="such as vni_members, remote_macs, counters; see docs/tables.md")
    show.add_argument("source", metavar="SOURCE", type=Path)
    _format_option(show, "table", "json", "csv")
    _collect_options(show)

    query = _verb(verbs, "query", "run a SELECT on the tables")
    query.add_argument("sql", metavar="SELECT")
    query.add_argument("source", metavar="SOURCE", type=Path)
    _format_option(query, "table", "json", "csv")
    _collect_options(query)

    parse = _verb(verbs, "parse", "parse one output of one command, and show the rows that it gives")
    parse.add_argument("platform", metavar="PLATFORM", help="netmiko's name, such as arista_eos")
    parse.add_argument("command", metavar="COMMAND", help="as typed on the device, in quotes")
    parse.add_argument(
        "file", metavar="FILE", nargs="?", default="-", help="the output; - or nothing for standard input"
    )
    _format_option(parse, "table", "json")
    _content_options(parse)

    explain = _verb(verbs, "explain", "print a check's page: what it finds, why it matters, how to mend it")
    explain.add_argument("check", metavar="CHECK", nargs="?", help="its name; without one, all checks are listed")
    _content_options(explain)

    demo = _verb(
        verbs, "demo", "run the whole of it on an emulated lab: three devices, real SSH, on this machine alone"
    )
    demo.add_argument("--fault", metavar="NAME", help="break the lab: udp-port, before-traffic")
    demo.add_argument("--serve", action="store_true", help="keep the devices up, say how to log in, until interrupted")
    _check_options(demo)
    _collect_options(demo)
    return parser


def _verb(verbs: argparse._SubParsersAction[argparse.ArgumentParser], name: str, about: str) -> argparse.ArgumentParser:
    verb = verbs.add_parser(
        name,
        help=about,
        description=about[0].upper() + about[1:] + ".",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    verb.set_defaults(run=lambda given: _run(name, given))
    return verb


def _run(name: str, given: argparse.Namespace) -> int:
    import importlib

    run: Callable[[argparse.Namespace], int] = importlib.import_module(f"vxcheck.verbs.{name}").run
    return run(given)


def _check_options(verb: argparse.ArgumentParser) -> None:
    group = verb.add_argument_group("checks and report")
    group.add_argument(
        "--check", metavar="NAME", action="append", default=[], help="run only this one (globs; repeatable)"
    )
    _format_option(group, "table", "json")
    group.add_argument("-o", "--output", metavar="FILE", type=Path, help="write the report here")
    group.add_argument("--save", metavar="DIR", type=Path, help="save what was collected as a snapshot too")
    group.add_argument(
        "--allow-incomplete", action="store_true", help="exit 0 instead of 3 where something was not examined"
    )
    group.add_argument("-v", "--verbose", action="store_true", help="every result, not only those that need a look")


def _collect_options(verb: argparse.ArgumentParser) -> None:
    group = verb.add_argument_group("collection")
    group.add_argument(
        "--device", metavar="NAME", action="append", default=[], help="ask only this one (globs; repeatable)"
    )
    group.add_argument("--polls", metavar="N", type=_count, default=1, help="looks at the counters (1)")
    group.add_argument("--interval", metavar="S", type=_seconds, default=5.0, help="seconds between looks (5)")
    group.add_argument("--timeout", metavar="S", type=_seconds, default=60.0, help="seconds for an answer (60)")
    group.add_argument("--login-timeout", metavar="S", type=_seconds, default=15.0, help="seconds for a login (15)")
    group.add_argument("--workers", metavar="N", type=_count, default=50, help="devices asked at once (50)")
    group.add_argument("--known-hosts", metavar="FILE", type=Path, help="known host keys (~/.ssh/known_hosts)")
    group.add_argument(
        "--accept-new-host-keys", action="store_true", help="trust and remember the key of a device that has none known"
    )
    group.add_argument("--ask-password", action="store_true", help="ask for a password, for hosts that have none")
    _content_options(verb)


def _content_options(verb: argparse.ArgumentParser) -> None:
    group = verb.add_argument_group("your own content")
    group.add_argument("--parsers", metavar="DIR", type=Path, action="append", default=[], help="more parsers")
    group.add_argument("--checks", metavar="DIR", type=Path, action="append", default=[], help="more checks")


def _format_option(verb: argparse._ActionsContainer, *formats: str) -> None:
    verb.add_argument("--format", choices=formats, default=formats[0], help=f"{', '.join(formats)} ({formats[0]})")


def _count(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be 1 or more")
    return number


def _seconds(text: str) -> float:
    number = float(text)
    if not 0 < number < 86400:
        raise argparse.ArgumentTypeError("must be more than 0 and less than a day")
    return number


if __name__ == "__main__":
    sys.exit(main())
