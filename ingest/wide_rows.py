"""Puts the rows as read, payload and all, into the order of their conversations, some ten thousand at a time.

Rows of one conversation lie together in the Parquet of an export, so each slice of the result needs only a few row
groups of each; nothing is ever held whole.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from ingest.shapes import UNITED_MESSAGES

SLICE = 32_768
FROM_ROW = ("file", "line", "payload", "sender_name", "sent_at", "direction", "text")  # as the export has them
FROM_CONVERSATION = (
    *("account_id", "format", "conversation_id", "thread_key", "participant_name", "participant_handle", "is_pending"),
)
FROM_ORDER = ("position", "message_id", "ordinal", "sent_by", "kind", "context", "link")


def wide_rows(order: pa.Table, shared: pa.Table, paths: list[Path], dates: pa.Array) -> Iterator[pa.Table]:
    """Rows of UNITED_MESSAGES in the order of `order` (conversation, source, row and FROM_ORDER).

    `shared` holds FROM_CONVERSATION by number of the conversation; `paths` and `dates` are the Parquet and the date of
    each source.
    """
    schema = pa.schema(list(UNITED_MESSAGES.items()))
    files = [pq.ParquetFile(path) for path in paths]
    try:
        ends = [np.cumsum([f.metadata.row_group(n).num_rows for n in range(f.num_row_groups)]) for f in files]
        for start in range(0, order.num_rows, SLICE):
            part = order.slice(start, SLICE).combine_chunks()
            rows = _rows(part, files, ends)
            columns = {name: rows[name] for name in FROM_ROW}
            columns |= {name: part[name] for name in FROM_ORDER}
            of = shared.take(part["conversation"])
            columns |= {name: of[name] for name in FROM_CONVERSATION}
            columns["exported_at"] = dates.take(part["source"].combine_chunks())
            yield pa.table([columns[name] for name in schema.names], names=schema.names).cast(schema)
    finally:
        for file in files:
            file.close()


def _rows(part: pa.Table, files: list[pq.ParquetFile], ends: list[np.ndarray]) -> pa.Table:
    """The rows as read that a slice asks for, in its order."""
    sources, numbers = part["source"].to_numpy(), part["row"].to_numpy()
    places = np.empty(len(numbers), dtype=np.int64)
    found: list[pa.Table] = []
    before = 0
    for source in np.unique(sources):
        mine = sources == source
        groups = np.searchsorted(ends[source], numbers[mine], side="right")
        needed = np.unique(groups)
        table = files[source].read_row_groups(needed.tolist(), columns=list(FROM_ROW))
        begins = np.concatenate([[0], ends[source][:-1]])
        sizes = (ends[source] - begins)[needed]
        shift = np.zeros(len(ends[source]), dtype=np.int64)  # from a row's number to its place in `table`
        shift[needed] = np.concatenate([[0], np.cumsum(sizes)[:-1]]) - begins[needed]
        places[mine] = numbers[mine] + shift[groups] + before
        before += table.num_rows
        found.append(table)
    return pa.concat_tables(found).take(pa.array(places))
