"""The pytest plugin: `pytest --vxcheck SOURCE` makes a test item of each check on each device, and gives a fixture.

Devices are asked once a run: under pytest-xdist the controller asks them, and its workers read the snapshot that it
leaves.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import pytest

if TYPE_CHECKING:
    from vxcheck.api import Vxlan
    from vxcheck.check import DeviceState, Result

_PREFIX = "vxcheck::"
_OPTIONS = ("device", "polls", "interval", "known_hosts", "parsers", "checks", "allow_commands")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add --vxcheck and what the command line of vxcheck has beside it."""
    group = parser.getgroup("vxcheck", "checks of a VXLAN fabric")
    group.addoption(
        "--vxcheck",
        metavar="SOURCE",
        help="check this nornir inventory or snapshot: one test item per check and device, and the fixture vxlan",
    )
    group.addoption("--vxcheck-device", metavar="NAME", action="append", help="ask only this one (globs; repeatable)")
    group.addoption("--vxcheck-check", metavar="NAME", action="append", help="run only this one (globs; repeatable)")
    group.addoption("--vxcheck-polls", metavar="N", type=int, help="looks at the counters (1)")
    group.addoption("--vxcheck-interval", metavar="S", type=float, help="seconds between looks (5)")
    group.addoption("--vxcheck-known-hosts", metavar="FILE", type=Path, help="known host keys (~/.ssh/known_hosts)")
    group.addoption("--vxcheck-parsers", metavar="DIR", type=Path, action="append", help="more parsers")
    group.addoption(
        "--vxcheck-allow-commands", action="store_true", default=None, help="send what --vxcheck-parsers adds"
    )
    group.addoption("--vxcheck-checks", metavar="DIR", type=Path, action="append", help="more checks")


def pytest_configure(config: pytest.Config) -> None:
    """Take node ids of our own items off the paths that pytest would look for."""
    worker = getattr(config, "workerinput", None)
    if worker is not None:
        config.stash[_WANTED] = worker.get("vxcheck_wanted")
        if config.stash[_WANTED]:
            config.args = worker["vxcheck_args"]
    else:
        wanted = [argument for argument in config.args if argument.startswith(_PREFIX)]
        config.stash[_WANTED] = wanted
        if wanted:
            config.args = [argument for argument in config.args if argument not in wanted]
    if config.getoption("--vxcheck"):
        config.pluginmanager.register(_Plugin(config), "vxcheck-items")
    elif config.stash[_WANTED]:
        raise pytest.UsageError(f"{config.stash[_WANTED][0]} needs --vxcheck SOURCE")


_WANTED = pytest.StashKey[list[str]]()
_VXLAN = pytest.StashKey["Vxlan"]()


@pytest.fixture(scope="session")
def vxlan(request: pytest.FixtureRequest) -> Vxlan:
    """Give what the devices of --vxcheck SOURCE said: see docs/pytest.md. They are asked once a run."""
    plugin = request.config.pluginmanager.get_plugin("vxcheck-items")
    if plugin is None:
        pytest.fail("the fixture vxlan needs a fabric: give pytest --vxcheck SOURCE", pytrace=False)
    assert isinstance(plugin, _Plugin)
    return plugin.vxlan


class _Plugin:
    """Hold the one look at the fabric that a run has, and make items of it."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.folder: Path | None = None

    @property
    def vxlan(self) -> Vxlan:
        if _VXLAN not in self.config.stash:
            worker: dict[str, Any] | None = getattr(self.config, "workerinput", None)
            self.config.stash[_VXLAN] = self._open(Path(worker["vxcheck_snapshot"]) if worker else None)
        return self.config.stash[_VXLAN]

    def _open(self, snapshot: Path | None) -> Vxlan:
        import vxcheck
        from vxcheck.errors import UsageError

        options = {}
        for name in _OPTIONS:
            value = self.config.getoption(f"vxcheck_{name}")
            if value is not None:
                options[name] = value
        capture: Any = self.config.pluginmanager.get_plugin("capturemanager")
        try:
            # A password may have to be asked for, and progress is shown.
            with capture.global_and_fixture_disabled() if capture else nullcontext():
                return vxcheck.open(snapshot or self.config.getoption("--vxcheck"), **options)
        except UsageError as error:
            raise pytest.UsageError(f"--vxcheck: {error}") from error

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        """Leave a snapshot for pytest-xdist's workers: the devices are asked once."""
        from vxcheck import snapshot

        if self.folder is None:
            self.folder = Path(tempfile.mkdtemp(prefix="vxcheck-"))
            snapshot.write(self.vxlan.opened.snapshot, self.folder / "snapshot")
        node.workerinput["vxcheck_snapshot"] = str(self.folder / "snapshot")
        node.workerinput["vxcheck_wanted"] = self.config.stash[_WANTED]
        node.workerinput["vxcheck_args"] = self.config.args

    def pytest_unconfigure(self) -> None:
        """Remove the workers' snapshot."""
        if self.folder is not None:
            shutil.rmtree(self.folder, ignore_errors=True)

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(self, session: pytest.Session, items: list[pytest.Item]) -> None:
        """Add the items, before others select among all of them."""
        mine = list(_Fabric.from_parent(session, name="vxcheck", nodeid="vxcheck", vxlan=self.vxlan).collect())
        names = self.config.getoption("vxcheck_check") or []
        mine = [item for item in mine if not names or item.asked_by(names)]
        wanted = self.config.stash[_WANTED]
        if wanted:
            missing = [one for one in wanted if not any(item.wanted_as(one) for item in mine)]
            if missing:
                raise pytest.UsageError(f"{missing[0]}: there is no such item; pytest --collect-only lists them")
            mine = [item for item in mine if any(item.wanted_as(one) for one in wanted)]
        items[:0] = mine

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """Say the verdict, and the warnings that no item fails for."""
        from vxcheck import report

        if _VXLAN not in self.config.stash:
            return
        found = self.vxlan.report
        terminalreporter.section("vxcheck")
        terminalreporter.line(report.headline(found))
        for finding in found.findings:
            if finding.severity != "error":
                terminalreporter.line(f"{finding.severity}: {finding.check}: {finding.message}")


