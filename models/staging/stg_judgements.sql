-- One row per judgement of a message sent by as_of.
-- A person's judgement of the same message and signal replaces the others.
with source as (

    select * from {{ source('raw', 'judgements') }}

),

settings as (

    select * from {{ ref('stg_settings') }}

),

known as (

    select
        source.account_id,
        source.conversation_id,
        source.message_id,
        source.at as judged_message_at,
        source.kind,
        source.signal,
        source.value,
        source.quote,
        source.judged_by,
        source.judge,
        source.rules_version,
        source.confidence,
        source.judged_at,
        settings.review_confidence
    from source
    inner join settings
        on source.account_id = settings.account_id
    where
        source.at <= settings.as_of
        -- a decision made later than as_of is not known yet
        and coalesce(source.judged_at, source.at) <= settings.as_of

),

ranked as (

    select
        *,
        -- a person outranks a machine; a machine's own judgements of one signal stand side by side
        max(case when judged_by = 'person' then 1 else 0 end) over same as has_person,
        -- of people's words about one signal the latest
        max(case when judged_by = 'person' then coalesce(judged_at, judged_message_at) end) over same as last_said_at
    from known
    window same as (partition by account_id, conversation_id, message_id, kind, signal)

)

select
    account_id,
    conversation_id,
    message_id,
    judged_message_at,
    kind,
    signal,
    value,
    quote,
    judged_by,
    judge,
    rules_version,
    confidence,
    judged_at,
    review_confidence
from ranked
where
    has_person = 0
    -- decisions about a whole conversation are told apart by their moment, later on
    or (judged_by = 'person' and (kind <> 'signal' or coalesce(judged_at, judged_message_at) = last_said_at))
