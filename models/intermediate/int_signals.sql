-- One row per signal of a lead: what a message was judged to show, with who said it and where it stands.
with judgements as (

    select * from {{ ref('stg_judgements') }}
    where kind = 'signal' and signal <> 'speaker'

),

messages as (

    select * from {{ ref('int_messages') }}

)

select
    messages.account_id,
    messages.lead_id,
    messages.conversation_id,
    messages.message_id,
    messages.sent_at as happened_at,
    messages.position,
    messages.direction,
    messages.role,
    messages.previous_role,
    judgements.signal,
    judgements.value,
    judgements.quote,
    judgements.confidence,
    judgements.review_confidence,
    case when judgements.judged_by = 'rule' then 'message' else judgements.judged_by end as evidence_kind,
    messages.message_id as evidence_ref
from judgements
inner join messages
    on
        judgements.account_id = messages.account_id
        and judgements.message_id = messages.message_id
