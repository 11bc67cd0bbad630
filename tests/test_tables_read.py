"""What the checks read is found out together, and what is not known is looked up once a run."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from tests import large
from vxcheck import ahead, check, fabric, pages
from vxcheck.errors import UsageError
from vxcheck.fabric import Fabric


def test_what_is_not_known_is_looked_up_anew_for_every_run() -> None:
    made = large.load(large.Size(3, 2, 100))
    chosen = {name: pages.load()[name] for name in ("udp_port_mismatch", "ttl_too_small")}
    assert not [one for one in check.run(made, chosen).results if one.reason == "answer refused"]
    made.connection.execute(
        "UPDATE coverage SET covered = false, reason = 'answer refused' WHERE device = ? AND table_name = 'vteps'",
        [large.leaf(1)],
    )
    not_run = {(one.check, one.device) for one in check.run(made, chosen).results if one.reason == "answer refused"}
    assert not_run == {(name, large.leaf(1)) for name in chosen}


def test_the_reasons_of_several_tables_are_told_each_once() -> None:
    made = fabric.empty()
    rows = [("a", "vteps", False, "y"), ("a", "vnis", False, "x"), ("a", "macs", False, "y"), ("b", "vnis", True, "")]
    fabric.insert(made.connection, "coverage", ["device", "table_name", "covered", "reason"], rows)
    with made.standing([]):
        assert made.lacking(["vteps", "vnis", "macs"]) == {"a": "x; y"}
        assert made.lacking(["routes"]) == {}


def test_names_are_found_in_one_statement_a_layer_of_views(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[list[str]] = []
    read = Fabric.read_names

    def counted(made: Fabric, queries: Sequence[str]) -> tuple[dict[str, frozenset[str]], dict[str, str]]:
        asked.append(list(queries))
        return read(made, queries)

    monkeypatch.setattr(fabric, "_NAMES", {})
    monkeypatch.setattr(Fabric, "read_names", counted)
    monkeypatch.setattr(ahead, "_queries", dict)
    made = fabric.empty()
    queries = [one.sql for one in pages.load().values()]
    with made.standing(queries):
        statements = len(asked)
        assert all(made.tables_read(sql) for sql in queries)
    assert statements < 10 < len(queries)
    assert len(asked) == statements, "nothing is asked a second time"


def test_a_query_that_cannot_be_read_keeps_no_other_from_being_read() -> None:
    made = fabric.empty()
    with made.standing(["SELECT device FROM", "SELECT device FROM vteps"]):
        assert made.tables_read("SELECT device FROM vteps") == {"vteps"}
        with pytest.raises(UsageError, match="cannot be read"):
            made.tables_read("SELECT device FROM")
