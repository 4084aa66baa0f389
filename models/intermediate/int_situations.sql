-- One row per journey: the situations it is in, of which the next action takes the most urgent.
with follow_ups as (

    select * from {{ ref('int_follow_ups') }}

),

turn_state as (

    select * from {{ ref('int_turn_state') }}

),

handoffs as (

    select * from {{ ref('int_handoffs') }}

),

links as (

    select
        journey_id,
        bool_or(is_too_early) as is_too_early
    from {{ ref('int_booking_links') }}
    group by journey_id

),

current_calls as (

    select
        current_call.journey_id,
        current_call.call_status,
        handoffs.is_weak_handoff,
        current_call.last_cancelled_at
    from {{ ref('int_journey_calls') }} as current_call
    inner join handoffs on current_call.call_id = handoffs.call_id

),

shown as (

    select
        journey_id,
        max(case when signal = 'asks_price' then 1 else 0 end) as asks_price,
        max(case when signal = 'asked_for_link' then 1 else 0 end) as asked_for_link,
        max(case when signal in ('problem', 'goal') then 1 else 0 end) as has_problem,
        max(case when signal = 'objection' then 1 else 0 end) as has_objection
    from {{ ref('int_journey_signals') }}
    where direction = 'in'
    group by journey_id

),

facts as (

    select
        follow_ups.*,
        turn_state.is_waiting_for_team,
        turn_state.is_last_unheard,
        turn_state.is_last_question,
        turn_state.last_lead_at is not null and turn_state.last_team_at is null as is_unanswered_trigger,
        coalesce(links.is_too_early, false) as is_link_too_early,
        coalesce(current_calls.is_weak_handoff, false) as is_weak_handoff,
        current_calls.last_cancelled_at is not null as is_cancelled,
        coalesce(shown.asks_price, 0) = 1 as asks_price,
        coalesce(shown.asked_for_link, 0) = 1 as asked_for_link,
        coalesce(shown.has_problem, 0) = 1 as has_problem,
        coalesce(shown.has_objection, 0) = 1 as has_objection
    from follow_ups
    left join turn_state on follow_ups.journey_id = turn_state.journey_id
    left join links on follow_ups.journey_id = links.journey_id
    left join current_calls on follow_ups.journey_id = current_calls.journey_id
    left join shown on follow_ups.journey_id = shown.journey_id

)

select journey_id, stage, 'sensitive' as situation from facts where follow_up_rule = 'sensitive'
union all
select journey_id, stage, 'voice_unheard' as situation
from facts
where is_waiting_for_team and is_last_unheard and is_open
union all
select journey_id, stage, 'trigger_unanswered' as situation from facts where is_unanswered_trigger
union all
select journey_id, stage, 'asks_price' as situation from facts where asks_price and is_waiting_for_team
union all
select journey_id, stage, 'asked_for_link' as situation from facts where asked_for_link and is_waiting_for_team
union all
select journey_id, stage, 'vague' as situation
from facts
where not has_problem and (is_waiting_for_team or needs_follow_up)
union all
select journey_id, stage, 'problem_no_timing' as situation
from facts
where has_problem and (is_waiting_for_team or needs_follow_up)
union all
select journey_id, stage, 'question_open' as situation
from facts
where is_waiting_for_team and (is_last_question or stage = 'nurture')
union all
select journey_id, stage, 'objection' as situation from facts where has_objection and is_waiting_for_team
union all
select journey_id, stage, 'waiting_for_lead' as situation from facts where is_open and not needs_follow_up
union all
select journey_id, stage, 'cancelled' as situation from facts where is_cancelled
union all
select journey_id, stage, 'too_early' as situation from facts where is_link_too_early and needs_follow_up
union all
select journey_id, stage, 'export_again' as situation
from facts
where follow_up_rule = 'outcome_missing' and is_calendar_older_than_call
union all
select journey_id, stage, 'outcome_missing' as situation from facts
where follow_up_rule = 'outcome_missing' and not is_calendar_older_than_call
union all
select journey_id, stage, 'weak_handoff' as situation from facts where is_weak_handoff and call_status = 'upcoming'
union all
select journey_id, stage, 'no_show' as situation from facts where call_status = 'no_show'
union all
select journey_id, stage, 'decision_due' as situation from facts where follow_up_rule = 'decision_due'
union all
select journey_id, stage, 'due' as situation from facts where follow_up_rule = 'nurture_due'
union all
select journey_id, stage, 'default' as situation from facts