class _Fabric(pytest.Collector):
    """Make the items of one fabric."""

    def __init__(self, *, vxlan: Vxlan, **rest: Any) -> None:
        super().__init__(**rest)
        self.vxlan = vxlan

    def collect(self) -> Iterator[_Item]:
        yield _Examined.from_parent(self, **_named("examined"), vxlan=self.vxlan)
        for device in self.vxlan.report.devices:
            if device.condition != "left out":
                yield _Collected.from_parent(self, **_named(f"collected[{device.name}]"), state=device)
        # Causes come first, so that `-x` stops at one.
        results = sorted(self.vxlan.report.results, key=lambda one: all(fault.explained_by for fault in one.faults))
        for result in results:
            yield _Checked.from_parent(self, **_named(f"{result.check}[{result.device}]"), result=result)


def _named(name: str) -> dict[str, str]:
    # Given whole, the node id is told apart into name and parameters as pytest does with its own.
    return {"name": name, "nodeid": f"{_PREFIX}{name}"}


def _not_examined(why: str) -> NoReturn:
    """End an item's setup, which makes it an error: what should have been examined and was not is never a skip."""
    pytest.fail(why, pytrace=False)


class FaultError(Exception):
    """Carry a result's faults as text."""


class _Item(pytest.Item):
    """Be an item of ours: its failures are told in words, without a traceback."""

    def wanted_as(self, argument: str) -> bool:
        """Tell whether an argument means it: `vxcheck::` all, `vxcheck::CHECK` on all devices, or its whole node id."""
        return argument in (_PREFIX, self.nodeid.partition("[")[0], self.nodeid)

    def asked_by(self, _names: Sequence[str]) -> bool:
        return True

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        return str(excinfo.value) if isinstance(excinfo.value, FaultError) else super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[str, None, str]:
        return "vxcheck", None, self.name


class _Examined(_Item):
    """Fail where nothing at all was examined: a run of skips is not green."""

    def __init__(self, *, vxlan: Vxlan, **rest: Any) -> None:
        super().__init__(**rest)
        self.vxlan = vxlan

    def setup(self) -> None:
        report = self.vxlan.report
        if not report.examined or not any(device.vxlan for device in report.devices):
            _not_examined(
                "nothing was examined: "
                + (
                    "see what was not run"
                    if any(d.vxlan for d in report.devices)
                    else "no device is known to be a VTEP"
                )
            )

    def runtest(self) -> None:
        """Pass: `setup` has said what there is to say."""


class _Collected(_Item):
    """Be in error where a device could not be collected."""

    def __init__(self, *, state: DeviceState, **rest: Any) -> None:
        super().__init__(**rest)
        self.state = state

    def setup(self) -> None:
        if self.state.condition != "collected":
            _not_examined(f"{self.state.name}: {self.state.condition}: {self.state.reason}")

    def runtest(self) -> None:
        """Pass: `setup` has said what there is to say."""


class _Checked(_Item):
    """Be one check's result on one device."""

    def __init__(self, *, result: Result, **rest: Any) -> None:
        super().__init__(**rest)
        self.result = result
        self.user_properties.append(("examined", result.examined))

    def asked_by(self, names: Sequence[str]) -> bool:
        from fnmatch import fnmatchcase

        return any(fnmatchcase(self.result.check, name) for name in names)

    def setup(self) -> None:
        from vxcheck.check import NOT_APPLICABLE, NOT_ASKED, NOT_RUN

        if self.result.status == NOT_RUN:
            _not_examined(f"{self.result.check} was not run on {self.result.device}: {self.result.reason}")
        if self.result.status in (NOT_APPLICABLE, NOT_ASKED):
            pytest.skip(f"{self.result.status.replace('_', ' ')}: {self.result.reason}")

    def runtest(self) -> None:
        from vxcheck.api import describe
        from vxcheck.check import FAILED, WAIVED

        if self.result.status == FAILED:
            raise FaultError("\n\n".join(describe(self.result)))
        if self.result.status == WAIVED:
            pytest.xfail(f"waived: {self.result.reason}")


def pytest_assertrepr_compare(op: str, left: object, right: object) -> list[str] | None:
    """Say of sets that the devices showed what is missing, what is more, and on which line it stands."""
    if op != "==":
        return None
    from vxcheck.api import Found

    found, other = (left, right) if isinstance(left, Found) else (right, left)
    if not isinstance(found, Found) or not isinstance(other, (set, frozenset)):
        return None

    def words(values: frozenset[Any] | set[Any]) -> str:
        return ", ".join(str(value) for value in sorted(values, key=str)) or "none"

    lines = [f"{found.about}: {words(found)}; expected: {words(other)}"]
    if other - found:
        lines.append(f"missing: {words(other - found)}")
    for value in sorted(found - other, key=str):
        line = found.evidence[value]
        lines += [
            f"not expected: {value}",
            f"  {line.device}: {line.command}, line {line.number}",
            f"    | {line.line}",
        ]
    return lines
