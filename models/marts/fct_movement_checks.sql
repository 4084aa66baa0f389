-- One row per rule and actor: how often the move was seen.
with stays as (

    select * from {{ ref('fct_stage_stays') }}

),

journeys as (

    select * from {{ ref('fct_journeys') }}
    where is_prospect

)

select
    stays.account_id,
    coalesce(stays.rule, stays.violation) as rule,
    stays.actor_role,
    stays.is_allowed as allowed,
    cast(count(*) as bigint) as seen
from stays
inner join journeys
    on stays.journey_id = journeys.journey_id
where coalesce(stays.rule, stays.violation) is not null
group by stays.account_id, coalesce(stays.rule, stays.violation), stays.actor_role, stays.is_allowed
