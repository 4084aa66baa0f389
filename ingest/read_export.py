"""Reads one export into Parquet: claimed by exactly one format, all of its rows or a reason for each that is missing.

The Parquet of an export lies below data/raw/read/<shape>/<key>.parquet; data/raw/read/index/<key>.json says what it is
and is written last. What has no index was never read.
"""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack
from dataclasses import asdict
from pathlib import Path

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from ingest.csv_reader import open_table
from ingest.cycles import no_cycles
from ingest.errors import Code, ExportError, shown
from ingest.export_files import ExportFile
from ingest.faultpoint import faultpoint
from ingest.files import private_folder, write_atomic
from ingest.formats import Dated, Divisible, Format, all_formats
from ingest.read_json import parse
from ingest.row_sink import DRAFT, Reading, Sink, Task
from ingest.shapes import READ_SHAPES, Outcome, Reject
from ingest.text import looks_like_html

FIRST = 54  # hundredths of an export that are read here while a child, which has yet to start, reads the others
# starts reading the second part of an export; what it gives waits for it: the folder it wrote to and how it came out
Beside = Callable[[Task], AbstractContextManager[Callable[[], tuple[Path, Reading] | None]]]
PASSING = frozenset({Code.E_PERMISSION, Code.E_IO, Code.E_CHANGED, Code.E_MISSING})  # may be gone next time


def read_export(task: Task, beside: Beside | None = None) -> Reading:
    """Read an export into Parquet, then write its index. A file that changes meanwhile is tried twice.

    `beside` starts reading the other part of it somewhere else.
    """
    for _ in range(2):
        try:
            before = task.export.stamp()
            reading = _read(task, beside)
            if task.export.stamp() == before:
                return reading
        except ExportError as error:
            return refuse(task, _as_reject(error))
        discard(task.folder, task.key)
    fix = "Wait until the download or copy is finished and run it again"
    return refuse(task, _as_reject(ExportError(Code.E_CHANGED, "changed while it was read", "", fix)))


def known_reading(folder: Path, key: str) -> Reading | None:
    """What an earlier run made of an export; None where it has to be read."""
    try:
        values = orjson.loads((folder / "index" / f"{key}.json").read_bytes())
        reading = Reading(**values)
    except (OSError, ValueError, TypeError):
        return None
    names = [*reading.rows, *(["rejects"] if reading.rejects else [])]
    return reading if all((folder / n / f"{key}.parquet").exists() for n in names) else None


def discard(folder: Path, key: str) -> None:
    """Forget what was read of an export."""
    (folder / "index" / f"{key}.json").unlink(missing_ok=True)
    for name in (*READ_SHAPES, "rejects"):
        (folder / name / f"{key}.parquet").unlink(missing_ok=True)


def _read(task: Task, beside: Beside | None = None) -> Reading:
    export, settings = task.export, task.settings
    faultpoint(f"read_{export.name}")
    held = _Held(export)
    claims = [f for f in all_formats() if f.recognises(held, settings)]
    if len(claims) > 1:
        names = " and ".join(f.name for f in claims)
        what = f"{names} both recognise it. Describe it with a [[mapping]] in settings.toml or take it out"
        return refuse(task, Reject(Outcome.REFUSED, Code.E_AMBIGUOUS, what, count=0))
    if not claims:
        return refuse(task, _unknown(held))
    with ExitStack() as stack:
        sink = Sink(task, claims[0].name, stack)
        with no_cycles():
            _take(task, claims[0], held, sink, beside)
        if isinstance(claims[0], Dated):
            sink.date(claims[0].exported_at(held, settings))
        reading = sink.finish()
    _commit(task, reading)
    return reading


def _take(task: Task, fmt: Format, held: _Held, sink: Sink, beside: Beside | None) -> None:
    """All rows of an export, or of one part of it."""
    if not isinstance(fmt, Divisible):
        for item in fmt.read(held, task.settings) if task.begin == 0 else ():
            sink.take(item)
        return
    if beside is None:
        for item in fmt.read_part(held, task.settings, task.begin, task.end):
            sink.take(item)
        return
    with beside(task) as other:
        for item in fmt.read_part(held, task.settings, 0, FIRST):
            sink.take(item)
        found = other()
        if found:
            sink.append(*found)
            return
    for item in fmt.read_part(held, task.settings, FIRST, 100):  # it died, most likely for want of memory
        sink.take(item)


