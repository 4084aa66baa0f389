-- One row per journey: whether somebody of the team has to act, which rule says so, and since when.
with journeys as (

    select * from {{ ref('int_journeys') }}

),

settings as (

    select * from {{ ref('stg_settings') }}

),

stays as (

    select * from {{ ref('int_stays') }}
    where is_current

),

stages as (

    select * from {{ ref('stages') }}

),

turn_state as (

    select * from {{ ref('int_turn_state') }}

),

calls as (

    select * from {{ ref('int_journey_calls') }}

),

outcomes as (

    select * from {{ ref('int_journey_outcomes') }}

),

reviews as (

    select * from {{ ref('int_reviews') }}

),

links as (

    select
        journey_id,
        max(happened_at) as last_link_at
    from {{ ref('int_journey_signals') }}
    where direction = 'out' and signal = 'booking_link'
    group by journey_id

),

agreed as (

    select
        journey_id,
        max(try_cast(value as date)) as agreed_on,
        -- by when the lead wanted to have decided
        max(case when signal = 'decides_on' then try_cast(value as date) end) as decides_on
    from {{ ref('int_journey_signals') }}
    where signal in ('follow_up_on', 'decides_on')
    group by journey_id

),

facts as (

    select
        journeys.account_id,
        journeys.journey_id,
        settings.as_of,
        settings.timezone,
        {{ local_date('settings.as_of', 'settings.timezone') }} as today,
        stays.stage,
        stages.is_open,
        coalesce(stages.follow_up_days, settings.follow_up_days) as follow_up_days,
        turn_state.last_message_at,
        turn_state.last_unprompted_at,
        turn_state.last_open_words_at,
        coalesce(turn_state.is_waiting_for_team, false) as is_waiting_for_team,
        coalesce(reviews.is_sensitive_open, false) as is_sensitive_open,
        calls.call_status,
        calls.ends_at as call_ended_at,
        calls.call_outcome,
        calls.exported_at as calendar_exported_at,
        outcomes.due_on,
        agreed.agreed_on,
        agreed.decides_on,
        {{ local_date('turn_state.last_lead_at', 'settings.timezone') }} as last_lead_on,
        -- events that a follow-up answers; what a later booking has settled is over
        case
            when calls.last_booked_at is null or turn_state.last_put_off_at > calls.last_booked_at
                then turn_state.last_put_off_at
        end as put_off_at,
        case
            when calls.last_booked_at is null or links.last_link_at > calls.last_booked_at then links.last_link_at
        end as link_at,
        case
            when calls.last_booked_at is null or turn_state.open_question_at > calls.last_booked_at
                then turn_state.open_question_at
        end as question_at,
        case
            when stays.stage = 'call_completed' and calls.call_status = 'no_show' then calls.last_no_show_at
        end as no_show_at,
        case when stays.stage = 'booking_link_sent' then calls.last_cancelled_at end as cancelled_at
    from journeys
    inner join settings on journeys.account_id = settings.account_id
    inner join stays on journeys.journey_id = stays.journey_id
    inner join stages on stays.stage = stages.stage
    left join turn_state on journeys.journey_id = turn_state.journey_id
    left join calls on journeys.journey_id = calls.journey_id
    left join outcomes on journeys.journey_id = outcomes.journey_id
    left join reviews on journeys.journey_id = reviews.journey_id
    left join links on journeys.journey_id = links.journey_id
    left join agreed on journeys.journey_id = agreed.journey_id

),

events as (

    select journey_id, 'put_off' as event, put_off_at as happened_at from facts where put_off_at is not null
    union all
    select journey_id, 'link' as event, link_at as happened_at from facts where link_at is not null
    union all
    select journey_id, 'question' as event, question_at as happened_at from facts where question_at is not null
    union all
    select journey_id, 'no_show' as event, no_show_at as happened_at from facts where no_show_at is not null
    union all
    select journey_id, 'cancelled' as event, cancelled_at as happened_at from facts where cancelled_at is not null

),

-- one unprompted message since the event discharges it
due_events as (

    select
        events.journey_id,
        events.event,
        {{ plus_days('greatest(events.happened_at, facts.last_message_at)', 'facts.follow_up_days') }} as due_at
    from events
    inner join facts
        on events.journey_id = facts.journey_id
    where
        (facts.last_unprompted_at is null or facts.last_unprompted_at <= events.happened_at)
        -- with a date agreed and still ahead, a put-off waits for it
        and not (events.event = 'put_off' and coalesce(facts.agreed_on >= facts.today, false))

),

first_due as (

    select
        journey_id,
        min(due_at) as event_due_at
    from due_events
    group by journey_id

),

judged as (

    select
        facts.*,
        first_due.event_due_at,
        case
            when facts.is_sensitive_open then 'sensitive'
            when facts.stage in ('won', 'lost') then null
            when facts.is_waiting_for_team then 'unanswered'
            when facts.stage = 'nurture'
                then
                    case
                        when
                            facts.due_on < facts.today
                            and coalesce(
                                {{ local_date('facts.last_unprompted_at', 'facts.timezone') }} < facts.due_on, true
                            ) then 'nurture_due'
                    end
            when facts.call_status = 'unmarked' then 'outcome_missing'
            when
                facts.stage = 'call_completed' and facts.call_outcome = 'follow_up'
                and (
                    facts.agreed_on < facts.today
                    or (
                        facts.agreed_on is null
                        and {{ plus_days('facts.call_ended_at', 'facts.follow_up_days') }} < facts.as_of
                    )
                )
                -- a message before the agreed day does not answer for it
                and coalesce(
                    case
                        when facts.agreed_on is null then facts.last_unprompted_at < facts.call_ended_at
                        else {{ local_date('facts.last_unprompted_at', 'facts.timezone') }} < facts.agreed_on
                    end,
                    true
                ) then 'decision_due'
            when first_due.event_due_at < facts.as_of then 'follow_up_due'
        end as follow_up_rule
    from facts
    left join first_due
        on facts.journey_id = first_due.journey_id

)

select
    account_id,
    journey_id,
    stage,
    is_open,
    follow_up_rule,
    follow_up_rule is not null as needs_follow_up,
    case
        when follow_up_rule in ('sensitive', 'unanswered') then {{ local_date('last_open_words_at', 'timezone') }}
        when follow_up_rule = 'outcome_missing' then {{ local_date('call_ended_at', 'timezone') }}
        when stage = 'nurture' then due_on
        when
            follow_up_rule = 'decision_due'
            then coalesce(agreed_on, {{ local_date(plus_days('call_ended_at', 'follow_up_days'), 'timezone') }})
        when not is_open then null
        when follow_up_rule = 'follow_up_due' then {{ local_date('event_due_at', 'timezone') }}
        when call_status = 'upcoming' then {{ local_date('call_ended_at', 'timezone') }}
        when agreed_on >= today then agreed_on
        else
            coalesce(
                {{ local_date('event_due_at', 'timezone') }},
                {{ local_date(plus_days('last_message_at', 'follow_up_days'), 'timezone') }}
            )
    end as due_on,
    call_status,
    -- the day to write again or to have decided by that was agreed
    case when stage = 'nurture' then due_on else agreed_on end as agreed_on,
    coalesce(call_ended_at > calendar_exported_at, false) as is_calendar_older_than_call,
    coalesce(decides_on < today and coalesce(last_lead_on <= decides_on, true), false) as is_deadline_passed
from judged
