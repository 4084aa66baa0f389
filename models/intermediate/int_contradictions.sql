-- One row per journey, moment and kind of contradiction: evidence of equal rank that says two things about one fact.
with journeys as (

    select * from {{ ref('int_journeys') }}

),

judgements as (

    select
        account_id,
        conversation_id,
        kind,
        judged_message_at,
        case when kind = 'stage' then signal else coalesce(value, signal) end as decided,
        coalesce(judged_at, judged_message_at) as said_at,
        -- of decisions about one moment the latest count
        max(coalesce(judged_at, judged_message_at)) over (
            partition by account_id, conversation_id, kind, judged_message_at
        ) as last_said_at
    from {{ ref('stg_judgements') }}
    where judged_by = 'person' and kind in ('stage', 'exclusion')

),

-- two people, or one twice, decided about one moment at the same time
decisions as (

    select
        judgements.account_id,
        journeys.journey_id,
        case when judgements.kind = 'stage' then 'decisions' else 'exclusions' end as contradiction,
        judgements.judged_message_at as happened_at
    from judgements
    inner join {{ ref('stg_identities') }} as identities
        on
            judgements.account_id = identities.account_id
            and judgements.conversation_id = identities.record_key
            and identities.record_kind = 'conversation'
    inner join journeys
        on
            judgements.account_id = journeys.account_id
            and identities.lead_id = journeys.lead_id
            and judgements.judged_message_at >= journeys.started_at
            and (journeys.next_started_at is null or judgements.judged_message_at < journeys.next_started_at)
    where judgements.said_at = judgements.last_said_at
    group by
        judgements.account_id, journeys.journey_id, judgements.conversation_id, judgements.kind,
        judgements.judged_message_at
    having count(distinct judgements.decided) > 1

),

past_calls as (

    select
        *,
        count(*) over (partition by account_id, lead_id) as past_calls,
        max(starts_at) over (partition by journey_id) as last_starts_at
    from {{ ref('int_journey_bookings') }}
    where is_past and not is_cancelled and not is_rescheduled

),

-- who says that a call was held, and who that it was missed; two calendars may carry one call
marks as (

    select account_id, journey_id, starts_at, last_starts_at, ends_at, 'no_show' as mark from past_calls
    where is_no_show
    union all
    select account_id, journey_id, starts_at, last_starts_at, ends_at, 'completed' as mark from past_calls
    where status = 'completed'
    union all
    -- the CRM does not say which call it means: of several none can be held against it
    select
        past_calls.account_id,
        past_calls.journey_id,
        past_calls.starts_at,
        past_calls.last_starts_at,
        past_calls.ends_at,
        case outcomes.attendance when 'showed' then 'completed' else outcomes.attendance end as mark
    from past_calls
    inner join {{ ref('int_crm_outcomes') }} as outcomes
        on
            past_calls.account_id = outcomes.account_id
            and past_calls.lead_id = outcomes.lead_id
    where past_calls.past_calls = 1 and outcomes.attendance is not null

),

attendance as (

    select
        account_id,
        journey_id,
        'attendance' as contradiction,
        max(ends_at) as happened_at
    from marks
    where starts_at = last_starts_at
    group by account_id, journey_id, starts_at
    having count(distinct mark) > 1

),

-- between stages time decides: only closings of one instant contradict each other
closings as (

    select
        closings.account_id,
        journeys.journey_id,
        'closings' as contradiction,
        closings.happened_at
    from {{ ref('int_closings') }} as closings
    inner join journeys
        on
            closings.account_id = journeys.account_id
            and closings.lead_id = journeys.lead_id
            and closings.happened_at >= journeys.started_at
            and (journeys.next_started_at is null or closings.happened_at < journeys.next_started_at)
    where closings.evidence_kind = 'crm'
    group by closings.account_id, journeys.journey_id, closings.happened_at
    having count(distinct closings.stage) > 1

),

-- yes and no in one message, of the lead or of the team
words as (

    select
        account_id,
        journey_id,
        'words' as contradiction,
        happened_at
    from {{ ref('int_journey_signals') }}
    group by account_id, journey_id, message_id, direction, happened_at, evidence_kind = 'person'
    having
        (
            max(case when direction = 'in' and signal = 'clear_no' then 1 else 0 end) = 1
            and max(case when direction = 'in' and signal in ('intent', 'asked_for_link') then 1 else 0 end) = 1
        )
        or (
            max(case when direction = 'out' and signal = 'closes_file' then 1 else 0 end) = 1
            and max(case when direction = 'out' and signal = 'confirms_client' then 1 else 0 end) = 1
        )

),

found as (

    select account_id, journey_id, contradiction, happened_at from decisions
    union all
    select account_id, journey_id, contradiction, happened_at from attendance
    union all
    select account_id, journey_id, contradiction, happened_at from closings
    union all
    select account_id, journey_id, contradiction, happened_at from words

)

select
    account_id,
    journey_id,
    contradiction,
    happened_at
from found
group by account_id, journey_id, contradiction, happened_at
