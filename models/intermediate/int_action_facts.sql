-- One row per journey: what the text of its next action may name, in plain words; null where it is not known.
with follow_ups as (

    select * from {{ ref('int_follow_ups') }}

),

settings as (

    select
        account_id,
        timezone,
        {{ local_date('as_of', 'timezone') }} as today
    from {{ ref('stg_settings') }}

),

turn_state as (

    select * from {{ ref('int_turn_state') }}

),

last_links as (

    select * from {{ ref('int_booking_links') }}
    where not has_later_link

),

calls as (

    select * from {{ ref('int_journey_calls') }}

),

shown as (

    select
        journey_id,
        max(case when signal in ('problem', 'goal') then 1 else 0 end) = 1 as has_problem,
        max(case when signal in ('timing', 'intent') then 1 else 0 end) = 1 as has_why
    from {{ ref('int_journey_signals') }}
    where direction = 'in'
    group by journey_id

),

-- the call that the stage is about: another one's day would mislead
days as (

    select
        follow_ups.journey_id,
        settings.today,
        follow_ups.agreed_on,
        {{ local_date('last_links.sent_at', 'settings.timezone') }} as link_on,
        case
            when
                (follow_ups.stage = 'booked_call' and calls.call_status in ('upcoming', 'unmarked'))
                or (
                    follow_ups.stage = 'call_completed'
                    and calls.call_status in ('completed', 'no_show', 'unmarked')
                )
                or (
                    follow_ups.stage = 'booking_link_sent'
                    and calls.call_status in ('cancelled', 'cancelled_by_invitee', 'cancelled_by_host')
                )
                then {{ local_date('calls.starts_at', 'settings.timezone') }}
        end as call_on,
        nullif(last_links.sent_by_role, 'unknown') as link_role
    from follow_ups
    inner join settings on follow_ups.account_id = settings.account_id
    left join last_links on follow_ups.journey_id = last_links.journey_id
    left join calls on follow_ups.journey_id = calls.journey_id

),

counted as (

    select
        *,
        cast(floor({{ days_between(instant('link_on'), instant('today')) }}) as int) as link_days
    from days

)

select
    counted.journey_id,
    {{ plain_day('counted.agreed_on', 'counted.today') }} as agreed_day,
    {{ plain_day('counted.call_on', 'counted.today') }} as call_day,
    case
        when counted.link_days = 0 then 'today'
        when counted.link_days = 1 then 'yesterday'
        when counted.link_days > 1 then cast(counted.link_days as string) || ' days ago'
    end as link_age,
    counted.link_role,
    cast(nullif(turn_state.unanswered_follow_ups, 0) as string) as unanswered,
    -- half of what makes a lead qualified: the question asks for the other half
    case
        when shown.has_problem and shown.has_why then 'nothing'
        when shown.has_problem then 'timing'
        when shown.has_why then 'problem'
    end as missing,
    case when shown.has_why then 'known' end as why_now
from counted
left join turn_state on counted.journey_id = turn_state.journey_id
left join shown on counted.journey_id = shown.journey_id
