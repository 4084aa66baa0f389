-- One row per lead who should be closed out: stale, with two unanswered follow-ups.
with journeys as (

    select * from {{ ref('fct_journeys') }}
    where is_prospect

),

actions as (

    select * from {{ ref('fct_next_actions') }}

)

select
    journeys.account_id,
    'leak_close_out' as leak,
    'close_out' as question,
    journeys.journey_id,
    journeys.stage,
    actions.next_owner as owner,
    journeys.stage_entered_at as since_at,
    case when journeys.stage = 'booking_link_sent' then 'no_response_after_link' when journeys.stage = 'call_completed' then 'no_show_not_reengaged' else 'timing_later' end as detail
from journeys
inner join actions on journeys.journey_id = actions.journey_id
where journeys.is_stale and actions.unanswered_follow_ups >= 2
