-- One row per lead who got the booking link and has neither booked nor been closed.
with journeys as (

    select * from {{ ref('fct_journeys') }}
    where is_prospect

),

actions as (

    select * from {{ ref('fct_next_actions') }}

),

links as (

    select
        journey_id,
        min(sent_at) as sent_at,
        bool_or(is_too_early) as is_too_early,
        max(follow_up_at) as follow_up_at
    from {{ ref('fct_booking_links') }}
    where outcome = 'open'
    group by journey_id

)

select
    journeys.account_id,
    'leak_link_not_booked' as leak,
    'link_not_booked' as question,
    journeys.journey_id,
    journeys.stage,
    actions.next_owner as owner,
    links.sent_at as since_at,
    concat_ws(
        ', ',
        case when links.is_too_early then 'too early' else 'in time' end,
        case when links.follow_up_at is null then 'no follow-up' else 'followed up' end
    ) as detail
from journeys
inner join actions on journeys.journey_id = actions.journey_id
inner join links on journeys.journey_id = links.journey_id
where journeys.stage in ('new_dm', 'engaged', 'qualified', 'booking_link_sent')
