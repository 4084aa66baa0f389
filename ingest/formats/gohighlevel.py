"""GoHighLevel (HighLevel): Opportunities > Export.

The file has the current stage and how many days ago it was entered, no dates of stages (FORMATS 4.2): the entry is
counted back from the newest created or updated time in the file. It is the row's last change where that is within a
day of it, and never before the opportunity itself.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation

from ingest import columns
from ingest.csv_cells import Sheet, Values, newest
from ingest.csv_format import CsvFormat, by_field
from ingest.csv_leads import lead_row
from ingest.errors import Code
from ingest.shapes import Row

SYSTEM = "gohighlevel"
DAY = timedelta(days=1)
CLOSED = {"won": "won_at", "lost": "lost_at", "abandoned": "lost_at"}


def _claims(header: tuple[str, ...]) -> bool:
    found = columns.match(header, "crm_leads", SYSTEM).columns
    names = {columns.normalise(name) for name in header}
    own = {"opportunityid", "opportunityname", "iddeoportunidad", "nombredelaoportunidad", "iddaoportunidade"}
    return (
        bool(names & own)
        and {"stage_label", "lead_key"} <= found.keys()
        and bool({"contact_key", "display_name"} & found.keys())
    )


def _prepare(sheet: Sheet) -> Sheet:
    """The date of the export, once for the file."""
    if not {"days_in_stage", "days_in_status"} & sheet.columns.keys():
        return sheet
    return dataclasses.replace(sheet, facts={"exported_at": newest(sheet, ("created_at", "updated_at"))})


def _rows(sheet: Sheet, values: Values) -> Iterator[Row]:
    status = str(values.fields.get("status_label", "")).casefold()
    closed = {CLOSED[status]: _days_ago(sheet, values, "days_in_status")} if status in CLOSED else {}
    entered = _days_ago(sheet, values, "days_in_stage")
    yield lead_row(sheet, values, SYSTEM, "deal", stage_entered_at=entered, **closed)


def _days_ago(sheet: Sheet, values: Values, name: str) -> datetime | None:
    """The export's date less the days of a cell; None where the cell says nothing."""
    text = values.extras.get(name)
    exported_at: datetime | None = sheet.facts.get("exported_at")
    if text is None or exported_at is None:
        return None
    try:
        days = Decimal(text)
    except InvalidOperation:
        days = Decimal(-1)
    if not 0 <= days < 20_000:
        values.flags.append((Code.E_NUMBER, f'column "{sheet.name(sheet.columns[name])}": no number of days'))
        return None
    at = exported_at - timedelta(days=float(days))
    updated: datetime | None = values.fields.get("updated_at")
    if updated and abs(updated - at) < DAY:
        return updated  # whole days tell no hour; the row's last change on that day does
    created: datetime | None = values.fields.get("created_at")
    return max(at, created) if created else at


FORMAT = CsvFormat(
    name="gohighlevel",
    title="GoHighLevel opportunities (CSV)",
    how_to_get="GoHighLevel: Opportunities > list view > select all > Export > CSV, with all columns.",
    record="crm_leads",
    system=SYSTEM,
    shape="crm_leads",
    claims=_claims,
    rows=_rows,
    needed=("lead_key",),
    key=by_field("lead_key"),
    prepare=_prepare,
)
