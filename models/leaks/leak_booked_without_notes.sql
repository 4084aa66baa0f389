-- One row per call still ahead, or past and unmarked, that has too few handoff notes.
with journeys as (

    select * from {{ ref('fct_journeys') }}
    where is_prospect

),

actions as (

    select * from {{ ref('fct_next_actions') }}

),

calls as (

    select * from {{ ref('fct_calls') }}
    where is_weak_handoff and status in ('upcoming', 'unmarked')

)

select
    journeys.account_id,
    'leak_booked_without_notes' as leak,
    'booked_without_notes' as question,
    journeys.journey_id,
    journeys.stage,
    actions.next_owner as owner,
    calls.starts_at as since_at,
    concat_ws(
        ', ',
        case when not calls.has_source then 'source' end,
        case when not calls.has_problem then 'problem' end,
        case when not calls.has_goal then 'goal' end,
        case when not calls.has_timing then 'timing' end,
        case when not calls.has_objection then 'objection' end,
        case when not calls.has_reason then 'reason' end,
        case when not calls.has_promise then 'promise' end,
        case when not calls.has_reminder then 'reminder' end
    ) as detail
from journeys
inner join actions on journeys.journey_id = actions.journey_id
inner join calls on journeys.journey_id = calls.journey_id
