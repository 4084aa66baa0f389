-- One row per account and role: how many booking links it sent, how many too early, and how many became a call.
select
    account_id,
    sent_by_role,
    count(*) as links,
    count(*) filter (where is_too_early) as too_early,
    count(*) filter (where outcome = 'booked') as booked,
    count(*) filter (where is_too_early and outcome = 'booked') as booked_though_early
from {{ ref('fct_booking_links') }}
group by account_id, sent_by_role
order by account_id, links desc, sent_by_role
