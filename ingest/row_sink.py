"""Takes the rows of one export, in batches, into Parquet drafts, and counts them.

Half of the time of a load is spent here and most of its memory: rows go column by column into Arrow, some ten thousand
at a time.
"""

from __future__ import annotations

import datetime as dt
import os
from collections import Counter
from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import accumulate
from operator import itemgetter
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from ingest.errors import Code
from ingest.export_files import ExportFile
from ingest.files import PRIVATE_FILE, fsync_file, private_folder
from ingest.read_json import as_json, dumps
from ingest.settings import Settings
from ingest.shapes import REJECTS, Outcome, Owner, Reject, Row, read_schema

BATCH = 1_024  # rows that go into Arrow at a time: while they are still in the processor's cache
GROUP = 16_384  # rows written at a time, at least
DRAFT = ".draft"
UNIQUE = frozenset(("payload", "text", "message_id", "line", "position", "sent_at"))
# an export is as new as the newest of these; starts, due dates, closings and nurture dates lie in the future
EXPORT_TIMES = {
    "messages": ("sent_at",),
    "crm_leads": ("created_at", "updated_at"),
    "stage_changes": ("entered_at",),
    "bookings": ("created_at", "canceled_at", "no_show_marked_at"),
    "judgements": ("at", "judged_at"),
}
_ARROW_FAULTS = (pa.ArrowInvalid, pa.ArrowTypeError, OverflowError, UnicodeEncodeError)


@dataclass(frozen=True, slots=True)
class Reading:
    """What came of one export; the content of its index."""

    key: str
    account_id: str
    file: str
    sha256: str
    format: str | None = None  # None: no format, or two, claimed it
    refused: str | None = None  # code, where nothing of it could be loaded
    rows: dict[str, int] = field(default_factory=dict)  # loaded, by shape
    quarantined: int = 0
    left_out: int = 0
    exported_at: str | None = None
    newest_call_at: str | None = None
    owner_names: tuple[str, ...] = ()
    owner_handles: tuple[str, ...] = ()
    rejects: int = 0

    @property
    def loaded(self) -> int:
        """Rows loaded, of all shapes."""
        return sum(self.rows.values())


@dataclass(frozen=True, slots=True)
class Task:
    """One export to be read, with everything that reading it depends on; can be sent to another process."""

    export: ExportFile
    settings: Settings
    key: str
    sha256: str
    folder: Path  # data/raw/read
    size: int = 0  # bytes on disk
    begin: int = 0  # hundredth of the export to begin at, and to end at, where its format reads in parts
    end: int = 100


