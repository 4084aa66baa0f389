-- One row per call that lies behind and has no outcome.
with journeys as (

    select * from {{ ref('fct_journeys') }}
    where is_prospect

),

actions as (

    select * from {{ ref('fct_next_actions') }}

)

select
    journeys.account_id,
    'leak_outcome_missing' as leak,
    'outcome_missing' as question,
    journeys.journey_id,
    journeys.stage,
    actions.next_owner as owner,
    journeys.stage_entered_at as since_at,
    actions.situation as detail
from journeys
inner join actions on journeys.journey_id = actions.journey_id
where actions.follow_up_rule = 'outcome_missing'
