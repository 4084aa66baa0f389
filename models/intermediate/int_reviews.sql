-- One row per journey that needs a person's decision, with the first reason in order of weight.
with stays as (

    select * from {{ ref('int_stays') }}
    where is_current

),

people as (

    select * from {{ ref('int_people') }}

),

journeys as (

    select * from {{ ref('int_journeys') }}

),

settings as (

    select * from {{ ref('stg_settings') }}

),

signals as (

    select * from {{ ref('int_journey_signals') }}

),

decisions as (

    select * from {{ ref('int_decisions') }}

),

-- how far a person has read each conversation
read_until as (

    select
        account_id,
        conversation_id,
        max(seen_until_at) as read_until_at
    from decisions
    group by account_id, conversation_id

),

-- the last moment that a person decided about, per journey
decided as (

    select
        journeys.journey_id,
        max(decisions.happened_at) as decided_until_at
    from decisions
    inner join journeys
        on
            decisions.account_id = journeys.account_id
            and decisions.lead_id = journeys.lead_id
            and decisions.happened_at >= journeys.started_at
            and (journeys.next_started_at is null or decisions.happened_at < journeys.next_started_at)
    group by journeys.journey_id

),

-- messages that a person has to look at and has not read yet
unread as (

    select
        signals.journey_id,
        signals.conversation_id,
        signals.signal,
        signals.happened_at,
        row_number() over (
            partition by signals.journey_id, signals.signal
            order by signals.happened_at, signals.position, signals.conversation_id, signals.message_id
        ) as number
    from signals
    left join read_until
        on
            signals.account_id = read_until.account_id
            and signals.conversation_id = read_until.conversation_id
    where
        (
            signals.signal in ('sensitive', 'maybe_sensitive')
            or (signals.signal = 'unheard' and signals.direction = 'in')
        )
        and (read_until.read_until_at is null or read_until.read_until_at < signals.happened_at)

),

sensitive as (

    select * from unread
    where signal = 'sensitive' and number = 1

),

maybe_sensitive as (

    select * from unread
    where signal = 'maybe_sensitive' and number = 1

),

unheard as (

    select * from unread
    where signal = 'unheard' and number = 1

),

stages as (

    select * from {{ ref('stages') }}

),

-- words since the stage was entered that may have moved it further, not surely enough to move it
doubts as (

    select
        signals.journey_id,
        max(signals.happened_at) as doubted_at
    from signals
    inner join stays on signals.journey_id = stays.journey_id
    inner join stages on stays.stage = stages.stage
    inner join stages as possible on signals.value = possible.stage
    where
        signals.signal = 'unsure'
        and signals.happened_at >= stays.entered_at
        and stages.is_open
        and possible.position > stages.position
    group by signals.journey_id

),

bookings as (

    select
        journey_id,
        max(created_at) as uncertain_at
    from {{ ref('int_journey_bookings') }}
    where is_uncertain
    group by journey_id

),

-- evidence of equal rank that says two things, and nothing since has settled it
contradictions as (

    select
        found.journey_id,
        max(found.happened_at) as contradicted_at
    from {{ ref('int_contradictions') }} as found
    inner join stays on found.journey_id = stays.journey_id
    left join decided on found.journey_id = decided.journey_id
    where
        -- a decision settles what it saw; decisions that contradict each other take a later one
        (
            decided.decided_until_at is null
            or decided.decided_until_at < found.happened_at
            or (
                found.contradiction in ('decisions', 'exclusions') and decided.decided_until_at = found.happened_at
            )
        )
        and (
            found.contradiction = 'exclusions'
            or (found.contradiction = 'attendance' and stays.stage = 'call_completed')
            or coalesce(found.happened_at >= stays.entered_at, true)
        )
    group by found.journey_id

),

facts as (

    select
        journeys.account_id,
        journeys.journey_id,
        journeys.conversation_id,
        sensitive.conversation_id as sensitive_conversation_id,
        sensitive.happened_at as sensitive_at,
        maybe_sensitive.conversation_id as maybe_conversation_id,
        maybe_sensitive.happened_at as maybe_sensitive_at,
        -- what an unheard voice note could still show: the lead's words are not yet clear enough
        case when stays.stage in ('new_dm', 'engaged') then unheard.conversation_id end as unheard_conversation_id,
        case when stays.stage in ('new_dm', 'engaged') then unheard.happened_at end as unheard_at,
        case
            when decided.decided_until_at is null or decided.decided_until_at < bookings.uncertain_at
                then bookings.uncertain_at
        end as uncertain_booking_at,
        -- a person is asked about a conversation; without one the CRM is what has to be put right
        case when journeys.conversation_id is not null then contradictions.contradicted_at end as contradicted_at,
        case
            when
                stays.evidence_kind in ('message', 'model') and stays.confidence < settings.review_confidence
                and (decided.decided_until_at is null or decided.decided_until_at < stays.entered_at)
                then stays.entered_at
            when decided.decided_until_at is null or decided.decided_until_at < doubts.doubted_at then doubts.doubted_at
        end as weak_stage_at,
        case
            when
                people.exclusion_confidence < settings.review_confidence
                and (decided.decided_until_at is null or decided.decided_until_at < people.exclusion_judged_at)
                then people.exclusion_judged_at
        end as weak_exclusion_at
    from journeys
    inner join settings on journeys.account_id = settings.account_id
    inner join stays on journeys.journey_id = stays.journey_id
    inner join people on journeys.journey_id = people.journey_id
    left join sensitive on journeys.journey_id = sensitive.journey_id
    left join maybe_sensitive on journeys.journey_id = maybe_sensitive.journey_id
    left join unheard on journeys.journey_id = unheard.journey_id
    left join bookings on journeys.journey_id = bookings.journey_id
    left join decided on journeys.journey_id = decided.journey_id
    left join doubts on journeys.journey_id = doubts.journey_id
    left join contradictions on journeys.journey_id = contradictions.journey_id

)

select
    account_id,
    journey_id,
    case
        when sensitive_at is not null then 'sensitive'
        when maybe_sensitive_at is not null then 'maybe_sensitive'
        when unheard_at is not null then 'voice_note'
        when uncertain_booking_at is not null then 'whose_booking'
        when contradicted_at is not null then 'contradiction'
        when weak_stage_at is not null then 'unsure_stage'
        else 'unsure_prospect'
    end as review_reason,
    sensitive_at is not null as is_sensitive_open,
    coalesce(
        sensitive_at, maybe_sensitive_at, unheard_at, uncertain_booking_at, contradicted_at, weak_stage_at,
        weak_exclusion_at
    ) as since_at,
    -- the conversation to read: a lead may have several
    case
        when sensitive_at is not null then sensitive_conversation_id
        when maybe_sensitive_at is not null then maybe_conversation_id
        when unheard_at is not null then unheard_conversation_id
        else conversation_id
    end as conversation_id
from facts
where
    coalesce(
        sensitive_at, maybe_sensitive_at, unheard_at, uncertain_booking_at, contradicted_at, weak_stage_at,
        weak_exclusion_at
    ) is not null
