-- One row per calendar booking: whose it is, what became of it, and which booking replaced it.
with bookings as (

    select * from {{ ref('stg_bookings') }}

),

identities as (

    select * from {{ ref('stg_identities') }}
    where record_kind = 'booking'

),

matched as (

    select
        bookings.*,
        md5(concat_ws('|', bookings.account_id, bookings.booking_key)) as call_id,
        -- a booking nobody matched to a conversation or a CRM row is its own lead, without a journey
        identities.lead_id,
        identities.match_method,
        identities.match_confidence,
        coalesce(identities.is_uncertain, false) as is_uncertain
    from bookings
    inner join identities
        on
            bookings.account_id = identities.account_id
            and bookings.booking_key = identities.record_key

),

-- a cancelled call and the next one that was booked before it would have begun are one call that moved
next_booking as (

    select
        earlier.call_id,
        min(later.created_at) as rebooked_at
    from matched as earlier
    inner join matched as later
        on
            earlier.account_id = later.account_id
            and earlier.lead_id = later.lead_id
            and earlier.call_id <> later.call_id
            and (later.created_at > earlier.created_at or later.rescheduled_from = earlier.booking_key)
    group by earlier.call_id

),

said as (

    select
        account_id,
        lead_id,
        message_id,
        sent_at
    from {{ ref('int_messages') }}
    where direction = 'in'

),

cancel_words as (

    select
        said.account_id,
        said.lead_id,
        said.sent_at
    from said
    inner join {{ ref('stg_judgements') }} as judgements
        on
            said.account_id = judgements.account_id
            and said.message_id = judgements.message_id
            and judgements.signal = 'says_cancelled'

),

said_cancelled as (

    select
        matched.call_id,
        min(cancel_words.sent_at) as said_at
    from matched
    inner join cancel_words
        on
            matched.account_id = cancel_words.account_id
            and matched.lead_id = cancel_words.lead_id
            and cancel_words.sent_at >= matched.created_at
            and cancel_words.sent_at <= {{ plus_days('matched.ends_at', 1) }}
    group by matched.call_id

)

select
    matched.*,
    next_booking.rebooked_at,
    matched.status = 'rescheduled' or (
        matched.status = 'cancelled' and coalesce(next_booking.rebooked_at <= matched.starts_at, false)
    ) as is_rescheduled,
    matched.status = 'cancelled' and not coalesce(next_booking.rebooked_at <= matched.starts_at, false) as is_cancelled,
    case
        when matched.status = 'cancelled'
            then coalesce(matched.canceled_at, said_cancelled.said_at, matched.cancellation_known_at)
    end as cancelled_at,
    matched.ends_at <= matched.as_of as is_past,
    row_number() over (
        partition by matched.account_id, matched.lead_id order by matched.created_at, matched.starts_at, matched.call_id
    ) as booking_number
from matched
left join next_booking
    on matched.call_id = next_booking.call_id
left join said_cancelled
    on matched.call_id = said_cancelled.call_id
