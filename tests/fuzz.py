"""Fuzz what reads text that others wrote: every template, snapshots, inventories, intents, pages and parsers.

`python -m tests.fuzz [SECONDS [NAME ...]]` goes on from every sample, changes it, and keeps what reaches something new:
a rule of a template behind another rule, a line of a reader behind another line. What is wanted of any input: rows or
one of the project's own errors, in time, each value on the line that it is said to stand on. `tests/test_fuzz.py` runs
a fixed share of it.
"""

from __future__ import annotations

import contextlib
import random
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

from vxcheck import account, content, fabric, intent, inventory, lined, loading, pages, parse, schema, snapshot
from vxcheck.content import Command, Platform
from vxcheck.errors import UsageError
from vxcheck.fabric import Fabric
from vxcheck.snapshot import Device, Output

SECONDS = 10  # that one input may take
ROOT = Path(__file__).resolve().parent.parent
Reached = frozenset[Any]
Target = Callable[[str], Reached]
WORDS = (
    "", " ", "\t", "\n", "\r\n", "\0", "\x1b[2J", "\u202e", "\ufffd", "0", "-1", "4294967296", "99999999999999999999",
    "1e9", "NaN", "::", "0.0.0.0", "255.255.255.256", "fe80::1%x", "ff:ff:ff:ff:ff:ff", "--More--", "{", "}", "[", "]",
    '"', "'", ":", "null", "true", "<>", "&x", "*x", "!!x", "- ", "| ", "#", "~", "../..", "x" * 5000, "1-16777215",
    "%", "\\",
)  # fmt: skip


class SlowError(Exception):
    """Say that an input took too long."""


@dataclass
class Fuzzer:
    """Change texts of a corpus, and keep those that reach what none reached before."""

    name: str
    target: Target
    corpus: list[str]
    seed: int = 0
    reached: set[Any] = field(default_factory=set)
    tried: int = 0

    def run(self, tries: int, until: float = float("inf")) -> Iterator[tuple[str, BaseException]]:
        """Yield each input that ended otherwise than it may, with how."""
        chance = random.Random(f"{self.seed}/{self.name}")
        for text in list(self.corpus):
            if time.monotonic() < until:
                yield from self._try(text, keep=False)
        for _ in range(tries):
            if time.monotonic() > until:
                return
            text = chance.choice(self.corpus)
            for _ in range(chance.choice((1, 1, 2, 4))):
                text = mutated(text, self.corpus, chance)
            yield from self._try(text, keep=True)

    def _try(self, text: str, *, keep: bool) -> Iterator[tuple[str, BaseException]]:
        self.tried += 1
        try:
            with in_time(SECONDS):
                reached = self.target(text)
        except Exception as error:
            yield text, error
            return
        if not reached <= self.reached:
            self.reached |= reached
            if keep and len(text) < 100_000:
                self.corpus.append(text)


def mutated(text: str, corpus: Sequence[str], chance: random.Random) -> str:
    """Return a text with one change."""
    lines = text.split("\n")
    at, other = chance.randrange(len(lines)), chance.randrange(len(lines))
    match chance.randrange(9):
        case 0:
            del lines[at]
        case 1:
            lines.insert(other, lines[at])
        case 2:
            lines[at], lines[other] = lines[other], lines[at]
        case 3:
            theirs = chance.choice(corpus).split("\n")
            start = chance.randrange(len(theirs))
            lines[at:at] = theirs[start : start + chance.randrange(1, 4)]
        case 4:
            lines[at] = _in_line(lines[at], chance)
        case 5:
            words = lines[at].split(" ")
            words[chance.randrange(len(words))] = chance.choice(WORDS)
            lines[at] = " ".join(words)
        case 6:
            words, theirs = lines[at].split(" "), lines[other].split(" ")
            words[chance.randrange(len(words))] = chance.choice(theirs)
            lines[at] = " ".join(words)
        case 7:
            return text[: chance.randrange(len(text) + 1)]
        case _:
            lines[at] = chance.choice(
                (lines[at].strip(), f"  {lines[at]}", lines[at].upper(), lines[at] + lines[other])
            )
    return "\n".join(lines)


def _in_line(line: str, chance: random.Random) -> str:
    place = chance.randrange(len(line) + 1)
    return (
        line[:place] + chance.choice((*WORDS, chr(chance.randrange(0x20, 0x250)))) + line[place + chance.randrange(3) :]
    )


@contextlib.contextmanager
def in_time(seconds: int) -> Iterator[None]:
    """Raise SlowError in the block where it takes longer."""

    def late(*_: object) -> None:
        raise SlowError(f"it took more than {seconds} s")

    before = signal.signal(signal.SIGALRM, late)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


class Wrong(AssertionError):  # noqa: N818
    """Say that rows are not what the text says."""


