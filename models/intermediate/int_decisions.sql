-- One row per decision that a person made about a whole conversation: its stage, or that it is no prospect.
with judgements as (

    select * from {{ ref('stg_judgements') }}
    where judged_by = 'person' and kind in ('stage', 'exclusion')

),

identities as (

    select * from {{ ref('stg_identities') }}
    where record_kind = 'conversation'

),

messages as (

    select * from {{ ref('int_messages') }}

)

select
    judgements.account_id,
    identities.lead_id,
    judgements.conversation_id,
    judgements.kind,
    coalesce(messages.sent_at, judgements.judged_message_at) as happened_at,
    coalesce(messages.position, 0) as position,
    judgements.judged_at,
    case when judgements.kind = 'stage' then coalesce(judgements.value, judgements.signal) end as stage,
    case when judgements.kind = 'exclusion' then judgements.value end as exclusion_reason,
    cast(null as string) as reason,
    coalesce(judgements.message_id, judgements.conversation_id) as evidence_ref
from judgements
inner join identities
    on
        judgements.account_id = identities.account_id
        and judgements.conversation_id = identities.record_key
left join messages
    on
        judgements.account_id = messages.account_id
        and judgements.message_id = messages.message_id
