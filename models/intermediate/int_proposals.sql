-- One row per stage that a model proposed with words of the conversation; no red flag stands before it.
with judgements as (

    select * from {{ ref('stg_judgements') }}
    where judged_by = 'model' and kind = 'stage' and signal in ('engaged', 'qualified', 'lost', 'nurture')

),

messages as (

    select * from {{ ref('int_messages') }}

),

-- sensitive words stop a sales step just as a red flag does
flags as (

    select
        account_id,
        conversation_id,
        min(position) as flag_position
    from {{ ref('int_signals') }}
    where direction = 'in' and signal in ('red_flag', 'sensitive')
    group by account_id, conversation_id

)

select
    messages.account_id,
    messages.lead_id,
    messages.conversation_id,
    judgements.signal as stage,
    messages.sent_at as happened_at,
    messages.position,
    messages.role as actor_role,
    nullif(split_part(judgements.value, ' ', 1), '') as reason,
    try_cast(nullif(split_part(judgements.value, ' ', 2), '') as date) as due_on,
    max(judgements.confidence) as confidence,
    messages.message_id as evidence_ref
from judgements
inner join messages
    on
        judgements.account_id = messages.account_id
        and judgements.message_id = messages.message_id
left join flags
    on
        messages.account_id = flags.account_id
        and messages.conversation_id = flags.conversation_id
where judgements.signal <> 'qualified' or flags.flag_position is null or flags.flag_position > messages.position
group by
    messages.account_id, messages.lead_id, messages.conversation_id, judgements.signal, messages.sent_at,
    messages.position, messages.role, judgements.value, messages.message_id
