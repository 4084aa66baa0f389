-- One row per lead whose conversation became a real sales conversation, by source.
with journeys as (

    select * from {{ ref('fct_journeys') }}
    where is_prospect

),

actions as (

    select * from {{ ref('fct_next_actions') }}

)

select
    journeys.account_id,
    'leak_sales_conversations' as leak,
    'sales_conversations' as question,
    journeys.journey_id,
    journeys.stage,
    actions.next_owner as owner,
    journeys.started_at as since_at,
    journeys.source as detail
from journeys
inner join actions on journeys.journey_id = actions.journey_id
where exists (
    select stays.journey_id from {{ ref('fct_stage_stays') }} as stays
    where stays.journey_id = journeys.journey_id and stays.stage = 'qualified'
)
