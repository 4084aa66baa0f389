-- One row per piece of evidence that a journey entered a stage, but for what a person took back.
-- Rules judge movements later.
with journeys as (

    select * from {{ ref('int_journeys') }}

),

settings as (

    select * from {{ ref('stg_settings') }}

),

signals as (

    select * from {{ ref('int_journey_signals') }}

),

qualification as (

    select * from {{ ref('int_qualification') }}

),

bookings as (

    select * from {{ ref('int_journey_bookings') }}

),

records as (

    select * from {{ ref('int_crm_records') }}

),

changes as (

    select * from {{ ref('int_crm_stage_changes') }}

),

decisions as (

    select * from {{ ref('int_decisions') }}

),

closings as (

    select * from {{ ref('int_closings') }}

),

proposals as (

    select * from {{ ref('int_proposals') }}
    where stage in ('engaged', 'qualified')

),

stages as (

    select * from {{ ref('stages') }}

),

opened as (

    select
        journey_id,
        'new_dm' as stage,
        started_at as happened_at,
        0 as position,
        'first_message' as signal,
        case when conversation_id is null then 'crm' else 'message' end as evidence_kind,
        started_ref as evidence_ref,
        1e0 as confidence
    from journeys

),

said as (

    select
        journey_id,
        case when signal = 'booking_link' then 'booking_link_sent' else 'engaged' end as stage,
        happened_at,
        position,
        signal,
        evidence_kind,
        evidence_ref,
        confidence
    from signals
    where
        (direction = 'in' and signal in ('meaningful', 'problem', 'goal'))
        or (direction = 'out' and signal = 'booking_link')

),

-- a time proposed in words counts when it ends up in the calendar
proposed as (

    select
        signals.journey_id,
        'booking_link_sent' as stage,
        signals.happened_at,
        signals.position,
        signals.signal,
        signals.evidence_kind,
        signals.evidence_ref,
        signals.confidence
    from signals
    inner join bookings
        on
            signals.journey_id = bookings.journey_id
            and bookings.created_at >= signals.happened_at
            and {{ days_between('signals.happened_at', 'bookings.created_at') }} <= 3
    where signals.direction = 'out' and signals.signal = 'proposes_time'

),

qualified as (

    select
        journey_id,
        'qualified' as stage,
        qualified_at as happened_at,
        position,
        'qualified' as signal,
        'message' as evidence_kind,
        cast(null as string) as evidence_ref,
        confidence
    from qualification
    where not is_decided

),

proposed_by_model as (

    select
        journeys.journey_id,
        proposals.stage,
        proposals.happened_at,
        proposals.position,
        'proposal' as signal,
        'model' as evidence_kind,
        proposals.evidence_ref,
        proposals.confidence
    from proposals
    inner join journeys
        on
            proposals.account_id = journeys.account_id
            and proposals.lead_id = journeys.lead_id
            and proposals.happened_at >= journeys.started_at
            and (journeys.next_started_at is null or proposals.happened_at < journeys.next_started_at)

),

booked as (

    select
        journey_id,
        'booked_call' as stage,
        created_at as happened_at,
        0 as position,
        'booking_created' as signal,
        'calendar' as evidence_kind,
        call_id as evidence_ref,
        coalesce(match_confidence, 1e0) as confidence
    from bookings

),

held as (

    select
        journey_id,
        'call_completed' as stage,
        -- a no-show is entered at its mark, else at the call's end
        case when call_status = 'no_show' then coalesce(no_show_marked_at, ends_at) else ends_at end as happened_at,
        0 as position,
        case when call_status = 'no_show' then 'no_show' else 'call_held' end as signal,
        'calendar' as evidence_kind,
        call_id as evidence_ref,
        coalesce(match_confidence, 1e0) as confidence
    from bookings
    where call_status in ('completed', 'no_show')

),

-- the CRM's open stages move a lead known from the CRM alone; "booked" also another one when no calendar was loaded
crm_now as (

    select
        journeys.journey_id,
        records.crm_stage as stage,
        records.stage_entered_at as happened_at,
        0 as position,
        'crm_' || records.crm_stage as signal,
        'crm' as evidence_kind,
        records.crm_record_id as evidence_ref,
        1e0 as confidence,
        journeys.conversation_id,
        settings.has_calendar
    from records
    inner join settings
        on records.account_id = settings.account_id
    inner join journeys
        on
            records.account_id = journeys.account_id
            and records.lead_id = journeys.lead_id
            and (
                (records.stage_entered_at is null and journeys.next_started_at is null)
                or (
                    records.stage_entered_at >= journeys.started_at
                    and (journeys.next_started_at is null or records.stage_entered_at < journeys.next_started_at)
                )
            )

),

