-- One row per nurture lead without a date or an awaited event.
with journeys as (

    select * from {{ ref('fct_journeys') }}
    where is_prospect

),

actions as (

    select * from {{ ref('fct_next_actions') }}

),

-- an event said in words instead of a date: "when my exams are over"
awaited as (

    select
        journey_id,
        count(*) as events
    from {{ ref('int_journey_signals') }}
    where direction = 'in' and signal = 'not_now' and value is not null
    group by journey_id

)

select
    journeys.account_id,
    'leak_nurture_without_date' as leak,
    'nurture_without_date' as question,
    journeys.journey_id,
    journeys.stage,
    actions.next_owner as owner,
    journeys.stage_entered_at as since_at,
    journeys.outcome_reason as detail
from journeys
inner join actions on journeys.journey_id = actions.journey_id
left join awaited on journeys.journey_id = awaited.journey_id
where
    journeys.stage = 'nurture' and actions.next_due_on is null and awaited.journey_id is null
    and coalesce(journeys.outcome_reason, '') not in ('needs_offer_change_follow_up', 'needs_content_nurture')
