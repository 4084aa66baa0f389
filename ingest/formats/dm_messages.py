"""Our own `dm_messages.csv`: messages of any tool, one a row (CONTRACT: Input formats)."""

from __future__ import annotations

from ingest import columns
from ingest.csv_format import CsvFormat
from ingest.csv_messages import NEEDED, message_rows

NAMES = frozenset({"conversationid", "sentat"})


def _claims(header: tuple[str, ...]) -> bool:
    return {columns.normalise(name) for name in header} >= NAMES


FORMAT = CsvFormat(
    name="dm_messages",
    title="Messages as CSV (our own layout)",
    how_to_get=(
        "Write a dm_messages.csv with these columns from any other chat tool: sent_at as 2026-03-01T10:00:00Z, "
        "direction in or out, sent_by lead, coach, setter, va, ai, automation or empty."
    ),
    record="dm_messages",
    system="any",
    shape="messages",
    claims=_claims,
    rows=message_rows,
    needed=NEEDED,
)
