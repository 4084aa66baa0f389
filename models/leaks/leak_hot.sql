-- One row per lead who is hot now.
with journeys as (

    select * from {{ ref('fct_journeys') }}
    where is_prospect

),

actions as (

    select * from {{ ref('fct_next_actions') }}

)

select
    journeys.account_id,
    'leak_hot' as leak,
    'hot' as question,
    journeys.journey_id,
    journeys.stage,
    actions.next_owner as owner,
    journeys.stage_entered_at as since_at,
    cast(null as string) as detail
from journeys
inner join actions on journeys.journey_id = actions.journey_id
where journeys.is_hot
