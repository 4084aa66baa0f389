-- One row per nurture lead whose date has passed without a message.
with journeys as (

    select * from {{ ref('fct_journeys') }}
    where is_prospect

),

actions as (

    select * from {{ ref('fct_next_actions') }}

)

select
    journeys.account_id,
    'leak_nurture_overdue' as leak,
    'nurture_overdue' as question,
    journeys.journey_id,
    journeys.stage,
    actions.next_owner as owner,
    journeys.stage_entered_at as since_at,
    journeys.outcome_reason as detail
from journeys
inner join actions on journeys.journey_id = actions.journey_id
where actions.follow_up_rule = 'nurture_due'
