"""Fill a database with the schema: copied from a file that is kept, in a tenth of the time that making it takes.

The file is in the user's cache folder, named after what it holds and the release of DuckDB. It has no rows, and nobody
misses it: where it cannot be kept or read, the schema is made anew.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import suppress
from functools import cache
from pathlib import Path

import duckdb

from vxcheck import schema

_KEPT = "kept"


def fill(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the schema's tables and views in the connection's current database; it may still open files."""
    path = _file()
    if path is None or not _copied(connection, path):
        _make(connection)


def _make(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute(schema.text())
    connection.execute(schema.text("views.sql"))


def _copied(connection: duckdb.DuckDBPyConnection, path: Path) -> bool:
    (catalog,) = connection.execute("SELECT current_database()").fetchone() or ("memory",)
    try:
        _attach(connection, path, "READ_ONLY")
        try:
            connection.execute(f'COPY FROM DATABASE {_KEPT} TO "{catalog}" (SCHEMA)')
        finally:
            connection.execute(f"DETACH {_KEPT}")
    except duckdb.Error:
        # Damaged, it is of no use to anybody: the next process writes it anew.
        with suppress(OSError):
            path.unlink()
        return False
    return True


@cache
def _file() -> Path | None:
    """Return the kept file, written first where it is missing; None where it cannot be kept, or is somebody else's."""
    try:
        folder = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "vxcheck"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = folder / f"schema-{schema.mark()[:16]}-{duckdb.__version__}.duckdb"
        if not path.exists():
            _write(path)
        return path if _is_ours(folder) and _is_ours(path) else None
    except (OSError, RuntimeError, duckdb.Error):
        return None


def _write(path: Path) -> None:
    """Write the file beside its place first: whoever looks there finds all of it or nothing."""
    beside = Path(tempfile.mkdtemp(prefix="new-", dir=path.parent))
    try:
        with duckdb.connect(":memory:") as connection:
            _attach(connection, beside / path.name, "BLOCK_SIZE 16384")
            connection.execute(f"USE {_KEPT}")
            _make(connection)
            connection.execute("USE memory")
            connection.execute(f"DETACH {_KEPT}")
        (beside / path.name).replace(path)
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def _attach(connection: duckdb.DuckDBPyConnection, path: Path, option: str) -> None:
    quoted = str(path).replace("'", "''")
    connection.execute(f"ATTACH '{quoted}' AS {_KEPT} ({option})")


def _is_ours(path: Path) -> bool:
    """Tell whether nobody but this user (and root) can have written something there."""
    about = path.lstat()
    return about.st_uid == os.geteuid() and not about.st_mode & 0o022
