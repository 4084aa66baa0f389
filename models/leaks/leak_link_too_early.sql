-- One row per lead whose first booking link went out before they were qualified.
with journeys as (

    select * from {{ ref('fct_journeys') }}
    where is_prospect

),

actions as (

    select * from {{ ref('fct_next_actions') }}

),

links as (

    select *
    from {{ ref('fct_booking_links') }}
    qualify row_number() over (partition by journey_id order by sent_at, link_id) = 1

)

select
    journeys.account_id,
    'leak_link_too_early' as leak,
    'link_too_early' as question,
    journeys.journey_id,
    journeys.stage,
    actions.next_owner as owner,
    links.sent_at as since_at,
    links.sent_by_role as detail
from journeys
inner join actions on journeys.journey_id = actions.journey_id
inner join links on journeys.journey_id = links.journey_id
where links.is_too_early
