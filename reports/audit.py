"""The last DM leads, each in a stage with the evidence for it, as a plain table: the first thing to look at."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import Any

from ingest.seeds import read_seed
from ingest.warehouse import connect
from reports.evidence_words import signal_words
from reports.text import clean, listed, plural, shorten

# of a qualified lead what and why now are two pieces of evidence; sensitive conversations are quoted nowhere
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
    where is_current
),

talk as (
    select account_id, conversation_id, last_message_at from raw.conversations
),

shown as (
    select
        s.account_id, s.journey_id,
        case
            when s.signal = 'qualified' then g.signal in ('problem', 'goal')
            else true
        end as is_first,
        arg_min(g.quote, (g.happened_at, g.position, g.signal)) as quote
    from stays as s
    inner join intermediate.int_journey_signals as g
        on g.journey_id = s.journey_id and g.happened_at <= s.entered_at and g.quote is not null
        and case
            when s.signal = 'qualified' then g.signal in ('problem', 'goal', 'timing', 'intent') and g.direction = 'in'
            else g.message_id = s.evidence_ref and g.signal = s.signal
        end
    where s.journey_id not in (select journey_id from intermediate.int_red_flags)
    group by all
),

quotes as (
    select account_id, journey_id, list(quote order by is_first desc, quote) as quotes
    from shown
    group by all
)

select
    j.account_id, l.display_name as lead, j.conversation_id, t.last_message_at, j.is_prospect, j.exclusion_reason,
    j.person_kind, j.source, j.source_evidence, j.stage, j.stage_entered_at, s.signal, s.evidence_kind, s.confidence,
    q.quotes, j.needs_human_review, j.review_reason, j.outcome_reason, a.last_lead_words, a.needs_follow_up,
    a.next_owner, a.next_action, a.next_due_on
from latest as j
inner join talk as t on t.account_id = j.account_id and t.conversation_id = j.conversation_id
left join marts.dim_leads as l on l.account_id = j.account_id and l.lead_id = j.lead_id
left join stays as s on s.account_id = j.account_id and s.journey_id = j.journey_id
left join quotes as q on q.account_id = j.account_id and q.journey_id = j.journey_id
left join marts.fct_next_actions as a on a.account_id = j.account_id and a.journey_id = j.journey_id
where t.last_message_at is not null
order by t.last_message_at desc, j.account_id, j.conversation_id
limit ?
"""

OWNERS = {"va": "the VA", "lead": "the lead", "none": "nobody", "unknown": "nobody yet"}


def last_leads(warehouse: Path, last: int) -> list[dict[str, Any]]:
    """The conversations written in last, newest first: stage, source, evidence and next step of each."""
    with connect(warehouse) as con:
        cursor = con.execute(QUERY, [last])
        names = [column[0] for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def lines(leads: list[dict[str, Any]]) -> list[str]:
    """One short paragraph a lead, in plain text, under a line that counts the stages."""
    if not leads:
        return ["There is no conversation yet. Put an export of your messages into exports/."]
    told = [_counted(leads)]
    for number, lead in enumerate(leads, start=1):
        name = shorten(lead["lead"] or lead["conversation_id"], 40)
        told.append(f"{number:>3}. {name}: {_place(lead)}")
        told.append(f"     from: {_source(lead)}")
        told.append(f"     because: {_evidence(lead)}")
        if lead["last_lead_words"]:
            told.append(f'     last words: "{shorten(lead["last_lead_words"], 90)}"')
        if lead["next_action"]:
            told.append(f"     next ({_owner(lead)}): {shorten(lead['next_action'], 150)}")
        if lead["needs_human_review"]:
            told.append(f"     a person should look: {_reason(lead)}")
    return told


def _counted(leads: list[dict[str, Any]]) -> str:
    """How many are in which stage."""
    stages = Counter(lead["stage"] for lead in leads if lead["is_prospect"])
    parts = [f"{stages[row['stage']]} {row['label']}" for row in read_seed("stages") if stages[row["stage"]]]
    excluded = sum(not lead["is_prospect"] for lead in leads)
    parts += [f"{excluded} no {'prospect' if excluded == 1 else 'prospects'}"] if excluded else []
    asked = sum(bool(lead["needs_human_review"]) for lead in leads)
    look = f" {asked} of them for a person to look at: leakreview queue list." if asked else ""
    return f"Your last {plural(len(leads), 'lead')}: {listed(parts, len(parts))}.{look}"


def _place(lead: dict[str, Any]) -> str:
    """The stage, since when, why it closed, and whether the lead counts at all."""
    stage = {row["stage"]: row["label"] for row in read_seed("stages")}[lead["stage"]]
    since = f" since {lead['stage_entered_at']:%Y-%m-%d}" if isinstance(lead["stage_entered_at"], datetime) else ""
    reason = f", {_words(lead['outcome_reason'])}" if lead["outcome_reason"] else ""
    counted = "" if lead["is_prospect"] else f" (no prospect: {_words(lead['exclusion_reason']) or 'left out'})"
    return f"{stage}{since}{reason}{counted}"


def _source(lead: dict[str, Any]) -> str:
    labels = {row["source"]: row["label"] for row in read_seed("sources")}
    by = f" ({_words(lead['source_evidence'])})" if lead["source_evidence"] else ""
    return f"{labels.get(lead['source'], lead['source'])}{by}"


def _evidence(lead: dict[str, Any]) -> str:
    """What put the lead into the stage, with the words."""
    if not lead["signal"]:
        return "the conversation itself, nothing else"
    sure = f", {lead['confidence']:.0%} sure" if lead["confidence"] is not None else ""
    quotes = "".join(f' "{shorten(quote, 70)}"' for quote in lead["quotes"] or ())
    return f"{signal_words(lead['signal'])} ({_words(lead['evidence_kind'])}{sure}){quotes}"


def _owner(lead: dict[str, Any]) -> str:
    owner = clean(lead["next_owner"])
    return OWNERS.get(owner, f"the {owner}")


def _reason(lead: dict[str, Any]) -> str:
    labels = {row["reason"]: row["label"] for row in read_seed("review_reasons")}
    label = labels.get(lead["review_reason"], "not clear")
    return label[:1].lower() + label[1:]


def _words(name: object) -> str:
    return str(name or "").replace("_", " ")
