"""The record shapes that every export format is read into, and the raw tables they become.

One shape is one table of schema `raw`. A format yields `Row(shape, values)` and `Reject`; the loader adds where the
row came from. Columns not given are null. Times are aware, in UTC; money is Decimal. Nothing here knows a vendor.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, NamedTuple

import pyarrow as pa

TEXT = pa.string()
TIME = pa.timestamp("us", tz="UTC")
FLAG = pa.bool_()
INT = pa.int64()
MONEY = pa.decimal128(18, 2)
SHARE = pa.float64()

# where a row came from: on every row as read
PROVENANCE: dict[str, pa.DataType] = {
    "account_id": TEXT,
    "file": TEXT,  # export file as the owner knows it, relative to exports/; for a zip: "x.zip!member"
    "line": INT,  # 1-based line of a CSV, 1-based index of a message or event in its file
    "format": TEXT,  # name of the format that read it
    "exported_at": TIME,  # newest sent, created or updated time in the whole export file
    "payload": TEXT,  # the row as exported, as JSON
}

# one row per message as one export file shows it
MESSAGES: dict[str, pa.DataType] = {
    "conversation_id": TEXT,  # thread folder name, or the id of the CSV
    "thread_key": TEXT,  # id after the last underscore of the folder name; the id itself for a CSV
    "participant_name": TEXT,
    "participant_handle": TEXT,
    "is_pending": FLAG,  # message request not yet accepted
    "sender_name": TEXT,
    "sent_at": TIME,
    "direction": TEXT,  # in (lead) | out (team)
    "sent_by": TEXT,  # role as the export says it, else null
    # text voice photo video story_reply story_mention reel_share post_share reaction unsent call ad_reply system
    "kind": TEXT,
    "text": TEXT,  # words as typed, mojibake repaired; null where there are none
    "context": TEXT,  # what it replies to or shares: story text, caption, ad title, comment
    "link": TEXT,  # address of a share
    "ordinal": INT,  # 0 for the first of equal messages in one instant, then 1, 2 ...
}

# one row per person or deal as one CRM or chat-tool export row shows it
CRM_LEADS: dict[str, pa.DataType] = {
    "system": TEXT,  # hubspot | gohighlevel | manychat | mapped (several mapped files may describe one lead_key)
    "record_kind": TEXT,  # deal (makes a journey when it is a deal or has a mapped stage) | contact | subscriber
    "lead_key": TEXT,  # the system's own id of the row
    "contact_key": TEXT,  # id of the person the deal belongs to, where the system keeps them apart
    "display_name": TEXT,
    "email": TEXT,
    "phone": TEXT,
    "instagram_handle": TEXT,
    "created_at": TIME,
    "updated_at": TIME,
    "stage_label": TEXT,
    "stage_entered_at": TIME,
    "status_label": TEXT,  # open | won | lost as the system says it, where it keeps that apart from the stage
    "source_label": TEXT,
    "content_ref": TEXT,
    "keyword": TEXT,
    "campaign": TEXT,
    "ad_title": TEXT,
    "lead_magnet": TEXT,
    "tags": TEXT,  # joined by ;
    "owner": TEXT,
    "amount": MONEY,
    "currency": TEXT,
    "won_at": TIME,
    "lost_at": TIME,
    "closed_at": TIME,  # won_at or lost_at by the stage
    "lost_reason": TEXT,
    "call_outcome": TEXT,
    "offer_made": TEXT,
    "main_objection": TEXT,
    "nurture_until": TIME,
    "client_since": TIME,
    "note": TEXT,
}

# one row per change of stage as a CRM logs it
STAGE_CHANGES: dict[str, pa.DataType] = {
    "system": TEXT,
    "lead_key": TEXT,  # the CRM's id, an e-mail or a handle
    "stage_label": TEXT,
    "entered_at": TIME,
    "changed_by": TEXT,
}

# one row per calendar booking as one export shows it
BOOKINGS: dict[str, pa.DataType] = {
    "booking_key": TEXT,
    "event_name": TEXT,
    "invitee_name": TEXT,
    "invitee_email": TEXT,
    "invitee_phone": TEXT,
    "instagram_handle": TEXT,
    "created_at": TIME,
    "starts_at": TIME,
    "ends_at": TIME,
    "status": TEXT,  # active | cancelled | rescheduled | completed, as the calendar itself knows
    "canceled_at": TIME,  # null where the export does not date it
    "canceled_by": TEXT,  # invitee | host, else null
    "cancel_reason": TEXT,
    "no_show": FLAG,
    "no_show_marked_at": TIME,
    "rescheduled_from": TEXT,  # booking_key of the booking this one replaces
    "host": TEXT,
    "answers": TEXT,  # questions and answers, one "question: answer" a line
    "note": TEXT,
    "utm_source": TEXT,
    "utm_campaign": TEXT,
    "utm_content": TEXT,
}

# one row per judgement of what a message shows, by a rule, the model, another model or a person
JUDGEMENTS: dict[str, pa.DataType] = {
    "account_id": TEXT,
    "conversation_id": TEXT,
    "message_id": TEXT,  # null: about the whole conversation
    "at": TIME,  # when the judged message was sent
    "kind": TEXT,  # signal | stage | exclusion
    "signal": TEXT,
    "value": TEXT,  # kind within a signal (objection -> price), which exclusion; of a closing stage: reason [date]
    "quote": TEXT,  # verbatim from the message
    "judged_by": TEXT,  # rule | model | person
    "judge": TEXT,  # id of the rule, version of the model, name of the person
    "rules_version": TEXT,
    "confidence": SHARE,  # 0..1
    "judged_at": TIME,  # only for a person's decision
}

# one row per export file
FILES: dict[str, pa.DataType] = {
    "account_id": TEXT,
    "file": TEXT,
    "sha256": TEXT,
    "format": TEXT,
    "exported_at": TIME,
    "newest_call_at": TIME,  # newest start of a call in a calendar export, else null
    "rows_read": INT,
    "rows_loaded": INT,
    "rows_refused": INT,
    "rows_left_out": INT,
    "owner_names": TEXT,  # names of the account found in the export, joined by ;
    "owner_handles": TEXT,
}

# one row per row or file that was refused, quarantined, left out on purpose or flagged
REJECTS: dict[str, pa.DataType] = {
    "account_id": TEXT,
    "file": TEXT,
    "line": INT,
    "format": TEXT,
    "outcome": TEXT,  # refused (file) | quarantined (row) | left_out (group thread, system row) | flagged (kept)
    "code": TEXT,
    "reason": TEXT,  # what, where, what to do; never the person's words
    "payload": TEXT,
}

READ_SHAPES: dict[str, dict[str, pa.DataType]] = {
    "messages": MESSAGES,
    "crm_leads": CRM_LEADS,
    "stage_changes": STAGE_CHANGES,
    "bookings": BOOKINGS,
    "judgements": {k: v for k, v in JUDGEMENTS.items() if k != "account_id"},
}


class Outcome(StrEnum):
    """What became of something that is not simply loaded."""

    REFUSED = "refused"
    QUARANTINED = "quarantined"
    LEFT_OUT = "left_out"
    FLAGGED = "flagged"


class Row(NamedTuple):
    """One record of a shape, with the line it stands on and the row as exported (any JSON value)."""

    shape: str
    values: dict[str, Any]
    line: int
    payload: Any = None
    member: str = ""  # path inside a zip or folder


@dataclass(frozen=True, slots=True)
class Reject:
    """One row or file that is not simply loaded; `code` is public (docs/errors.md), `reason` names the way out."""

    outcome: Outcome
    code: str
    reason: str
    line: int | None = None
    payload: Any = None
    member: str = ""
    count: int = 1


@dataclass(slots=True)
class Owner:
    """Names and handles of the account that an export itself tells."""

    names: set[str] = field(default_factory=set)
    handles: set[str] = field(default_factory=set)


def read_schema(shape: str) -> pa.Schema:
    """Arrow schema of a raw table as read: provenance first, then the shape's own columns."""
    return pa.schema([*PROVENANCE.items(), *READ_SHAPES[shape].items()])


