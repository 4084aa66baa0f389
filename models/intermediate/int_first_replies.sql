-- One row per journey: the first answer of the team, the lead's first words with meaning, and who moved the key
-- moment.
with messages as (

    select * from {{ ref('int_journey_messages') }}
    where not is_silent

),

stays as (

    select * from {{ ref('int_stays') }}

),

first_lead as (

    select
        journey_id,
        min(sent_at) as first_lead_at
    from messages
    where direction = 'in'
    group by journey_id

),

-- an automation that answers a keyword is no reply: somebody, or the AI, still has to write
first_reply as (

    select
        messages.journey_id,
        messages.sent_at,
        messages.role,
        {{ minutes_between('first_lead.first_lead_at', 'messages.sent_at') }} as minutes
    from messages
    inner join first_lead
        on messages.journey_id = first_lead.journey_id
    where messages.direction = 'out' and messages.role <> 'automation' and messages.sent_at >= first_lead.first_lead_at
    qualify row_number() over (partition by messages.journey_id order by messages.message_number) = 1

),

first_meaning as (

    select
        journey_id,
        text
    from messages
    where direction = 'in' and is_meaningful
    qualify row_number() over (partition by journey_id order by message_number) = 1

),

key_stays as (

    select
        journey_id,
        entered_at
    from stays
    where stage in ('qualified', 'booking_link_sent')
    qualify row_number() over (
        partition by journey_id order by case stage when 'qualified' then 1 else 2 end, entry_number
    ) = 1

),

-- the team message right before the lead was qualified, else before the link
key_moment as (

    select
        key_stays.journey_id,
        messages.role
    from key_stays
    inner join messages
        on
            key_stays.journey_id = messages.journey_id
            and messages.direction = 'out'
            and messages.sent_at <= key_stays.entered_at
    qualify row_number() over (partition by key_stays.journey_id order by messages.message_number desc) = 1

),

objections as (

    select
        journey_id,
        value as objection
    from {{ ref('int_journey_signals') }}
    where direction = 'in' and signal = 'objection' and value is not null
    qualify
        row_number() over (partition by journey_id order by happened_at desc, position desc, confidence desc, value) = 1

)

select
    first_lead.journey_id,
    first_reply.minutes as first_reply_minutes,
    first_reply.role as first_reply_role,
    first_meaning.text as first_meaningful_reply,
    key_moment.role as key_moment_role,
    objections.objection
from first_lead
left join first_reply on first_lead.journey_id = first_reply.journey_id
left join first_meaning on first_lead.journey_id = first_meaning.journey_id
left join key_moment on first_lead.journey_id = key_moment.journey_id
left join objections on first_lead.journey_id = objections.journey_id
