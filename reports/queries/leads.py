"""Frames of single leads: everyone with a journey, the leaks found, the state at an earlier moment, the evidence."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from reports.frame import Frame

if TYPE_CHECKING:
    from reports.queries.window import Window


def people(window: Window) -> Frame:
    """Every journey with the lead, the next action and the last words.

    Columns: journey_id, lead_id, display_name, instagram_handle, is_prospect, exclusion_reason, stage, position,
    is_open, stage_entered_at, days_in_stage, is_stale, is_hot, needs_human_review, review_reason, source, owner (next
    owner's role), needs_follow_up, next_action, next_due_on, moves_forward_when, closes_out_when, words, crm_agrees,
    crm_stage_label, crm_stage, outcome_reason, main_objection, won_at, revenue_amount, currency, started_at, is_latest
    (a lead's earlier journeys are over).
    """
    return window.frame(
        """
        select
            j.journey_id, j.lead_id, l.display_name, l.instagram_handle, j.is_prospect, j.exclusion_reason, j.stage,
            s.position, s.is_open, j.stage_entered_at, j.days_in_stage, j.is_stale, j.is_hot, j.needs_human_review,
            j.review_reason, j.source, a.next_owner as owner, a.needs_follow_up, a.next_action, a.next_due_on,
            a.moves_forward_when, a.closes_out_when, a.last_lead_words as words, j.crm_agrees, j.crm_stage_label,
            j.crm_stage, j.outcome_reason, j.main_objection, j.won_at, j.revenue_amount, j.currency, j.started_at,
            row_number() over (partition by j.lead_id order by j.journey_number desc, j.journey_id) = 1 as is_latest
        from marts.fct_journeys as j
        inner join marts.dim_leads as l on j.account_id = l.account_id and j.lead_id = l.lead_id
        inner join rules.stages as s on j.stage = s.stage
        left join marts.fct_next_actions as a on j.account_id = a.account_id and j.journey_id = a.journey_id
        where j.account_id = $account
        order by j.journey_id
        """
    )


def leaks(window: Window) -> Frame:
    """Leaks found: leak (without its prefix), question, journey_id, stage, owner, since_at, detail (codes or words)."""
    return window.frame(
        """
        select regexp_replace(leak, '^leak_', '') as leak, question, journey_id, stage, owner, since_at, detail
        from marts.fct_leaks
        where account_id = $account
        order by 1, since_at nulls last, journey_id
        """
    )


def at_instant(window: Window, moment: datetime) -> Frame:
    """Prospects per open stage at an earlier moment, read from their stays: stage, leads, still (past the limit)."""
    return window.frame(
        """
        select s.stage, count(*) as leads,
            count(*) filter (where epoch_us($moment) - epoch_us(y.entered_at) > s.stale_after_days * 86400e6) as still
        from marts.fct_stage_stays as y
        inner join marts.fct_journeys as j on y.account_id = j.account_id and y.journey_id = j.journey_id
        inner join rules.stages as s on y.stage = s.stage
        where y.account_id = $account and j.is_prospect and s.is_open
            and y.entered_at <= $moment and (y.exited_at is null or y.exited_at > $moment)
        group by s.stage, s.position
        order by s.position
        """,
        moment=moment,
    )


def evidence(window: Window, last: int) -> Frame:
    """The stays of the `last` most recent journeys with a conversation, newest journey first, in order of entry.

    Columns: journey_id, stage, label, entered_at, signal, evidence_kind, confidence, actor_role, is_allowed, violation.
    """
    return window.frame(
        """
        with recent as (
            select journey_id, started_at
            from marts.fct_journeys
            where account_id = $account and conversation_id is not null
            order by started_at desc, journey_id
            limit $last
        )
        select y.journey_id, y.stage, s.label, y.entered_at, y.signal, y.evidence_kind, y.confidence, y.actor_role,
            y.is_allowed, y.violation
        from recent
        inner join marts.fct_stage_stays as y on recent.journey_id = y.journey_id and y.account_id = $account
        inner join rules.stages as s on y.stage = s.stage
        order by recent.started_at desc, y.journey_id, y.entered_at nulls first, s.position, y.entry_number
        """,
        last=last,
    )
