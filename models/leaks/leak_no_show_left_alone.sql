-- One row per missed call after which nobody of the team wrote within the follow-up time, or before the lead booked
-- again.
with settings as (

    select * from {{ ref('stg_settings') }}

),

-- without a conversation nobody knows who wrote where
journeys as (

    select * from {{ ref('fct_journeys') }}
    where is_prospect and conversation_id is not null

),

actions as (

    select * from {{ ref('fct_next_actions') }}

),

missed as (

    select
        calls.call_id,
        calls.account_id,
        calls.journey_id,
        calls.starts_at,
        {{ plus_days('calls.starts_at', 'settings.follow_up_days') }} as due_at,
        min(again.created_at) as booked_again_at
    from {{ ref('fct_calls') }} as calls
    inner join settings on calls.account_id = settings.account_id
    left join {{ ref('fct_calls') }} as again
        on calls.journey_id = again.journey_id and again.created_at > calls.starts_at
    where
        calls.status = 'no_show'
        and {{ plus_days('calls.starts_at', 'settings.follow_up_days') }} <= settings.as_of
    group by calls.call_id, calls.account_id, calls.journey_id, calls.starts_at, settings.follow_up_days

),

words as (

    select
        missed.call_id,
        min(messages.sent_at) as wrote_at
    from missed
    inner join {{ ref('int_journey_messages') }} as messages
        on
            missed.journey_id = messages.journey_id
            and messages.sent_at > missed.starts_at
            and messages.sent_at <= least(missed.due_at, coalesce(missed.booked_again_at, missed.due_at))
    where messages.direction = 'out' and messages.role <> 'automation' and not messages.is_silent
    group by missed.call_id

)

select
    journeys.account_id,
    'leak_no_show_left_alone' as leak,
    'no_show_left_alone' as question,
    journeys.journey_id,
    journeys.stage,
    actions.next_owner as owner,
    missed.starts_at as since_at,
    case when missed.booked_again_at is not null then 'booked_again' end as detail
from missed
inner join journeys on missed.journey_id = journeys.journey_id
inner join actions on missed.journey_id = actions.journey_id
left join words on missed.call_id = words.call_id
where words.call_id is null