class Sink:
    """Takes what a format yields and writes it in batches."""

    def __init__(self, task: Task, fmt: str | None, stack: ExitStack) -> None:
        self._task, self._format, self._stack = task, fmt, stack
        self._rows: dict[str, list[Row]] = {}
        self._batches: dict[str, list[pa.RecordBatch]] = {}
        self._rejects: list[Reject] = []
        self._writers: dict[str, pq.ParquetWriter] = {}
        self._counts: Counter[str] = Counter()
        self._loaded: Counter[str] = Counter()
        self._newest: dict[str, dt.datetime] = {}
        self._owner = Owner()
        self._refused: str | None = None

    def take(self, item: Row | Reject | Owner) -> None:
        """One row, reject or owner."""
        if isinstance(item, Row):
            rows = self._rows.setdefault(item.shape, [])
            rows.append(item)
            if len(rows) >= BATCH:
                self._flush(item.shape)
        elif isinstance(item, Owner):
            self._owner.names |= item.names
            self._owner.handles |= item.handles
        else:
            self._counts[item.outcome] += item.count
            if item.outcome is Outcome.REFUSED and not item.member:
                self._refused = str(item.code)
            self._rejects.append(item)
            if len(self._rejects) >= BATCH:
                self._flush_rejects()

    def date(self, exported_at: dt.datetime | None) -> None:
        """Take the export's own date where a format tells more than the loaded rows show."""
        if exported_at is not None:
            self._newest["exported"] = max(exported_at, self._newest.get("exported", exported_at))

    def append(self, folder: Path, reading: Reading) -> None:
        """Take the rows of another part of the same export, written below `folder`, as they are."""
        for shape in list(self._rows):
            self._flush(shape)
            self._write(shape)
        self._flush_rejects()
        for name in [*reading.rows, *(["rejects"] if reading.rejects else [])]:
            with pq.ParquetFile(folder / name / f"{reading.key}.parquet") as file:
                writer = self._writer(name, file.schema_arrow)
                for batch in file.iter_batches(batch_size=GROUP):
                    writer.write_batch(batch)
        self._loaded.update(reading.rows)
        self._counts.update(
            {Outcome.QUARANTINED: reading.quarantined, Outcome.LEFT_OUT: reading.left_out, "rejects": reading.rejects}
        )
        times = {"exported": reading.exported_at, "call": reading.newest_call_at}
        for what, at in times.items():
            self._note(what, [dt.datetime.fromisoformat(at)] if at else [])
        self._owner.names.update(reading.owner_names)
        self._owner.handles.update(reading.owner_handles)

    def finish(self) -> Reading:
        """Write what is left; how it came out."""
        for shape in list(self._rows):
            self._flush(shape)
            self._write(shape)
        self._flush_rejects()
        self._stack.close()
        for name in self._writers:
            fsync_file(self._draft(name))
        newest = self._newest.get("exported")
        call = self._newest.get("call")
        return Reading(
            self._task.key,
            self._task.settings.account_id,
            self._task.export.name,
            self._task.sha256,
            self._format,
            self._refused if not self._loaded.total() else None,
            dict(sorted(self._loaded.items())),
            self._counts[Outcome.QUARANTINED],
            self._counts[Outcome.LEFT_OUT],
            newest.isoformat() if newest else None,
            call.isoformat() if call else None,
            tuple(sorted(self._owner.names)),
            tuple(sorted(self._owner.handles)),
            self._counts["rejects"],
        )

    def _flush(self, shape: str) -> None:
        rows = self._rows[shape]
        self._rows[shape] = []
        if not rows:
            return
        try:
            batch = self._batch(shape, rows)
        except _ARROW_FAULTS:
            rows = [r for r in rows if self._fits(shape, r)]
            if not rows:
                return
            batch = self._batch(shape, rows)
        self._note_times(shape, rows)
        self._loaded[shape] += len(rows)
        waiting = self._batches.setdefault(shape, [])
        waiting.append(batch)
        if sum(b.num_rows for b in waiting) >= GROUP:
            self._write(shape)

    def _write(self, shape: str) -> None:
        """Write what waits, as one row group."""
        waiting = self._batches.pop(shape, [])
        if waiting:
            table = pa.Table.from_batches(waiting)
            self._writer(shape, table.schema).write_table(table)

    def _fits(self, shape: str, row: Row) -> bool:
        """Whether one row alone can be stored; if not it is quarantined (an amount of thirty digits, say)."""
        try:
            self._batch(shape, [row])
        except _ARROW_FAULTS:
            reason = "a value does not fit its column"
            self.take(Reject(Outcome.QUARANTINED, Code.E_NUMBER, reason, row.line, row.payload, row.member))
            return False
        return True

    def _batch(self, shape: str, rows: list[Row]) -> pa.RecordBatch:
        count = len(rows)
        export = self._task.export
        origins = {member: export.origin(member) for member in {r.member for r in rows}}
        columns: dict[str, Any] = {
            "account_id": [self._task.settings.account_id] * count,
            "file": [origins[r.member] for r in rows],
            "line": [r.line for r in rows],
            "format": [self._format] * count,
            # exported_at is known after the last row only: it is put in when the rows are read back
        }
        columns |= _columns([r.values for r in rows])
        schema = read_schema(shape)
        ready = {name: pa.array(values, schema.field(name).type) for name, values in columns.items()}
        ready["payload"] = _payloads(rows)
        arrays = [ready[f.name] if f.name in ready else pa.nulls(count, f.type) for f in schema]
        return pa.record_batch(arrays, schema=schema)

    def _flush_rejects(self) -> None:
        rejects, self._rejects = self._rejects, []
        if not rejects:
            return
        rows = [reject_row(r, self._task.export, self._task.settings.account_id, self._format) for r in rejects]
        batch = pa.RecordBatch.from_pylist(rows, schema=pa.schema(list(REJECTS.items())))
        self._counts["rejects"] += len(rows)
        self._writer("rejects", batch.schema).write_batch(batch)

    def _note_times(self, shape: str, rows: list[Row]) -> None:
        for name in EXPORT_TIMES[shape]:
            self._note("exported", [r.values.get(name) for r in rows])
        if shape == "bookings":
            self._note("call", [r.values.get("starts_at") for r in rows])

    def _note(self, what: str, times: Iterable[dt.datetime | None]) -> None:
        newest = max(filter(None, times), default=None)
        if newest is not None:
            self._newest[what] = max(newest, self._newest.get(what, newest))

    def _draft(self, name: str) -> Path:
        return self._task.folder / name / f"{self._task.key}.parquet{DRAFT}"

    def _writer(self, name: str, schema: pa.Schema) -> pq.ParquetWriter:
        if name not in self._writers:
            private_folder(self._task.folder / name)
            path = self._draft(name)
            path.unlink(missing_ok=True)
            os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE_FILE))
            is_part = self._task.begin > 0  # read again at once: to pack it would pay nothing
            writer = open_writer(path, schema, is_packed=not is_part)
            self._writers[name] = self._stack.enter_context(writer)
        return self._writers[name]


