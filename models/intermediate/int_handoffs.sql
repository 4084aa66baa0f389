-- One row per call: which of the eight handoff notes the conversation holds before the call.
with bookings as (

    select * from {{ ref('int_bookings') }}

),

calls as (

    select * from {{ ref('int_journey_bookings') }}

),

signals as (

    select * from {{ ref('int_journey_signals') }}

),

sources as (

    select * from {{ ref('int_sources') }}

),

found as (

    select
        calls.call_id,
        max(case when signals.direction = 'in' and signals.signal = 'problem' then 1 else 0 end) as has_problem,
        max(case when signals.direction = 'in' and signals.signal = 'goal' then 1 else 0 end) as has_goal,
        max(case when signals.direction = 'in' and signals.signal = 'timing' then 1 else 0 end) as has_timing,
        max(case when signals.direction = 'in' and signals.signal = 'objection' then 1 else 0 end) as has_objection,
        max(
            case when signals.direction = 'out' and signals.signal in ('tied_to_words', 'link_reason') then 1 else 0 end
        )
            as has_reason,
        max(case when signals.direction = 'out' and signals.signal = 'promise' then 1 else 0 end) as has_promise,
        max(
            case
                when
                    signals.direction = 'out'
                    and signals.signal = 'reminder'
                    and signals.happened_at >= calls.created_at
                    then 1
                else 0
            end
        ) as has_reminder,
        max(
            case
                when
                    signals.direction = 'out'
                    and signals.signal = 'reminder'
                    and signals.happened_at >= calls.created_at
                    then signals.happened_at
            end
        ) as reminder_at,
        max(case when signals.direction = 'in' then signals.happened_at end) as last_words_at
    from calls
    left join signals
        on
            calls.journey_id = signals.journey_id
            and signals.happened_at <= calls.starts_at
    group by calls.call_id

),

notes as (

    select
        bookings.account_id,
        bookings.call_id,
        coalesce(sources.source <> 'unknown', false) as has_source,
        coalesce(found.has_problem, 0) = 1 as has_problem,
        coalesce(found.has_goal, 0) = 1 as has_goal,
        coalesce(found.has_timing, 0) = 1 as has_timing,
        coalesce(found.has_objection, 0) = 1 as has_objection,
        coalesce(found.has_reason, 0) = 1 as has_reason,
        coalesce(found.has_promise, 0) = 1 as has_promise,
        coalesce(found.has_reminder, 0) = 1 as has_reminder,
        coalesce(found.reminder_at is not null and coalesce(found.last_words_at < found.reminder_at, true), false)
            as is_reminder_unanswered
    from bookings
    left join calls on bookings.call_id = calls.call_id
    left join sources on calls.journey_id = sources.journey_id
    left join found on bookings.call_id = found.call_id

),

settings as (

    select * from {{ ref('stg_settings') }}

),

scored as (

    select
        *,
        cast(has_source as int) + cast(has_problem as int) + cast(has_goal as int) + cast(has_timing as int)
        + cast(has_objection as int) + cast(has_reason as int) + cast(has_promise as int) + cast(has_reminder as int)
            as handoff_score
    from notes

)

select
    scored.*,
    scored.handoff_score < settings.weak_handoff_below as is_weak_handoff
from scored
inner join settings on scored.account_id = settings.account_id
