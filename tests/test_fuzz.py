"""A fixed share of the fuzzer, what it found, and properties of the readers: rows or an error of ours, never else."""

from __future__ import annotations

import json
import random
import tempfile
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests import fuzz
from tests.conftest import Run
from vxcheck import content, intent, inventory, loading, pages, parse, snapshot
from vxcheck.content import Platform
from vxcheck.errors import ContentError, UsageError
from vxcheck.schema import Column
from vxcheck.snapshot import Device, Output, Snapshot
from vxcheck.values import convert

FILES = ("manifest", "journal", "inventory", "intent", "page", "command", "platform", "template")
LITTLE = settings(
    max_examples=60, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
)


@pytest.mark.parametrize("name", FILES)
def test_files_of_others(name: str) -> None:
    (fuzzer,) = (one for one in fuzz.fuzzers() if one.name == name)
    assert [(text, repr(error)) for text, error in fuzzer.run(40)] == []
    assert fuzzer.tried > 40
    assert fuzzer.reached


def test_outputs_of_every_command() -> None:
    wrong = []
    # Every third: the rest is for `make fuzz`.
    for fuzzer in list(fuzz.fuzzers())[::3]:
        if fuzzer.name not in FILES:
            fuzzer.corpus = sorted(fuzzer.corpus, key=len)[:1]
            wrong += [(fuzzer.name, text, repr(error)) for text, error in fuzzer.run(2)]
            assert fuzzer.reached
    assert wrong == []


def test_the_fuzzer_finds_what_is_wrong() -> None:
    """It keeps what reaches further, and so comes to an error that stands behind three conditions."""

    def target(text: str) -> fuzz.Reached:
        depth = 0
        while depth < 3 and text.count("0.0.0.0") > depth:
            depth += 1
        if depth == 3:
            raise KeyError(text)
        return frozenset(range(depth + 1))

    fuzzer = fuzz.Fuzzer("planted", target, ["one two"])
    assert [type(error) for _, error in fuzzer.run(3000)][:1] == [KeyError]
    with pytest.raises(fuzz.SlowError):
        _hang()


def _hang() -> None:
    with fuzz.in_time(1):
        while True:
            time.sleep(0.1)


def test_a_value_that_is_on_no_such_line_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    (path,) = (one for one in content.root("parsers").glob("arista_eos/show_vxlan_vtep/remote_vteps.textfsm"))
    monkeypatch.setattr(
        parse, "records", lambda *_: [(["192.0.2.9", *[""] * 9][: len(parse.template(path).header)], {})]
    )
    with pytest.raises(fuzz.Wrong):
        fuzz._require_lines(path, "192.0.2.1\n")


# What was found: a number that no column holds ended in a fault of vxcheck's own.


@pytest.mark.parametrize("number", ["99999999999999999999", "4294967296", "65536"])
def test_a_number_out_of_bounds_is_not_understood(number: str) -> None:
    answer = Output("cat /sys/module/vxlan/parameters/udp_port", f"{number}\n")
    made = loading.build(Snapshot((Device("a", "linux", outputs=(answer,)),)), content.platforms())
    ((condition, reason),) = made.query("SELECT condition, reason FROM commands")[1]
    assert condition == "not understood"
    assert "out of bounds" in reason


def test_bounds_of_units_and_types() -> None:
    for type_, unit, good, bad in (
        ("INTEGER", "VNI", "16777215", "16777216"),
        ("INTEGER", "VNI", "255.255.255", "256.0.0"),
        ("INTEGER", "port", "65535", "65536"),
        ("INTEGER", "count", "2147483647", "2147483648"),
        ("UBIGINT", "packets", "18446744073709551615", "18446744073709551616"),
    ):
        column = Column("x", type_, unit, "")
        assert convert(column, good) is not None
        with pytest.raises(ValueError, match="out of bounds"):
            convert(column, bad)


def test_a_template_that_textfsm_stumbles_over_is_named(tmp_path: Path) -> None:
    path = tmp_path / "x.textfsm"
    for text in (
        "Value Filldown\n",
        "Value X (\n\nStart\n",
        "Value X (\\S+)\nStart\n  ^${Y} -> Record\n",
        "",
        "Start\n  ^x -> -> Y\n",
    ):
        path.write_text(text)
        parse.template.cache_clear()
        with pytest.raises(ContentError, match=r"x\.textfsm"):
            parse.template(path)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["device", "platform", "outputs", "command", "file", "poll", "seconds", "role", "condition", "x"]
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=12,
)


@settings(LITTLE, max_examples=15)
@given(st.lists(JSON, max_size=3), JSON)
def test_any_manifest(devices: list[object], polls: object) -> None:
    with tempfile.TemporaryDirectory() as folder:
        told = {"vxcheck_snapshot": 1, "polls": polls, "devices": devices}
        (Path(folder) / "manifest.json").write_text(json.dumps(told))
        try:
            read = snapshot.read(Path(folder))
        except UsageError:
            return
        # What is read can be judged: it goes into the tables.
        loading.build(read, content.platforms())


@LITTLE
@given(st.text(max_size=60) | st.dictionaries(st.text(max_size=5), JSON, max_size=3).map(json.dumps))
def test_any_yaml(text: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "hosts.yaml"
        path.write_bytes(text.encode("utf-8", errors="surrogatepass"))
        for read in (inventory.load, lambda one: intent.load(one, {"a": ""})):
            try:
                read(path)
            except UsageError as error:
                assert str(path) in str(error)  # noqa: PT017


@LITTLE
@given(st.text(max_size=200))
def test_any_page(text: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.sql"
        path.write_text("SELECT 1")
        path.with_suffix(".md").write_bytes(text.encode("utf-8", errors="surrogatepass"))
        try:
            pages.read(path)
        except ContentError as error:
            assert str(folder) in str(error)  # noqa: PT017


def _commands() -> list[tuple[Platform, content.Command]]:
    return [(platform, command) for platform in content.platforms().values() for command in platform.commands]


@LITTLE
@given(st.integers(0, 10**6), st.text(max_size=300))
def test_any_output(number: int, text: str) -> None:
    """Text that no device printed gives no row, unless every line of it was understood."""
    platform, command = _commands()[number % len(_commands())]
    try:
        found = parse.parse(platform, command, text)
    except (parse.NotUnderstoodError, parse.RefusedError):
        return
    assert all(number <= len(text.splitlines()) for rows in found for where in rows.lines for number in where.values())


def test_waivers_that_are_changed(tmp_path: Path, vxcheck: Run) -> None:
    folder = tmp_path / "s"
    snapshot.write(Snapshot((Device("a", "linux"), Device("b", "vyos"), Device("bb", "linux"))), folder)
    chance = random.Random(7)
    for _ in range(12):
        text = fuzz.mutated(fuzz.INTENT, [fuzz.INTENT], chance)
        (folder / "intent.yaml").write_bytes(text.encode("utf-8", errors="surrogatepass"))
        ran = vxcheck("check", folder, "--check", "udp_port_mismatch")
        assert ran.status in (1, 2, 3), (text, ran.err)
