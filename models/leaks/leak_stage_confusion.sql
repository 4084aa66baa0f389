-- One row per lead whose stage is unclear: it waits for review, disagrees with the CRM, or got there by a move
-- that is not allowed.
with journeys as (

    select * from {{ ref('fct_journeys') }}
    where is_prospect

),

actions as (

    select * from {{ ref('fct_next_actions') }}

),

moves as (

    select
        journey_id,
        violation
    from {{ ref('fct_stage_stays') }}
    where is_current and not is_allowed

)

select
    journeys.account_id,
    'leak_stage_confusion' as leak,
    'stage_confusion' as question,
    journeys.journey_id,
    journeys.stage,
    actions.next_owner as owner,
    journeys.stage_entered_at as since_at,
    concat_ws(
        ', ',
        case when journeys.needs_human_review then 'review' end,
        case when not journeys.crm_agrees then 'crm' end,
        moves.violation
    ) as detail
from journeys
inner join actions on journeys.journey_id = actions.journey_id
left join moves on journeys.journey_id = moves.journey_id
where
    journeys.stage in ('new_dm', 'engaged', 'qualified', 'booking_link_sent', 'booked_call', 'call_completed')
    and (journeys.needs_human_review or not coalesce(journeys.crm_agrees, true) or moves.journey_id is not null)
