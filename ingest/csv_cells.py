"""The cells of a CSV row as the types of their columns: times in UTC, money, yes/no, addresses, else text.

A cell that is impossible for its column (30 February, "free" as a price) quarantines the row; one that does not even
try to be a date, an address or a yes is flagged and kept in the payload. A column of dates that could be read two ways
is not read at all.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import cache
from typing import Any, Literal, NamedTuple

from ingest import parse
from ingest.csv_reader import Record, Table, check, records
from ingest.errors import Code, ExportError, shown
from ingest.parse import Unreadable
from ingest.settings import Settings
from ingest.shapes import FLAG, MONEY, READ_SHAPES, TIME, Outcome, Reject

HUGE = Decimal(1_000_000)
PARSERS = {
    "email": parse.email,
    "invitee_email": parse.email,
    "phone": parse.phone,
    "invitee_phone": parse.phone,
    "instagram_handle": parse.handle,
    "participant_handle": parse.handle,
}
VERBATIM = frozenset({"text"})  # words as typed, blanks and all
FIX_DATES = "Set date_format in a [[mapping]] for this file"

Kind = Literal["time", "flag", "money", "currency", "address", "verbatim", "text", "beside"]
OrderOf = parse.Order | Literal["refused"]
Flag = tuple[Code, str]


class Column(NamedTuple):
    """One column that has a meaning; `kind` is how its cells are read, `beside` that they are no field of the shape."""

    name: str
    position: int
    kind: Kind


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table with the meaning of its columns and how its cells are to be read."""

    table: Table
    columns: Mapping[str, int]  # field -> position
    shape: str
    settings: Settings
    needed: tuple[str, ...] = ()  # fields every row must have
    decimal: str | None = None
    date_format: str | None = None
    timezone: str | None = None
    more_times: tuple[int, ...] = ()  # positions of other columns that hold times
    plan: tuple[Column, ...] = ()  # the columns as they are read
    orders: Mapping[int, OrderOf] = field(default_factory=dict)  # of columns with dates such as 03/04/2026

    facts: Mapping[str, Any] = field(default_factory=dict)  # what the format had to know of the whole file beforehand

    @property
    def zone(self) -> str:
        """The zone of times that carry none."""
        return self.timezone or self.settings.account.timezone

    def name(self, position: int) -> str:
        """Header name of a column, fit for a message."""
        return shown(self.table.header[position])


@dataclass(slots=True)
class Values:
    """One row: fields of the shape by type, cells of other known columns as text, and what was odd."""

    line: int
    cells: tuple[str, ...]
    fields: dict[str, Any]
    extras: dict[str, str]
    flags: list[Flag]


def survey(sheet: Sheet) -> Sheet:
    """Read all rows once: the file is sound, and each column's day-month order is proven or refused.

    Raises ExportError, also where a needed column holds dates that could be read two ways.
    """
    times = [*_times(sheet).values(), *sheet.more_times]
    proofs: dict[int, set[str]] = {i: set() for i in times}

    def look(record: Record) -> None:
        for i in times:
            if (order := parse.date_order(record.cells[i].strip())) is not None:
                proofs[i].add(order)

    check(sheet.table, None if sheet.date_format else look)
    orders = {i: _order(seen) for i, seen in proofs.items() if seen}
    for name in sheet.needed:
        if orders.get(sheet.columns[name]) == "refused":
            what = f'the dates of column "{sheet.name(sheet.columns[name])}" could be read two ways'
            raise ExportError(Code.E_DATE_ORDER, what, "", FIX_DATES)
    plan = tuple(Column(name, i, _kind(sheet.shape, name)) for name, i in sheet.columns.items())
    return dataclasses.replace(sheet, orders=orders, plan=plan)


def refused_columns(sheet: Sheet) -> Iterator[Reject]:
    """One line for each column that was not read because of its dates."""
    for i, order in sorted(sheet.orders.items()):
        if order == "refused":
            reason = f'the dates of column "{sheet.name(i)}" could be read two ways and were not read. {FIX_DATES}'
            yield Reject(Outcome.FLAGGED, Code.E_DATE_ORDER, reason)


