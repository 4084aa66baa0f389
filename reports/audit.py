"""The last DM leads, each in a stage with the evidence for it, as a plain table: the first thing to look at."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from ingest.warehouse import connect

QUERY = """
with latest as (
    select * from marts.fct_journeys
    where conversation_id is not null
    qualify row_number() over (
        partition by account_id, conversation_id order by journey_number desc, journey_id
    ) = 1
),

stays as (
    select * from marts.fct_stage_stays
    qualify row_number() over (
        partition by account_id, journey_id order by entered_at desc nulls last, stay_id
    ) = 1
),

talk as (
    select account_id, conversation_id, last_message_at from raw.conversations
)

select
    j.account_id, l.display_name as lead, j.conversation_id, t.last_message_at, j.is_prospect, j.exclusion_reason,
    j.person_kind, j.source, j.source_evidence, j.stage, j.stage_entered_at, s.signal, s.evidence_kind, s.confidence,
    j.needs_human_review, j.review_reason, j.outcome_reason, a.last_lead_words, a.needs_follow_up, a.next_owner,
    a.next_action, a.next_due_on
from latest as j
inner join talk as t on t.account_id = j.account_id and t.conversation_id = j.conversation_id
left join marts.dim_leads as l on l.account_id = j.account_id and l.lead_id = j.lead_id
left join stays as s on s.account_id = j.account_id and s.journey_id = j.journey_id
left join marts.fct_next_actions as a on a.account_id = j.account_id and a.journey_id = j.journey_id
where t.last_message_at is not null
order by t.last_message_at desc, j.account_id, j.conversation_id
limit ?
"""


def last_leads(warehouse: Path, last: int) -> list[dict[str, Any]]:
    """The conversations written in last, newest first: stage, source, evidence and next step of each."""
    with connect(warehouse) as con:
        cursor = con.execute(QUERY, [last])
        names = [column[0] for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def lines(leads: list[dict[str, Any]]) -> list[str]:
    """One short paragraph a lead, in plain text."""
    from reports.text import clean, shorten

    told: list[str] = []
    for number, lead in enumerate(leads, start=1):
        name = shorten(lead["lead"] or lead["conversation_id"], 40)
        told.append(f"{number:>3}. {name}: {_place(lead)}")
        told.append(f"     source {lead['source']}{_quoted(lead['source_evidence'])}")
        told.append(f"     evidence {_evidence(lead)}")
        if lead["last_lead_words"]:
            told.append(f"     last words{_quoted(lead['last_lead_words'])}")
        if lead["next_action"]:
            told.append(f"     next ({clean(lead['next_owner'])}): {shorten(lead['next_action'], 150)}")
        if lead["needs_human_review"]:
            told.append(f"     a person should look: {clean(lead['review_reason']) or 'not clear'}")
    return told


def _place(lead: dict[str, Any]) -> str:
    """The stage, or why this is no prospect."""
    if not lead["is_prospect"]:
        return f"no prospect ({_words(lead['exclusion_reason']) or 'left out'})"
    since = f" since {lead['stage_entered_at']:%Y-%m-%d}" if isinstance(lead["stage_entered_at"], datetime) else ""
    reason = f", {_words(lead['outcome_reason'])}" if lead["outcome_reason"] else ""
    return f"{_words(lead['stage'])}{since}{reason}"


def _evidence(lead: dict[str, Any]) -> str:
    """What put the lead into the stage."""
    if not lead["signal"]:
        return "none beside the conversation itself"
    sure = f", {lead['confidence']:.0%} sure" if lead["confidence"] is not None else ""
    return f"{_words(lead['signal'])} ({_words(lead['evidence_kind'])}{sure})"


def _quoted(words: str | None) -> str:
    from reports.text import shorten

    return f': "{shorten(words, 90)}"' if words else ""


def _words(name: object) -> str:
    return str(name or "").replace("_", " ")
