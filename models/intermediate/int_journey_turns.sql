-- One row per event of a lead that changes what is open: a closing, the opening of a conversation, or a need after
-- a closing.
with events as (

    select * from {{ ref('int_lead_events') }}

),

settings as (

    select * from {{ ref('stg_settings') }}

),

activity as (

    select
        account_id,
        lead_id,
        sent_at
    from {{ ref('int_messages') }}
    where not is_silent

),

-- the same closing said twice is one closing
lagged as (

    select
        *,
        lag(kind) over lead as previous_kind,
        lag(stage) over lead as previous_stage
    from events
    window lead as (partition by account_id, lead_id order by happened_at nulls last, kind_order, position, ref)

),

distinct_closings as (

    select *
    from lagged
    where not (kind = 'closing' and coalesce(previous_kind = 'closing' and previous_stage = stage, false))

),

states as (

    select
        *,
        lag(kind) over lead as before_kind,
        lag(stage) over lead as before_stage,
        lag(happened_at) over lead as before_at,
        row_number() over lead as event_number
    from distinct_closings
    window lead as (partition by account_id, lead_id order by happened_at nulls last, kind_order, position, ref)

),

-- when anybody last wrote before a conversation opens
silence as (

    select
        states.account_id,
        states.lead_id,
        states.ref,
        max(activity.sent_at) as last_activity_at
    from states
    inner join activity
        on
            states.account_id = activity.account_id
            and states.lead_id = activity.lead_id
            and activity.sent_at < states.happened_at
    where states.kind = 'opening'
    group by states.account_id, states.lead_id, states.ref

)

select
    states.account_id,
    states.lead_id,
    states.conversation_id,
    states.happened_at,
    states.position,
    states.kind,
    states.kind_order,
    states.stage,
    states.ref,
    states.before_stage,
    states.before_at,
    states.event_number,
    -- begins a journey
    case
        when states.kind = 'opening'
            then
                coalesce(states.before_kind, 'closing') = 'closing'
                or {{ days_between('coalesce(silence.last_activity_at, states.before_at)', 'states.happened_at') }}
                > settings.reentry_days
        when states.kind = 'need'
            then
                coalesce(
                    states.before_kind = 'closing'
                    and {{ days_between('states.before_at', 'states.happened_at') }} >= settings.reentry_days,
                    false
                )
        else false
    end as is_start,
    -- comes back sooner than that: the same journey goes on
    coalesce(
        states.kind = 'need' and states.before_kind = 'closing' and states.before_stage <> 'won'
        and {{ days_between('states.before_at', 'states.happened_at') }} < settings.reentry_days,
        false
    ) as is_reopening
from states
inner join settings
    on states.account_id = settings.account_id
left join silence
    on
        states.account_id = silence.account_id
        and states.lead_id = silence.lead_id
        and states.ref = silence.ref
        and states.kind = 'opening'
