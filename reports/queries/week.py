"""Frames of counts: the week and the seven before it, movement, rates, arrivals and sources."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from reports.frame import Frame, as_date
from reports.queries.window import optional

if TYPE_CHECKING:
    from reports.queries.window import Window


def weekly(window: Window) -> Frame:
    """Nine weeks of counts, oldest first: week, new_leads, links, early_links, calls_due, clients, revenue, in_play."""
    return window.frame(
        """
        with weeks as (
            select cast(unnest(generate_series($week - interval 8 week, $week, interval 1 week)) as date) as week
        ),
        prospects as (select * from marts.fct_journeys where account_id = $account and is_prospect),
        begun as (
            select cast(date_trunc('week', timezone($zone, started_at)) as date) as week, count(*) as n
            from prospects group by 1
        ),
        sent as (
            select cast(date_trunc('week', timezone($zone, k.sent_at)) as date) as week, count(*) as n,
                count(*) filter (where k.is_too_early) as early
            from marts.fct_booking_links as k inner join prospects as j on k.journey_id = j.journey_id
            where k.account_id = $account and k.sent_at < $end_at group by 1
        ),
        due as (
            select cast(date_trunc('week', timezone($zone, c.starts_at)) as date) as week, count(*) as n
            from marts.fct_calls as c left join marts.fct_journeys as j
                on c.account_id = j.account_id and c.journey_id = j.journey_id
            where c.account_id = $account and coalesce(j.is_prospect, true) and c.status <> 'rescheduled' group by 1
        ),
        clients as (
            select cast(date_trunc('week', timezone($zone, won_at)) as date) as week, count(*) as n,
                cast(sum(revenue_amount) as double) as revenue
            from prospects where won_at is not null group by 1
        ),
        stock as (
            select m.week_start_on as week, sum(m.closing) as n
            from reporting.rpt_weekly_movement as m inner join rules.stages as s on m.stage = s.stage
            where m.account_id = $account and s.is_open group by 1
        )
        select weeks.week, coalesce(begun.n, 0) as new_leads, coalesce(sent.n, 0) as links,
            coalesce(sent.early, 0) as early_links, coalesce(due.n, 0) as calls_due, coalesce(clients.n, 0) as clients,
            coalesce(clients.revenue, 0) as revenue, cast(coalesce(stock.n, 0) as bigint) as in_play
        from weeks
        left join begun on weeks.week = begun.week
        left join sent on weeks.week = sent.week
        left join due on weeks.week = due.week
        left join clients on weeks.week = clients.week
        left join stock on weeks.week = stock.week
        order by weeks.week
        """
    )


def movement(window: Window) -> Frame:
    """Stock and flow of the last nine weeks: week_start_on, stage, label, position, is_open, opening ... closing."""
    return window.frame(
        """
        select m.week_start_on, m.stage, s.label, s.position, s.is_open, m.opening, m.entered, m.advanced, m.moved_back,
            m.lost, m.nurtured, m.returned, m.closing
        from reporting.rpt_weekly_movement as m inner join rules.stages as s on m.stage = s.stage
        where m.account_id = $account and m.week_start_on > $week - interval 9 week and m.week_start_on <= $week
        order by m.week_start_on, s.position
        """
    )


def conversion(window: Window) -> Frame:
    """Rates of all leads together.

    Columns: from_stage, to_stage, horizon_days, entrants, converted, rate, low, high, share_open, previous_rate.
    """
    return window.frame(
        """
        select from_stage, to_stage, horizon_days, entrants, converted, rate, low, high, share_open, previous_rate
        from reporting.rpt_stage_conversion
        where account_id = $account and segment_kind = 'all'
        order by from_stage, to_stage, horizon_days
        """
    )


def entries(window: Window) -> Frame:
    """Entries of eight weeks per stage up to won, in order: stage, label, position, entered, broken.

    Broken are entries that skip a step; a cancelled call that falls back and a stage reached late skip nothing.
    """
    return window.frame(
        """
        select s.stage, s.label, s.position, count(y.stay_id) as entered,
            count(y.stay_id) filter (
                where not y.is_allowed and y.violation not in ('entered_late', 'moved_back', 'reopened')
            ) as broken
        from rules.stages as s
        left join (
            select y.* from marts.fct_stage_stays as y
            inner join marts.fct_journeys as j on y.account_id = j.account_id and y.journey_id = j.journey_id
            where y.account_id = $account and j.is_prospect and y.entered_at >= $begin_at and y.entered_at < $end_at
        ) as y on s.stage = y.stage
        where s.is_open or s.stage = 'won'
        group by s.stage, s.label, s.position
        order by s.position
        """
    )


def stage_times(window: Window) -> Frame:
    """How long leads were in each open stage that they left for good in eight weeks, all their entries together.

    Columns: stage, label, leads, middle (median days), most (nine in ten are under it), before (median of the eight
    weeks before), leads_before. Whoever is still in the stage is left out.
    """
    return window.frame(
        """
        with spent as (
            select y.journey_id, y.stage, sum(y.days_in_stage) as days, max(y.exited_at) as left_at
            from marts.fct_stage_stays as y
            inner join marts.fct_journeys as j on y.account_id = j.account_id and y.journey_id = j.journey_id
            where y.account_id = $account and j.is_prospect and y.entered_at is not null
            group by y.journey_id, y.stage
            having count(*) = count(y.exited_at) and max(y.exited_at) >= $before_at and max(y.exited_at) < $end_at
        )
        select s.stage, s.label, count(t.stage) filter (where t.left_at >= $begin_at) as leads,
            median(t.days) filter (where t.left_at >= $begin_at) as middle,
            quantile_cont(t.days, 0.9) filter (where t.left_at >= $begin_at) as most,
            count(t.stage) filter (where t.left_at < $begin_at) as leads_before,
            median(t.days) filter (where t.left_at < $begin_at) as before
        from rules.stages as s left join spent as t on s.stage = t.stage
        where s.is_open
        group by s.stage, s.label, s.position
        order by s.position
        """
    )


def cohorts(window: Window) -> Frame:
    """Leads by the week they wrote in: week, leads, engaged, qualified, booked, won, in_play, days_old.

    days_old: days since the week was over, so how long its youngest leads have had at least.
    """
    return window.frame(
        """
        with arrived as (
            select journey_id, cast(date_trunc('week', timezone($zone, started_at)) as date) as week, stage
            from marts.fct_journeys
            where account_id = $account and is_prospect and started_at >= $begin_at and started_at < $end_at
        ),
        reached as (
            select journey_id, bool_or(stage = 'engaged') as engaged, bool_or(stage = 'qualified') as qualified,
                bool_or(stage = 'booked_call') as booked, bool_or(stage = 'won') as won
            from marts.fct_stage_stays where account_id = $account group by journey_id
        )
        select a.week, count(*) as leads, count(*) filter (where r.engaged) as engaged,
            count(*) filter (where r.qualified) as qualified, count(*) filter (where r.booked) as booked,
            count(*) filter (where r.won) as won, count(*) filter (where s.is_open) as in_play,
            date_diff('day', a.week + 7, cast(timezone($zone, $as_of) as date)) as days_old
        from arrived as a
        left join reached as r on a.journey_id = r.journey_id
        inner join rules.stages as s on a.stage = s.stage
        group by a.week
        order by a.week
        """
    )


def active_leads(window: Window) -> Frame | None:
    """Who was in play in the week and the one before, and what they did: week_start_on, journey_id, stage, is_new, did.

    None where the published warehouse has no such table or nobody was in play.
    """
    frame = optional(window, "rpt_active_leads")
    if frame is None:
        return None
    given = window.parameters()
    days = frame["week_start_on"].map(as_date)
    frame = frame[(days <= given["week"]) & (days >= given["week"] - timedelta(weeks=1))]
    return frame.sort_values(["week_start_on", "journey_id"], kind="stable")


def sources(window: Window) -> Frame:
    """Leads that began in eight weeks by source: source, label, position, leads, qualified, booked, came, won."""
    return window.frame(
        """
        with reached as (
            select journey_id, bool_or(stage = 'qualified') as qualified, bool_or(stage = 'booked_call') as booked,
                bool_or(stage = 'won') as won
            from marts.fct_stage_stays where account_id = $account group by journey_id
        ),
        showed as (
            select distinct journey_id from marts.fct_calls where account_id = $account and status = 'completed'
        )
        select j.source, coalesce(s.label, j.source) as label, coalesce(s.position, 99) as position, count(*) as leads,
            count(*) filter (where r.qualified) as qualified, count(*) filter (where r.booked) as booked,
            count(showed.journey_id) as came, count(*) filter (where r.won) as won,
            count(*) filter (where r.won and showed.journey_id is not null) as won_after_call
        from marts.fct_journeys as j
        left join reached as r on j.journey_id = r.journey_id
        left join showed on j.journey_id = showed.journey_id
        left join rules.sources as s on j.source = s.source
        where j.account_id = $account and j.is_prospect and j.started_at >= $begin_at and j.started_at < $end_at
        group by j.source, s.label, s.position
        order by 3, 1
        """
    )


def won_in_week(window: Window) -> Frame:
    """Clients of the week, latest first: journey_id, won_at, days_to_call (first message to first booking)."""
    return window.frame(
        """
        select j.journey_id, j.won_at, min((epoch_us(c.created_at) - epoch_us(j.started_at)) / 86400e6) as days_to_call
        from marts.fct_journeys as j
        left join marts.fct_calls as c on j.account_id = c.account_id and j.journey_id = c.journey_id
        where j.account_id = $account and j.is_prospect and j.won_at >= $week_at and j.won_at < $end_at
        group by j.journey_id, j.won_at
        order by j.won_at desc, j.journey_id
        """
    )


def movement_checks(window: Window) -> Frame:
    """Moves by rule and actor, with the rule's words.

    Columns: rule, from_stage, to_stage, wording, violation, is_allowed, actor_role, seen, kept.
    """
    return window.frame(
        """
        select c.rule, r.from_stage, r.to_stage, r.wording, r.violation, r.is_allowed, c.actor_role, c.seen,
            case when r.is_allowed is null or r.is_allowed then c.seen else 0 end as kept
        from marts.fct_movement_checks as c
        left join rules.movement_rules as r on c.rule = r.rule
        where c.account_id = $account
        order by c.rule, c.actor_role
        """
    )
