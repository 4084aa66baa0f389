-- One row per account: what differs between coaches, and the instant everything is judged at.
with source as (

    select * from {{ source('raw', 'settings') }}

),

-- a calendar whose every booking is later than as_of was not there yet
calendars as (

    select bookings.account_id
    from {{ source('raw', 'bookings') }} as bookings
    inner join source on bookings.account_id = source.account_id
    where coalesce(bookings.created_at, bookings.exported_at, source.as_of) <= source.as_of
    group by bookings.account_id

)

select
    source.account_id,
    source.account_name,
    source.timezone,
    source.currency,
    source.as_of,
    source.default_as_of,
    source.has_calendar and calendars.account_id is not null as has_calendar,
    source.has_crm,
    source.calendar_exported_at,
    source.review_confidence,
    source.follow_up_days,
    source.reentry_days,
    source.hot_days,
    source.weak_handoff_below,
    source.no_show_risk_handoff_below,
    source.no_show_risk_days,
    source.rescued_worth
from source
left join calendars on source.account_id = calendars.account_id
