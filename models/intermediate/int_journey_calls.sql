-- One row per journey with a booking: the call that counts now, which is the last one that still stands.
with bookings as (

    select * from {{ ref('int_journey_bookings') }}

)

select
    account_id,
    journey_id,
    call_id,
    call_status,
    created_at,
    starts_at,
    ends_at,
    cancelled_at,
    call_outcome,
    offer_made,
    main_objection,
    exported_at,
    max(
        case
            when
                call_status not in ('rescheduled', 'cancelled', 'cancelled_by_invitee', 'cancelled_by_host')
                then created_at
        end
    )
        over (partition by journey_id) as last_booked_at,
    max(cancelled_at) over (partition by journey_id) as last_cancelled_at,
    max(case when call_status = 'no_show' then ends_at end) over (partition by journey_id) as last_no_show_at
from bookings
qualify row_number() over (
    partition by journey_id
    order by
        case
            when call_status in ('rescheduled', 'cancelled', 'cancelled_by_invitee', 'cancelled_by_host') then 1 else 0
        end,
        starts_at desc nulls last,
        created_at desc,
        call_id
) = 1