def template_target(platform: Platform, command: Command) -> Target:
    """Return what reads an output of a command, into the database too."""
    held: list[Fabric] = []

    def target(text: str) -> Reached:
        try:
            found = parse.parse(platform, command, text)
        except (parse.NotUnderstoodError, parse.RefusedError) as error:
            return _rules(platform, command, text) | {type(error).__name__}
        prepared = parse.prepared(platform, text)
        for path in command.templates:
            _require_lines(path, prepared)
        # What was read must go into the tables as it is.
        if not held or len(held[0].sources) > 200:
            held[:] = [fabric.empty()]
        name = f"d{len(held[0].sources)}"
        loading.load_device(held[0], Device(name, platform.name, outputs=(Output(command.name, text),)), platform)
        for rows in found:
            _require_stored(held[0], rows, name)
        return _rules(platform, command, text) | {(rows.table, min(len(rows), 3)) for rows in found}

    return target


def _require_stored(made: Fabric, rows: parse.Rows, device: str) -> None:
    for name in rows.columns:
        column = schema.tables()[rows.table].column(name)
        if column is None or column.type != "VARCHAR":
            continue
        _, stored = made.query(f'SELECT DISTINCT "{name}" FROM {rows.table} WHERE device = ?', [device])
        read = {row[name] for row in rows.dicts()}
        if not {value for (value,) in stored} <= read | {None} or (rows.dicts() and not stored):
            raise Wrong(f"{rows.table}.{name}: {stored} is stored, {read} was read")


def _require_lines(path: Path, text: str) -> None:
    lines = text.splitlines()
    header = [name.lower() for name in parse.template(path).header]
    for record, where in parse.records(path, text):
        for name, value in zip(header, record, strict=True):
            parts = value if isinstance(value, list) else [value]
            if (
                name in where
                and not isinstance(value, list)
                and any(part and part not in lines[where[name] - 1] for part in parts)
            ):
                raise Wrong(f"{path.stem}: {name} {value!r} does not stand on line {where[name]}")
            if any(part and part not in text for part in parts):
                raise Wrong(f"{path.stem}: {name} {value!r} does not stand in the text")


def _rules(platform: Platform, command: Command, text: str) -> Reached:
    reached: set[Any] = set()
    for told in account.of_command(command, parse.prepared(platform, text)):
        before = 0
        for step in told.steps:
            reached.add((told.template.stem, before, step.rule, step.values))
            before = step.rule
    return frozenset(reached)


def file_target(name: str, read: Callable[[Path], Any], *modules: Any) -> Target:
    """Return what writes a text to a file of that name and reads it; it reaches pairs of lines of the modules."""
    files = {module.__file__ for module in modules}

    def target(text: str) -> Reached:
        with tempfile.TemporaryDirectory(prefix="vxcheck-fuzz-") as folder:
            path = Path(folder) / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text.encode("utf-8", errors="surrogatepass"))
            with following(files) as reached, contextlib.suppress(UsageError):
                read(path)
        return frozenset(reached)

    return target


@contextlib.contextmanager
def following(files: set[str]) -> Iterator[set[Any]]:
    """Note each line of the files that is run, with the one before it."""
    reached: set[Any] = set()
    last: dict[CodeType, int] = {}

    def in_frame(frame: FrameType, event: str, _: Any) -> Any:
        if event == "line":
            reached.add((frame.f_code.co_name, last.get(frame.f_code, 0), frame.f_lineno))
            last[frame.f_code] = frame.f_lineno
        return in_frame

    def called(frame: FrameType, *_: Any) -> Any:
        return in_frame if frame.f_code.co_filename in files else None

    before = sys.gettrace()
    sys.settrace(called)
    try:
        yield reached
    finally:
        sys.settrace(before)


def _platform_of(path: Path) -> Any:
    for command in content._platform("arista_eos", (content.root("parsers"), path.parents[2])).commands:
        if command.folder == path.parent:
            for template in command.templates:
                parse.template.cache_clear()
                parse.template(template)


def _platform_file(path: Path) -> Any:
    return content._platform("x", (path.parents[1],))


def _page(path: Path) -> Any:
    path.with_suffix(".sql").write_text("SELECT device, true AS fault FROM devices")
    return pages.read(path.with_suffix(".sql"))


def _journal(path: Path) -> Any:
    manifest = '{"vxcheck_snapshot": 1, "journal.jsonl": true, "devices": [{"device": "a", "platform": "linux"}]}'
    path.with_name("manifest.json").write_text(manifest)
    return snapshot.read(path.parent)


