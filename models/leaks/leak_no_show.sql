-- One row per call that the lead missed.
with journeys as (

    select * from {{ ref('fct_journeys') }}
    where is_prospect

),

actions as (

    select * from {{ ref('fct_next_actions') }}

),

calls as (

    select * from {{ ref('fct_calls') }}
    where status = 'no_show'

)

select
    journeys.account_id,
    'leak_no_show' as leak,
    'no_show' as question,
    journeys.journey_id,
    journeys.stage,
    actions.next_owner as owner,
    calls.starts_at as since_at,
    calls.no_show_risk_reasons as detail
from journeys
inner join actions on journeys.journey_id = actions.journey_id
inner join calls on journeys.journey_id = calls.journey_id
