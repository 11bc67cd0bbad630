"""The verbs. Each one's imports stand where they are used, so that --help comes at once."""

from __future__ import annotations

import argparse
import errno
import os
import resource
import signal
import sys
import textwrap
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from vxcheck import __version__, usage
from vxcheck.errors import UsageError
from vxcheck.outputs import FORMATS

if TYPE_CHECKING:
    from vxcheck.retention import Rule

SHELLS = ("bash", "zsh", "fish")
_LEAST_MEMORY = 64


def main(arguments: Sequence[str] | None = None) -> int:
    """Run vxcheck and return its exit status."""
    arguments = sys.argv[1:] if arguments is None else arguments
    parser = make_parser()
    try:
        given, rest = parser.parse_known_args(arguments)
        # argparse ends a list of words at the first option; a person goes on behind it.
        if rest and hasattr(given, "words") and not any(word.startswith("-") for word in rest):
            given.words += rest
        elif rest:
            parser.error(f"unrecognized arguments: {' '.join(rest)}")
    except SystemExit as end:
        if end.code and _for_plugin(arguments):
            return _unknown("it was called with options that it does not know; standard error says which")
        raise
    run: Callable[[argparse.Namespace], int] | None = getattr(given, "run", None)
    if run is None:
        parser.print_help()
        return 2
    # What devices say, and what is made of it, is for nobody else on this machine; a core would hold passwords.
    before = os.umask(0o077)
    resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))
    try:
        with _ended_by_kill():
            status, said = _guarded(run, given)
    finally:
        os.umask(before)
    if said:
        print(f"vxcheck: {said}", file=sys.stderr)
        if _for_plugin(arguments):
            return _unknown(said)
    return status


@contextmanager
def _ended_by_kill() -> Iterator[None]:
    """Let kill(1) end a run as Ctrl-C does: what devices said is in no temporary folder afterwards."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def interrupt(number: int, _frame: object) -> None:
        raise KeyboardInterrupt(f"{signal.Signals(number).name} came")

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _guarded(run: Callable[[argparse.Namespace], int], given: argparse.Namespace) -> tuple[int, str]:
    """Run a verb and return its exit status, and what went wrong."""
    try:
        status = run(given)
        sys.stdout.flush()
        return status, ""
    except UsageError as error:
        return 2, str(error)
    except BrokenPipeError:
        _forget_output()
        return 0, ""
    except KeyboardInterrupt as end:
        return 130, f"interrupted: {str(end) or 'no verdict'}"
    except Exception as error:
        if os.environ.get("VXCHECK_TRACEBACK"):
            raise
        if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            import tempfile

            _forget_output()
            place = error.filename or f"standard output, or a temporary file in {tempfile.gettempdir()}"
            return 2, f"cannot write to {place}: {error.strerror}"
        return 4, (
            f"a fault of vxcheck's own: {type(error).__name__}: {error}\n"
            "Set VXCHECK_TRACEBACK=1 for the traceback, and please report it."
        )


def _forget_output() -> None:
    """Let what is still to be written to standard output, which takes no more, go nowhere."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def defaults(source: Path) -> argparse.Namespace:
    """Return the options of `vxcheck check SOURCE` as they stand where none is given."""
    given = make_parser().parse_args(["check", str(source)])
    given.source = source
    return given


def _for_plugin(arguments: Sequence[str]) -> bool:
    """Tell whether a monitoring system reads the answer, even where the rest of the command line cannot be read."""
    pairs = zip(arguments, [*arguments[1:], ""], strict=True)
    return any(pair == ("--format", "icinga") or pair[0] == "--format=icinga" for pair in pairs)


def _unknown(said: str) -> int:
    """Answer a monitoring system that nothing is known: to it, exit status 2 would say that the fabric has a fault."""
    from vxcheck.report import icinga

    sys.stdout.write(icinga.line(icinga.UNKNOWN, said))
    return icinga.UNKNOWN


