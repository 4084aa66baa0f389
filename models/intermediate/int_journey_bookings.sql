-- One row per calendar booking within a journey, with the evidence whether the call happened.
with bookings as (

    select * from {{ ref('int_bookings') }}

),

journeys as (

    select * from {{ ref('int_journeys') }}

),

records as (

    select
        records.account_id,
        records.lead_id,
        outcomes.attendance,
        outcomes.call_outcome,
        outcomes.offer_made,
        outcomes.main_objection,
        outcomes.context_helped,
        coalesce(records.stage_entered_at, records.state_known_at) as known_at,
        case
            when records.crm_stage = 'won'
                then coalesce(records.won_at, records.closed_at, records.stage_entered_at, records.state_known_at)
        end as won_at
    from {{ ref('int_crm_records') }} as records
    inner join {{ ref('int_crm_outcomes') }} as outcomes
        on records.crm_record_id = outcomes.crm_record_id

),

placed as (

    select
        journeys.journey_id,
        bookings.*,
        row_number() over (
            partition by journeys.journey_id order by bookings.created_at, bookings.starts_at, bookings.call_id
        ) as call_number,
        -- the CRM has one outcome for a lead: it is about the last call that lies behind
        row_number() over (
            partition by journeys.journey_id
            order by
                case
                    when bookings.is_past and not bookings.is_cancelled and not bookings.is_rescheduled then 0 else 1
                end,
                bookings.starts_at desc nulls last,
                bookings.call_id
        ) = 1 as is_last_past_call
    from bookings
    inner join journeys
        on
            bookings.account_id = journeys.account_id
            and bookings.lead_id = journeys.lead_id
            and bookings.created_at >= journeys.started_at
            and (journeys.next_started_at is null or bookings.created_at < journeys.next_started_at)

),

outcome as (

    select
        account_id,
        lead_id,
        max(attendance) as attendance,
        max(call_outcome) as call_outcome,
        max(offer_made) as offer_made,
        max(main_objection) as main_objection,
        max(context_helped) as context_helped,
        min(won_at) as won_at
    from records
    group by account_id, lead_id

),

judged as (

    select
        placed.*,
        case when placed.is_last_past_call then outcome.attendance end as crm_attendance,
        case when placed.is_last_past_call then outcome.call_outcome end as call_outcome,
        case when placed.is_last_past_call then outcome.offer_made end as offer_made,
        case when placed.is_last_past_call then outcome.main_objection end as main_objection,
        case when placed.is_last_past_call then outcome.context_helped end as context_helped,
        case when placed.is_last_past_call then outcome.won_at end as won_at
    from placed
    left join outcome
        on
            placed.account_id = outcome.account_id
            and placed.lead_id = outcome.lead_id

)

select
    *,
    case
        when is_rescheduled then 'rescheduled'
        when is_cancelled and canceled_by = 'invitee' then 'cancelled_by_invitee'
        when is_cancelled and canceled_by = 'host' then 'cancelled_by_host'
        when is_cancelled then 'cancelled'
        when is_no_show then 'no_show'
        when not is_past then 'upcoming'
        -- a mark of the calendar before the CRM's words about it
        when status = 'completed' then 'completed'
        when crm_attendance = 'no_show' then 'no_show'
        when
            crm_attendance = 'showed' or call_outcome is not null or offer_made is not null
            or won_at >= starts_at
            then 'completed'
        else 'unmarked'
    end as call_status
from judged