def refuse(task: Task, reject: Reject) -> Reading:
    """Note that nothing of an export can be loaded, and why."""
    with ExitStack() as stack:
        sink = Sink(task, None, stack)
        sink.take(reject)
        reading = sink.finish()
    _commit(task, reading, keep=reject.code not in PASSING)
    return reading


def _commit(task: Task, reading: Reading, keep: bool = True) -> None:
    """Put the drafts in their places, then the index: only then they count."""
    faultpoint("mid_parse")
    written = {*reading.rows, *(["rejects"] if reading.rejects else [])}
    for name in (*READ_SHAPES, "rejects"):
        path = task.folder / name / f"{task.key}.parquet"
        draft = path.with_name(path.name + DRAFT)
        if name in written:
            os.replace(draft, path)
        else:
            draft.unlink(missing_ok=True)  # of a reading that was given up
    if keep:
        index = private_folder(task.folder / "index") / f"{task.key}.json"
        write_atomic(index, orjson.dumps(asdict(reading)))


class _Held:
    """An export whose single file is read from disk once, however many formats look at it."""

    def __init__(self, export: ExportFile) -> None:
        self._export = export
        self._data: bytes | None = None

    @property
    def name(self) -> str:
        return self._export.name

    @property
    def members(self) -> tuple[str, ...]:
        return self._export.members

    def read(self, member: str = "") -> bytes:
        if member:
            return self._export.read(member)
        if self._data is None:
            self._data = self._export.read()
        return self._data


def _as_reject(error: ExportError) -> Reject:
    reason = f"{error.what}. {error.what_to_do}" if error.what_to_do else error.what
    return Reject(Outcome.REFUSED, error.code, reason, count=0)


def _unknown(export: _Held) -> Reject:
    """Why no format recognises a file: what is wrong with it, or else what it holds."""
    try:
        data = export.read()
        what = _content(export.name, data)
        code = Code.E_UNKNOWN
    except ExportError as error:
        return _as_reject(error)
    fix = "`leakreview formats` lists what can be read; any CSV can be described with a [[mapping]]"
    return Reject(Outcome.REFUSED, code, f"{what}. {fix}", count=0)


def _content(name: str, data: bytes) -> str:
    """What a file holds, in words; names keys and columns, never values. Raises ExportError where it is damaged."""
    head = data[:4096].removeprefix(b"\xef\xbb\xbf").lstrip()
    lower = name.lower()
    if not head and not data.strip():
        raise ExportError(Code.E_EMPTY, "the file is empty", name, "Download it again")
    if looks_like_html(data):
        raise ExportError(Code.E_NOT_JSON, "looks like HTML", name, "Log in and download the file itself")
    if head.startswith((b"{", b"[")) or lower.endswith(".json"):
        document = parse(data.split(b"\n", 1)[0] if lower.endswith(("jsonl", "ndjson")) else data, name)[0]
        keys = document[0] if isinstance(document, list) and document else document
        found = ", ".join(shown(str(k)) for k in sorted(keys)[:8]) if isinstance(keys, Mapping) else ""
        return f"JSON that no format knows (keys: {found or 'none'})"
    if data.startswith(b"PK\x03\x04"):
        return "a workbook or document; save it as CSV"
    if lower.endswith((".csv", ".tsv", ".txt")) or not lower.rpartition(".")[1]:
        header = open_table(data).header
        return f"a table with unknown columns ({', '.join(shown(h) for h in header[:12] if h)})"
    return "no format recognises it"


def stored_rows(folder: Path, readings: Iterable[Reading], shape: str) -> Iterator[pa.Table]:
    """Rows of a shape as they were read, one table an export, with the date of the export put in."""
    for reading in readings:
        if not reading.rows.get(shape):
            continue
        table = pq.read_table(folder / shape / f"{reading.key}.parquet")
        at = dt.datetime.fromisoformat(reading.exported_at) if reading.exported_at else None
        column = pa.repeat(pa.scalar(at, table.schema.field("exported_at").type), table.num_rows)
        yield table.set_column(table.schema.get_field_index("exported_at"), table.schema.field("exported_at"), column)
