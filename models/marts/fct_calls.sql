-- One row per calendar booking. A booking that no lead with a journey could be found for has no journey.
with bookings as (

    select * from {{ ref('int_bookings') }}

),

calls as (

    select * from {{ ref('int_journey_bookings') }}

),

handoffs as (

    select * from {{ ref('int_handoffs') }}

),

links as (

    select
        journey_id,
        bool_or(is_too_early) as is_too_early
    from {{ ref('int_booking_links') }}
    group by journey_id

),

records as (

    select * from {{ ref('int_journey_records') }}

),

settings as (

    select * from {{ ref('stg_settings') }}

),

scored as (

    select
        bookings.account_id,
        bookings.call_id,
        calls.journey_id,
        bookings.created_at,
        bookings.starts_at,
        coalesce(
            calls.call_status,
            case
                when bookings.is_rescheduled then 'rescheduled'
                when bookings.is_cancelled and bookings.canceled_by = 'invitee' then 'cancelled_by_invitee'
                when bookings.is_cancelled and bookings.canceled_by = 'host' then 'cancelled_by_host'
                when bookings.is_cancelled then 'cancelled'
                when bookings.is_no_show then 'no_show'
                when not bookings.is_past then 'upcoming'
                when bookings.status = 'completed' then 'completed'
                else 'unmarked'
            end
        ) as status,
        bookings.match_method,
        bookings.match_confidence,
        handoffs.has_source,
        handoffs.has_problem,
        handoffs.has_goal,
        handoffs.has_timing,
        handoffs.has_objection,
        handoffs.has_reason,
        handoffs.has_promise,
        handoffs.has_reminder,
        handoffs.handoff_score,
        handoffs.is_weak_handoff,
        handoffs.is_reminder_unanswered,
        coalesce(links.is_too_early, false) as is_link_too_early,
        {{ days_between('bookings.created_at', 'bookings.starts_at') }} as days_ahead,
        calls.offer_made,
        calls.call_outcome,
        coalesce(calls.main_objection, records.objection) as main_objection,
        calls.context_helped as said_context_helped,
        bookings.host,
        settings.no_show_risk_handoff_below,
        settings.no_show_risk_days
    from bookings
    inner join settings on bookings.account_id = settings.account_id
    inner join handoffs on bookings.call_id = handoffs.call_id
    left join calls on bookings.call_id = calls.call_id
    left join links on calls.journey_id = links.journey_id
    left join records on calls.journey_id = records.journey_id

),

risks as (

    select
        *,
        nullif(
            concat_ws(
                ', ',
                case when is_link_too_early then 'link too early' end,
                case when handoff_score < no_show_risk_handoff_below then 'few handoff notes' end,
                case when days_ahead > no_show_risk_days then 'many days until the call' end,
                case when is_reminder_unanswered then 'reminder unanswered' end
            ),
            ''
        ) as risk_reasons
    from scored

)

select
    account_id,
    call_id,
    journey_id,
    created_at,
    starts_at,
    status,
    match_method,
    cast(match_confidence as double) as match_confidence,
    has_source,
    has_problem,
    has_goal,
    has_timing,
    has_objection,
    has_reason,
    has_promise,
    has_reminder,
    cast(handoff_score as int) as handoff_score,
    is_weak_handoff,
    -- how risky the booking was is a fact of the booking, whatever became of the call
    risk_reasons is not null as is_no_show_risk,
    risk_reasons as no_show_risk_reasons,
    offer_made,
    call_outcome,
    main_objection,
    case
        when said_context_helped is not null then said_context_helped = 'yes'
        when status = 'completed' then has_problem and has_goal and has_timing
    end as context_helped,
    case when call_outcome is not null then call_outcome <> 'not_a_fit' end as qualification_accurate,
    host
from risks
