"""What all CSV formats share: from an export to rows of a shape, with everything that is not simply loaded told.

A format says how its header is recognised, which columns must be there, and what it makes of one row; reading cells by
the type of their column, column-wide date order, duplicate keys and flags are the same for all.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

from ingest import columns
from ingest.csv_cells import Sheet, Values, payload, read_cells, refused_columns, survey
from ingest.csv_reader import BadRow, Record, open_table, records
from ingest.csv_text import SKIP_HINT, peek_headers
from ingest.errors import Code, ExportError, shown
from ingest.formats import Export
from ingest.mapping import Mapping as FileMapping
from ingest.parse import Unreadable
from ingest.settings import Settings
from ingest.shapes import Outcome, Owner, Reject, Row

NAMED = 40  # unknown columns named in one report
_OTHER = (b"{", b"[", b"<", b"PK\x03\x04", b"BEGIN:VCALENDAR")

Item = Row | Reject | Owner
KeyOf = Callable[[Values], Hashable]
Rows = Callable[[Sheet, Values], Iterator[Row | Reject]]


@dataclass(frozen=True, slots=True)
class CsvFormat:
    """One kind of CSV export (see `ingest.formats.Format`)."""

    name: str
    title: str
    how_to_get: str
    record: str  # of the alias table
    system: str  # of the alias table
    shape: str
    claims: Callable[[tuple[str, ...]], bool]  # by the names of a header
    rows: Rows  # what one row of cells becomes
    needed: tuple[str, ...] = ()  # fields without which the file is refused
    key: KeyOf | None = None  # of a row; it is there once a file
    decimal: str | None = "."  # before the cents, as the system writes numbers
    prepare: Callable[[Sheet], Sheet] = field(default=lambda sheet: sheet)  # what has to be known of the whole file
    times: Callable[[tuple[str, ...]], tuple[int, ...]] = field(default=lambda header: ())  # further columns of times
    knows: Callable[[str], bool] = field(default=lambda name: False)  # header names beside the alias table

    @property
    def columns(self) -> tuple[str, ...]:
        """Header names the format knows, in every language."""
        return columns.known_names(self.record, self.system)

    def recognises(self, export: Export, settings: Settings) -> bool:
        """By its header, also below lines that do not belong there; never a file that a mapping is for."""
        return may_be_csv(export) and mapping_for(export, settings) is None and _header_at(export, self.claims) >= 0

    def read(self, export: Export, settings: Settings) -> Iterator[Item]:
        """Rows, flags and refusals of one file."""
        try:
            if above := _header_at(export, self.claims):
                what = f"{above} line{'s' * (above > 1)} above the header"
                raise ExportError(Code.E_HEADER, what, "", SKIP_HINT)
            table = open_table(export.read())
            found = columns.match(table.header, self.record, self.system)
            check_needed(self.needed, found.columns, table.header)
            more = self.times(table.header)
            sheet = survey(
                Sheet(table, found.columns, self.shape, settings, self.needed, self.decimal, more_times=more)
            )
            sheet = self.prepare(sheet)
        except ExportError as error:
            yield refused(error)
            return
        if unknown := tuple(name for name in found.unknown if not self.knows(name)):
            yield unknown_columns(unknown)
        yield from read_rows(sheet, self.rows, self.key)


def read_rows(sheet: Sheet, rows: Rows, key: KeyOf | None) -> Iterator[Item]:
    """Every row of a sheet through `rows`; bad ones quarantined, equal ones once, flags summed up at the end."""
    seen: dict[Hashable, tuple[int, int]] = {}
    flags: Counter[tuple[Code, str]] = Counter()
    first: dict[tuple[Code, str], int] = {}
    ordinals: Counter[int] = Counter()
    count = 0
    for record in records(sheet.table):
        count += 1
        if isinstance(record, BadRow):
            yield Reject(Outcome.QUARANTINED, record.code, record.reason, record.line, record.raw)
            continue
        values = read_cells(sheet, record)
        if isinstance(values, Reject):
            yield values
            continue
        if twin := _twin(seen, values, key, record):
            yield twin
            continue
        try:
            made = list(rows(sheet, values))
        except Unreadable as error:
            yield Reject(Outcome.QUARANTINED, error.code, error.reason, record.line, payload(sheet, values))
            continue
        for row in made:
            if isinstance(row, Row) and row.shape == "messages":
                row.values["ordinal"] = _ordinal(ordinals, row.values)
            yield row
        for flag in values.flags:
            first.setdefault(flag, record.line)
            flags[flag] += 1
    if count == 0:
        yield Reject(Outcome.FLAGGED, Code.E_EMPTY, "a header and no rows. Export it again if there should be", count=0)
    yield from refused_columns(sheet)
    for flag, number in flags.items():
        yield Reject(Outcome.FLAGGED, flag[0], flag[1], first[flag], count=number)


def by_field(*names: str) -> KeyOf:
    """The key that some fields make together."""
    return lambda values: tuple(values.fields[name] for name in names)


def may_be_csv(export: Export) -> bool:
    """A single file that does not begin like JSON, HTML, a zip or a calendar."""
    if export.members:
        return False
    try:
        head = export.read()[:64]
    except ExportError:
        return False
    return not head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(_OTHER)


def mapping_for(export: Export, settings: Settings) -> FileMapping | None:
    """The first mapping whose glob fits the file's own name."""
    name = export.name.rpartition("!")[2].rpartition("/")[2]
    return next((m for m in settings.mapping if fnmatchcase(name, m.file)), None)