MANIFEST = """{"vxcheck_snapshot": 1,
 "started": "2026-01-01T00:00:00+00:00",
 "seconds": 1.5,
 "polls": 2,
 "devices": [
  {"device": "a",
   "platform": "linux",
   "role": "vtep",
   "condition": "collected",
   "reason": "",
   "seconds": 1,
   "outputs": [
    {"command": "ip link show",
     "file": "a/ip_link_show.txt",
     "condition": "collected",
     "seconds": 1,
     "poll": 1}]},
  {"device": "b",
   "platform": "vyos"}]}
"""
JOURNAL = """{"of": "a", "command": "ip link show", "poll": 1, "file": "a/x.txt", "condition": "collected"}
{"device": "a", "platform": "linux", "condition": "collected", "reason": "", "seconds": 1}
"""
HOSTS = """a:
  hostname: 192.0.2.1
  port: 22
  username: me
  password: secret
  platform: linux
  groups: []
  data:
    vxcheck: {role: vtep}
  connection_options:
    netmiko:
      port: 22
      extras:
        jump_host: me@bastion:22
        disabled_algorithms: {}
        conn_timeout: 1.5
b: {platform: arista_eos}
"""
INTENT = """fabric:
  udp_port: 4789
  bum_mode: multicast
vnis:
  10: {members: [a, "b*"], vlan: 10, multicast_group: 239.1.1.1}
  20-30:
    members: ["*"]
    except: [b]
devices:
  a:
    role: vtep
    vtep_ip: 192.0.2.1
    vnis: {10: {vlan: 11}}
waivers:
  - check: udp_port_mismatch
    device: a
    where: {vni: [10, 20], peer: x*}
    reason: it is known
    expires: 2030-01-31
"""
COMMAND = """command = "show own"
spellings = ["show own {interface}"]
collect = false
optional = true
counted_by = ["peer"]
only_with = ["links", "kind", "VXLAN"]
"""
PLATFORM = """aliases = ["y"]
session = ["terminal length 0"]
shows = ['show(?: \\\\S+)+']
exec = true
like = "linux"
refusals = ['% Invalid .*']
"""


def _command(path: Path) -> Any:
    (path.parent / "remote_vteps.textfsm").write_text(
        "Value PEER (\\S+)\n\nStart\n  ^${PEER}$$ -> Record\n  ^. -> Error\n"
    )
    return _platform_of(path)


def fuzzers(seed: int = 0) -> Iterator[Fuzzer]:
    """Yield a fuzzer of each thing that is read."""
    sql = sorted(content.root("checks").rglob("*.md"))
    templates = sorted(content.root("parsers").rglob("*.textfsm"))
    own = "mine/arista_eos/own/"
    roles = {"a": "", "b": "", "bb": "underlay"}
    for name, target, corpus in (
        ("manifest", file_target("manifest.json", lambda path: snapshot.read(path.parent), snapshot), [MANIFEST]),
        ("journal", file_target("journal.jsonl", _journal, snapshot), [JOURNAL]),
        ("inventory", file_target("hosts.yaml", inventory.load, inventory), [HOSTS]),
        ("intent", file_target("intent.yaml", lambda path: intent.load(path, roles), intent, lined), [INTENT]),
        ("page", file_target("x.md", _page, pages), [path.read_text(encoding="utf-8") for path in sql[::9]]),
        ("command", file_target(f"{own}command.toml", _command, content), [COMMAND]),
        ("platform", file_target("x/platform.toml", _platform_file, content), [PLATFORM]),
        (
            "template",
            file_target(f"{own}remote_vteps.textfsm", _platform_of, parse),
            [path.read_text(encoding="utf-8") for path in templates[::9]],
        ),
    ):
        yield Fuzzer(name, target, corpus, seed)
    for platform in content.platforms().values():
        for command in platform.commands:
            if command.platform != platform.name:
                continue
            samples = [path.read_bytes().decode(errors="replace") for path in sorted(command.folder.glob("*.txt"))]
            if samples:
                target = template_target(platform, command)
                yield Fuzzer(f"{platform.name}: {command.name}", target, [one[:20000] for one in samples], seed)


def main(seconds: float, names: Sequence[str]) -> int:
    """Fuzz all for so long, each its part; print what was found, and return 1 where something was."""
    chosen = [one for one in fuzzers(int(time.time())) if not names or one.name in names]
    found: dict[tuple[str, str], str] = {}
    for one in chosen:
        for text, error in one.run(10**9, time.monotonic() + seconds / len(chosen)):
            key = one.name, f"{type(error).__name__}: {error}"[:200]
            if key not in found:
                found[key] = text
                print(f"{key[0]}: {key[1]}\n    {text[:400]!r}")
    print(f"{sum(one.tried for one in chosen)} inputs tried on {len(chosen)} readers, {len(found)} found wrong")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(float((sys.argv[1:] or ["60"])[0]), sys.argv[2:]))
