-- One row per conversation, kind and moment at which a person decided its stage, or whether it is a prospect.
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
    judgements.judged_message_at as happened_at,
    coalesce(messages.position, 0) as position,
    -- how far the person had read: what comes later asks again
    coalesce(messages.sent_at, judgements.judged_message_at) as seen_until_at,
    coalesce(judgements.judged_at, judgements.judged_message_at) as judged_at,
    case when judgements.kind = 'stage' then judgements.signal end as stage,
    case when judgements.kind = 'exclusion' then judgements.value end as exclusion_reason,
    -- of a stage that closes: why, and from when to write again
    case when judgements.kind = 'stage' then nullif(split_part(judgements.value, ' ', 1), '') end as reason,
    case when judgements.kind = 'stage' then try_cast(nullif(split_part(judgements.value, ' ', 2), '') as date) end
        as due_on,
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
-- of two decisions about one moment the latest counts
qualify row_number() over (
    partition by judgements.account_id, judgements.conversation_id, judgements.kind, judgements.judged_message_at
    order by
        coalesce(judgements.judged_at, judgements.judged_message_at) desc,
        judgements.signal,
        judgements.value nulls last,
        judgements.message_id nulls last
) = 1