# one row per distinct message, whatever number of exports show it
UNITED_MESSAGES: dict[str, pa.DataType] = {
    **PROVENANCE,
    **MESSAGES,
    "message_id": TEXT,  # hash of account, thread, time, direction, content, ordinal
    "position": INT,  # 1-based order within the conversation, reactions and system rows included
}

# one row per conversation (thread), after its parts and exports are united
CONVERSATIONS: dict[str, pa.DataType] = {
    "account_id": TEXT,
    "conversation_id": TEXT,  # folder name in the newest export, or the id of the CSV
    "thread_key": TEXT,
    "participant_name": TEXT,  # as in the newest export
    "participant_handle": TEXT,
    "is_pending": FLAG,
    "first_message_at": TIME,
    "last_message_at": TIME,
    "dm_format": TEXT,  # format that showed it last
    "content_hash": TEXT,  # of its messages: key of the judgement cache
}

# one row per conversation, CRM row and booking: whose it is
IDENTITIES: dict[str, pa.DataType] = {
    "account_id": TEXT,
    "record_kind": TEXT,  # conversation | crm | booking
    "system": TEXT,  # of a CRM row, else null
    "crm_record_kind": TEXT,  # of a CRM row: deal | contact | subscriber (ids may repeat between them), else null
    "record_key": TEXT,  # conversation_id | lead_key | booking_key
    "lead_id": TEXT,
    "match_method": TEXT,  # email phone handle token name_time link_time person; null: nothing to match, its own lead
    "match_confidence": SHARE,  # 1 for exact keys and for a lead's own record
    "is_uncertain": FLAG,  # under the threshold or names disagree: goes to review
    "conversation_id": TEXT,  # the conversation of that lead it was matched to, null where the lead has none
    "suggestions": TEXT,  # of a record without one: up to three as JSON, [{conversation_id, score 0..1, why}]
}

