-- One row per event that can open, reopen or close a journey of a lead.
with conversations as (

    select
        conversations.account_id,
        conversations.conversation_id,
        identities.lead_id,
        conversations.first_message_at as happened_at
    from {{ ref('stg_conversations') }} as conversations
    inner join {{ ref('stg_identities') }} as identities
        on
            conversations.account_id = identities.account_id
            and conversations.conversation_id = identities.record_key
            and identities.record_kind = 'conversation'

),

first_words as (

    select
        account_id,
        lead_id,
        min(happened_at) as first_at
    from conversations
    group by account_id, lead_id

),

settings as (

    select * from {{ ref('stg_settings') }}

),

-- a deal, an opportunity or a mapped stage makes a journey; a bare contact is a lead without one
deals as (

    select
        records.account_id,
        records.lead_id,
        records.crm_record_id,
        records.created_at as happened_at
    from {{ ref('int_crm_records') }} as records
    inner join settings
        on records.account_id = settings.account_id
    left join first_words
        on
            records.account_id = first_words.account_id
            and records.lead_id = first_words.lead_id
    where
        (records.record_kind = 'deal' or records.crm_stage is not null)
        and (
            first_words.lead_id is null
            -- for a lead with a conversation, only a deal from long before it is a journey of its own
            or {{ days_between('records.created_at', 'first_words.first_at') }} > settings.reentry_days
        )

),

-- a lead that only the log of stages knows begins with its first entry
logged as (

    select
        changes.account_id,
        changes.lead_id,
        min(changes.evidence_ref) as ref,
        min(changes.entered_at) as happened_at
    from {{ ref('int_crm_stage_changes') }} as changes
    left join first_words
        on
            changes.account_id = first_words.account_id
            and changes.lead_id = first_words.lead_id
    left join {{ ref('int_crm_records') }} as records
        on
            changes.account_id = records.account_id
            and changes.lead_id = records.lead_id
    where first_words.lead_id is null and records.lead_id is null
    group by changes.account_id, changes.lead_id

),

bookings as (

    select * from {{ ref('int_bookings') }}

),

-- words that by themselves show a need or a wish: what a return is made of
needs as (

    select
        account_id,
        lead_id,
        conversation_id,
        message_id,
        happened_at,
        position
    from {{ ref('int_signals') }}
    where direction = 'in' and signal in ('problem', 'goal', 'intent', 'asked_for_link', 'returning')
    group by account_id, lead_id, conversation_id, message_id, happened_at, position

),

closings as (

    select * from {{ ref('int_closings') }}

)

select
    account_id,
    lead_id,
    conversation_id,
    happened_at,
    0 as position,
    'opening' as kind,
    0 as kind_order,
    cast(null as string) as stage,
    conversation_id as ref
from conversations
union all
select
    account_id,
    lead_id,
    cast(null as string) as conversation_id,
    happened_at,
    0 as position,
    'opening' as kind,
    0 as kind_order,
    cast(null as string) as stage,
    crm_record_id as ref
from deals
union all
select
    account_id,
    lead_id,
    cast(null as string) as conversation_id,
    happened_at,
    0 as position,
    'opening' as kind,
    0 as kind_order,
    cast(null as string) as stage,
    ref
from logged
union all
select
    account_id,
    lead_id,
    conversation_id,
    happened_at,
    position,
    'need' as kind,
    1 as kind_order,
    cast(null as string) as stage,
    message_id as ref
from needs
union all
select
    account_id,
    lead_id,
    cast(null as string) as conversation_id,
    created_at as happened_at,
    0 as position,
    'need' as kind,
    1 as kind_order,
    cast(null as string) as stage,
    call_id as ref
from bookings
union all
select
    account_id,
    lead_id,
    cast(null as string) as conversation_id,
    happened_at,
    position,
    'closing' as kind,
    2 as kind_order,
    stage,
    evidence_ref as ref
from closings
