-- One row per message in which the team sends a booking link.
with signals as (

    select * from {{ ref('int_journey_signals') }}
    where direction = 'out'

),

qualification as (

    select * from {{ ref('int_qualification') }}

),

bookings as (

    select * from {{ ref('int_journey_bookings') }}

),

messages as (

    select * from {{ ref('int_journey_messages') }}
    where is_unprompted

),

stays as (

    select * from {{ ref('int_stays') }}
    where is_current

),

red_flags as (

    select * from {{ ref('int_red_flags') }}

),

links as (

    select
        account_id,
        journey_id,
        message_id,
        happened_at,
        role,
        max(case when signal = 'booking_link' then value end) as url_host,
        max(case when signal = 'tied_to_words' then coalesce(quote, '') end) as tied_words,
        max(case when signal = 'link_reason' then quote end) as reason
    from signals
    where signal in ('booking_link', 'tied_to_words', 'link_reason')
    group by account_id, journey_id, message_id, happened_at, role
    having max(case when signal = 'booking_link' then 1 else 0 end) = 1

),

numbered as (

    select
        *,
        lead(happened_at) over (partition by journey_id order by happened_at, message_id) as next_link_at
    from links

),

-- the first calendar event of that lead created after the link; in the same minute counts as after
booked as (

    select
        numbered.message_id,
        min(bookings.created_at) as booked_at
    from numbered
    inner join bookings
        on
            numbered.journey_id = bookings.journey_id
            and date_trunc('minute', bookings.created_at) >= date_trunc('minute', numbered.happened_at)
    group by numbered.message_id

),

followed as (

    select
        numbered.message_id,
        min(messages.sent_at) as follow_up_at
    from numbered
    inner join messages
        on
            numbered.journey_id = messages.journey_id
            and messages.sent_at > numbered.happened_at
    group by numbered.message_id

)

select
    numbered.account_id,
    md5(concat_ws('|', numbered.account_id, numbered.message_id)) as link_id,
    numbered.journey_id,
    numbered.happened_at as sent_at,
    numbered.role as sent_by_role,
    numbered.url_host,
    not coalesce(qualification.qualified_at <= numbered.happened_at, false) as is_too_early,
    numbered.tied_words is not null as is_tied_to_words,
    case when red_flags.journey_id is null then coalesce(numbered.reason, nullif(numbered.tied_words, '')) end
        as reason_words,
    case when booked.booked_at is null or followed.follow_up_at < booked.booked_at then followed.follow_up_at end
        as follow_up_at,
    booked.booked_at,
    -- booked in the same minute: seconds before the link are none
    case
        when booked.booked_at is not null
            then
                cast(
                    greatest({{ minutes_between('numbered.happened_at', 'booked.booked_at') }} / 60e0, 0e0) as double
                )
    end as hours_to_booking,
    case
        when booked.booked_at is not null then 'booked'
        when stays.stage in ('lost', 'nurture', 'won') then 'ended'
        else 'open'
    end as outcome,
    numbered.next_link_at is not null as has_later_link
from numbered
left join qualification on numbered.journey_id = qualification.journey_id
left join booked on numbered.message_id = booked.message_id
left join followed on numbered.message_id = followed.message_id
left join stays on numbered.journey_id = stays.journey_id
left join red_flags on numbered.journey_id = red_flags.journey_id