def check_needed(needed: tuple[str, ...], found: Mapping[str, int], header: tuple[str, ...]) -> None:
    """Refuse a header that lacks a needed field, naming what was found. Raises ExportError E_HEADER."""
    missing = [f for f in needed if f not in found]
    if missing:
        names = ", ".join(shown(n) for n in header[:NAMED])
        what = f"no column for {', '.join(missing)}; found are {names}"
        raise ExportError(Code.E_HEADER, what, "", "Export it with that column, or rename it")


def unknown_columns(names: tuple[str, ...]) -> Reject:
    """One line for all columns whose meaning is not known."""
    listed = ", ".join(f'"{shown(n)}"' for n in names[:NAMED]) + (" and more" if len(names) > NAMED else "")
    reason = f"columns of no known meaning, kept in the payload: {listed}"
    return Reject(Outcome.FLAGGED, Code.E_UNKNOWN_COLUMN, reason, count=len(names))


def refused(error: ExportError) -> Reject:
    """A whole file that is not read."""
    reason = f"{error.what}. {error.what_to_do}" if error.what_to_do else error.what
    return Reject(Outcome.REFUSED, error.code, reason, count=0)


def _header_at(export: Export, claims: Callable[[tuple[str, ...]], bool]) -> int:
    """How many lines stand above the header that is claimed; -1 where none is."""
    headers = peek_headers(export.read())
    if headers and [c.lower() for c in headers[0][:1]] == ["sep="]:
        headers = headers[1:]
    return next((i for i, header in enumerate(headers) if claims(header)), -1)


def _ordinal(seen: Counter[int], message: dict[str, Any]) -> int:
    """0 for the first of equal messages of one instant, then 1, 2 ... in the order of the file."""
    same = hash(tuple(message.get(k) for k in ("conversation_id", "sent_at", "direction", "kind", "text", "context")))
    seen[same] += 1
    return seen[same] - 1


def _twin(seen: dict[Hashable, tuple[int, int]], values: Values, key: KeyOf | None, record: Record) -> Reject | None:
    """A second row of one key: left out where it says the same, quarantined where it says something else."""
    if key is None:
        return None
    content = hash(record.cells)
    line, before = seen.setdefault(key(values), (record.line, content))
    if line == record.line:
        return None
    if before == content:
        return Reject(Outcome.LEFT_OUT, Code.E_KEY, f"the same row as line {line}", record.line)
    return Reject(
        Outcome.QUARANTINED, Code.E_KEY, f"another row with the key of line {line}", record.line, record.cells
    )