crm_history as (

    select
        journeys.journey_id,
        changes.stage,
        changes.entered_at as happened_at,
        0 as position,
        'crm_' || changes.stage as signal,
        'crm' as evidence_kind,
        changes.evidence_ref,
        1e0 as confidence,
        journeys.conversation_id,
        settings.has_calendar
    from changes
    inner join settings
        on changes.account_id = settings.account_id
    inner join journeys
        on
            changes.account_id = journeys.account_id
            and changes.lead_id = journeys.lead_id
            and (journeys.started_at is null or changes.entered_at >= journeys.started_at)
            and (journeys.next_started_at is null or changes.entered_at < journeys.next_started_at)

),

crm as (

    select
        journey_id,
        stage,
        happened_at,
        position,
        signal,
        evidence_kind,
        evidence_ref,
        confidence,
        conversation_id,
        has_calendar
    from crm_now
    union all
    select
        journey_id,
        stage,
        happened_at,
        position,
        signal,
        evidence_kind,
        evidence_ref,
        confidence,
        conversation_id,
        has_calendar
    from crm_history

),

decided as (

    select
        journeys.journey_id,
        decisions.stage,
        decisions.happened_at,
        decisions.position,
        'decision' as signal,
        'person' as evidence_kind,
        decisions.evidence_ref,
        1e0 as confidence
    from decisions
    inner join journeys
        on
            decisions.account_id = journeys.account_id
            and decisions.lead_id = journeys.lead_id
            and decisions.happened_at >= journeys.started_at
            and (journeys.next_started_at is null or decisions.happened_at < journeys.next_started_at)
    where decisions.stage not in ('won', 'lost', 'nurture')

),

closed as (

    select
        journeys.journey_id,
        closings.stage,
        closings.happened_at,
        closings.position,
        closings.signal,
        closings.evidence_kind,
        closings.evidence_ref,
        closings.confidence
    from closings
    inner join journeys
        on
            closings.account_id = journeys.account_id
            and closings.lead_id = journeys.lead_id
            and (
                (closings.happened_at is null and journeys.next_started_at is null)
                or (
                    closings.happened_at >= journeys.started_at
                    and (journeys.next_started_at is null or closings.happened_at < journeys.next_started_at)
                )
            )

),

-- what messages show by what rules or a model judged
judged as (

    select journey_id, stage, happened_at, position, signal, evidence_kind, evidence_ref, confidence from said
    union all
    select journey_id, stage, happened_at, position, signal, evidence_kind, evidence_ref, confidence from proposed
    union all
    select journey_id, stage, happened_at, position, signal, evidence_kind, evidence_ref, confidence from qualified
    union all
    select journey_id, stage, happened_at, position, signal, evidence_kind, evidence_ref, confidence
    from proposed_by_model

),

-- a person read the same words and did not go that far
believed as (

    select
        judged.journey_id,
        judged.stage,
        judged.happened_at,
        judged.position,
        judged.signal,
        judged.evidence_kind,
        judged.evidence_ref,
        judged.confidence
    from judged
    inner join stages
        on judged.stage = stages.stage
    left join decided
        on
            judged.journey_id = decided.journey_id
            and judged.happened_at <= decided.happened_at
    left join stages as decided_stages
        on decided.stage = decided_stages.stage
    group by
        judged.journey_id, judged.stage, judged.happened_at, judged.position, judged.signal, judged.evidence_kind,
        judged.evidence_ref, judged.confidence, stages.position
    having coalesce(min(decided_stages.position), 100) >= stages.position

)

select journey_id, stage, happened_at, position, signal, evidence_kind, evidence_ref, confidence from opened
union all
select journey_id, stage, happened_at, position, signal, evidence_kind, evidence_ref, confidence from believed
union all
select journey_id, stage, happened_at, position, signal, evidence_kind, evidence_ref, confidence from booked
union all
select journey_id, stage, happened_at, position, signal, evidence_kind, evidence_ref, confidence from held
union all
select journey_id, stage, happened_at, position, signal, evidence_kind, evidence_ref, confidence
from crm
where
    stage in ('engaged', 'qualified', 'booking_link_sent', 'booked_call', 'call_completed')
    and (conversation_id is null or (stage = 'booked_call' and not has_calendar))
union all
select journey_id, stage, happened_at, position, signal, evidence_kind, evidence_ref, confidence from decided
union all
select journey_id, stage, happened_at, position, signal, evidence_kind, evidence_ref, confidence from closed
