-- One row per signal within a journey.
with signals as (

    select * from {{ ref('int_signals') }}

),

journeys as (

    select * from {{ ref('int_journeys') }}

)

select
    journeys.journey_id,
    signals.*
from signals
inner join journeys
    on
        signals.account_id = journeys.account_id
        and signals.lead_id = journeys.lead_id
        and signals.happened_at >= journeys.started_at
        and (journeys.next_started_at is null or signals.happened_at < journeys.next_started_at)
