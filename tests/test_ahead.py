"""What is known of queries ahead is what DuckDB makes of them, and is used of nothing else."""

from __future__ import annotations

import json
from collections.abc import Iterator

import duckdb
import pytest

from tests import docs
from vxcheck import ahead, fabric, pages, schema


@pytest.fixture(autouse=True)
def anew(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(fabric, "_NAMES", {})
    monkeypatch.setattr(fabric, "_KINDS", {})
    queries = ahead._queries
    queries.cache_clear()
    yield
    queries.cache_clear()


def test_it_is_what_duckdb_makes_of_the_queries() -> None:
    written = docs.AHEAD.read_text(encoding="utf-8")
    if json.loads(written)["duckdb"] != duckdb.__version__:
        assert ahead.names(next(iter(pages.load().values())).sql) is None, "of another release nothing is known ahead"
        pytest.skip(f"it was written with DuckDB {json.loads(written)['duckdb']}; this is {duckdb.__version__}")
    assert written == docs.read_ahead(), "run `make docs`"


def test_of_a_changed_query_or_schema_duckdb_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    sql = pages.load()["udp_port_mismatch"].sql
    monkeypatch.setattr(ahead, "_queries", lambda: {ahead._digest(sql): {"names": ["nobody"], "columns": {"a": "B"}}})
    made = fabric.empty()
    assert (ahead.names(sql), made.kinds(sql)) == (frozenset({"nobody"}), {"a": "B"})
    assert ahead.names(f"{sql} ") is None
    assert made.kinds(f"{sql}\n")["device"] == "VARCHAR"
    assert "vteps" in made.tables_read(f"{sql}\n")


def test_it_holds_for_one_schema(monkeypatch: pytest.MonkeyPatch) -> None:
    text = schema.text
    monkeypatch.setattr(schema, "text", lambda name="tables.sql": text(name) + "-- another line\n")
    assert not ahead._queries()
