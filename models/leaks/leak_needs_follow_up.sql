-- One row per lead who waits for somebody of the team.
with journeys as (

    select * from {{ ref('fct_journeys') }}
    where is_prospect

),

actions as (

    select * from {{ ref('fct_next_actions') }}

)

select
    journeys.account_id,
    'leak_needs_follow_up' as leak,
    'needs_follow_up' as question,
    journeys.journey_id,
    journeys.stage,
    actions.next_owner as owner,
    journeys.stage_entered_at as since_at,
    actions.follow_up_rule as detail
from journeys
inner join actions on journeys.journey_id = actions.journey_id
where actions.needs_follow_up
