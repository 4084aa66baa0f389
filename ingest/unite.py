"""One row a message and one a conversation, whatever number of exports show them.

A message is the same in two exports when thread, time, direction and words are; equal words in one instant of one
export are two messages (`ordinal`). What an older export shows and a newer one does not is kept; an edit that a newer
export shows takes the place of the older wording. Nothing is ever united across formats: a DM table and an Instagram
download are different systems.

A thread is its key (the id at the end of the folder name). Downloads of before 2023 have other ids than those of
today, so two threads of one account are one as well when their messages coincide (time and direction), on these
conditions: no single export shows both; of the messages in their common time at least half of the smaller thread's and
a quarter of the larger's are in both; and either the names agree, or a message of the lead with the same words is among
them, or two or more messages are, one of them the lead's. One coincidence in time alone is none: coaches send the same
minute's message to many.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import shutil
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from ingest import unite_sql
from ingest import wide_rows as wide
from ingest.files import PRIVATE_FILE, fsync_file, private_folder
from ingest.load import LoadSummary
from ingest.row_sink import DRAFT, Reading, open_writer
from ingest.shapes import CONVERSATIONS, UNITED_MESSAGES, read_schema
from ingest.warehouse import NO_EXTENSIONS
from ingest.wide_rows import wide_rows

MEMORY = "256MB"
THREADS = 2
FOLDER = "united"  # below data/raw/read
IDS_CHANGED = ("instagram",)  # formats whose thread ids were once replaced by others
ENOUGH = 0.5  # share of the messages in the common time that must be in both, of the thread that has fewer
SOME = 0.25  # and of the one that has more
NO_NAME = "instagramuser"  # what deleted accounts are called


@dataclass(frozen=True, slots=True)
class United:
    """Parquet of all messages (by account, conversation and position) and of all conversations."""

    messages: Path
    conversations: Path
    duplicates: int  # rows that an export repeats, or an edit replaced

    def message_tables(self) -> Iterator[pa.Table]:
        """Rows of UNITED_MESSAGES, some ten thousand at a time, in order."""
        schema = pa.schema(list(UNITED_MESSAGES.items()))
        with pq.ParquetFile(self.messages) as file:
            for batch in file.iter_batches(batch_size=32_768):
                yield pa.Table.from_batches([batch]).select(schema.names).cast(schema)

    def conversation_table(self) -> pa.Table:
        """Rows of CONVERSATIONS, by account and id."""
        schema = pa.schema(list(CONVERSATIONS.items()))
        return pq.read_table(self.conversations).select(schema.names).cast(schema)


def unite(summary: LoadSummary) -> United:
    """Unite the messages of a load. What was united of the same readings before is not made again."""
    readings = [r for r in summary.readings if r.rows.get("messages")]
    folder = private_folder(summary.folder / FOLDER)
    key = hashlib.sha256("\0".join([_code(), *(r.key for r in readings)]).encode()).hexdigest()[:32]
    messages, conversations = folder / f"{key}.messages.parquet", folder / f"{key}.conversations.parquet"
    if not (messages.exists() and conversations.exists()):
        _write(readings, summary.folder, messages, conversations)
    for path in sorted(folder.iterdir()):
        if path not in (messages, conversations) and path.is_file():
            path.unlink()
    loaded = sum(r.rows["messages"] for r in readings)
    return United(messages, conversations, loaded - pq.read_metadata(messages).num_rows)


def _write(readings: list[Reading], read: Path, messages: Path, conversations: Path) -> None:
    ranked = sorted(readings, key=lambda r: (r.exported_at or "", r.file, r.account_id), reverse=True)
    paths = [read / "messages" / f"{r.key}.parquet" for r in ranked]
    spill = private_folder(messages.parent / "spill")
    config: dict[str, str | bool | int | float | list[str]] = {"temp_directory": str(spill), **NO_EXTENSIONS}
    con = duckdb.connect(":memory:", config=config | {"memory_limit": MEMORY, "threads": THREADS})
    try:
        con.execute("set timezone = 'UTC'")
        _read(con, paths)
        _match_threads(con)
        for name in ("CONVERSATION", "MESSAGE", "REPLACED", "PLACED"):
            con.execute(getattr(unite_sql, name))
        found = con.sql(unite_sql.CONVERSATIONS).to_arrow_table()
        order, shared = con.sql(unite_sql.ORDER).to_arrow_table(), con.sql(unite_sql.SHARED).to_arrow_table()
    finally:
        con.close()
    shutil.rmtree(spill)
    at = CONVERSATIONS["first_message_at"]
    dates = pa.array([dt.datetime.fromisoformat(r.exported_at) if r.exported_at else None for r in ranked], at)
    _save(conversations, CONVERSATIONS, [found])
    _save(messages, UNITED_MESSAGES, wide_rows(order, shared, paths, dates))


def _read(con: duckdb.DuckDBPyConnection, paths: list[Path]) -> None:
    """Tables `source` (exports, the newest first), `shown` (their threads) and `said` (their messages, narrow)."""
    con.execute("create table source (source int, path text)")
    for number, path in enumerate(paths):
        con.execute("insert into source values (?, ?)", [number, str(path)])
    if paths:
        con.execute(unite_sql.READ.format(files=f"[{', '.join(_quoted(str(path)) for path in paths)}]"))
    else:
        con.register("nothing", read_schema("messages").empty_table())
        con.execute("create view row_read as select 0 as source, 0 as row, * from nothing")
    con.execute(unite_sql.SHOWN)
    con.execute(unite_sql.SAID)


def _quoted(path: str) -> str:
    """A path as a SQL text that stands for itself: DuckDB takes names for patterns."""
    literal = "".join(f"[{c}]" if c in "*?[" else c for c in path)
    return "'" + literal.replace("'", "''") + "'"


def _match_threads(con: duckdb.DuckDBPyConnection) -> None:
    """Table `alias`: thread -> the thread it is united with, where that is another."""
    names = ("account_id", "format", "thread_key", "united_key")
    found = pa.Table.from_pylist(
        [dict(zip(names, alias, strict=True)) for alias in _aliases(con)], pa.schema([(n, pa.string()) for n in names])
    )
    con.register("found_aliases", found)
    con.execute("create table alias as select * from found_aliases")


def _aliases(con: duckdb.DuckDBPyConnection) -> Iterator[tuple[str, str, str, str]]:
    """Account, format, thread, and the thread of a newer export that it is: each the other's best match."""
    con.execute(unite_sql.CANDIDATE, [list(IDS_CHANGED)])
    if not con.execute("select 1 from candidate limit 1").fetchall():
        return
    con.execute(unite_sql.INSTANT)
    con.execute(unite_sql.PAIR)
    found = con.execute(unite_sql.PAIRS).fetchall()
    best: dict[tuple[str, str, str], tuple[tuple[int, int, str], str]] = {}
    pairs: list[tuple[str, str, str, str]] = []
    for account, fmt, one, other, common, heard, same_words, one_name, other_name, ones, others in found:
        agree = _names_agree(one_name, other_name)
        is_enough = common >= ENOUGH * min(ones, others) and common >= SOME * max(ones, others)
        if not is_enough or not (agree or same_words or (common > 1 and heard)):
            continue
        pairs.append((account, fmt, one, other))
        for this, that in ((one, other), (other, one)):
            rank = (common, int(agree), that)
            if best.get((account, fmt, this), ((0, 0, ""), ""))[0] < rank:
                best[account, fmt, this] = (rank, that)
    for account, fmt, one, other in sorted(pairs):  # `one` is the thread that a newer export shows
        if best[account, fmt, one][1] == other and best[account, fmt, other][1] == one:
            yield account, fmt, other, one


def _names_agree(one: str, other: str) -> bool:
    """Whether two folder names have the same name before the id."""
    names = [_slug(name.rpartition("_")[0] or name) for name in (one, other)]
    return names[0] == names[1] and names[0] not in ("", NO_NAME)


def _slug(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).casefold()
    return "".join(c for c in plain if c.isalnum())


def _save(path: Path, shape: dict[str, pa.DataType], tables: Iterable[pa.Table]) -> None:
    """Write the rows of a table, private from the first byte, and put the file in its place when it is whole."""
    schema = pa.schema(list(shape.items()))
    draft = path.with_name(path.name + DRAFT)
    draft.unlink(missing_ok=True)
    os.close(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE_FILE))
    with open_writer(draft, schema) as writer:
        for table in tables:
            writer.write_table(table.select(schema.names).cast(schema))
    fsync_file(draft)
    os.replace(draft, path)


def _code() -> str:
    sources = (__file__, unite_sql.__file__, wide.__file__)
    shapes = repr((UNITED_MESSAGES, CONVERSATIONS)).encode()
    return hashlib.sha256(shapes + b"".join(Path(source).read_bytes() for source in sources)).hexdigest()