def _payloads(rows: list[Row]) -> pa.Array:
    """The rows as exported, as JSON; put together by hand because half of all bytes are here."""
    texts = [b"" if r.payload is None else as_json(r.payload) for r in rows]
    if not all(texts):
        return pa.array([t or None for t in texts], pa.string())
    offsets = pa.array(accumulate(map(len, texts), initial=0), pa.int32(), size=len(texts) + 1)
    return pa.StringArray.from_buffers(len(texts), offsets.buffers()[1], pa.py_buffer(b"".join(texts)))


def _columns(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Values by column; rows of one kind mostly have the same columns, which is the quick way."""
    names = list(rows[0])
    if len(names) > 1 and all(len(row) == len(names) for row in rows):
        try:
            return dict(zip(names, zip(*map(itemgetter(*names), rows), strict=True), strict=True))
        except KeyError:
            pass
    names = list(dict.fromkeys(name for row in rows for name in row))
    return {name: [row.get(name) for row in rows] for name in names}


def open_writer(path: Path, schema: pa.Schema, is_packed: bool = True) -> pq.ParquetWriter:
    """A Parquet writer that keeps no dictionary of values that hardly ever repeat: that took most of its time."""
    repeated = [name for name in schema.names if name not in UNIQUE] if is_packed else False
    return pq.ParquetWriter(path, schema, compression="snappy" if is_packed else "none", use_dictionary=repeated)


def reject_row(reject: Reject, export: ExportFile | None, account_id: str, fmt: str | None) -> dict[str, Any]:
    """A reject as a row of raw.rejects."""
    many = f" ({reject.count:,} rows)" if reject.count > 1 else ""
    return {
        "account_id": account_id,
        "file": export.origin(reject.member) if export else reject.member,
        "line": reject.line,
        "format": fmt,
        "outcome": str(reject.outcome),
        "code": str(reject.code),
        "reason": reject.reason + many,
        "payload": None if reject.payload is None else dumps(reject.payload),
    }
