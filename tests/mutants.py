"""Break a check's query in one place at a time: each mutant is a query that must not pass its page's cases."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import duckdb

Node = dict[str, Any]
_OPPOSITES = {
    "COMPARE_EQUAL": ("COMPARE_NOTEQUAL",),
    "COMPARE_NOTEQUAL": ("COMPARE_EQUAL",),
    "COMPARE_LESSTHAN": ("COMPARE_LESSTHANOREQUALTO", "COMPARE_GREATERTHANOREQUALTO"),
    "COMPARE_LESSTHANOREQUALTO": ("COMPARE_LESSTHAN", "COMPARE_GREATERTHAN"),
    "COMPARE_GREATERTHAN": ("COMPARE_GREATERTHANOREQUALTO", "COMPARE_LESSTHANOREQUALTO"),
    "COMPARE_GREATERTHANOREQUALTO": ("COMPARE_GREATERTHAN", "COMPARE_LESSTHAN"),
    "COMPARE_DISTINCT_FROM": ("COMPARE_NOT_DISTINCT_FROM", "COMPARE_NOTEQUAL"),
    "COMPARE_NOT_DISTINCT_FROM": ("COMPARE_DISTINCT_FROM", "COMPARE_EQUAL"),
    "OPERATOR_IS_NULL": ("OPERATOR_IS_NOT_NULL",),
    "OPERATOR_IS_NOT_NULL": ("OPERATOR_IS_NULL",),
    "COMPARE_IN": ("COMPARE_NOT_IN",),
    "COMPARE_NOT_IN": ("COMPARE_IN",),
    "CONJUNCTION_AND": ("CONJUNCTION_OR",),
    "CONJUNCTION_OR": ("CONJUNCTION_AND",),
}
_FUNCTIONS = {"+": "-", "-": "+", "bool_or": "bool_and", "bool_and": "bool_or", "sum": "max", "greatest": "least"}
_TESTS = {"~~", "!~~", "~~*", "!~~*", "regexp_matches", "list_contains", "array_contains", "contains"}


@dataclass(frozen=True)
class Mutant:
    """Hold a broken query, and say where and how it is broken."""

    name: str
    sql: str


@dataclass(frozen=True)
class _Change:
    """Say what becomes of one node: `make` turns a copy of it into the broken one."""

    path: tuple[str | int, ...]
    how: str
    make: Callable[[Any], Any]


def of(connection: duckdb.DuckDBPyConnection, sql: str) -> list[Mutant]:
    """Return every mutant of a query, each once; some of them DuckDB may refuse to run."""
    row = connection.execute("SELECT json_serialize_sql(?::VARCHAR)", [sql]).fetchone()
    assert row
    tree = json.loads(row[0])
    found: dict[str, str] = {}
    for change in _changes(tree, ()):
        broken = copy.deepcopy(tree)
        _replace(broken, change)
        text = _sql(connection, broken)
        if text and text not in found:
            found[text] = f"{_place(tree, change.path, sql)}: {change.how}"
    # One piece of text may stand in a query twice.
    counted: dict[str, int] = {}
    mutants = []
    for text, name in found.items():
        counted[name] = counted.get(name, 0) + 1
        mutants.append(Mutant(name if counted[name] == 1 else f"{name} ({counted[name]})", text))
    return mutants


def _sql(connection: duckdb.DuckDBPyConnection, tree: Node) -> str:
    try:
        row = connection.execute("SELECT json_deserialize_sql(?::JSON)", [json.dumps(tree)]).fetchone()
    except duckdb.Error:
        return ""
    return row[0] if row else ""


def _replace(tree: Any, change: _Change) -> None:
    for step in change.path[:-1]:
        tree = tree[step]
    tree[change.path[-1]] = change.make(tree[change.path[-1]])


def _place(tree: Any, path: tuple[str | int, ...], sql: str) -> str:
    """Return the text of the query that a node, or the nearest one around it that tells, was read from."""
    text = "query"
    for step in path:
        tree = tree[step]
        if isinstance(tree, dict) and tree.get("query_location_length") and "class" in tree:
            start = tree["query_location"]
            text = " ".join(sql.encode()[start : start + tree["query_location_length"]].decode().split())
    return text


def _changes(node: Any, path: tuple[str | int, ...]) -> Iterator[_Change]:
    if isinstance(node, list):
        for index, child in enumerate(node):
            yield from _changes(child, (*path, index))
    if not isinstance(node, dict):
        return
    yield from _of_expression(node, path)
    if node.get("type") == "SELECT_NODE":
        yield from _of_select(node, path)
    if node.get("type") == "SET_OPERATION_NODE":
        for index in range(len(node["children"])):
            yield _Change((*path, "children"), f"drop part {index + 1}", _without(index))
        if not node["setop_all"]:
            yield _Change((*path, "setop_all"), "UNION ALL for UNION", lambda _: True)
    if node.get("type") == "JOIN" and node.get("join_type") == "LEFT":
        text = node["right"].get("alias") or node["right"].get("table_name", "")
        yield _Change((*path, "join_type"), f"JOIN {text} for LEFT JOIN", lambda _: "INNER")
    for name, child in node.items():
        # What EXISTS selects does not matter.
        if node.get("subquery_type") == "EXISTS" and name == "subquery":
            yield from _changes(child["node"]["where_clause"], (*path, name, "node", "where_clause"))
            continue
        # Evidence is what reports show beside a finding; the running labs prove it, no case can.
        if name == "select_list":
            for index, item in enumerate(child):
                if not _column(item).endswith("evidence"):
                    yield from _changes(item, (*path, name, index))
        elif name != "order_bys":
            yield from _changes(child, (*path, name))


def _column(item: Node) -> str:
    return str(item.get("alias") or (item.get("column_names") or [""])[-1])


def _of_expression(node: Node, path: tuple[str | int, ...]) -> Iterator[_Change]:
    kind = node.get("type", "")
    for other in _OPPOSITES.get(kind, ()):
        yield _Change((*path, "type"), f"{other} for {kind}", _always(other))
    if kind.startswith("CONJUNCTION"):
        for index in range(len(node["children"])):
            yield _Change((*path, "children"), f"drop term {index + 1}", _without(index))
    elif kind == "OPERATOR_COALESCE":
        for index in range(len(node["children"])):
            yield _Change((*path, "children"), f"drop value {index + 1}", _without(index))
    elif kind == "OPERATOR_NOT":
        yield _Change(path, "drop NOT", lambda broken: _named(broken, broken["children"][0]))
    elif kind == "CASE_EXPR":
        yield from _of_case(node, path)
    elif kind == "VALUE_CONSTANT":
        yield from _of_constant(node, path)
    elif node.get("class") == "SUBQUERY" and node.get("subquery_type") == "EXISTS":
        yield _Change(path, "NOT EXISTS for EXISTS", _negated)
    elif node.get("class") == "FUNCTION":
        name = node["function_name"]
        if name in _FUNCTIONS and len(node["arguments"]) > (name in "+-"):
            yield _Change(path, f"{_FUNCTIONS[name]} for {name}", _called(_FUNCTIONS[name]))
        if name in _TESTS:
            yield _Change(path, "negate", _negated)
        if node.get("filter"):
            yield _Change((*path, "filter"), "drop FILTER", lambda _: None)
        if node.get("distinct"):
            yield _Change((*path, "distinct"), "drop DISTINCT", lambda _: False)
    elif node.get("class") == "WINDOW":
        for index in range(len(node["partitions"])):
            yield _Change((*path, "partitions"), f"drop partition {index + 1}", _without(index))


def _of_case(node: Node, path: tuple[str | int, ...]) -> Iterator[_Change]:
    for index in range(len(node["case_checks"])):
        if len(node["case_checks"]) > 1:
            yield _Change((*path, "case_checks"), f"drop branch {index + 1}", _without(index))
        else:
            yield _Change(path, "drop its branch", lambda broken: _named(broken, broken["else_expr"]))
            yield _Change(path, "take its branch", lambda broken: _named(broken, broken["case_checks"][0]["then_expr"]))
    if node["else_expr"].get("type") != "VALUE_CONSTANT" or (node["else_expr"].get("literal") or {}).get("text"):
        yield _Change((*path, "else_expr"), "drop ELSE", lambda _: _NULL)


_NULL = {
    "class": "CONSTANT",
    "type": "VALUE_CONSTANT",
    "alias": "",
    "query_location": 0,
    "literal": {"kind": "NULL_LITERAL", "text": ""},
}


def _of_constant(node: Node, path: tuple[str | int, ...]) -> Iterator[_Change]:
    literal = node.get("literal") or {}
    text = literal.get("text")
    if literal.get("kind") == "INTEGER" and text:
        yield _Change((*path, "literal", "text"), "one more", lambda value: str(int(value) + 1))
    elif literal.get("kind") == "STRING":
        yield _Change((*path, "literal", "text"), "another text", lambda value: f"{value}~")
    elif literal.get("kind") == "BOOLEAN":
        yield _Change((*path, "literal", "text"), "the opposite", lambda value: {"true": "false"}.get(value, "true"))


def _of_select(node: Node, path: tuple[str | int, ...]) -> Iterator[_Change]:
    for index, modifier in enumerate(node["modifiers"]):
        if modifier["type"] == "DISTINCT_MODIFIER":
            yield _Change((*path, "modifiers"), "drop DISTINCT", _without(index))
    for clause in ("where_clause", "having", "qualify"):
        if node[clause] and not node[clause]["type"].startswith("CONJUNCTION"):
            yield _Change((*path, clause), f"drop {clause}", lambda _: None)
    twins = _twins(node["from_table"])
    equated = set(_equated(node["from_table"]))
    for name in ("select_list", "where_clause", "from_table"):
        for where, column in _columns(node[name], (*path, name)):
            alias, *rest = column["column_names"]
            if not rest or rest[0].endswith("evidence"):
                continue
            for twin in twins.get(alias, ()):
                if frozenset({(alias, rest[0]), (twin, rest[0])}) not in equated:
                    yield _Change(where, f"{twin} for {alias}", _of_table(twin))


def _columns(node: Any, path: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], Node]]:
    """Yield the columns that a part of a query reads by table and name, subqueries' own left out."""
    if isinstance(node, list):
        for index, child in enumerate(node):
            yield from _columns(child, (*path, index))
    elif isinstance(node, dict):
        if path[-2:-1] == ("select_list",) and _column(node).endswith("evidence"):
            return
        if node.get("type") == "COLUMN_REF":
            yield path, node
        elif "cte_map" not in node:
            for name, child in node.items():
                yield from _columns(child, (*path, name))


