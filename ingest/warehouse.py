"""Opening warehouses: the only place that connects to DuckDB, always without a network and never in a reader's way."""

from __future__ import annotations

import threading
from datetime import datetime
from pathlib import Path

import duckdb

from ingest import generations, landed
from ingest.errors import Code, UserError
from ingest.files import private_folder
from ingest.generations import Found

NO_EXTENSIONS: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
}
HARDENING = threading.Lock()
LEFT_BY_DBT = ("__dbt_tmp", "__dbt_backup")


def connect(path: Path, read_only: bool = True) -> duckdb.DuckDBPyConnection:
    """A hardened connection: no extension is fetched, no other file can be reached, times are UTC, settings locked.

    Raises UserError (E_PUBLISHED) where the file is no warehouse this version can read.
    """
    try:
        con = duckdb.connect(str(path), read_only=read_only, config=dict(NO_EXTENSIONS))
    except (duckdb.IOException, duckdb.SerializationException, duckdb.InternalException) as error:
        fix = "Run leakreview refresh to build it anew"
        raise UserError(Code.E_PUBLISHED, "the warehouse cannot be opened", path.name, fix) from error
    return _harden(con, path.parent / "tmp")


def reader(*readable: Path) -> duckdb.DuckDBPyConnection:
    """A hardened connection in memory that may read the Parquet files of some folders."""
    con = duckdb.connect(":memory:", config=dict(NO_EXTENSIONS))
    return _harden(con, readable[0].parent / "tmp", *readable)


def published(home: Path, as_of: str | datetime | None = None) -> Found:
    """The generation to read: the current one, or the one built for an as_of (as the call said it, or the moment).

    Raises UserError (E_PUBLISHED) where there is none.
    """
    found = generations.current(home) if as_of is None else generations.as_of_generation(home, as_of)
    if found is None and as_of is not None:
        latest = generations.current(home)
        if latest is not None and str(as_of) in ("", latest.generation.as_of_given, latest.generation.as_of):
            found = latest
    if found is None:
        what = "nothing is published yet" if as_of is None else f"nothing is published as of {as_of}"
        fix = "Run leakreview refresh" + ("" if as_of is None else f" --as-of {as_of}")
        raise UserError(Code.E_PUBLISHED, what, "data/", fix)
    return found


def open_published(home: Path, as_of: str | datetime | None = None) -> duckdb.DuckDBPyConnection:
    """Read-only connection to what is published; a context manager. Fetch, then close: nobody is kept waiting by it.

    Every generation has a path of its own, so a process that opens the next one never sees the last one's pages.
    Raises UserError (E_PUBLISHED).
    """
    for _ in range(3):  # a refresh may prune the file between our reading the pointer and opening it
        found = published(home, as_of)
        try:
            return connect(found.path)
        except UserError:
            if found.path.exists():
                raise
    return connect(published(home, as_of).path)


def check_build(path: Path) -> dict[str, int]:
    """Close a build for good and read all of it once: rows by schema.table.

    Raises UserError (E_PUBLISHED) where a log is left beside it, where dbt left a half-made table, or where any block
    does not read back.
    """
    con = connect(path, read_only=False)
    con.execute("checkpoint")
    con.close()
    if (left := path.with_name(path.name + ".wal")).exists() and left.stat().st_size:
        raise UserError(Code.E_PUBLISHED, "the build was not closed", left.name, "Run refresh again")
    left.unlink(missing_ok=True)
    with connect(path) as con:
        names = con.execute("select schema_name, table_name from duckdb_tables() order by all").fetchall()
        half = [name for _, name in names if name.endswith(LEFT_BY_DBT)]
        if half:
            raise UserError(Code.E_PUBLISHED, "dbt left a half-made table", half[0], "Run refresh again")
        return {f"{schema}.{name}": _scan(con, schema, name) for schema, name in names}


def content_hashes(con: duckdb.DuckDBPyConnection, schema: str) -> dict[str, str]:
    """Rows and an order-free hash of every table of a schema: equal when the contents are."""
    query = "select table_name from duckdb_tables() where schema_name = ? order by all"
    names = con.execute(query, [schema]).fetchall()
    hashes = {}
    for (name,) in names:
        query = f'select count(*), coalesce(sum(hash(t)::hugeint), 0) from "{schema}"."{name}" t'
        count, digest = con.execute(query).fetchall()[0]
        hashes[name] = f"{count}:{digest}"
    return hashes


def prepare(home: Path) -> Path:
    """The private folders of a home; returns data/."""
    data = private_folder(home / "data")
    for name in ("raw", "cache", "build", "logs"):
        private_folder(data / name)
    return data


def sweep(data: Path) -> None:
    """Remove what a killed refresh left, and put back raw Parquet caught between two renames. Needs the lock."""
    for path in sorted((data / "build").iterdir()):
        if path.is_file():
            path.unlink()
    landed.heal(data / "raw")
    generations.prune(data)


def _scan(con: duckdb.DuckDBPyConnection, schema: str, name: str) -> int:
    """Read every value of a table; how many rows."""
    count, _ = con.execute(f'select count(*), bit_xor(hash(t)) from "{schema}"."{name}" t').fetchall()[0]
    return int(count)


def _harden(con: duckdb.DuckDBPyConnection, *folders: Path) -> duckdb.DuckDBPyConnection:
    """Close every way out of a connection but some folders, of which the first is for what does not fit in memory.

    Connections of one process to one file share these settings: the second one finds them set and locked.
    """
    allowed = ", ".join(_text(folder) for folder in folders)
    with HARDENING:
        if not con.execute("select current_setting('lock_configuration')").fetchall()[0][0]:
            con.execute("set global timezone = 'UTC'")
            con.execute(f"set temp_directory = {_text(folders[0])}")
            con.execute(f"set allowed_directories = [{allowed}]")
            con.execute("set enable_external_access = false")
            con.execute("set lock_configuration = true")
    return con


def _text(path: Path) -> str:
    """A path as an SQL text."""
    return "'" + str(path).replace("'", "''") + "'"
