-- One row per closed stage and reason: how many leads were closed with it, in the last eight weeks and the eight
-- before.
with settings as (

    select * from {{ ref('stg_settings') }}

),

journeys as (

    select * from {{ ref('fct_journeys') }}
    where is_prospect and stage in ('lost', 'nurture')

),

reasons as (

    select * from {{ ref('outcome_reasons') }}

),

counted as (

    select
        journeys.account_id,
        journeys.stage,
        coalesce(journeys.outcome_reason, 'no_reason') as reason,
        count(*) as leads,
        count(*) filter (where journeys.days_in_stage <= 56) as leads_8_weeks,
        count(*) filter (where journeys.days_in_stage > 56 and journeys.days_in_stage <= 112) as leads_8_weeks_before
    from journeys
    inner join settings on journeys.account_id = settings.account_id
    group by journeys.account_id, journeys.stage, coalesce(journeys.outcome_reason, 'no_reason')

)

select
    counted.account_id,
    counted.stage,
    counted.reason,
    coalesce(reasons.label, 'No reason') as label,
    reasons.lane,
    cast(counted.leads as bigint) as leads,
    cast(counted.leads_8_weeks as bigint) as leads_8_weeks,
    cast(counted.leads_8_weeks_before as bigint) as leads_8_weeks_before,
    counted.reason = 'no_reason' as is_missing
from counted
left join reasons on counted.reason = reasons.reason
