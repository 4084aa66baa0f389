-- One row per lost lead without a reason from the list.
with journeys as (

    select * from {{ ref('fct_journeys') }}
    where is_prospect

),

actions as (

    select * from {{ ref('fct_next_actions') }}

)

select
    journeys.account_id,
    'leak_lost_without_reason' as leak,
    'lost_without_reason' as question,
    journeys.journey_id,
    journeys.stage,
    actions.next_owner as owner,
    journeys.stage_entered_at as since_at,
    cast(null as string) as detail
from journeys
inner join actions on journeys.journey_id = actions.journey_id
where journeys.stage = 'lost' and journeys.outcome_reason is null
