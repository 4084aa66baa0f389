-- One row per lead whose first message waited more than a day for its answer, or still waits.
with journeys as (

    select * from {{ ref('fct_journeys') }}
    where is_prospect

),

actions as (

    select * from {{ ref('fct_next_actions') }}

),

settings as (

    select * from {{ ref('stg_settings') }}

)

select
    journeys.account_id,
    'leak_slow_first_reply' as leak,
    'slow_first_reply' as question,
    journeys.journey_id,
    journeys.stage,
    actions.next_owner as owner,
    journeys.started_at as since_at,
    journeys.first_reply_role as detail
from journeys
inner join actions on journeys.journey_id = actions.journey_id
inner join settings on journeys.account_id = settings.account_id
where
    journeys.first_reply_minutes > 1440
    or (
        journeys.first_reply_minutes is null and actions.follow_up_rule = 'unanswered'
        and {{ minutes_between('journeys.started_at', 'settings.as_of') }} > 1440
    )
