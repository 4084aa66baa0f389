"""Frames behind the smaller leaks: first replies, who moved, who buys, what is answered of every lead in play."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reports.frame import Frame
from reports.queries.window import optional

if TYPE_CHECKING:
    from reports.queries.window import Window


def first_replies(window: Window) -> Frame:
    """First messages of eight weeks by who answered them, and of the eight before.

    Columns: role (null: nobody yet), leads, in_5_minutes, in_an_hour, in_a_day, later (also: waiting for over a day),
    median_minutes, before (their number), median_before. Leads whom the team wrote first are left out.
    """
    return window.frame(
        """
        with firsts as (
            select first_reply_role as role, started_at >= $begin_at as is_recent,
                coalesce(first_reply_minutes, (epoch_us($as_of) - epoch_us(started_at)) / 60e6) as waited,
                first_reply_minutes as minutes
            from marts.fct_journeys
            where account_id = $account and is_prospect and conversation_id is not null and source <> 'outbound'
                and started_at >= $before_at and started_at < $end_at
        )
        select role, count(*) filter (where is_recent) as leads,
            count(*) filter (where is_recent and minutes <= 5) as in_5_minutes,
            count(*) filter (where is_recent and minutes > 5 and minutes <= 60) as in_an_hour,
            count(*) filter (where is_recent and minutes > 60 and minutes <= 1440) as in_a_day,
            count(*) filter (where is_recent and waited > 1440) as later,
            median(minutes) filter (where is_recent) as median_minutes,
            count(*) filter (where not is_recent) as before,
            median(minutes) filter (where not is_recent) as median_before
        from firsts group by role order by role nulls last
        """
    )


def first_reply_median(window: Window) -> Frame:
    """Middle of all first replies: one row, minutes (eight weeks), before (the eight before); null without any."""
    return window.frame(
        """
        select median(first_reply_minutes) filter (where started_at >= $begin_at) as minutes,
            median(first_reply_minutes) filter (where started_at < $begin_at) as before
        from marts.fct_journeys
        where account_id = $account and is_prospect and conversation_id is not null and source <> 'outbound'
            and started_at >= $before_at and started_at < $end_at
        """
    )


def moved_in_week(window: Window) -> Frame:
    """Entries into a stage during the week, in pipeline order, latest first: stage, label, journey_id, entered_at."""
    return window.frame(
        """
        select y.stage, s.label, y.journey_id, y.entered_at
        from marts.fct_stage_stays as y
        inner join marts.fct_journeys as j on y.account_id = j.account_id and y.journey_id = j.journey_id
        inner join rules.stages as s on y.stage = s.stage
        where y.account_id = $account and j.is_prospect and y.entered_at >= $week_at and y.entered_at < $end_at
        order by s.position, y.entered_at desc, y.stay_id
        """
    )


def buyers(window: Window) -> Frame | None:
    """Everyone who had become a client by the end of the week, latest first; columns as rpt_buyers and is_recent.

    None where the published warehouse has no such table or nobody was won.
    """
    frame = optional(window, "rpt_buyers")
    if frame is None:
        return None
    given = window.parameters()
    frame = frame[frame["won_at"] < given["end_at"]]
    frame = frame.assign(is_recent=frame["won_at"] >= given["begin_at"])
    return None if frame.empty else frame.sort_values(["won_at", "journey_id"], ascending=[False, True])


def buyer_base(window: Window) -> Frame:
    """All prospects that began by the end of the week, as what buyers are held against.

    Columns: journey_id, source, began_with, main_objection, slowest_stage, key_moment_role.
    """
    return window.frame(
        """
        select journey_id, source, coalesce(content_ref, keyword, campaign) as began_with, main_objection,
            slowest_stage, key_moment_role
        from marts.fct_journeys
        where account_id = $account and is_prospect and started_at < $end_at
        order by journey_id
        """
    )


def source_to_won(window: Window) -> Frame:
    """Everything in the exports by source: source, label, position, leads ... won, revenue, and the median days."""
    return window.frame(
        """
        with counted as (
            select source, cast(sum(leads) as bigint) as leads, cast(sum(engaged) as bigint) as engaged,
                cast(sum(qualified) as bigint) as qualified, cast(sum(link_sent) as bigint) as link_sent,
                cast(sum(booked) as bigint) as booked, cast(sum(showed) as bigint) as showed,
                cast(sum(won) as bigint) as won, cast(sum(revenue) as double) as revenue
            from reporting.rpt_source_to_won where account_id = $account group by source
        ),
        booked as (
            select journey_id, min(entered_at) as booked_at from marts.fct_stage_stays
            where account_id = $account and stage = 'booked_call' group by journey_id
        ),
        times as (
            select j.source, median((epoch_us(b.booked_at) - epoch_us(j.started_at)) / 86400e6) as days_to_booked,
                median((epoch_us(j.won_at) - epoch_us(j.started_at)) / 86400e6) as days_to_won
            from marts.fct_journeys as j left join booked as b on j.journey_id = b.journey_id
            where j.account_id = $account and j.is_prospect group by j.source
        )
        select c.*, coalesce(s.label, c.source) as label, coalesce(s.position, 99) as position, t.days_to_booked,
            t.days_to_won
        from counted as c left join rules.sources as s on c.source = s.source
        left join times as t on c.source = t.source
        order by c.won desc, c.qualified desc, c.leads desc, c.source
        """
    )


def content_to_won(window: Window) -> Frame:
    """Leads by the content, keyword or campaign that began them, most clients first: began_with, source, leads ..."""
    return window.frame(
        """
        select coalesce(r.content_ref, r.keyword, r.campaign) as began_with,
            coalesce(s.label, r.source) as source, cast(sum(r.leads) as bigint) as leads,
            cast(sum(r.qualified) as bigint) as qualified, cast(sum(r.booked) as bigint) as booked,
            cast(sum(r.won) as bigint) as won, cast(sum(r.revenue) as double) as revenue
        from reporting.rpt_source_to_won as r left join rules.sources as s on r.source = s.source
        where r.account_id = $account
            and coalesce(r.content_ref, r.keyword, r.campaign) is not null
        group by 1, 2
        order by won desc, qualified desc, leads desc, began_with, source
        """
    )
