-- One row per move of a journey to a stage, in order: first entries of the open stages, what sets a lead back or closes
-- it, and what a person decided.
with evidence as (

    select * from {{ ref('int_stage_evidence') }}

),

stages as (

    select * from {{ ref('stages') }}

),

bookings as (

    select * from {{ ref('int_journey_bookings') }}

),

journeys as (

    select * from {{ ref('int_journeys') }}

),

turns as (

    select * from {{ ref('int_journey_turns') }}

),

signals as (

    select * from {{ ref('int_journey_signals') }}

),

-- a person's decision sets the stage at that point
decided as (

    select
        *,
        'forced' as move_kind
    from evidence
    where signal = 'decision' and stage not in ('won', 'lost', 'nurture')

),

-- evidence with what a person had last decided before it
after_decisions as (

    select
        evidence.*,
        decided.stage as decided_stage
    from evidence
    left join decided
        on
            evidence.journey_id = decided.journey_id
            and evidence.happened_at >= decided.happened_at
    qualify row_number() over (
        partition by
            evidence.journey_id, evidence.stage, evidence.happened_at, evidence.position, evidence.signal,
            evidence.evidence_kind, evidence.evidence_ref, evidence.confidence
        order by decided.happened_at desc nulls last, decided.stage nulls last
    ) = 1

),

-- a real reopening leads into the furthest stage that its new evidence enters
reopened as (

    select
        journeys.journey_id,
        case
            when turns.conversation_id is null then 'booked_call'
            when
                max(case when signals.signal in ('problem', 'goal') then 1 else 0 end) = 1
                and max(case when signals.signal in ('timing', 'intent') then 1 else 0 end) = 1 then 'qualified'
            else 'engaged'
        end as stage,
        turns.happened_at,
        turns.position,
        'reopened' as signal,
        case when turns.conversation_id is null then 'calendar' else 'message' end as evidence_kind,
        turns.ref as evidence_ref,
        coalesce(max(signals.confidence), 1e0) as confidence,
        'forced' as move_kind
    from turns
    inner join journeys
        on
            turns.account_id = journeys.account_id
            and turns.lead_id = journeys.lead_id
            and turns.happened_at >= journeys.started_at
            and (journeys.next_started_at is null or turns.happened_at < journeys.next_started_at)
    left join signals
        on
            journeys.journey_id = signals.journey_id
            and turns.ref = signals.message_id
    where turns.is_reopening
    group by journeys.journey_id, turns.conversation_id, turns.happened_at, turns.position, turns.ref

),

-- evidence with the last time before it that a closed journey was reopened
after_reopenings as (

    select
        after_decisions.*,
        reopened.happened_at as reopened_at
    from after_decisions
    left join reopened
        on
            after_decisions.journey_id = reopened.journey_id
            and after_decisions.happened_at >= reopened.happened_at
    qualify row_number() over (
        partition by
            after_decisions.journey_id, after_decisions.stage, after_decisions.happened_at, after_decisions.position,
            after_decisions.signal, after_decisions.evidence_kind, after_decisions.evidence_ref,
            after_decisions.confidence
        order by reopened.happened_at desc nulls last
    ) = 1

),

-- the earliest evidence that by itself suffices, and the earliest after each reopening; of the same instant the
-- strongest kind
entries as (

    select *
    from after_reopenings
    where
        signal <> 'decision'
        and stage not in ('won', 'lost', 'nurture')
        -- what a person had decided already is no new entry
        and (decided_stage is null or decided_stage <> stage)
    qualify row_number() over (
        partition by journey_id, stage, reopened_at
        order by
            happened_at nulls last,
            case evidence_kind
                when 'person' then 1 when 'calendar' then 2 when 'payment' then 3 when 'message' then 4 else 5
            end,
            position,
            confidence desc,
            evidence_ref nulls last,
            signal
    ) = 1

),

first_entries as (

    select
        journey_id,
        stage,
        happened_at,
        position,
        signal,
        evidence_kind,
        evidence_ref,
        confidence,
        -- a stage seen before a reopening is entered again only where it leads further
        case
            when
                row_number() over (
                    partition by journey_id, stage order by happened_at nulls last, reopened_at nulls first
                ) = 1
                then 'first'
            else 'again'
        end as move_kind
    from entries

),

closings as (

    select
        *,
        'forced' as move_kind
    from evidence
    where stage in ('won', 'lost', 'nurture')
    -- several pieces of evidence for one closing at one instant are one move
    qualify row_number() over (
        partition by journey_id, stage, happened_at
        order by position, confidence desc, signal, evidence_ref nulls last
    ) = 1

),

cancelled as (

    select
        journey_id,
        'booking_link_sent' as stage,
        cancelled_at as happened_at,
        1000000 as position,
        'call_cancelled' as signal,
        'calendar' as evidence_kind,
        call_id as evidence_ref,
        coalesce(match_confidence, 1e0) as confidence,
        'forced' as move_kind
    from bookings
    where is_cancelled and cancelled_at is not null

),

-- booked again after a missed or cancelled call
rebooked as (

    select
        later.journey_id,
        'booked_call' as stage,
        later.created_at as happened_at,
        1000001 as position,
        'booking_created' as signal,
        'calendar' as evidence_kind,
        later.call_id as evidence_ref,
        coalesce(later.match_confidence, 1e0) as confidence,
        'forced' as move_kind
    from bookings as later
    inner join bookings as earlier
        on
            later.journey_id = earlier.journey_id
            and later.call_number = earlier.call_number + 1
    where earlier.is_cancelled or earlier.call_status = 'no_show'

),

held_again as (

    select
        journey_id,
        'call_completed' as stage,
        case when call_status = 'no_show' then coalesce(no_show_marked_at, ends_at) else ends_at end as happened_at,
        1000002 as position,
        case when call_status = 'no_show' then 'no_show' else 'call_held' end as signal,
        'calendar' as evidence_kind,
        call_id as evidence_ref,
        coalesce(match_confidence, 1e0) as confidence,
        'forced' as move_kind
    from bookings
    where call_number > 1 and call_status in ('completed', 'no_show')

),

moves as (

    select journey_id, stage, happened_at, position, signal, evidence_kind, evidence_ref, confidence, move_kind
    from first_entries
    union all
    select journey_id, stage, happened_at, position, signal, evidence_kind, evidence_ref, confidence, move_kind
    from decided
    union all
    select journey_id, stage, happened_at, position, signal, evidence_kind, evidence_ref, confidence, move_kind
    from closings
    union all
    select journey_id, stage, happened_at, position, signal, evidence_kind, evidence_ref, confidence, move_kind
    from cancelled
    union all
    select journey_id, stage, happened_at, position, signal, evidence_kind, evidence_ref, confidence, move_kind
    from rebooked
    union all
    select journey_id, stage, happened_at, position, signal, evidence_kind, evidence_ref, confidence, move_kind
    from held_again
    union all
    select journey_id, stage, happened_at, position, signal, evidence_kind, evidence_ref, confidence, move_kind
    from reopened

)

select
    moves.*,
    stages.position as stage_position,
    stages.is_open,
    row_number() over (
        partition by moves.journey_id
        order by
            moves.happened_at nulls last,
            -- what one message shows is entered in the order of the stages, closings last
            case when moves.signal = 'reopened' then 0 else 1 end,
            -- a person had read all of it
            case when moves.signal = 'decision' then 3000000 when stages.is_open then moves.position else 2000000 end,
            stages.position,
            moves.signal,
            moves.evidence_ref nulls last
    ) as move_number
from moves
inner join stages
    on moves.stage = stages.stage
