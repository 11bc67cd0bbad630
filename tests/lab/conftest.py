"""Share one running lab of each topology among all tests of a session."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest

from . import verdict
from .evpn import EVPN
from .headend import HEADEND
from .lab import Lab, running
from .requirements import missing
from .seed import SEED
from .topology import Topology
from .traffic import converge


@pytest.fixture(autouse=True)
def _unconfirmed(record_property: Callable[[str, object], None]) -> Iterator[None]:
    verdict.unconfirmed.clear()
    yield
    if verdict.unconfirmed:
        record_property("unconfirmed", list(verdict.unconfirmed))


@pytest.fixture(scope="session")
def seed_lab() -> Iterator[Lab]:
    """Give the running seed lab; a test that breaks it must mend it."""
    yield from _shared(SEED)


@pytest.fixture(scope="session")
def headend_lab() -> Iterator[Lab]:
    """Give the running lab of four head-end VTEPs; a test that breaks it must mend it."""
    yield from _shared(HEADEND)


@pytest.fixture(scope="session")
def evpn_lab() -> Iterator[Lab]:
    """Give the running EVPN lab, converged; a test that breaks it must mend it and let it converge again."""
    yield from _shared(EVPN)


@pytest.fixture(scope="session")
def healthy_look(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Topology], Path]:
    """Give a snapshot of a topology's lab as it is when nothing is wrong; each is made once."""

    @cache
    def look(topology: Topology) -> Path:
        folder = tmp_path_factory.mktemp("healthy")

        def once() -> Path:
            snapshot = verdict.fresh(folder)
            verdict.healthy(lab, save=snapshot)
            return snapshot

        with running(topology) as lab:
            return verdict.eventually(once)

    return look


def _shared(topology: Topology) -> Iterator[Lab]:
    reason = missing(topology)
    if reason:
        pytest.skip(f"no {topology.name} lab here: {reason}")
    with running(topology) as lab:
        converge(lab)
        yield lab
