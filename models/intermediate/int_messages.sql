-- One row per message: whose conversation, who spoke, whether it asks for an answer, whether the team wrote
-- unprompted.
with messages as (

    select * from {{ ref('stg_messages') }}

),

identities as (

    select * from {{ ref('stg_identities') }}
    where record_kind = 'conversation'

),

signals as (

    select * from {{ ref('int_message_signals') }}

),

spoken as (

    select
        messages.account_id,
        messages.message_id,
        messages.conversation_id,
        identities.lead_id,
        messages.position,
        messages.direction,
        messages.kind,
        messages.text,
        messages.context,
        messages.link,
        messages.sent_at,
        case
            when messages.direction = 'in' then 'lead'
            else coalesce(messages.exported_role, signals.speaker, 'unknown')
        end as role,
        -- reactions, deleted messages and system rows are no turns of a conversation
        messages.kind in ('reaction', 'unsent', 'system', 'call') as is_silent,
        coalesce(signals.is_thanks_only, false) as is_thanks_only,
        coalesce(signals.is_put_off, false) as is_put_off,
        coalesce(signals.is_question, false) as is_question,
        coalesce(signals.is_trigger, false) as is_trigger,
        coalesce(signals.is_sensitive, false) as is_sensitive,
        coalesce(signals.is_says_booked, false) as is_says_booked,
        coalesce(signals.is_unheard, false) as is_unheard,
        coalesce(signals.is_reminder, false) as is_reminder,
        coalesce(signals.is_meaningful, false) as is_meaningful
    from messages
    inner join identities
        on
            messages.account_id = identities.account_id
            and messages.conversation_id = identities.record_key
    left join signals
        on
            messages.account_id = signals.account_id
            and messages.message_id = signals.message_id

),

turns as (

    select
        *,
        lag(direction) over conversation as previous_direction,
        lag(sent_at) over conversation as previous_at,
        lag(role) over conversation as previous_role,
        lag(is_thanks_only or is_put_off or is_says_booked) over conversation as previous_needs_no_answer,
        lag(is_question) over conversation as previous_asks,
        max(case when direction = 'in' then sent_at end) over (
            partition by account_id, conversation_id order by sent_at, position
            rows between unbounded preceding and 1 preceding
        ) as last_lead_at
    from spoken
    where not is_silent
    window conversation as (partition by account_id, conversation_id order by sent_at, position)

)

select
    spoken.*,
    turns.previous_direction,
    turns.previous_at,
    turns.previous_role,
    turns.last_lead_at,
    coalesce(
        spoken.direction = 'in' and not spoken.is_silent
        and not spoken.is_thanks_only and not spoken.is_put_off and not spoken.is_says_booked,
        false
    ) as needs_answer,
    -- unprompted: not the answer to what the lead has just said
    coalesce(
        spoken.direction = 'out' and not spoken.is_silent
        and (
            (turns.previous_direction = 'out' and {{ minutes_between('turns.previous_at', 'spoken.sent_at') }} >= 60)
            or (
                -- however late, the answer to a question is a reply
                turns.previous_direction = 'in' and not turns.previous_asks
                and {{ minutes_between('turns.previous_at', 'spoken.sent_at') }} >= 1440
            )
            or (
                turns.previous_direction = 'in' and turns.previous_needs_no_answer
                and {{ minutes_between('turns.previous_at', 'spoken.sent_at') }} >= 120
            )
        ),
        false
    ) as is_unprompted
from spoken
left join turns
    on
        spoken.account_id = turns.account_id
        and spoken.message_id = turns.message_id