def make_parser() -> argparse.ArgumentParser:
    """Return the parser of the whole command line: --help and the shells' completion are made from it."""
    parser = argparse.ArgumentParser(
        prog="vxcheck",
        description="Check over SSH that the VTEPs of a mixed VXLAN fabric agree with each other.",
        epilog=usage.epilog(),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"vxcheck {__version__}")
    verbs = parser.add_subparsers(title="verbs", metavar="VERB")

    check = _verb(verbs, "check", "collect (or read a snapshot), run the checks, print the verdict")
    check.add_argument("source", metavar="SOURCE", type=Path, help="an inventory or a snapshot; see below")
    _check_options(check)
    _collect_options(check)

    collect = _verb(verbs, "collect", "save what the devices say as a snapshot, without judging it")
    collect.add_argument("source", metavar="SOURCE", type=Path, help="an inventory or a snapshot; see below")
    collect.add_argument("-o", "--output", metavar="DIR", type=Path, required=True, help="the new snapshot's folder")
    collect.add_argument(
        "--resume", action="store_true", help="go on with the snapshot in DIR: ask the devices that it lacks"
    )
    _collect_options(collect)

    diff = _verb(verbs, "diff", "say what changed between two looks: state and verdicts, not text")
    diff.add_argument("before", metavar="BEFORE", type=Path, help="the snapshot of before the change")
    diff.add_argument("after", metavar="AFTER", type=Path, help="the snapshot of after it, or an inventory")
    _diff_options(diff)
    _collect_options(diff)

    show = _verb(verbs, "show", "print a table or view of what the devices said")
    show.add_argument("table", metavar="TABLE", help="such as vni_members, remote_macs, counters; see docs/tables.md")
    show.add_argument("source", metavar="SOURCE", type=Path, help="an inventory or a snapshot; see below")
    show.add_argument(
        "--where",
        metavar="COLUMN=VALUE",
        action="append",
        default=[],
        help="only such rows (repeatable); of a history's folder: with since when, and until when",
    )
    show.add_argument(
        "--mac", metavar="MAC", action="append", default=[], help="only this address: the same as --where mac=MAC"
    )
    _format_option(show, "table", "json", "csv")
    _memory_option(show)
    _collect_options(show)

    history = _verb(verbs, "history", "say what became of a fabric whose snapshots --save kept, finding by finding")
    history.add_argument("folder", metavar="DIR", type=Path, help="the folder of check's --save")
    history.add_argument(
        "--check", metavar="NAME", action="append", default=[], help="only findings of this check (globs; repeatable)"
    )
    history.add_argument(
        "--device", metavar="NAME", action="append", default=[], help="only findings on this one (globs; repeatable)"
    )
    history.add_argument("--again", action="store_true", help="judge every snapshot anew, with the checks of today")
    history.add_argument("-v", "--verbose", action="store_true", help="every snapshot, and every finding")
    _format_option(history, "table", "json")
    _content_options(history)

    query = _verb(verbs, "query", "run a SELECT on the tables")
    query.add_argument("sql", metavar="SELECT")
    query.add_argument("source", metavar="SOURCE", type=Path, help="an inventory or a snapshot; see below")
    _format_option(query, "table", "json", "csv")
    _memory_option(query)
    _collect_options(query)

    trace = _verb(verbs, "trace", "follow a frame between two hosts, both ways, and say where it would stop and why")
    trace.add_argument("source", metavar="SOURCE", type=Path, help="an inventory or a snapshot; see below")
    trace.add_argument("--vni", metavar="VNI", type=_count, required=True, help="the VNI that the two hosts are in")
    trace.add_argument(
        "--from", metavar="HOST", dest="source_host", required=True, help="a MAC or IP address, or DEVICE:PORT"
    )
    trace.add_argument("--to", metavar="HOST", dest="target_host", required=True, help="the same")
    trace.add_argument("--size", metavar="BYTES", type=_count, help="follow an IP packet of this size (a small one)")
    _format_option(trace, "text", "json", "html")
    trace.add_argument("-o", "--output", metavar="FILE", type=Path, help="where to write it; else standard output")
    _collect_options(trace)

    parse = _verb(verbs, "parse", "parse one output of one command, and show the rows that it gives")
    parse.add_argument("platform", metavar="PLATFORM", help="netmiko's name, such as arista_eos")
    parse.add_argument("command", metavar="COMMAND", help="as typed on the device, in quotes")
    parse.add_argument(
        "file", metavar="FILE", nargs="?", default="-", help="the output; - or nothing for standard input"
    )
    parse.add_argument(
        "-v", "--account", action="store_true", help="say of every line which rule of which template took it"
    )
    _format_option(parse, "table", "json")
    _content_options(parse)

    record = _verb(verbs, "record", "save a command's raw output as a parser's sample, without its secrets")
    record.add_argument(
        "source",
        metavar="SOURCE",
        help="an inventory or a snapshot, then DEVICE; or a file (- for standard input) with --platform",
    )
    record.add_argument(
        "words", metavar="[DEVICE] COMMAND", nargs="*", help="the device, and commands as typed on it, in quotes"
    )
    record.add_argument("--platform", metavar="NAME", help="SOURCE is a file that such a device's output lies in")
    record.add_argument("-o", "--output", metavar="DIR", type=Path, help="the folder of parsers (./parsers)")
    record.add_argument("--case", metavar="NAME", help="the sample's name (the device's; sample with --scrub)")
    record.add_argument("--table", metavar="NAME", help="the table that a new command fills: docs/tables.md")
    record.add_argument(
        "--scrub", action="store_true", help="replace addresses, host and user names and serial numbers too"
    )
    record.add_argument("-y", "--yes", action="store_true", help="send a command that is no parser's yet, unasked")
    _collect_options(record)

    expect = _verb(verbs, "expect", "write what samples must give, or compare with what stands written")
    expect.add_argument("paths", metavar="PATH", nargs="*", type=Path, help="samples, or folders of them (./parsers)")
    expect.add_argument("--source", metavar="TEXT", help="where the samples were recorded")
    expect.add_argument("--check", action="store_true", help="write nothing, only compare")
    expect.add_argument("--update", action="store_true", help="write anew what differs")
    _content_options(expect)

    templates = _verb(verbs, "templates", "write the templates as a folder that netmiko and ntc-templates can use")
    templates.add_argument("folder", metavar="DIR", type=Path, help="a new folder")
    templates.add_argument("--with-ntc", action="store_true", help="those of ntc-templates too, behind ours")
    _content_options(templates)

    explain = _verb(verbs, "explain", "print a check's page: what it finds, why it matters, how to mend it")
    explain.add_argument("check", metavar="CHECK", nargs="?", help="its name; without one, all checks are listed")
    _content_options(explain)

    intent = _verb(verbs, "intent", "write a first intent.yaml from what a fabric is, or the schema for editors")
    what = intent.add_subparsers(dest="what", metavar="WHAT", required=True)
    written = what.add_parser("from", help="state what the devices of a snapshot (or inventory) show")
    written.add_argument("source", metavar="SOURCE", type=Path)
    written.add_argument("-o", "--output", metavar="FILE", type=Path, help="the new file; else standard output")
    _collect_options(written)
    written = what.add_parser("schema", help="print the JSON schema of an intent")
    written.add_argument("--change", action="store_true", help="that of a planned change instead (diff --expect)")
    written.add_argument("-o", "--output", metavar="FILE", type=Path, help="the new file; else standard output")

    new = _verb(verbs, "new", "start a check of your own: query, page and cases")
    what = new.add_subparsers(dest="what", metavar="WHAT", required=True)
    started = what.add_parser("check", help="write NAME.sql and NAME.md")
    started.add_argument("name", metavar="NAME", help="after the fault that it finds: small letters and _")
    started.add_argument("-o", "--output", metavar="DIR", type=Path, default=Path("checks"), help="where to (./checks)")

    test = _verb(verbs, "test", "run the cases of your own checks")
    test.add_argument("folders", metavar="DIR", nargs="+", type=Path, help="folders of checks")

    demo = _verb(
        verbs, "demo", "run the whole of it on an emulated lab: three devices, real SSH, on this machine alone"
    )
    demo.add_argument("--fault", metavar="NAME", help="break the lab: udp-port, before-traffic")
    demo.add_argument("--serve", action="store_true", help="keep the devices up, say how to log in, until interrupted")
    _check_options(demo)
    _collect_options(demo)

    completion = _verb(verbs, "completion", "print the shell's completion of vxcheck")
    completion.add_argument("shell", metavar="SHELL", choices=SHELLS, help=", ".join(SHELLS))
    return parser


