"""Frames of links, calls and closings of the last sixteen weeks: eight to show, eight to compare with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reports.frame import Frame

if TYPE_CHECKING:
    from reports.queries.window import Window


def links(window: Window) -> Frame:
    """Booking links to prospects, oldest first.

    Columns: link_id, journey_id, sent_at, week, sent_by_role, is_too_early, is_tied_to_words, follow_up_at, booked_at,
    days_to_booking, days_watched, outcome, is_recent (last eight weeks).
    """
    return window.frame(
        """
        select k.link_id, k.journey_id, k.sent_at, cast(date_trunc('week', timezone($zone, k.sent_at)) as date) as week,
            k.sent_by_role, k.is_too_early, k.is_tied_to_words, k.follow_up_at, k.booked_at,
            k.hours_to_booking / 24 as days_to_booking,
            (epoch_us($as_of) - epoch_us(k.sent_at)) / 86400e6 as days_watched,
            k.outcome, k.sent_at >= $begin_at and k.sent_at < $end_at as is_recent
        from marts.fct_booking_links as k
        inner join marts.fct_journeys as j on k.account_id = j.account_id and k.journey_id = j.journey_id
        where k.account_id = $account and j.is_prospect and k.sent_at >= $before_at and k.sent_at < $end_at
        order by k.sent_at, k.link_id
        """
    )


def calls(window: Window) -> Frame:
    """Calls that were due in sixteen weeks or are to come, earliest first, with their notes and outcome.

    Columns: call_id, journey_id, created_at, starts_at, week, status, the eight has_ columns, handoff_score,
    is_weak_handoff, is_no_show_risk, no_show_risk_reasons, offer_made, call_outcome, context_helped,
    qualification_accurate, is_recent (due in the last eight weeks), is_upcoming.
    """
    return window.frame(
        """
        select c.call_id, c.journey_id, c.created_at, c.starts_at,
            cast(date_trunc('week', timezone($zone, c.starts_at)) as date) as week, c.status,
            c.has_source, c.has_problem, c.has_goal, c.has_timing, c.has_objection, c.has_reason, c.has_promise,
            c.has_reminder, c.handoff_score, c.is_weak_handoff, c.is_no_show_risk, c.no_show_risk_reasons,
            c.offer_made, c.call_outcome, c.context_helped, c.qualification_accurate,
            c.starts_at >= $begin_at and c.starts_at < $end_at as is_recent,
            c.status = 'upcoming' as is_upcoming
        from marts.fct_calls as c
        left join marts.fct_journeys as j on c.account_id = j.account_id and c.journey_id = j.journey_id
        where c.account_id = $account and coalesce(j.is_prospect, true) and c.starts_at >= $before_at
            and (c.starts_at < $end_at or c.status = 'upcoming') and c.status <> 'rescheduled'
        order by c.starts_at, c.call_id
        """
    )


def call_outcomes(window: Window) -> Frame:
    """Calls due by what happened, now and in the eight weeks before: status, calls, before."""
    return window.frame(
        """
        select c.status, count(*) filter (where c.starts_at >= $begin_at) as calls,
            count(*) filter (where c.starts_at < $begin_at) as before
        from marts.fct_calls as c
        left join marts.fct_journeys as j on c.account_id = j.account_id and c.journey_id = j.journey_id
        where c.account_id = $account and coalesce(j.is_prospect, true) and c.starts_at >= $before_at
            and c.starts_at < $end_at and c.status not in ('upcoming', 'rescheduled')
        group by c.status
        order by c.status
        """
    )


def closings(window: Window) -> Frame:
    """Leads that went to lost or nurture in sixteen weeks: journey_id, stage, reason, closed_at, is_recent, in_week."""
    return window.frame(
        """
        select journey_id, stage, outcome_reason as reason, stage_entered_at as closed_at,
            stage_entered_at >= $begin_at as is_recent, stage_entered_at >= $week_at as in_week
        from marts.fct_journeys
        where account_id = $account and is_prospect and stage in ('lost', 'nurture')
            and stage_entered_at >= $before_at and stage_entered_at < $end_at
        order by stage_entered_at desc, journey_id
        """
    )
