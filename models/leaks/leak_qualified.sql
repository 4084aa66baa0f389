-- One row per lead who is really qualified and not closed.
with journeys as (

    select * from {{ ref('fct_journeys') }}
    where is_prospect

),

actions as (

    select * from {{ ref('fct_next_actions') }}

)

select
    journeys.account_id,
    'leak_qualified' as leak,
    'qualified' as question,
    journeys.journey_id,
    journeys.stage,
    actions.next_owner as owner,
    journeys.stage_entered_at as since_at,
    cast(null as string) as detail
from journeys
inner join actions on journeys.journey_id = actions.journey_id
where
    journeys.stage in ('qualified', 'booking_link_sent', 'booked_call', 'call_completed')
    and exists (
        select stays.journey_id from {{ ref('fct_stage_stays') }} as stays
        where stays.journey_id = journeys.journey_id and stays.stage = 'qualified'
    )
