-- One row per lead who should be closed out: stale, with two unanswered follow-ups or a passed deadline.
with journeys as (

    select * from {{ ref('fct_journeys') }}
    where is_prospect

),

actions as (

    select * from {{ ref('fct_next_actions') }}

)

select
    journeys.account_id,
    'leak_close_out' as leak,
    'close_out' as question,
    journeys.journey_id,
    journeys.stage,
    actions.next_owner as owner,
    journeys.stage_entered_at as since_at,
    stages.close_as_reason as detail
from journeys
inner join actions on journeys.journey_id = actions.journey_id
inner join {{ ref('stages') }} as stages on journeys.stage = stages.stage
inner join {{ ref('int_follow_ups') }} as follow_ups on journeys.journey_id = follow_ups.journey_id
where journeys.is_stale and (actions.unanswered_follow_ups >= 2 or follow_ups.is_deadline_passed)
