"""What waits for a person in the published warehouse: which conversation or record, why, and what to decide."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import Any

import duckdb
import orjson

from ingest.errors import Code, UserError
from ingest.generations import Found
from ingest.identity.suggest import Suggestion
from ingest.seeds import read_seed
from ingest.warehouse import connect, published
from reports.text import clean, plural, shorten

CONVERSATIONS = """
with waiting as (
    select
        r.*, j.stage, j.stage_entered_at, j.exclusion_reason, j.lead_id, j.journey_number,
        p.next_started_at is not null as is_over
    from intermediate.int_reviews as r
    inner join marts.fct_journeys as j on j.account_id = r.account_id and j.journey_id = r.journey_id
    inner join intermediate.int_journeys as p on p.journey_id = r.journey_id
    where r.conversation_id is not null
    qualify row_number() over (
        partition by r.account_id, r.conversation_id
        order by r.is_sensitive_open desc, j.journey_number desc, r.journey_id
    ) = 1
),

booked as (
    select journey_id, min(booking_key) as booking_key
    from intermediate.int_journey_bookings
    where is_uncertain
    group by journey_id
),

last_read as (
    select account_id, conversation_id, max(sent_at) as seen_until
    from intermediate.int_messages
    group by account_id, conversation_id
),

last_words as (
    select journey_id, max(sent_at) as last_at
    from intermediate.int_journey_messages
    group by journey_id
)

select
    w.account_id, 'conversation' as record_kind, null as system, b.booking_key as record_key, w.conversation_id,
    coalesce(nullif(l.display_name, ''), l.instagram_handle) as lead, w.stage, w.exclusion_reason,
    w.review_reason as reason, w.since_at as since, m.seen_until,
    coalesce(greatest(k.last_at, least(w.stage_entered_at, s.as_of)), m.seen_until) as counts_from, w.is_over, s.as_of,
    null as suggestions
from waiting as w
inner join raw.settings as s on s.account_id = w.account_id
inner join last_read as m on m.account_id = w.account_id and m.conversation_id = w.conversation_id
left join marts.dim_leads as l on l.account_id = w.account_id and l.lead_id = w.lead_id
left join last_words as k on k.journey_id = w.journey_id
left join booked as b on b.journey_id = w.journey_id and w.review_reason = 'whose_booking'
"""

RECORDS = """
select
    i.account_id, i.record_kind, i.system, i.record_key, null as conversation_id,
    coalesce(b.invitee_name, c.display_name, b.invitee_email, c.email) as lead, null as stage,
    null as exclusion_reason, 'unmatched_' || i.record_kind as reason, coalesce(b.created_at, c.created_at) as since,
    null as seen_until, null as counts_from, false as is_over, s.as_of, i.suggestions
from raw.identities as i
inner join raw.settings as s on s.account_id = i.account_id
left join (
    select account_id, booking_key, max(invitee_name) as invitee_name, max(invitee_email) as invitee_email,
        min(created_at) as created_at
    from raw.bookings
    group by all
) as b on i.record_kind = 'booking' and b.account_id = i.account_id and b.booking_key = i.record_key
left join (
    select account_id, system, record_kind, lead_key, max(display_name) as display_name, max(email) as email,
        min(created_at) as created_at
    from raw.crm_leads
    group by all
) as c on i.record_kind = 'crm' and c.account_id = i.account_id and c.system = i.system
    and c.record_kind = i.crm_record_kind and c.lead_key = i.record_key
