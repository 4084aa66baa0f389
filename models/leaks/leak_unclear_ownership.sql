-- One row per lead in play whose next owner is unknown, or whose owner in the CRM is not the one who speaks.
with journeys as (

    select * from {{ ref('fct_journeys') }}
    where is_prospect

),

actions as (

    select * from {{ ref('fct_next_actions') }}

),

owners as (

    select * from {{ ref('int_crm_owners') }}
    where not is_speaker

)

select
    journeys.account_id,
    'leak_unclear_ownership' as leak,
    'unclear_ownership' as question,
    journeys.journey_id,
    journeys.stage,
    actions.next_owner as owner,
    journeys.stage_entered_at as since_at,
    case when actions.next_owner = 'unknown' then 'nobody named' else 'CRM names ' || owners.owner end as detail
from journeys
inner join actions on journeys.journey_id = actions.journey_id
left join owners on journeys.journey_id = owners.journey_id
where
    journeys.stage in ('new_dm', 'engaged', 'qualified', 'booking_link_sent', 'booked_call', 'call_completed')
    and (actions.next_owner = 'unknown' or owners.journey_id is not null)
