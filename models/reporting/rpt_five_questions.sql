-- One row per journey in play: which of the five questions have an answer, and what was captured of the context.
with journeys as (

    select * from {{ ref('fct_journeys') }}
    where is_prospect

),

stages as (

    select * from {{ ref('stages') }}
    where is_open

),

actions as (

    select * from {{ ref('fct_next_actions') }}

),

said as (

    select
        journey_id,
        max(case when signal = 'problem' then 1 else 0 end) as has_problem,
        max(case when signal = 'goal' then 1 else 0 end) as has_goal,
        max(case when signal in ('timing', 'intent') then 1 else 0 end) as has_timing,
        max(case when signal = 'objection' then 1 else 0 end) as has_objection
    from {{ ref('int_journey_signals') }}
    where direction = 'in'
    group by journey_id

)

select
    journeys.account_id,
    journeys.journey_id,
    journeys.lead_id,
    journeys.stage,
    actions.next_owner <> 'unknown' as has_owner,
    actions.last_lead_words is not null
    or journeys.trigger_text is not null
    or journeys.source <> 'unknown' as has_context,
    actions.next_action is not null as has_next_move,
    actions.moves_forward_when is not null and actions.closes_out_when is not null as has_way_out,
    journeys.source <> 'unknown' as has_source,
    coalesce(said.has_problem, 0) = 1 as has_problem,
    coalesce(said.has_goal, 0) = 1 as has_goal,
    coalesce(said.has_timing, 0) = 1 as has_timing,
    coalesce(said.has_objection, 0) = 1 or journeys.main_objection is not null as has_objection
from journeys
inner join stages on journeys.stage = stages.stage
inner join actions on journeys.journey_id = actions.journey_id
left join said on journeys.journey_id = said.journey_id
