-- One row per lead who became a client: where they came from, what they wanted, what held them back, and how they
-- got there.
with journeys as (

    select * from {{ ref('fct_journeys') }}
    where is_prospect and won_at is not null

),

red_flags as (

    select * from {{ ref('int_red_flags') }}

),

-- the message that says best what they want help with
problems as (

    select
        signals.journey_id,
        messages.text
    from {{ ref('int_journey_signals') }} as signals
    inner join {{ ref('int_journey_messages') }} as messages
        on signals.journey_id = messages.journey_id and signals.message_id = messages.message_id
    where signals.direction = 'in' and signals.signal in ('problem', 'goal') and messages.text is not null
    qualify row_number() over (
        partition by signals.journey_id
        order by
            case signals.signal when 'problem' then 0 else 1 end,
            signals.confidence desc,
            length(messages.text) desc,
            messages.message_number
    ) = 1

),

reached as (

    select
        journey_id,
        min(case when stage = 'booked_call' then entered_at end) as booked_at,
        max(case when stage = 'new_dm' then 'new_dm' end) as new_dm,
        max(case when stage = 'engaged' then 'engaged' end) as engaged,
        max(case when stage = 'qualified' then 'qualified' end) as qualified,
        max(case when stage = 'booking_link_sent' then 'booking_link_sent' end) as booking_link_sent,
        max(case when stage = 'booked_call' then 'booked_call' end) as booked_call,
        max(case when stage = 'call_completed' then 'call_completed' end) as call_completed,
        max(case when violation in ('link_before_qualified', 'booked_before_qualified') then 1 else 0 end)
            as is_before_qualified
    from {{ ref('fct_stage_stays') }}
    group by journey_id

)

select
    journeys.account_id,
    journeys.journey_id,
    journeys.lead_id,
    journeys.won_at,
    journeys.source,
    coalesce(journeys.content_ref, journeys.keyword, journeys.campaign) as began_with,
    journeys.trigger_text,
    case when red_flags.journey_id is null then problems.text end as problem_words,
    journeys.main_objection,
    concat_ws(
        ' > ', reached.new_dm, reached.engaged, reached.qualified, reached.booking_link_sent, reached.booked_call,
        reached.call_completed, 'won'
    ) as path,
    coalesce(reached.is_before_qualified = 1, false) as is_out_of_turn,
    journeys.key_moment_role,
    cast({{ days_between('journeys.started_at', 'reached.booked_at') }} as double) as days_to_booked,
    cast({{ days_between('journeys.started_at', 'journeys.won_at') }} as double) as days_to_won,
    journeys.slowest_stage
from journeys
left join reached on journeys.journey_id = reached.journey_id
left join red_flags on journeys.journey_id = red_flags.journey_id
left join problems on journeys.journey_id = problems.journey_id
