"""Any CSV through a `[[mapping]]` of settings.toml; it wins over every other format for the files its glob names.

Columns come by their names from the mapping. Custom properties that are understood in any CRM (call outcome, offer,
objection, nurture until, client since, lost reason, handle) are found by themselves where the mapping leaves them out.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from ingest import columns
from ingest.csv_bookings import booking_key, status_of
from ingest.csv_cells import Sheet, Values, payload, survey
from ingest.csv_format import Item, KeyOf, Rows, by_field, mapping_for, may_be_csv, read_rows, refused
from ingest.csv_leads import lead_row
from ingest.csv_messages import message_rows
from ingest.csv_reader import CsvOptions, Table, open_table
from ingest.csv_text import SKIP_HINT, clean_name
from ingest.errors import Code, ExportError, shown
from ingest.formats import Export
from ingest.formats.stage_history import stage_rows
from ingest.mapping import FIELDS, NEEDED, Mapping
from ingest.settings import Settings
from ingest.shapes import Row

SHAPES = {
    "crm_leads": "crm_leads",
    "dm_messages": "messages",
    "bookings": "bookings",
    "stage_history": "stage_changes",
}
RENAMED = {"stage": "stage_label", "source": "source_label", "status": "status_label"}  # of leads and stages
CUSTOM = (
    *("instagram_handle", "call_outcome", "offer_made", "main_objection", "nurture_until", "client_since"),
    "lost_reason",
)


class MappedCsv:
    """Files that the settings explain."""

    name = "mapped_csv"
    title = "Any other CSV (through a mapping in settings.toml)"
    how_to_get = "Put the CSV into exports and a [[mapping]] into settings.toml: file, record and columns."
    columns = tuple(dict.fromkeys(field for fields in FIELDS.values() for field in fields))

    def recognises(self, export: Export, settings: Settings) -> bool:
        """By the glob of a mapping on the file's name: here the owner says what it is."""
        return mapping_for(export, settings) is not None and may_be_csv(export)

    def read(self, export: Export, settings: Settings) -> Iterator[Item]:
        """Rows, flags and refusals of one file."""
        mapping = mapping_for(export, settings)
        if mapping is None:
            return
        try:
            table = open_table(export.read(), CsvOptions(mapping.encoding, mapping.delimiter, mapping.skip_rows))
            sheet = survey(_sheet(table, mapping, settings))
        except ExportError as error:
            yield refused(error)
            return
        rows, key = _reading(mapping)
        yield from read_rows(sheet, rows, key)


def _sheet(table: Table, mapping: Mapping, settings: Settings) -> Sheet:
    """The table with the mapping's columns. Raises ExportError for a column that is not there."""
    at = {name.casefold(): i for i, name in enumerate(table.header) if name}
    found: dict[str, int] = {}
    for field, name in mapping.columns.items():
        position = at.get(clean_name(name).casefold())
        if position is None:
            what = f'no column "{shown(name)}" for {field}; found are {", ".join(shown(n) for n in table.header)}'
            raise ExportError(Code.E_HEADER, what, "", f"Correct the mapping. {SKIP_HINT}")
        found[_ours(mapping.record, field)] = position
    if mapping.record == "crm_leads":
        known = columns.match(table.header, "crm_leads", columns.ANY).columns
        taken = set(found.values())
        found |= {f: known[f] for f in CUSTOM if f in known and f not in found and known[f] not in taken}
    return Sheet(
        table,
        found,
        SHAPES[mapping.record],
        settings,
        needed=tuple(_ours(mapping.record, field) for field in NEEDED[mapping.record]),
        decimal=mapping.decimal,
        date_format=mapping.date_format,
        timezone=mapping.timezone,
        facts={"system": mapping.file},
    )


def _ours(record: str, field: str) -> str:
    """Column of the shape for a field of a mapping."""
    return RENAMED.get(field, field) if record in ("crm_leads", "stage_history") else field


def _reading(mapping: Mapping) -> tuple[Rows, KeyOf | None]:
    """What a row becomes, and the key that is there once a file."""
    if mapping.record == "crm_leads":
        return partial(_leads, mapping.file), by_field("lead_key")
    if mapping.record == "bookings":
        return _bookings, _key
    if mapping.record == "stage_history":
        return partial(stage_rows, system=mapping.file), by_field("lead_key", "stage_label", "entered_at")
    return message_rows, None


def _leads(system: str, sheet: Sheet, values: Values) -> Iterator[Row]:
    """A lead; a deal where the file tells stages, status or closings, else a contact."""
    told = {"stage_label", "status_label", "won_at", "lost_at", "closed_at"} & sheet.columns.keys()
    yield lead_row(sheet, values, system, "deal" if told else "contact")


def _bookings(sheet: Sheet, values: Values) -> Iterator[Row]:
    """A booking; its status by the seed of status words, active where the file tells none."""
    status: str | None = "active"
    missed: bool | None = None
    if word := values.fields.get("status"):
        status, missed = status_of(word, values)
    by = str(values.fields.get("canceled_by", "")).casefold()
    made = {
        **values.fields,
        "booking_key": _key(values),
        "status": status,
        "no_show": values.fields.get("no_show", missed),
        "canceled_by": by if by in ("invitee", "host") else None,
    }
    yield Row("bookings", made, values.line, payload(sheet, values))


def _key(values: Values) -> str:
    return str(values.fields.get("booking_key") or booking_key(values.fields))


FORMAT = MappedCsv()