# one row per account: as_of and what differs between coaches
SETTINGS: dict[str, pa.DataType] = {
    "account_id": TEXT,
    "account_name": TEXT,
    "timezone": TEXT,
    "currency": TEXT,
    "as_of": TIME,
    "default_as_of": TIME,  # end of the day of the newest sent, created or updated time
    "has_calendar": FLAG,  # any booking export was loaded
    "has_crm": FLAG,
    "calendar_exported_at": TIME,
    "review_confidence": SHARE,
    "follow_up_days": INT,
    "reentry_days": INT,
    "hot_days": INT,
    "weak_handoff_below": INT,
    "no_show_risk_handoff_below": INT,
    "no_show_risk_days": INT,
    "rescued_worth": SHARE,
}

TEAM: dict[str, pa.DataType] = {"account_id": TEXT, "name": TEXT, "role": TEXT}
# field: stage | source
LABELS: dict[str, pa.DataType] = {"account_id": TEXT, "field": TEXT, "label": TEXT, "value": TEXT}
KEYWORDS: dict[str, pa.DataType] = {"account_id": TEXT, "keyword": TEXT, "lead_magnet": TEXT}

RAW_TABLES: dict[str, dict[str, pa.DataType]] = {
    "messages": UNITED_MESSAGES,
    "conversations": CONVERSATIONS,
    "crm_leads": {**PROVENANCE, **CRM_LEADS},
    "stage_changes": {**PROVENANCE, **STAGE_CHANGES},
    "bookings": {**PROVENANCE, **BOOKINGS},
    "judgements": JUDGEMENTS,
    "identities": IDENTITIES,
    "files": FILES,
    "rejects": REJECTS,
    "settings": SETTINGS,
    "team": TEAM,
    "labels": LABELS,
    "keywords": KEYWORDS,
}
