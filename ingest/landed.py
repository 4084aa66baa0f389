"""The raw tables as Parquet, one folder a table below data/raw/landed: what schema `raw` is made from."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from ingest.faultpoint import faultpoint
from ingest.files import fsync_folder, private_folder
from ingest.shapes import RAW_TABLES

FOLDER = "landed"
DRAFT = "landed.new"
LAST = "landed.old"
ROWS_A_GROUP = 100_000

Tables = Mapping[str, Iterable[pa.Table | Path]]  # a path: Parquet with the table's columns, which nobody changes


def schema_of(name: str) -> pa.Schema:
    """Arrow schema of a raw table."""
    return pa.schema(list(RAW_TABLES[name].items()))


def table(name: str, rows: list[dict[str, Any]]) -> pa.Table:
    """Rows of a raw table as Arrow; keys that are missing are null, unknown keys are a mistake of ours."""
    schema = schema_of(name)
    unknown = {key for row in rows for key in row} - set(schema.names)
    if unknown:
        raise ValueError(f"{name} has no column {sorted(unknown)[0]}")
    return pa.Table.from_pylist(rows, schema=schema)


def write(raw: Path, tables: Tables) -> dict[str, int]:
    """Replace everything below `raw`/landed by the given tables, all at once; rows by table.

    Every raw table gets its file, if need be without rows: an empty folder is an error to both engines.
    """
    draft = raw / DRAFT
    shutil.rmtree(draft, ignore_errors=True)
    private_folder(draft)
    counts = {name: _write_table(draft / name, name, tables.get(name, ())) for name in RAW_TABLES}
    faultpoint("after_raw_written")
    swap(raw)
    return counts


def swap(raw: Path) -> None:
    """Put the draft in place of the folder that is there."""
    landed, draft, last = raw / FOLDER, raw / DRAFT, raw / LAST
    shutil.rmtree(last, ignore_errors=True)
    if landed.exists():
        os.rename(landed, last)
    faultpoint("between_raw_renames")
    os.rename(draft, landed)
    fsync_folder(raw)
    shutil.rmtree(last, ignore_errors=True)


def heal(raw: Path) -> None:
    """Put back what a kill between the two renames took away; drop drafts."""
    if not (raw / FOLDER).exists() and (raw / LAST).exists():
        os.rename(raw / LAST, raw / FOLDER)
    for name in (DRAFT, LAST):
        shutil.rmtree(raw / name, ignore_errors=True)


def _write_table(folder: Path, name: str, parts: Iterable[pa.Table | Path]) -> int:
    """Write one table; how many rows. Files are linked as they are, everything else goes into one file."""
    folder.mkdir(mode=0o700)
    schema = schema_of(name)
    rows, number = 0, 0
    with ExitStack() as stack:
        writer: pq.ParquetWriter | None = None
        for part in parts:
            if isinstance(part, Path):
                rows += pq.read_metadata(part).num_rows
                number += 1
                _link(part, folder / f"part-{number}.parquet")
            elif part.num_rows:
                writer = writer or stack.enter_context(_writer(folder, schema))
                rows += part.num_rows
                writer.write_table(part.select(schema.names).cast(schema), row_group_size=ROWS_A_GROUP)
        if writer is None and not number:
            stack.enter_context(_writer(folder, schema))
    return rows


def _writer(folder: Path, schema: pa.Schema) -> pq.ParquetWriter:
    return pq.ParquetWriter(folder / "part-0.parquet", schema, compression="zstd")


def _link(path: Path, name: Path) -> None:
    """The same file under another name; a copy where the file system knows no links."""
    try:
        os.link(path, name)
    except OSError:
        shutil.copyfile(path, name)
