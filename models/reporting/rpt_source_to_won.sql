-- One row per source, label, content, keyword and campaign: how many leads reached each stage, and how long it took.
with journeys as (

    select * from {{ ref('fct_journeys') }}
    where is_prospect

),

reached as (

    select
        journey_id,
        max(case when stage = 'engaged' then 1 else 0 end) as engaged,
        max(case when stage = 'qualified' then 1 else 0 end) as qualified,
        max(case when stage = 'booking_link_sent' and signal <> 'call_cancelled' then 1 else 0 end) as link_sent,
        max(case when stage = 'booked_call' then 1 else 0 end) as booked,
        max(case when stage = 'won' then 1 else 0 end) as won,
        min(case when stage = 'booked_call' then entered_at end) as booked_at,
        min(case when stage = 'won' then entered_at end) as won_at
    from {{ ref('fct_stage_stays') }}
    group by journey_id

),

calls as (

    select
        journey_id,
        max(case when status = 'completed' then 1 else 0 end) as showed
    from {{ ref('fct_calls') }}
    group by journey_id

),

counted as (

    select
        journeys.account_id,
        journeys.source,
        journeys.source_label,
        journeys.content_ref,
        journeys.keyword,
        journeys.campaign,
        count(*) as leads,
        sum(reached.engaged) as engaged,
        sum(reached.qualified) as qualified,
        sum(reached.link_sent) as link_sent,
        sum(reached.booked) as booked,
        sum(coalesce(calls.showed, 0)) as showed,
        sum(reached.won) as won,
        sum(coalesce(journeys.revenue_amount, 0)) as revenue,
        median({{ days_between('journeys.started_at', 'reached.booked_at') }}) as median_days_to_booked,
        median({{ days_between('journeys.started_at', 'reached.won_at') }}) as median_days_to_won
    from journeys
    inner join reached on journeys.journey_id = reached.journey_id
    left join calls on journeys.journey_id = calls.journey_id
    group by
        journeys.account_id, journeys.source, journeys.source_label, journeys.content_ref, journeys.keyword,
        journeys.campaign

),

rates as (

    select
        *,
        cast(won as double) / cast(leads as double) as won_rate,
        cast(leads as double) as cases
    from counted

)

select
    account_id,
    source,
    source_label,
    content_ref,
    keyword,
    campaign,
    cast(leads as bigint) as leads,
    cast(engaged as bigint) as engaged,
    cast(qualified as bigint) as qualified,
    cast(link_sent as bigint) as link_sent,
    cast(booked as bigint) as booked,
    cast(showed as bigint) as showed,
    cast(won as bigint) as won,
    cast(revenue as decimal(18, 2)) as revenue,
    won_rate,
    cast({{ wilson('won_rate', 'cases', 'low') }} as double) as won_rate_low,
    cast({{ wilson('won_rate', 'cases', 'high') }} as double) as won_rate_high,
    cast(median_days_to_booked as double) as median_days_to_booked,
    cast(median_days_to_won as double) as median_days_to_won
from rates
