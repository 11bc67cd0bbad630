"""Read YAML with its line numbers, and hold it against a JSON schema: a mistake is one line with file, line and key.

Of JSON Schema it knows what our schemas use; an unknown keyword in one is a mistake of ours, and raises.
"""

from __future__ import annotations

import difflib
import ipaddress
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from vxcheck.errors import UsageError

_TYPES: dict[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str, date),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
}
_WORDS = {
    "object": "a mapping",
    "array": "a list",
    "string": "a text",
    "integer": "a whole number",
    "number": "a number",
}
_FORMATS: dict[str, tuple[Callable[[str], bool], str]] = {
    "date": (lambda text: bool(date.fromisoformat(text)), "a day, such as 2026-12-31"),
    "ip": (lambda text: bool(ipaddress.ip_address(text)), "an IP address"),
    "multicast": (lambda text: ipaddress.ip_address(text).is_multicast, "the address of a multicast group"),
}


@dataclass(frozen=True)
class Lined:
    """Hold a YAML file's content and lines."""

    path: Path
    content: Any
    lines: tuple[str, ...] = field(repr=False)


def read(path: Path) -> Lined:
    """Read a YAML file. Raises UsageError with file and line."""
    import ruamel.yaml

    try:
        text = path.read_text(encoding="utf-8")
        content = ruamel.yaml.YAML().load(text)
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{path}: not UTF-8 text") from error
    except ruamel.yaml.error.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        words = " ".join((error.problem or str(error)).split())
        raise UsageError(f"{path}: line {line}: not YAML: {words}") from error
    except (ruamel.yaml.error.YAMLError, ValueError) as error:
        raise UsageError(f"{path}: not YAML: {' '.join(str(error).split())}") from error
    return Lined(path, content, tuple(text.splitlines()))


def line_of(node: Any, key: Any) -> int:
    """Return the line (from 1) on which a key of a mapping, or an item of a list, stands."""
    lines = getattr(node, "lc", None)
    if lines is None:
        return 1
    at = lines.key(key) if isinstance(node, Mapping) else lines.item(key)
    return int(at[0]) + 1


def require(lined: Lined, schema: Mapping[str, Any]) -> None:
    """Raise UsageError at the first place where the content is not of the schema."""
    _Holding(lined.path, schema).require(lined.content, schema, 1, "")


@dataclass(frozen=True)
class _Holding:
    path: Path
    root: Mapping[str, Any]

    def require(self, node: Any, schema: Mapping[str, Any], line: int, key: str) -> None:
        if "$ref" in schema:
            target: Any = self.root
            for part in schema["$ref"].removeprefix("#/").split("/"):
                target = target[part]
            self.require(node, target, line, key)
        where = f"{self.path}: line {line}: " + (f"{key}: " if key else "")
        for keyword, told in schema.items():
            self._require_keyword(node, keyword, told, schema, (line, key, where))

    def _require_keyword(
        self, node: Any, keyword: str, told: Any, schema: Mapping[str, Any], place: tuple[int, str, str]
    ) -> None:
        line, key, where = place
        match keyword:
            case "type":
                kinds = [told] if isinstance(told, str) else told
                if not any(_is(node, kind) for kind in kinds):
                    words = " or ".join(_WORDS.get(kind, kind) for kind in kinds)
                    raise UsageError(f"{where}must be {words}, not {_shown(node)}")
            case "enum":
                if node not in told or isinstance(node, bool):
                    raise UsageError(f"{where}must be {' or '.join(told)}, not {_shown(node)}")
            case "minimum" | "maximum":
                if node < told if keyword == "minimum" else node > told:
                    raise UsageError(f"{where}must be {schema['minimum']} to {schema['maximum']}, not {node}")
            case "minItems" | "minLength":
                if len(str(node).strip() if keyword == "minLength" else node) < told:
                    raise UsageError(f"{where}must not be empty")
            case "format":
                self._require_format(node, told, where)
            case "required":
                for name in told:
                    if name not in node:
                        raise UsageError(f"{where}{name}: missing")
            case "propertyNames":
                for name in node:
                    if not re.search(told["pattern"], str(name)):
                        raise UsageError(
                            f"{self.path}: line {line_of(node, name)}: {key}: {name!r} is no VNI, nor a range"
                        )
            case "items":
                for index, item in enumerate(node):
                    self.require(item, told, line_of(node, index), f"{key}[{index}]")
            case "properties" | "additionalProperties":
                self._require_properties(node, keyword, schema, key)
            case "anyOf":
                if not any(self._holds(node, one, line, key) for one in told):
                    raise UsageError(f"{where}must be a text, a number, a truth, or a list of them, not {_shown(node)}")
            case "$schema" | "$defs" | "$ref" | "title" | "description":
                pass
            case _:
                raise AssertionError(f"the schema's keyword {keyword} is not known")

    def _require_properties(self, node: Mapping[Any, Any], keyword: str, schema: Mapping[str, Any], key: str) -> None:
        known: Mapping[str, Any] = schema.get("properties", {})
        for name, item in node.items():
            line = line_of(node, name)
            inner = f"{key}.{name}" if key else str(name)
            if keyword == "properties":
                if name in known:
                    self.require(item, known[name], line, inner)
            elif name not in known and schema["additionalProperties"] is False:
                near = difflib.get_close_matches(str(name), known, 1)
                hint = f"did you mean {near[0]}?" if near else f"known are {', '.join(known)}"
                at = f"{key}: " if key else ""
                raise UsageError(f"{self.path}: line {line}: {at}unknown key {name!r}; {hint}")
            elif name not in known:
                self.require(item, schema["additionalProperties"], line, inner)

    def _holds(self, node: Any, schema: Mapping[str, Any], line: int, key: str) -> bool:
        try:
            self.require(node, schema, line, key)
        except UsageError:
            return False
        return True

    @staticmethod
    def _require_format(node: Any, name: str, where: str) -> None:
        check, words = _FORMATS[name]
        try:
            if check(str(node)):
                return
        except ValueError:
            pass
        raise UsageError(f"{where}must be {words}, not {_shown(node)}")


def _is(node: Any, kind: str) -> bool:
    # YAML reads `yes` as a truth, and a truth is an int to Python.
    return isinstance(node, _TYPES[kind]) and (kind == "boolean" or not isinstance(node, bool))


def _shown(node: Any) -> str:
    if node is None:
        return "nothing"
    if isinstance(node, Mapping):
        return "a mapping"
    return "a list" if isinstance(node, list) else repr(str(node) if isinstance(node, date) else node)
