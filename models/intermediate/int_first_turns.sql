-- One row per journey in which the lead wrote: until when the lead's first turn lasts.
-- It ends with the team's first answer to it.
with messages as (

    select * from {{ ref('int_journey_messages') }}
    where not is_silent

),

first_lead as (

    select
        journey_id,
        min(message_number) as first_lead_number
    from messages
    where direction = 'in'
    group by journey_id

)

select
    first_lead.journey_id,
    min(messages.sent_at) as answered_at
from first_lead
left join messages
    on
        first_lead.journey_id = messages.journey_id
        and messages.direction = 'out'
        and messages.message_number > first_lead.first_lead_number
group by first_lead.journey_id