where i.is_uncertain and i.conversation_id is null and i.record_kind in ('booking', 'crm')
"""

WORDS = """
select account_id, conversation_id, sent_at, role, kind, text, context, position, is_sensitive, is_unheard
from intermediate.int_messages
where account_id = ? and conversation_id = ?
order by sent_at, position
"""

NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class Case:
    """One thing that a person has to decide."""

    account_id: str
    record_kind: str  # conversation | booking | crm
    system: str | None
    record_key: str | None  # of a booking or a CRM row, also of the booking that a conversation is asked about
    conversation_id: str | None
    lead: str | None
    stage: str | None  # shown meanwhile
    exclusion_reason: str | None
    reason: str  # a reason of review_reasons
    since: datetime | None
    seen_until: datetime | None  # time of the last message there is to read
    counts_from: datetime | None  # from when a decision counts: the last moment of the pass it is about
    is_over: bool  # about an earlier pass: the lead has come back since
    as_of: datetime
    suggestions: tuple[Suggestion, ...] = ()  # of a booking or a CRM row: whose it may be, the likeliest first


def reasons() -> dict[str, dict[str, str]]:
    """Why something is in the queue and what to decide, by reason."""
    return {row["reason"]: row for row in read_seed("review_reasons")}


def waiting(home: Path) -> tuple[Found, list[Case]]:
    """Everything that waits, the weightiest first; reads what is published. Raises UserError (E_PUBLISHED)."""
    found = published(home)
    order = {reason: int(row["position"]) for reason, row in reasons().items()}
    cases = [Case(**row | _suggestions(row)) for query in (CONVERSATIONS, RECORDS) for row in _rows(found.path, query)]
    return found, sorted(cases, key=lambda c: (order[c.reason], c.since or c.as_of, c.account_id, _key(c)))


def _suggestions(row: dict[str, Any]) -> dict[str, tuple[Suggestion, ...]]:
    return {"suggestions": tuple(Suggestion(**one) for one in orjson.loads(row["suggestions"] or "[]"))}


def is_behind(home: Path, found: Found) -> bool:
    """Whether decisions were written down since the warehouse was built."""
    written = home / "records" / "decisions.jsonl"
    return written.is_file() and written.stat().st_mtime_ns > found.path.stat().st_mtime_ns


def words_of(warehouse: Path, case: Case) -> list[dict[str, Any]]:
    """The messages of a case's conversation, in order; none for a record."""
    if case.conversation_id is None:
        return []
    return _rows(warehouse, WORDS, [case.account_id, case.conversation_id])


def told(found: Found, cases: list[Case], show_words: bool = False) -> list[str]:
    """The queue in plain words; the words of a conversation only when they are asked for."""
    if not cases:
        return ["Nothing waits for a person."]
    known, labels = reasons(), {row["stage"]: row["label"] for row in read_seed("stages")}
    is_many = len({case.account_id for case in cases}) > 1
    lines = [f"{plural(len(cases), 'thing waits', 'things wait')} for a person."]
    for reason, group in groupby(cases, key=lambda case: case.reason):
        lines += ["", f"{known[reason]['label']}. {known[reason]['question']}"]
        for case in group:
            whose = f" [{case.account_id}]" if is_many else ""
            since = f", since {case.since:%Y-%m-%d}" if case.since else ""
            place = f"{_shown(case, labels)} ({case.record_kind} {clean(_key(case))})"
            lines.append(f"  {shorten(case.lead or _key(case), 40)}{whose}{since}: {place}")
            lines += [f"      maybe {line}" for line in suggested(case)]
            if show_words:
                lines += [f'      "{shorten(text, 150)}"' for text in _telling(found.path, case)]
    return [*lines, "", "To decide: leakreview queue export, fill in the file, leakreview queue import FILE"]


def suggested(case: Case) -> list[str]:
    """Conversations that a booking or a CRM row may belong to: id, score and why, a line each."""
    return [f"{clean(s.conversation_id)} ({s.score:.2f}): {s.why}" for s in case.suggestions]


def as_json(found: Found, case: Case, show_words: bool) -> dict[str, Any]:
    """A case for programs."""
    more = {"label": reasons()[case.reason]["label"], "question": reasons()[case.reason]["question"]}
    return asdict(case) | more | ({"words": _telling(found.path, case)} if show_words else {})


def _shown(case: Case, labels: dict[str, str]) -> str:
    """What is shown of a case until somebody decides."""
    if case.stage is None:
        return "nobody's, meanwhile"
    passed = " (an earlier pass)" if case.is_over else ""
    excluded = f", counted as {case.exclusion_reason.replace('_', ' ')}" if case.exclusion_reason else ""
    return f"{labels[case.stage]}{passed}{excluded}, meanwhile"


def _telling(warehouse: Path, case: Case) -> list[str]:
    """The words that a decision hangs on: the sensitive ones, else the lead's last."""
    messages = words_of(warehouse, case)
    flagged = [m["text"] for m in messages if m["is_sensitive"] and m["text"]]
    last = [m["text"] for m in messages if m["role"] == "lead" and m["text"]][-1:]
    return flagged if case.reason == "sensitive" and flagged else last


def _key(case: Case) -> str:
    return case.conversation_id or case.record_key or ""


def _rows(warehouse: Path, query: str, parameters: list[Any] | None = None) -> list[dict[str, Any]]:
    with connect(warehouse) as con:
        try:
            cursor = con.execute(query, parameters or [])
        except (duckdb.BinderException, duckdb.CatalogException) as error:
            fix = "Run leakreview refresh to build it anew"
            raise UserError(Code.E_PUBLISHED, "another version built the warehouse", warehouse.name, fix) from error
        names = [column[0] for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
