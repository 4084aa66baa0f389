-- One row per lead whose booking link is older than the follow-up time, not booked and never followed up.
with journeys as (

    select * from {{ ref('fct_journeys') }}
    where is_prospect

),

actions as (

    select * from {{ ref('fct_next_actions') }}

),

settings as (

    select * from {{ ref('stg_settings') }}

),

links as (

    select *
    from {{ ref('fct_booking_links') }}
    where outcome = 'open' and follow_up_at is null and not has_later_link

)

select
    journeys.account_id,
    'leak_link_without_follow_up' as leak,
    'link_without_follow_up' as question,
    journeys.journey_id,
    journeys.stage,
    actions.next_owner as owner,
    links.sent_at as since_at,
    links.sent_by_role as detail
from journeys
inner join actions on journeys.journey_id = actions.journey_id
inner join links on journeys.journey_id = links.journey_id
inner join settings on journeys.account_id = settings.account_id
where {{ days_between('links.sent_at', 'settings.as_of') }} > settings.follow_up_days
