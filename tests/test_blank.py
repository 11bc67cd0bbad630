"""The schema that is kept as a file: the same as one that is made, and nothing where the file is no good."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from vxcheck import blank, fabric, schema

LISTS = (
    "SELECT view_name, sql FROM duckdb_views() WHERE NOT internal ORDER BY ALL",
    "SELECT table_name, sql FROM duckdb_tables() ORDER BY ALL",
    "SELECT table_name, column_name, data_type FROM duckdb_columns() WHERE NOT internal ORDER BY ALL",
    "SELECT function_name, parameters, macro_definition FROM duckdb_functions() WHERE NOT internal ORDER BY ALL",
)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Return the folder of a cache that nothing is in yet."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "it's a cache"))
    blank._file.cache_clear()
    yield tmp_path / "it's a cache" / "vxcheck"
    blank._file.cache_clear()


def holds(connection: duckdb.DuckDBPyConnection) -> list[list[tuple[object, ...]]]:
    return [connection.execute(one).fetchall() for one in LISTS]


def made() -> list[list[tuple[object, ...]]]:
    connection = duckdb.connect(":memory:")
    blank._make(connection)
    return holds(connection)


def kept(folder: Path) -> Path:
    (path,) = folder.iterdir()
    return path


def test_what_is_copied_is_what_is_made(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert holds(fabric.empty().connection) == made()
    blank._file.cache_clear()
    with monkeypatch.context() as patch:
        patch.setattr(blank, "_make", lambda _: pytest.fail("it is kept, and was made anew"))
        again = fabric.empty()
        before, after = fabric.two()
    assert holds(again.connection) == made()
    assert folder.stat().st_mode & 0o077 == 0
    assert list(again.views) == list(before.views) == list(after.views) == list(schema.views())
    assert [row for row in again.connection.execute("SHOW DATABASES").fetchall() if row[0] == "kept"] == []


def test_nothing_is_attached_any_more(folder: Path) -> None:
    for _ in range(2):
        for one in (fabric.empty(), *fabric.two()):
            with pytest.raises(duckdb.PermissionException):
                one.connection.execute(f"ATTACH '{folder / 'other.duckdb'}'".replace("it's", "it''s"))
            with pytest.raises(duckdb.Error, match="lock"):
                one.connection.execute("SET enable_external_access = true")


@pytest.mark.parametrize("content", [b"", b"not a database", b"\0" * 20_000])
def test_a_damaged_file_is_made_anew(folder: Path, content: bytes) -> None:
    fabric.empty()
    path = kept(folder)
    path.write_bytes(content)
    assert holds(fabric.empty().connection) == made()
    blank._file.cache_clear()
    assert holds(fabric.empty().connection) == made()
    assert kept(folder).stat().st_size > 50_000


def test_a_file_that_is_damaged_anywhere_is_made_anew_or_does_no_harm(folder: Path) -> None:
    fabric.empty()
    path, right = kept(folder), made()
    whole = path.read_bytes()
    for at in range(100, len(whole), 16384):
        path.write_bytes(whole[:at] + bytes(255 - byte for byte in whole[at : at + 500]) + whole[at + 500 :])
        assert holds(fabric.empty().connection) == right, f"damaged at {at}"


@pytest.mark.parametrize("whose", ["file", "folder"])
def test_what_others_can_write_is_not_opened(folder: Path, whose: str) -> None:
    fabric.empty()
    path = kept(folder)
    with duckdb.connect(path) as connection:
        connection.execute("CREATE TABLE foreign_one (x INTEGER)")
    (path if whose == "file" else folder).chmod(0o777)
    blank._file.cache_clear()
    assert holds(fabric.empty().connection) == made()


def test_where_nothing_can_be_kept(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder.parent.write_text("a file, and no folder")
    assert holds(fabric.empty().connection) == made()
    blank._file.cache_clear()
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setattr(Path, "home", lambda: (_ for _ in ()).throw(RuntimeError("no home")))
    assert holds(fabric.empty().connection) == made()
