-- One row per lost or nurture lead with its reason.
with journeys as (

    select * from {{ ref('fct_journeys') }}
    where is_prospect

),

actions as (

    select * from {{ ref('fct_next_actions') }}

)

select
    journeys.account_id,
    'leak_repeating_reasons' as leak,
    'repeating_reasons' as question,
    journeys.journey_id,
    journeys.stage,
    actions.next_owner as owner,
    journeys.stage_entered_at as since_at,
    coalesce(journeys.outcome_reason, 'no reason') as detail
from journeys
inner join actions on journeys.journey_id = actions.journey_id
where journeys.stage in ('lost', 'nurture')
