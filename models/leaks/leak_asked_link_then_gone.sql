-- One row per lead who asked for the link, got it, and has neither booked nor written since.
with journeys as (

    select * from {{ ref('fct_journeys') }}
    where is_prospect

),

actions as (

    select * from {{ ref('fct_next_actions') }}

),

asked as (

    select
        journey_id,
        max(happened_at) as asked_at
    from {{ ref('int_journey_signals') }}
    where direction = 'in' and signal = 'asked_for_link'
    group by journey_id

),

links as (

    select
        journey_id,
        max(sent_at) as sent_at
    from {{ ref('fct_booking_links') }}
    where outcome <> 'booked'
    group by journey_id

),

turn_state as (

    select * from {{ ref('int_turn_state') }}

),

said as (

    select
        journey_id,
        max(case when signal in ('problem', 'goal') then 1 else 0 end) as has_need,
        max(case when signal = 'timing' then 1 else 0 end) as has_timing
    from {{ ref('int_journey_signals') }}
    where direction = 'in'
    group by journey_id

)

select
    journeys.account_id,
    'leak_asked_link_then_gone' as leak,
    'asked_link_then_gone' as question,
    journeys.journey_id,
    journeys.stage,
    actions.next_owner as owner,
    links.sent_at as since_at,
    -- what was missing when they asked: the wish itself, the reason why now, or only an easy way to book
    case
        when coalesce(said.has_need, 0) = 0 then 'no_need_said'
        when said.has_timing = 0 then 'no_timing_said'
        else 'booking_friction'
    end as detail
from journeys
inner join actions on journeys.journey_id = actions.journey_id
inner join asked on journeys.journey_id = asked.journey_id
inner join links on journeys.journey_id = links.journey_id and links.sent_at >= asked.asked_at
inner join turn_state on journeys.journey_id = turn_state.journey_id
left join said on journeys.journey_id = said.journey_id
where turn_state.last_lead_at <= links.sent_at
