"""Our own `stage_history.csv`: one row per change of stage, as any CRM logs it (CONTRACT: Input formats)."""

from __future__ import annotations

from collections.abc import Iterator

from ingest import columns
from ingest.csv_cells import Sheet, Values, payload
from ingest.csv_format import CsvFormat, by_field
from ingest.shapes import Row

SYSTEM = "stage_history"


def stage_rows(sheet: Sheet, values: Values, system: str = SYSTEM) -> Iterator[Row]:
    """A row as one change of stage."""
    yield Row("stage_changes", {"system": system, **values.fields}, values.line, payload(sheet, values))


def _claims(header: tuple[str, ...]) -> bool:
    names = {columns.normalise(name) for name in header}
    return {"leadkey", "enteredat"} <= names


FORMAT = CsvFormat(
    name="stage_history",
    title="Stage history as CSV (our own layout)",
    how_to_get="Write a stage_history.csv with these columns from your CRM's log: one row per change of stage.",
    record="stage_history",
    system="any",
    shape="stage_changes",
    claims=_claims,
    rows=stage_rows,
    needed=("lead_key", "stage_label", "entered_at"),
    key=by_field("lead_key", "stage_label", "entered_at"),
)