def read_cells(sheet: Sheet, record: Record) -> Values | Reject:
    """The cells of one row by the type of their column; a Reject where one is impossible."""
    values = Values(record.line, record.cells, {}, {}, [])
    for column in sheet.plan:
        cell = record.cells[column.position]
        text = cell.strip()
        if not text:
            continue
        if column.kind == "text":
            values.fields[column.name] = text
        elif column.kind == "verbatim":
            values.fields[column.name] = cell
        elif column.kind == "beside":
            values.extras[column.name] = text
        else:
            try:
                values.fields[column.name] = _value(sheet, values, column, text)
            except Unreadable as error:
                if not error.is_text or column.kind == "money" or column.name in sheet.needed:
                    return quarantined(sheet, values, error, column.position)
                what = f'column "{sheet.name(column.position)}": {error.reason}; kept in the payload'
                values.flags.append((error.code, what))
    for name in sheet.needed:
        if values.fields.get(name) is None:
            code = Code.E_TIME if _kind(sheet.shape, name) == "time" else Code.E_KEY
            return Reject(Outcome.QUARANTINED, code, f"the row has no {name}", record.line, payload(sheet, values))
    return values


def read_time(sheet: Sheet, values: Values, position: int) -> datetime | None:
    """The time in a cell, None where it is empty or its column is refused. Raises Unreadable."""
    text = values.cells[position].strip()
    order = sheet.orders.get(position)
    if not text or order == "refused":
        return None
    found = parse.moment(text, sheet.zone, sheet.date_format, order)
    if found.trouble:
        twice = "a local time that is there twice as clocks go back; the first counts"
        what = twice if found.trouble == "dst_ambiguous" else "a local time that clocks skip as they go forward"
        values.flags.append((Code.E_ZONE, f'column "{sheet.name(position)}": {what}'))
    return found.at


def payload(sheet: Sheet, values: Values) -> dict[str, str]:
    """The row as exported: header name -> cell, the empty ones left out."""
    return {n: c for n, c in zip(sheet.table.header, values.cells, strict=True) if n and c}


def quarantined(sheet: Sheet, values: Values, error: Unreadable, position: int) -> Reject:
    """A row that is kept aside because of one cell."""
    reason = f'column "{sheet.name(position)}": {error.reason}'
    return Reject(Outcome.QUARANTINED, error.code, reason, values.line, payload(sheet, values))


def newest(sheet: Sheet, names: tuple[str, ...]) -> datetime | None:
    """The newest time in some columns, over all rows; cells that cannot be read do not count."""
    found: datetime | None = None
    positions = [sheet.columns[name] for name in names if name in sheet.columns]
    for record in sound_records(sheet):
        for position in positions:
            try:
                at = read_time(sheet, Values(record.line, record.cells, {}, {}, []), position)
            except Unreadable:
                continue
            found = max(found, at) if found and at else at or found
    return found


def sound_records(sheet: Sheet) -> Iterator[Record]:
    """The rows of a file that are whole."""
    return (row for row in records(sheet.table) if isinstance(row, Record))


@cache
def _kind(shape: str, name: str) -> Kind:
    """How the cells of a field are read."""
    if name not in READ_SHAPES[shape]:
        return "beside"
    if name in VERBATIM or name == "currency" or name in PARSERS:
        return "verbatim" if name in VERBATIM else "address" if name in PARSERS else "currency"
    by_type: dict[object, Kind] = {TIME: "time", FLAG: "flag", MONEY: "money"}
    return by_type.get(READ_SHAPES[shape][name], "text")


def _value(sheet: Sheet, values: Values, column: Column, text: str) -> Any:
    if column.kind == "time":
        return read_time(sheet, values, column.position)
    if column.kind == "flag":
        return parse.boolean(text)
    if column.kind == "money":
        return _money(sheet, values, column.position, text)
    return _currency(text) if column.kind == "currency" else PARSERS[column.name](text)


def _money(sheet: Sheet, values: Values, position: int, text: str) -> Decimal:
    """An amount; its sign tells the currency where no column does. Odd amounts are flagged."""
    found = parse.money(text, sheet.decimal)
    if found.currency and "currency" not in sheet.columns:
        values.fields["currency"] = found.currency
    odd = "negative" if found.amount < 0 else "zero" if found.amount == 0 else ""
    odd = odd or (f"over {HUGE:,}" if found.amount > HUGE else "")
    if odd:
        values.flags.append((Code.E_MONEY, f'column "{sheet.name(position)}": amounts that are {odd}'))
    return found.amount


def _currency(text: str) -> str:
    if len(text) == 3 and text.isascii() and text.isalpha():
        return text.upper()
    raise Unreadable(Code.E_SHAPE, "no currency code of three letters", is_text=True)


def _times(sheet: Sheet) -> dict[str, int]:
    return {name: i for name, i in sheet.columns.items() if _kind(sheet.shape, name) == "time"}


def _order(seen: set[str]) -> OrderOf:
    """What the dates of a column prove together."""
    if seen >= {"dmy", "mdy"} or seen == {"either"}:
        return "refused"
    return "mdy" if "mdy" in seen else "dmy"
