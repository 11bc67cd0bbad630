"""What DuckDB makes of the queries that come with vxcheck, worked out ahead: to ask it takes longer than to run them.

`make docs` writes ahead.json. It holds for one release of DuckDB and one text of the schema, and each entry for one
text of a query, by their hashes; of all others DuckDB is asked.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any

import duckdb

from vxcheck import schema

FILE = "ahead.json"


def names(sql: str) -> frozenset[str] | None:
    """Return the tables and views that a query names itself; None where that is not known ahead."""
    told = _queries().get(_digest(sql))
    return frozenset(told["names"]) if told else None


def columns(sql: str) -> dict[str, str] | None:
    """Return the types of the columns that a query gives, by name; None where that is not known ahead."""
    told: dict[str, str] | None = _queries().get(_digest(sql), {}).get("columns")
    return told


def text(read: Mapping[str, frozenset[str]], given: Mapping[str, dict[str, str]]) -> str:
    """Return the text of ahead.json: the names that each query reads, and the columns that some of them give."""
    queries = {
        _digest(sql): {"names": sorted(found)} | ({"columns": given[sql]} if sql in given else {})
        for sql, found in read.items()
    }
    lines = (f"{json.dumps(key)}: {json.dumps(queries[key])}" for key in sorted(queries))
    told = ",\n".join(lines)
    return f'{{"duckdb": "{duckdb.__version__}", "schema": "{schema.mark()}", "queries": {{\n{told}\n}}}}\n'


@cache
def _queries() -> dict[str, dict[str, Any]]:
    told = json.loads(resources.files("vxcheck").joinpath(FILE).read_text(encoding="utf-8"))
    same = (told["duckdb"], told["schema"]) == (duckdb.__version__, schema.mark())
    return told["queries"] if same else {}


def _digest(words: str) -> str:
    return hashlib.sha256(words.encode()).hexdigest()
