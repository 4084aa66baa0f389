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

-- each event with the closing before it, if any
since_closing as (

    select
        *,
        sum(case when kind = 'closing' then 1 else 0 end) over (
            partition by account_id, lead_id order by happened_at nulls last, kind_order, position, ref
            rows between unbounded preceding and current row
        ) as closing_number
    from distinct_closings

),

states as (

    select
        *,
        max(case when kind = 'closing' then stage end) over closing as closing_stage,
        min(case when kind = 'closing' then happened_at end) over closing as closing_at,
        sum(case when kind = 'opening' then 1 else 0 end) over (
            partition by account_id, lead_id, closing_number order by happened_at nulls last, kind_order, position, ref
            rows between unbounded preceding and 1 preceding
        ) as openings_since,
        lag(kind) over lead as before_kind,
        lag(stage) over lead as before_stage,
        lag(happened_at) over lead as before_at,
        row_number() over lead as event_number
    from since_closing
    window
        lead as (partition by account_id, lead_id order by happened_at nulls last, kind_order, position, ref),
        closing as (partition by account_id, lead_id, closing_number)

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

),

-- words of a client soon after winning open nothing: the journey stays closed for what comes later
judged as (

    select
        states.*,
        settings.reentry_days,
        coalesce(
            states.closing_stage = 'won' and coalesce(states.openings_since, 0) = 0
            and {{ days_between('states.closing_at', 'states.before_at') }} < settings.reentry_days,
            false
        ) as is_still_won
    from states
    inner join settings
        on states.account_id = settings.account_id

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
                or states.is_still_won
                or {{ days_between('coalesce(silence.last_activity_at, states.before_at)', 'states.happened_at') }}
                > states.reentry_days
        when states.kind = 'need'
            then
                coalesce(
                    (states.before_kind = 'closing' or states.is_still_won)
                    and {{ days_between('states.closing_at', 'states.happened_at') }} >= states.reentry_days,
                    false
                )
        else false
    end as is_start,
    -- comes back sooner than that: the same journey goes on
    coalesce(
        states.kind = 'need' and states.before_kind = 'closing' and states.before_stage <> 'won'
        and {{ days_between('states.before_at', 'states.happened_at') }} < states.reentry_days,
        false
    ) as is_reopening
from judged as states
left join silence
    on
        states.account_id = silence.account_id
        and states.lead_id = silence.lead_id
        and states.ref = silence.ref
        and states.kind = 'opening'
