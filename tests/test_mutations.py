"""Break every check's query in one place at a time: a case of its page must fail for each broken one.

All mutants of all checks are many: a run takes some of each check, the same ones every time. `make mutants` takes all.
"""

from __future__ import annotations

import dataclasses
import os
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from vxcheck import cases, fabric
from vxcheck.fabric import Fabric
from vxcheck.pages import Case, Check

from . import mutants
from .equivalent_mutants import EQUIVALENT
from .mutants import Mutant
from .test_checks import CHECKS
from .test_whole_lists import SHORTCUTS, compare_entries

SAMPLE = 0 if os.environ.get("VXCHECK_MUTANTS") == "all" else 4


def loaded(checked: Check, case: Case, *, entry_by_entry: bool) -> Fabric:
    """Return a case's fabric, made ready to run many queries: the views that the check reads are tables.

    Compared `entry_by_entry`, nothing is compared as a whole.
    """
    # A fabric's configuration is locked; here it is set.
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(fabric._CLOSING, "lock_configuration", "false")
        made = cases.fabric_of(case, checked)
    read = made.tables_read(checked.sql)
    if entry_by_entry:
        compare_entries(made)
    for name in sorted(made._names_in(checked.sql) & made.views.keys()):
        made.connection.execute(f"CREATE TABLE rows_of_{name} AS FROM {name}")
        made.connection.execute(f"DROP VIEW {name}")
        made.connection.execute(f"ALTER TABLE rows_of_{name} RENAME TO {name}")
    made.connection.execute("PRAGMA disable_optimizer")
    # Whatever a mutant reads, what is not covered stays the same.
    made.tables_read = lambda sql: read if sql else set()  # type: ignore[method-assign]
    return made


@dataclass(frozen=True)
class _Ready:
    """Hold a case's fabric, and what the right query gives there otherwise than the page says: what passed at most."""

    fabric: Fabric
    differences: list[str]


def _made_ready(checked: Check, case: Case) -> Iterator[_Ready]:
    read = fabric.empty()._views_read(checked.sql)
    for entry_by_entry in (False, True) if read & set(SHORTCUTS) else (False,):
        made = loaded(checked, case, entry_by_entry=entry_by_entry)
        found = cases.differences(checked, case, made)
        assert all(entry_by_entry and one.startswith("passed: ") for one in found), found
        yield _Ready(made, found)


def survives(mutant: Mutant, checked: Check, order: list[Case], ready: dict[str, list[_Ready]]) -> bool:
    """Tell whether every case of the page passes with a broken query; one that DuckDB refuses to run does not."""
    broken = dataclasses.replace(checked, sql=mutant.sql)
    for index, case in enumerate(order):
        if case.title not in ready:
            ready[case.title] = list(_made_ready(checked, case))
        if any(cases.differences(broken, case, one.fabric) != one.differences for one in ready[case.title]):
            # The case that tells this one from the right query will often tell the next one too.
            order.insert(0, order.pop(index))
            return False
    return True


def survivors(checked: Check, sample: int) -> Iterator[str]:
    """Yield the names of mutants that no case tells from the right query; `sample` 0 tries every one."""
    connection = fabric.empty().connection
    made = mutants.of(connection, checked.sql)
    if sample:
        made = sorted(made, key=lambda mutant: zlib.crc32(mutant.name.encode()))[:sample]
    order, ready = list(checked.cases), dict[str, list[_Ready]]()
    yield from (mutant.name for mutant in made if survives(mutant, checked, order, ready))


@pytest.mark.parametrize("checked", CHECKS.values(), ids=lambda each: each.name)
def test_no_mutant_survives(checked: Check) -> None:
    left = set(survivors(checked, SAMPLE)) - EQUIVALENT.get(checked.name, {}).keys()
    assert not left, f"{checked.path.with_suffix('.md')}: no case fails where the query is broken so: {sorted(left)}"


def test_equivalent_mutants_exist() -> None:
    connection = fabric.empty().connection
    for name, known in EQUIVALENT.items():
        assert known.keys() <= {mutant.name for mutant in mutants.of(connection, CHECKS[name].sql)}
        assert all(known.values())
