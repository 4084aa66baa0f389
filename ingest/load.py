"""Exports to raw rows: every file below exports/ is read once, kept as Parquet, and accounted for.

Rows read = loaded + quarantined + left out, for each file. A file that cannot be read is told and the others load.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from ingest.errors import Code, ExportError, UserError
from ingest.export_files import ExportFile, find_exports, refusal
from ingest.files import private_folder
from ingest.read_export import known_reading, read_export, stored_rows
from ingest.read_worker import read_in_children, second_part
from ingest.records import suppressions_key
from ingest.row_sink import Reading, Task, reject_row
from ingest.settings import AccountHome, Settings, reading_fingerprint
from ingest.shapes import FILES, READ_SHAPES, REJECTS, Outcome, Reject

READ = Path("data", "raw", "read")  # below the home
POOL_FROM = 16 << 20  # bytes to be read from which starting processes pays
Progress = Callable[[int, int, str], None]  # done, in all, name of the file

_PACKAGE = Path(__file__).resolve().parent
# modules that no reading depends on; every other one is part of the version that a cached reading belongs to
_NOT_READING = frozenset(
    ("as_of", "decisions", "faultpoint", "files", "generations", "identify", "inputs", "land", "landed", "lock")
) | {"records", "told", "unite", "unite_sql", "warehouse", "wide_rows"}
_NOT_READING_FOLDERS = frozenset({"identity", "judge", "__pycache__"})
_SEED = re.compile(r"""read_seed\(\s*["'](\w+)["']""")
_PARSERS = ("icalendar", "orjson", "phonenumbers", "recurring-ical-events")


@dataclass(frozen=True, slots=True)
class LoadSummary:
    """What a load found, per export and in all."""

    folder: Path  # data/raw/read
    readings: tuple[Reading, ...]  # of exports that a format claims, by account and file
    rejects: tuple[dict[str, Any], ...]  # rows of raw.rejects about files that were never opened as an export
    found: int  # exports and unreadable files
    parsed: int  # read in this run; the rest was known
    refused: int  # files of which nothing could be loaded
    unknown: int  # of these: no format recognises them
    duplicates: int  # files with the same bytes as another

    @property
    def loaded_files(self) -> int:
        """Files that could be loaded, if need be without rows."""
        return sum(not r.refused for r in self.readings)

    @property
    def rows_loaded(self) -> int:
        """Rows of all shapes."""
        return sum(r.loaded for r in self.readings)

    @property
    def rows_quarantined(self) -> int:
        """Rows that could not be read."""
        return sum(r.quarantined for r in self.readings)

    @property
    def rows_left_out(self) -> int:
        """Rows left out on purpose: group threads and the like."""
        return sum(r.left_out for r in self.readings)

    def tables(self, name: str) -> Iterator[pa.Table]:
        """Rows as read: a shape (`messages`, `crm_leads`, ...), `files` or `rejects`."""
        if name == "files":
            rows = [file_row(r) for r in self.readings if r.format]
            yield pa.Table.from_pylist(rows, schema=pa.schema(list(FILES.items())))
        elif name == "rejects":
            yield pa.Table.from_pylist(list(self.rejects), schema=pa.schema(list(REJECTS.items())))
            for reading in (r for r in self.readings if r.rejects):
                yield pq.read_table(self.folder / "rejects" / f"{reading.key}.parquet")
        else:
            yield from stored_rows(self.folder, self.readings, name)


def load(home: Path, accounts: Sequence[AccountHome], progress: Progress | None = None) -> LoadSummary:
    """Read what is new or changed in the accounts' exports below `home`; what is known is not read again.

    Raises UserError (E_NOTHING) when not one file could be loaded.
    """
    folder = private_folder(home / "data") and private_folder(home / "data" / "raw") and private_folder(home / READ)
    suppressed = suppressions_key(home)
    tasks: list[Task] = []
    rejects: list[tuple[str, Reject]] = []
    for account in accounts:
        exports, unread = find_exports(account.exports_dir, account.settings.thresholds.max_file_mib << 20)
        rejects += [(account.account_id, r) for r in unread]
        tasks += _tasks(exports, account, folder, suppressed, rejects)
    known = {t.key: r for t in tasks if (r := known_reading(folder, t.key))}
    missing = [t for t in tasks if t.key not in known]
    done = known | dict(zip([t.key for t in missing], _read_all(missing, progress), strict=True))
    readings = tuple(done[t.key] for t in tasks)
    summary = LoadSummary(
        folder,
        readings,
        tuple(reject_row(r, None, account_id, None) for account_id, r in rejects),
        len(tasks) + len({(a, r.member.partition("!")[0]) for a, r in rejects}),
        len(missing),
        sum(r.refused is not None for r in readings) + _refused_files(rejects),
        sum(r.refused == Code.E_UNKNOWN for r in readings),
        sum(r.code == Code.E_DUPLICATE_FILE for _, r in rejects),
    )
    if not summary.loaded_files:
        raise _nothing(summary, accounts)
    _retire(folder, {t.key for t in tasks})
    return summary


def file_row(reading: Reading) -> dict[str, Any]:
    """A reading as a row of raw.files."""
    times = {k: _instant(getattr(reading, k)) for k in ("exported_at", "newest_call_at")}
    return {
        "account_id": reading.account_id,
        "file": reading.file,
        "sha256": reading.sha256,
        "format": reading.format,
        **times,
        "rows_read": reading.loaded + reading.quarantined + reading.left_out,
        "rows_loaded": reading.loaded,
        "rows_refused": reading.quarantined,
        "rows_left_out": reading.left_out,
        "owner_names": ";".join(reading.owner_names) or None,
        "owner_handles": ";".join(reading.owner_handles) or None,
    }


@cache
def code_version() -> str:
    """Hash of the code and of the seeds that reading uses: another one, and everything is read anew."""
    digest = hashlib.sha256("".join(f"{p}={version(p)};" for p in _PARSERS).encode())
    seeds: set[str] = set()
    for path in sorted(_PACKAGE.rglob("*.py")):
        parts = path.relative_to(_PACKAGE).parts
        if parts[0].removesuffix(".py") in _NOT_READING or set(parts) & _NOT_READING_FOLDERS:
            continue
        source = path.read_bytes()
        digest.update("/".join(parts).encode() + b"\0" + source)
        seeds |= set(_SEED.findall(source.decode()))
    for name in sorted(seeds):
        seed = _PACKAGE.parent / "seeds" / f"{name}.csv"
        digest.update(name.encode() + (seed.read_bytes() if seed.is_file() else b""))
    return digest.hexdigest()


def _tasks(
    exports: list[ExportFile],
    account: AccountHome,
    folder: Path,
    suppressed: str,
    rejects: list[tuple[str, Reject]],
) -> list[Task]:
    """One task an export; the same bytes under two names are read once and told."""
    tasks: dict[str, Task] = {}
    for export in exports:
        try:
            sha256 = export.sha256()
        except ExportError as error:
            rejects.append((account.account_id, refusal(error, export.name)))
            continue
        if sha256 in tasks:
            reason = "the same bytes as another file, which is loaded; one of the two can go"
            twice = Reject(Outcome.LEFT_OUT, Code.E_DUPLICATE_FILE, reason, member=export.name, count=0)
            rejects.append((account.account_id, twice))
            continue
        key = _key(account.settings, export.name, sha256, suppressed)
        tasks[sha256] = Task(export, account.settings, key, sha256, folder, _size(export))
    return list(tasks.values())


def _key(settings: Settings, name: str, sha256: str, suppressed: str) -> str:
    """What a reading depends on: the file and its name, the code, the settings and who must not be read."""
    parts = (settings.account_id, name, sha256, code_version(), reading_fingerprint(settings), suppressed)
    return hashlib.sha256("\0".join(parts).encode("utf-8", "replace")).hexdigest()[:32]


def _read_all(tasks: list[Task], progress: Progress | None) -> list[Reading]:
    """Read exports, several at a time where that pays; results in the order of the tasks."""
    is_many = len(tasks) > 1 and sum(t.size for t in tasks) >= POOL_FROM
    readings: dict[str, Reading] = {}
    results = read_in_children(tasks) if is_many else map(_read_one, tasks)
    for number, reading in enumerate(results, start=1):
        readings[reading.key] = reading
        if progress:
            progress(number, len(tasks), reading.file)
    return [readings[task.key] for task in tasks]


def _read_one(task: Task) -> Reading:
    """Read an export, a large one that is made of many files in two parts at a time."""
    return read_export(task, second_part if task.size >= POOL_FROM and len(task.export.members) > 1 else None)


def _size(export: ExportFile) -> int:
    try:
        return export.size()
    except ExportError:
        return 0  # told when it is read


def _refused_files(rejects: list[tuple[str, Reject]]) -> int:
    """Files that could not even be opened; a bad entry of a zip costs only itself."""
    return sum(r.outcome is Outcome.REFUSED and "!" not in r.member for _, r in rejects)


def _nothing(summary: LoadSummary, accounts: Sequence[AccountHome]) -> UserError:
    where = ", ".join(str(a.exports_dir) for a in accounts)
    if not summary.found:
        fix = "Put the downloads there; `leakreview formats` lists what can be read"
        return UserError(Code.E_NOTHING, "there is no export", where, fix)
    reasons = [f"{r['file']}: {r['code']} {r['reason']}" for t in summary.tables("rejects") for r in t.to_pylist()]
    what = f"not one of {summary.found} files could be loaded"
    return UserError(Code.E_NOTHING, what, where, reasons[0] if reasons else "")


def _retire(folder: Path, current: set[str]) -> None:
    """Remove what was read of files, by code or with settings that are no more."""
    for name in (*READ_SHAPES, "rejects", "index"):
        for path in sorted((folder / name).glob("*")):
            if path.name.partition(".")[0] not in current or not path.name.endswith((".parquet", ".json")):
                path.unlink(missing_ok=True)


def _instant(text: str | None) -> Any:
    return pa.scalar(text).cast(FILES["exported_at"]).as_py() if text else None