def _twins(table: Any) -> dict[str, list[str]]:
    """Return, by alias, the other aliases under which the same table is joined."""
    names = list(_aliases(table))
    return {a: [other for other, same in names if same == name and other != a] for a, name in names}


def _aliases(table: Any) -> Iterator[tuple[str, str]]:
    if not isinstance(table, dict):
        return
    if table.get("type") == "BASE_TABLE":
        yield table["alias"] or table["table_name"], table["table_name"]
    elif table.get("type") == "JOIN":
        yield from _aliases(table["left"])
        yield from _aliases(table["right"])


def _equated(table: Any) -> Iterator[frozenset[tuple[str, str]]]:
    """Yield the pairs of columns that a join demands to be equal."""
    if isinstance(table, list):
        for child in table:
            yield from _equated(child)
    elif isinstance(table, dict) and "cte_map" not in table:
        if table.get("type") == "COMPARE_EQUAL":
            sides = [side.get("column_names", []) for side in (table["left"], table["right"])]
            if all(len(side) == 2 for side in sides):
                yield frozenset((side[0], side[1]) for side in sides)
        for child in table.values():
            yield from _equated(child)


def _named(old: Node, new: Node) -> Node:
    """Return a node under the name that the one had in whose place it comes."""
    return {**new, "alias": old.get("alias", "")}


def _always(text: str) -> Callable[[Any], Any]:
    return lambda _: text


def _without(index: int) -> Callable[[list[Any]], list[Any]]:
    return lambda items: [item for at, item in enumerate(items) if at != index]


def _negated(node: Node) -> Node:
    return {
        "class": "OPERATOR",
        "type": "OPERATOR_NOT",
        "alias": node.get("alias", ""),
        "query_location": 0,
        "children": [{**node, "alias": ""}],
    }


def _called(name: str) -> Callable[[Node], Node]:
    def make(node: Node) -> Node:
        broken = {**node, "function_name": name}
        if "qualified_name" in node:
            broken["qualified_name"] = {**node["qualified_name"], "path": [name]}
        return broken

    return make


def _of_table(alias: str) -> Callable[[Node], Node]:
    return lambda node: {**node, "column_names": [alias, *node["column_names"][1:]]}
