-- One row per journey: what kind of person it is, and whether the journey counts at all.
with journeys as (

    select * from {{ ref('int_journeys') }}

),

sources as (

    select * from {{ ref('int_sources') }}

),

signals as (

    select * from {{ ref('int_journey_signals') }}

),

first_turns as (

    select * from {{ ref('int_first_turns') }}

),

exclusions as (

    select * from {{ ref('stg_judgements') }}
    where kind = 'exclusion'

),

clients as (

    select
        account_id,
        lead_id,
        min(happened_at) as client_at
    from {{ ref('int_closings') }}
    where stage = 'won' and evidence_kind in ('crm', 'payment', 'person')
    group by account_id, lead_id

),

-- who became a client in this journey: support questions after that do not exclude it
won_here as (

    select
        journeys.journey_id,
        min(closings.happened_at) as won_at
    from journeys
    inner join {{ ref('int_closings') }} as closings
        on
            journeys.account_id = closings.account_id
            and journeys.lead_id = closings.lead_id
            and closings.stage = 'won'
            and closings.happened_at >= journeys.started_at
            and (journeys.next_started_at is null or closings.happened_at < journeys.next_started_at)
    group by journeys.journey_id

),

shown as (

    select
        signals.journey_id,
        -- only the first turn tells an old lead: "me again" after weeks of silence is the same conversation
        max(
            case
                when signals.signal = 'returning' and coalesce(signals.happened_at <= first_turns.answered_at, true)
                    then 1
                else 0
            end
        ) as has_returning,
        max(case when signals.signal = 'referred' then 1 else 0 end) as has_introducer,
        max(case when signals.signal in ('problem', 'goal') then 1 else 0 end) as has_problem,
        max(case when signals.signal in ('intent', 'asked_for_link') then 1 else 0 end) as has_wish
    from signals
    left join first_turns on signals.journey_id = first_turns.journey_id
    where signals.direction = 'in'
    group by signals.journey_id

),

-- a person's word about a conversation before a machine's, then the latest
judged as (

    select
        journeys.journey_id,
        exclusions.value as exclusion_reason,
        exclusions.judged_by,
        exclusions.judged_message_at,
        exclusions.confidence
    from journeys
    inner join exclusions
        on
            journeys.account_id = exclusions.account_id
            and journeys.conversation_id = exclusions.conversation_id
            and exclusions.judged_message_at >= journeys.started_at
            and (journeys.next_started_at is null or exclusions.judged_message_at < journeys.next_started_at)
    left join won_here on journeys.journey_id = won_here.journey_id
    where
        exclusions.signal <> 'client_words'
        and not coalesce(
            exclusions.judged_by <> 'person'
            and exclusions.value = 'current_client_support'
            and exclusions.judged_message_at >= won_here.won_at,
            false
        )
        -- only a person, or the judge who excluded them before, says that somebody is a prospect after all
        and (
            exclusions.judged_by = 'person'
            or exclusions.value <> 'prospect'
            or exclusions.judge = 'model-excluded'
        )
    qualify row_number() over (
        partition by journeys.journey_id
        order by
            case when exclusions.judged_by = 'person' then 0 else 1 end,
            exclusions.judged_at desc nulls last,
            -- later words tell more
            exclusions.judged_message_at desc nulls last,
            exclusions.confidence desc,
            exclusions.value nulls last,
            exclusions.message_id nulls last
    ) = 1

),

facts as (

    select
        journeys.account_id,
        journeys.journey_id,
        journeys.journey_number,
        sources.source,
        judged.exclusion_reason as judged_exclusion,
        judged.judged_by as exclusion_judged_by,
        judged.confidence as exclusion_confidence,
        judged.judged_message_at as exclusion_judged_at,
        coalesce(shown.has_returning, 0) = 1 as has_returning,
        coalesce(shown.has_introducer, 0) = 1 as has_introducer,
        coalesce(clients.client_at < journeys.started_at, false) as is_client_before,
        -- a former client with a new problem and a new wish is a prospect
        coalesce(shown.has_problem = 1 and shown.has_wish = 1, false) as has_new_need
    from journeys
    left join sources on journeys.journey_id = sources.journey_id
    left join shown on journeys.journey_id = shown.journey_id
    left join judged on journeys.journey_id = judged.journey_id
    left join clients
        on
            journeys.account_id = clients.account_id
            and journeys.lead_id = clients.lead_id

),

decided as (

    select
        *,
        case
            when exclusion_judged_by = 'person'
                then
                    case when judged_exclusion in ('current_client_support', 'not_a_prospect') then judged_exclusion end
            when judged_exclusion <> 'prospect' then judged_exclusion
            when is_client_before and not has_new_need then 'current_client_support'
        end as exclusion_reason
    from facts

)

select
    account_id,
    journey_id,
    exclusion_reason,
    exclusion_reason is null as is_prospect,
    exclusion_confidence,
    exclusion_judged_at,
    is_client_before,
    case
        when exclusion_reason = 'current_client_support' then 'current_client'
        when has_introducer or source = 'referral' then 'referral'
        when journey_number > 1 or has_returning or is_client_before then 'old'
        else 'new'
    end as person_kind
from decided
