-- One row per message in which the team sends a booking link.
with links as (

    select * from {{ ref('int_booking_links') }}

)

select
    account_id,
    link_id,
    journey_id,
    sent_at,
    sent_by_role,
    url_host,
    is_too_early,
    is_tied_to_words,
    reason_words,
    follow_up_at,
    booked_at,
    hours_to_booking,
    outcome,
    has_later_link
from links
