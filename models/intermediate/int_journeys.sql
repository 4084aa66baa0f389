-- One row per journey: one pass of a lead through the pipeline, from its first event to the start of the next one.
with turns as (

    select * from {{ ref('int_journey_turns') }}

),

starts as (

    select
        account_id,
        lead_id,
        conversation_id,
        happened_at as started_at,
        position as started_position,
        kind as started_by,
        ref as started_ref,
        row_number() over lead as journey_number,
        lead(happened_at) over lead as next_started_at
    from turns
    where is_start
    window lead as (partition by account_id, lead_id order by happened_at nulls last, event_number)

),

conversations as (

    select
        account_id,
        lead_id,
        conversation_id,
        happened_at
    from turns
    where kind = 'opening' and conversation_id is not null

),

-- the conversation that a journey without one of its own takes place in
inside as (

    select
        starts.account_id,
        starts.lead_id,
        starts.journey_number,
        conversations.conversation_id
    from starts
    inner join conversations
        on
            starts.account_id = conversations.account_id
            and starts.lead_id = conversations.lead_id
            and (starts.next_started_at is null or conversations.happened_at < starts.next_started_at)
    where
        starts.conversation_id is null
        and (starts.started_by = 'need' or conversations.happened_at >= starts.started_at)
    qualify row_number() over (
        partition by starts.account_id, starts.lead_id, starts.journey_number
        order by
            case when conversations.happened_at <= starts.started_at then 0 else 1 end,
            case
                when
                    conversations.happened_at <= starts.started_at
                    then {{ epoch_us('starts.started_at') }} - {{ epoch_us('conversations.happened_at') }}
            end nulls last,
            conversations.happened_at,
            conversations.conversation_id
    ) = 1

)

select
    starts.account_id,
    md5(concat_ws('|', starts.account_id, starts.lead_id, cast(starts.journey_number as string))) as journey_id,
    starts.lead_id,
    coalesce(starts.conversation_id, inside.conversation_id) as conversation_id,
    cast(starts.journey_number as int) as journey_number,
    starts.started_at,
    starts.started_position,
    starts.started_by,
    starts.started_ref,
    starts.next_started_at
from starts
left join inside
    on
        starts.account_id = inside.account_id
        and starts.lead_id = inside.lead_id
        and starts.journey_number = inside.journey_number
