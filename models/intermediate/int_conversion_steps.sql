-- One row per transition, segment, horizon, period and day count at which an entrant converts: how many were still
-- at risk.
with settings as (

    select * from {{ ref('stg_settings') }}

),

people as (

    select * from {{ ref('int_people') }}
    where is_prospect

),

sources as (

    select * from {{ ref('int_sources') }}

),

replies as (

    select * from {{ ref('int_first_replies') }}

),

stays as (

    select
        stays.account_id,
        stays.journey_id,
        stays.stage,
        min(stays.entered_at) as entered_at
    from {{ ref('int_stays') }} as stays
    inner join people on stays.journey_id = people.journey_id
    -- a cancelled call falls back to the link stage: that is no link
    where stays.entered_at is not null and coalesce(stays.signal, '') <> 'call_cancelled'
    group by stays.account_id, stays.journey_id, stays.stage

),

transitions as (

    select
        before.stage as from_stage,
        after.stage as to_stage
    from {{ ref('stages') }} as before
    inner join {{ ref('stages') }} as after
        on
            after.position = before.position + 1
            or (before.stage = 'new_dm' and after.stage = 'won')
    where before.is_open and after.position <= 7

),

horizons as (

    select
        spans.horizon_days,
        spans.window_days
    from (values (7, 56), (14, 56), (30, 56), (60, 112)) as spans (horizon_days, window_days)

),

entrants as (

    select
        entered.account_id,
        entered.journey_id,
        transitions.from_stage,
        transitions.to_stage,
        entered.entered_at,
        {{ days_between('entered.entered_at', 'settings.as_of') }} as days_seen,
        -- reached before: no wait at all
        case
            when reached.entered_at is not null
                then greatest(0e0, {{ days_between('entered.entered_at', 'reached.entered_at') }})
        end as days_to_reach,
        closed.journey_id is null as is_open
    from stays as entered
    inner join transitions on entered.stage = transitions.from_stage
    inner join settings on entered.account_id = settings.account_id
    left join stays as reached
        on
            entered.journey_id = reached.journey_id
            and transitions.to_stage = reached.stage
    left join (
        select journey_id from stays
        where stage in ('won', 'lost', 'nurture')
        group by journey_id
    ) as closed
        on entered.journey_id = closed.journey_id

),

segments as (

    select journey_id, 'all' as segment_kind, 'all' as segment from people
    union all
    select journey_id, 'source' as segment_kind, source as segment from sources
    union all
    select journey_id, 'first_reply_role' as segment_kind, first_reply_role as segment
    from replies
    where first_reply_role is not null
    union all
    select journey_id, 'key_moment_role' as segment_kind, key_moment_role as segment
    from replies
    where key_moment_role is not null

),

cases as (

    select
        entrants.account_id,
        entrants.journey_id,
        entrants.from_stage,
        entrants.to_stage,
        segments.segment_kind,
        segments.segment,
        horizons.horizon_days,
        case when entrants.days_seen < horizons.window_days then 'now' else 'before' end as period,
        entrants.days_seen,
        entrants.days_to_reach,
        case
            when
                entrants.days_to_reach is null and entrants.is_open and entrants.days_seen < horizons.horizon_days
                then 1
            else 0
        end as still_open,
        case when entrants.days_to_reach <= horizons.horizon_days then entrants.days_to_reach end as converted_after
    from entrants
    inner join segments on entrants.journey_id = segments.journey_id
    cross join horizons
    where entrants.days_seen < 2 * horizons.window_days

),

totals as (

    select
        account_id, from_stage, to_stage, segment_kind, segment, horizon_days, period,
        count(*) as entrants,
        sum(still_open) as open_entrants,
        -- each entrant for the share of the horizon that it was seen for
        -- whole millionths, so that the order of the sum changes nothing
        cast(sum(cast(floor(least(1e0, days_seen / horizon_days) * 1e6) as bigint)) as double) / 1e6 as exposure,
        sum(case when days_seen >= horizon_days then 1 else 0 end) as mature,
        sum(case when days_seen >= horizon_days and converted_after is not null then 1 else 0 end) as mature_converted
    from cases
    group by account_id, from_stage, to_stage, segment_kind, segment, horizon_days, period

),

conversions as (

    select
        account_id, from_stage, to_stage, segment_kind, segment, horizon_days, period, converted_after,
        count(*) as converted
    from cases
    where converted_after is not null
    group by account_id, from_stage, to_stage, segment_kind, segment, horizon_days, period, converted_after

),

at_risk as (

    select
        conversions.account_id,
        conversions.from_stage,
        conversions.to_stage,
        conversions.segment_kind,
        conversions.segment,
        conversions.horizon_days,
        conversions.period,
        conversions.converted_after,
        max(conversions.converted) as converted,
        count(*) as at_risk
    from conversions
    inner join cases
        on
            conversions.account_id = cases.account_id
            and conversions.from_stage = cases.from_stage
            and conversions.to_stage = cases.to_stage
            and conversions.segment_kind = cases.segment_kind
            and conversions.segment = cases.segment
            and conversions.horizon_days = cases.horizon_days
            and conversions.period = cases.period
            -- seen at least that long, and not converted before
            and cases.days_seen >= conversions.converted_after
            and (cases.days_to_reach is null or cases.days_to_reach >= conversions.converted_after)
    group by
        conversions.account_id, conversions.from_stage, conversions.to_stage, conversions.segment_kind,
        conversions.segment, conversions.horizon_days, conversions.period, conversions.converted_after

)

select
    totals.account_id,
    totals.from_stage,
    totals.to_stage,
    totals.segment_kind,
    totals.segment,
    totals.horizon_days,
    totals.period,
    totals.entrants,
    totals.open_entrants,
    totals.exposure,
    totals.mature,
    totals.mature_converted,
    at_risk.converted_after,
    coalesce(at_risk.converted, 0) as converted,
    coalesce(at_risk.at_risk, totals.entrants) as at_risk
from totals
left join at_risk
    on
        totals.account_id = at_risk.account_id
        and totals.from_stage = at_risk.from_stage
        and totals.to_stage = at_risk.to_stage
        and totals.segment_kind = at_risk.segment_kind
        and totals.segment = at_risk.segment
        and totals.horizon_days = at_risk.horizon_days
        and totals.period = at_risk.period
