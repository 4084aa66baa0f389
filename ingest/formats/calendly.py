"""Calendly: Scheduled events > Export (CSV), header as of March 2025 (FORMATS 5.1).

Times carry no zone and are the host's; who cancelled is told by name; a call that took place is not told at all. A
rescheduled call is a cancelled row and a new one.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import pairwise
from typing import Any

from ingest import columns, parse
from ingest.csv_bookings import answers_text, booking_key, from_answers
from ingest.csv_cells import Sheet, Values, payload, read_cells, sound_records
from ingest.csv_format import CsvFormat
from ingest.errors import Code
from ingest.parse import Unreadable
from ingest.shapes import Row

SYSTEM = "calendly"
NAMES = frozenset(["eventtypename", "inviteeemail", "startdatetime"])
_QUESTION = re.compile(r"(?P<kind>question|response)(?P<number>\d+)")
_MOVED = re.compile(r"re-?schedul", re.IGNORECASE)


def _claims(header: tuple[str, ...]) -> bool:
    return {columns.normalise(name) for name in header} >= NAMES


def _knows(name: str) -> bool:
    return bool(_QUESTION.fullmatch(columns.normalise(name)))


def _rows(sheet: Sheet, values: Values) -> Iterator[Row]:
    answers = _answers(sheet, values)
    made = {"invitee_name": _full_name(values), **from_answers(answers, values), **values.fields}
    canceled, moved = _canceled(sheet, values)
    key = _key(values)
    made |= {
        "booking_key": key,
        "status": "rescheduled" if moved else "cancelled" if canceled else "active",
        "canceled_by": _by_whom(sheet, values, made) if canceled else None,
        "rescheduled_from": sheet.facts["replaced"].get(key),
        "answers": answers_text(answers),
    }
    yield Row("bookings", made, values.line, payload(sheet, values))


def _replacements(sheet: Sheet) -> Sheet:
    """Which booking takes the place of a rescheduled one: the invitee's next one of that kind."""
    made: dict[tuple[str, str], list[tuple[datetime, str, bool]]] = {}
    for record in sound_records(sheet):
        values = read_cells(sheet, record)
        if isinstance(values, Values) and (created := values.fields.get("created_at")):
            whose = (values.fields.get("invitee_email", ""), values.fields.get("event_name", ""))
            made.setdefault(whose, []).append((created, _key(values), _canceled(sheet, values)[1]))
    replaced: dict[str, str] = {}
    for (email, _), bookings in made.items():
        bookings.sort()
        pairs = pairwise(bookings) if email else ()
        replaced |= {new: old for (_, old, moved), (_, new, _) in pairs if moved and new != old}
    return dataclasses.replace(sheet, facts={"replaced": replaced})


def _key(values: Values) -> str:
    """Event and invitee by their ids; older exports have none."""
    ids = [values.extras[k] for k in ("event_uuid", "invitee_uuid") if k in values.extras]
    return "/".join(ids) or booking_key({"invitee_name": _full_name(values), **values.fields})


def _full_name(values: Values) -> str | None:
    return " ".join(values.extras[k] for k in ("first_name", "last_name") if k in values.extras) or None


def _canceled(sheet: Sheet, values: Values) -> tuple[bool, bool]:
    """Whether a booking was cancelled, and whether only because it was moved."""
    canceled = _flag(sheet, values, "canceled")
    moved = _flag(sheet, values, "rescheduled") or bool(_MOVED.match(str(values.fields.get("cancel_reason", ""))))
    return canceled, canceled and moved


def _flag(sheet: Sheet, values: Values, name: str) -> bool:
    """A yes or no that is no column of ours; anything else is flagged and counts as no."""
    try:
        return name in values.extras and parse.boolean(values.extras[name])
    except Unreadable as error:
        values.flags.append((Code.E_SHAPE, f'column "{sheet.name(sheet.columns[name])}": {error.reason}'))
        return False


def _by_whom(sheet: Sheet, values: Values, made: Mapping[str, Any]) -> str | None:
    """`invitee` or `host`, by the name or address in Canceled By; None where it is neither."""
    who = str(made.get("canceled_by") or "").casefold()
    invitee = [made.get("invitee_name"), made.get("invitee_email"), _full_name(values), "invitee"]
    host = [made.get("host"), values.extras.get("host_email"), *sheet.settings.account.names, "host"]
    for role, names in (("invitee", invitee), ("host", host)):
        if who in {str(name).casefold() for name in names if name}:
            return role
    return None


def _answers(sheet: Sheet, values: Values) -> list[tuple[str, str]]:
    """Pairs of `Question N` and `Response N`, by their number."""
    found: dict[int, dict[str, str]] = {}
    for name, cell in zip(sheet.table.header, values.cells, strict=True):
        if match := _QUESTION.fullmatch(columns.normalise(name)):
            found.setdefault(int(match["number"]), {})[match["kind"]] = cell
    pairs = [(p.get("question", ""), p.get("response", "")) for _, p in sorted(found.items())]
    return [pair for pair in pairs if pair[1].strip()]


FORMAT = CsvFormat(
    name="calendly",
    title="Calendly events (CSV)",
    how_to_get="Calendly: Meetings > Export (all dates, all statuses) > CSV.",
    record="bookings",
    system=SYSTEM,
    shape="bookings",
    claims=_claims,
    rows=_rows,
    needed=("starts_at",),
    key=_key,
    prepare=_replacements,
    knows=_knows,
)
