"""`vxcheck parse`: parse one output, and show the rows and what became of each line."""

from __future__ import annotations

import argparse
import difflib
import re
import shlex
import sys
from pathlib import Path
from typing import Any

from vxcheck import account, content, parse, rows, source, spelling
from vxcheck.account import Account
from vxcheck.content import Command, Platform
from vxcheck.errors import UsageError

_AROUND = 2


def run(given: argparse.Namespace) -> int:
    """Parse the file (or standard input) that the command line names; 0 when every line was understood, else 3."""
    platforms = content.platforms(source.parser_folders(given))
    platform = platforms.get(content.canonical(platforms, given.platform))
    if platform is None:
        names = ", ".join(" or ".join((one.name, *one.aliases)) for one in platforms.values())
        raise UsageError(f"no parsers for platform {given.platform!r}; there are {names}")
    command = platform.command(given.command)
    if command is None:
        near = _nearest(platform, given.command)
        known = ", ".join(repr(command.name) for command in platform.commands)
        raise UsageError(f"no parser for {given.command!r} on {platform.name}{near}; there are {known}")
    text = without_prompts(read(given.file), platform, given.command)
    prepared = parse.prepared(platform, text)
    accounts = account.of_command(command, prepared)
    error: Exception | None = None
    found: dict[str, list[dict[str, Any]]] = {}
    try:
        tables = parse.parse(platform, command, text)
        found = {one.table: one.dicts() for one in tables}
    except (parse.RefusedError, parse.NotUnderstoodError) as caught:
        error = caught
    if given.format == "json":
        _print_json(found, accounts if given.account else None)
    elif error is None:
        for one in tables:
            print(one.table)
            numbered = [(lines[""], *row) for lines, row in zip(one.lines, one.values, strict=True)]
            rows.write(["line", *one.columns], numbered, "table", sys.stdout)
            print()
    if given.format == "table" and given.account:
        for told in accounts:
            _print_account(told)
    if error is None:
        counts = ", ".join(f"{len(some)} row{'s'[: len(some) != 1]} of {table}" for table, some in found.items())
        names = ", ".join(dict.fromkeys(one.template.name for one in accounts))
        print(f"vxcheck: all {len(prepared.splitlines())} lines understood by {names}: {counts}", file=sys.stderr)
        return 0
    if isinstance(error, parse.RefusedError):
        print(f"vxcheck: the device refused {given.command!r}: {error}", file=sys.stderr)
        return 3
    assert isinstance(error, parse.NotUnderstoodError)
    if given.format == "table" and error.line_number:
        _print_read_until(platform, command, prepared, error.line_number)
    _explain(given, platform, error, accounts, prepared.splitlines())
    return 3


def read(name: str) -> str:
    """Return the text of a file, or of standard input for `-`."""
    try:
        raw = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    except OSError as error:
        raise UsageError(f"cannot read {name}: {error.strerror}") from error
    return raw.decode("utf-8", errors="replace")


def without_prompts(text: str, platform: Platform, command: str) -> str:
    """Take off a prompt with the typed command before an output, and that prompt behind it; say so."""
    lines = parse.clean(text).split("\n")
    first = next((number for number, line in enumerate(lines) if line.strip()), 0)
    prompt = _prompt(lines[first], platform, command)
    if prompt is None:
        return text
    taken = [lines[first]]
    # Lines stay where they were, so that their numbers are those of the file.
    lines[first] = ""
    last = max((number for number, line in enumerate(lines) if line.strip()), default=0)
    if lines[last].rstrip() == prompt:
        taken.append(lines[last])
        del lines[last:]
        lines.append("")
    print(f"vxcheck: taken off as the terminal's: {' and '.join(repr(line) for line in taken)}", file=sys.stderr)
    return "\n".join(lines)


def _prompt(line: str, platform: Platform, command: str) -> str | None:
    """Return the prompt that a line begins with, where the command in any spelling is all that follows it."""
    wanted = platform.command(command)
    for end in re.finditer(r"(?<=\S)[#>$%] ?", line[:200]):
        typed = " ".join(line[end.end() :].split())
        if typed and (typed == " ".join(command.split()) or (wanted and platform.command(typed) is wanted)):
            return line[: end.end()].rstrip()
    return None


def _nearest(platform: Platform, typed: str) -> str:
    """Say which known commands are spelt most like what was typed."""
    spelt = {one: command.name for command in platform.commands for one in command.spellings}
    plain = spelling.plain(typed)
    near = dict.fromkeys(spelt[one] for one in difflib.get_close_matches(plain, spelt, n=3, cutoff=0.75))
    return f" (did you mean {' or '.join(map(repr, near))}?)" if near else ""


def _print_json(found: dict[str, list[dict[str, Any]]], accounts: list[Account] | None) -> None:
    if accounts is None:
        if found:
            print(rows.as_json(found))
        return
    lines = [
        {"template": str(one.template), "line": step.number, "text": step.line, "state": step.state}
        | {"rule": step.rule or None, "values": list(step.values), "record": step.recorded}
        for one in accounts
        for step in one.steps
    ]
    print(rows.as_json({"rows": found, "lines": lines}))


def _print_account(one: Account) -> None:
    print(one.template)
    width = max((len(step.state) for step in one.steps), default=0)
    for step in one.steps:
        rule = f"{one.template.name}:{step.rule}" if step.rule else "" if step.understood else "NOT UNDERSTOOD"
        reads = " ".join([*(["makes a row of"] if step.recorded else []), *step.values])
        print(f"{step.number:5} | {rows.printable(step.line)}")
        print(f"      {step.state:{width}}  {rule}  {reads}".rstrip())
    print()


def _print_read_until(platform: Platform, command: Command, prepared: str, number: int) -> None:
    """Show what each template had read before the line at which the output stopped to be understood."""
    before = "".join(f"{line}\n" for line in prepared.splitlines()[: number - 1])
    for one in account.of_command(command, parse.prepared(platform, before)):
        if one.template.stem == content.TOTALS:
            continue
        print(f"{one.template.stem}, read until line {number}, as the device spells it")
        rows.write([name.lower() for name in one.header], one.records, "table", sys.stdout)
        print()


def _explain(
    given: argparse.Namespace,
    platform: Platform,
    error: parse.NotUnderstoodError,
    accounts: list[Account],
    lines: list[str],
) -> None:
    """Say which line was not understood, among its neighbours, by which template, and what to do next."""
    print(f"vxcheck: {platform.name}: {given.command}: {error}", file=sys.stderr)
    for number in range(max(1, error.line_number - _AROUND), min(len(lines), error.line_number + _AROUND) + 1):
        if error.line_number:
            mark = ">" if number == error.line_number else " "
            print(f"  {mark} {number:4}  {rows.printable(lines[number - 1])}", file=sys.stderr)
    for one in accounts:
        if unknown := one.unknown:
            told = ", ".join(f"{step.number} (state {step.state})" for step in unknown[:5])
            more = f" and {len(unknown) - 5} more" if len(unknown) > 5 else ""
            print(f"{one.template}: no rule understands line {told}{more}", file=sys.stderr)
    file = "FILE" if given.file == "-" else given.file
    record = shlex.join(["vxcheck", "record", file, "--platform", platform.name, given.command, "--scrub"])
    print(
        f"To have it supported, send what this writes, without secrets and addresses: {record}\n"
        "or write the rule: CONTRIBUTING.md says how.",
        file=sys.stderr,
    )
