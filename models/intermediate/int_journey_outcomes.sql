-- One row per journey that is lost or in nurture now: why, and when to write again.
with stays as (

    select * from {{ ref('int_stays') }}
    where is_current and stage in ('lost', 'nurture')

),

journeys as (

    select * from {{ ref('int_journeys') }}

),

closings as (

    select * from {{ ref('int_closings') }}

),

records as (

    select * from {{ ref('int_journey_records') }}

),

signals as (

    select * from {{ ref('int_journey_signals') }}

),

-- what was said at the closing, the nearest to its entry
said as (

    select
        stays.journey_id,
        closings.evidence_kind = 'person' as is_decided,
        closings.reason,
        closings.due_on
    from stays
    inner join journeys
        on stays.journey_id = journeys.journey_id
    inner join closings
        on
            journeys.account_id = closings.account_id
            and journeys.lead_id = closings.lead_id
            and stays.stage = closings.stage
            and closings.evidence_kind in ('message', 'model', 'person')
            and closings.happened_at >= journeys.started_at
            and (journeys.next_started_at is null or closings.happened_at < journeys.next_started_at)
    qualify row_number() over (
        partition by stays.journey_id
        order by
            case when closings.reason is null then 1 else 0 end,
            -- a person's reason outranks what was said
            case when closings.evidence_kind = 'person' then 0 else 1 end,
            abs({{ epoch_us('closings.happened_at') }} - {{ epoch_us('stays.entered_at') }}),
            closings.confidence desc,
            closings.reason nulls last,
            closings.due_on nulls last
    ) = 1

),

-- the day the team promised to write
promised as (

    select
        journey_id,
        max(try_cast(value as date)) as promised_on
    from signals
    where direction = 'out' and signal = 'follow_up_on'
    group by journey_id

)

select
    stays.account_id,
    stays.journey_id,
    stays.stage,
    coalesce(case when said.is_decided then said.reason end, records.outcome_reason, said.reason) as outcome_reason,
    coalesce(
        case when said.is_decided then said.due_on end,
        cast(records.nurture_until as date),
        promised.promised_on,
        said.due_on
    ) as due_on
from stays
left join records on stays.journey_id = records.journey_id
left join said on stays.journey_id = said.journey_id
left join promised on stays.journey_id = promised.journey_id
