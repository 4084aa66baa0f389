-- One row per call that happened, with what came of it, by source.
with journeys as (

    select * from {{ ref('fct_journeys') }}
    where is_prospect

),

actions as (

    select * from {{ ref('fct_next_actions') }}

),

calls as (

    select * from {{ ref('fct_calls') }}
    where status in ('completed', 'no_show')

)

select
    journeys.account_id,
    'leak_source_call_quality' as leak,
    'source_call_quality' as question,
    journeys.journey_id,
    journeys.stage,
    actions.next_owner as owner,
    calls.starts_at as since_at,
    concat_ws(
        ', ',
        journeys.source,
        case when calls.status = 'no_show' then 'no-show' else coalesce(calls.call_outcome, 'no outcome') end
    ) as detail
from journeys
inner join actions on journeys.journey_id = actions.journey_id
inner join calls on journeys.journey_id = calls.journey_id