def _verb(verbs: argparse._SubParsersAction[argparse.ArgumentParser], name: str, about: str) -> argparse.ArgumentParser:
    verb = verbs.add_parser(
        name,
        help=about,
        description=textwrap.fill(f"{about[0].upper()}{about[1:]}.", 80),
        epilog=usage.epilog(name),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    verb.set_defaults(run=lambda given: _run(name, given))
    return verb


def _run(name: str, given: argparse.Namespace) -> int:
    import importlib

    run: Callable[[argparse.Namespace], int] = importlib.import_module(f"vxcheck.verbs.{name}").run
    return run(given)


def _check_options(verb: argparse.ArgumentParser) -> None:
    group = _judging_options(verb)
    group.add_argument(
        "--watch", metavar="S", type=_seconds, help="look again every S seconds, and say what changed; Ctrl-C ends"
    )
    group.add_argument(
        "--wait", metavar="S", type=_seconds, help="ask again what is not right, until it is or S seconds have passed"
    )
    group.add_argument(
        "--max-findings", metavar="N", type=_limit, default=25, help="findings told of each check (25); 0 for all"
    )
    group.add_argument(
        "--since", metavar="DIR", type=Path, help="say what changed since this snapshot, as `vxcheck diff` does"
    )
    _expect_option(group)
    _memory_option(group)
    _report_options(verb, FORMATS)


def _expect_option(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--expect", metavar="FILE", type=Path, help="what the change is meant to do; what is missing or beyond it fails"
    )


def _diff_options(verb: argparse.ArgumentParser) -> None:
    _expect_option(_judging_options(verb))
    _report_options(verb, ("table", "json", "markdown", "html"))


def _judging_options(verb: argparse.ArgumentParser) -> argparse._ArgumentGroup:
    group = verb.add_argument_group("checks")
    group.add_argument(
        "--check", metavar="NAME", action="append", default=[], help="run only this one (globs; repeatable)"
    )
    group.add_argument(
        "--intent", metavar="FILE", type=Path, help="what the fabric is meant to be (intent.yaml beside the source)"
    )
    group.add_argument(
        "--allow-incomplete", action="store_true", help="exit 0 instead of 3 where something was not examined"
    )
    return group


def _report_options(verb: argparse.ArgumentParser, formats: Iterable[str]) -> None:
    group = verb.add_argument_group("reports")
    group.add_argument(
        "--format",
        metavar="FORMAT[=FILE]",
        action="append",
        default=[],
        help=f"{', '.join(formats)} (table); repeatable, each but one with a file",
    )
    group.add_argument(
        "-o",
        "--output",
        metavar="FILE",
        type=Path,
        action="append",
        default=[],
        help="write a report here, in --format or as the file's ending says; repeatable",
    )
    group.add_argument("--save", metavar="DIR", type=Path, help="add what was collected to the history in DIR")
    group.add_argument("--keep", metavar="RULE", type=_rule, help="what that history keeps: 10, or 24h,7d,4w (all)")
    group.add_argument("-v", "--verbose", action="store_true", help="every result, not only those that need a look")


def _collect_options(verb: argparse.ArgumentParser) -> None:
    group = verb.add_argument_group("collection")
    group.add_argument(
        "--device", metavar="NAME", action="append", default=[], help="ask only this one (globs; repeatable)"
    )
    group.add_argument("--polls", metavar="N", type=_count, default=1, help="looks at the counters (1)")
    group.add_argument("--interval", metavar="S", type=_seconds, default=5.0, help="seconds between looks (5)")
    group.add_argument(
        "--timeout", metavar="S", type=_seconds, default=60.0, help="seconds without a byte of an answer (60)"
    )
    group.add_argument(
        "--device-timeout", metavar="S", type=_seconds, default=1800.0, help="seconds for a device's answers (1800)"
    )
    group.add_argument(
        "--max-output", metavar="MIB", type=_count, default=256, help="the size that one answer may have (256)"
    )
    group.add_argument("--retries", metavar="N", type=_limit, default=0, help="tries more where a failure may pass (0)")
    group.add_argument("--login-timeout", metavar="S", type=_seconds, default=15.0, help="seconds for a login (15)")
    group.add_argument("--workers", metavar="N", type=_count, default=0, help="devices asked at once (32 a CPU)")
    group.add_argument("--known-hosts", metavar="FILE", type=Path, help="known host keys (~/.ssh/known_hosts)")
    group.add_argument(
        "--accept-new-host-keys", action="store_true", help="trust and remember the key of a device that has none known"
    )
    group.add_argument(
        "--allow-commands", action="store_true", help="send what --parsers adds to the commands, without asking first"
    )
    group.add_argument("--ask-password", action="store_true", help="ask for a password, for hosts that have none")
    _content_options(verb)


def _content_options(verb: argparse.ArgumentParser) -> None:
    group = verb.add_argument_group("your own content")
    group.add_argument("--parsers", metavar="DIR", type=Path, action="append", default=[], help="more parsers")
    group.add_argument("--checks", metavar="DIR", type=Path, action="append", default=[], help="more checks")


def _format_option(verb: argparse._ActionsContainer, *formats: str) -> None:
    verb.add_argument("--format", choices=formats, default=formats[0], help=f"{', '.join(formats)} ({formats[0]})")


def _rule(text: str) -> Rule:
    from vxcheck.retention import Rule

    try:
        return Rule.parse(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def _memory_option(verb: argparse._ActionsContainer) -> None:
    verb.add_argument(
        "--memory",
        metavar="MIB",
        type=_memory,
        default=0,
        help="memory for the tables; the rest goes to a temporary folder (80%% of the machine's)",
    )


def _memory(text: str) -> int:
    number = int(text)
    if number < _LEAST_MEMORY:
        raise argparse.ArgumentTypeError(f"must be {_LEAST_MEMORY} or more: a query needs room to work in")
    return number


def _count(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be 1 or more")
    return number


def _limit(text: str) -> int:
    number = int(text)
    if number < 0:
        raise argparse.ArgumentTypeError("must be 0 or more")
    return number


def _seconds(text: str) -> float:
    number = float(text)
    if not 0 < number < 86400:
        raise argparse.ArgumentTypeError("must be more than 0 and less than a day")
    return number


if __name__ == "__main__":
    sys.exit(main())
