-- One row per message within a journey.
with messages as (

    select * from {{ ref('int_messages') }}

),

journeys as (

    select * from {{ ref('int_journeys') }}

)

select
    journeys.journey_id,
    messages.*,
    row_number() over (
        partition by journeys.journey_id order by messages.sent_at, messages.conversation_id, messages.position
    ) as message_number
from messages
inner join journeys
    on
        messages.account_id = journeys.account_id
        and messages.lead_id = journeys.lead_id
        and messages.sent_at >= journeys.started_at
        and (journeys.next_started_at is null or messages.sent_at < journeys.next_started_at)
