-- One row per journey that showed what the lead wants help with, and why now or that they want help.
with signals as (

    select * from {{ ref('int_journey_signals') }}
    where direction = 'in'

),

journeys as (

    select * from {{ ref('int_journeys') }}

),

stages as (

    select * from {{ ref('stages') }}

),

decisions as (

    select
        journeys.journey_id,
        decisions.stage,
        decisions.happened_at,
        decisions.position,
        stages.position as stage_position
    from {{ ref('int_decisions') }} as decisions
    inner join stages
        on decisions.stage = stages.stage
    inner join journeys
        on
            decisions.account_id = journeys.account_id
            and decisions.lead_id = journeys.lead_id
            and decisions.happened_at >= journeys.started_at
            and (journeys.next_started_at is null or decisions.happened_at < journeys.next_started_at)

),

-- up to here a person read the words and did not find the lead qualified
not_yet as (

    select
        decisions.journey_id,
        max(decisions.happened_at) as until_at
    from decisions
    inner join stages
        on stages.stage = 'qualified'
    where decisions.stage_position < stages.position
    group by decisions.journey_id

),

-- sensitive words stop a sales step just as a red flag does
flags as (

    select
        journey_id,
        min(happened_at) as flagged_at
    from signals
    where signal in ('red_flag', 'sensitive')
    group by journey_id

),

-- the first of each piece, and the first after a person said not yet
pieces as (

    select
        signals.journey_id,
        signals.happened_at,
        signals.position,
        signals.confidence,
        signals.signal in ('problem', 'goal') as is_what,
        coalesce(signals.happened_at <= not_yet.until_at, false) as is_read
    from signals
    left join not_yet
        on signals.journey_id = not_yet.journey_id
    where signals.signal in ('problem', 'goal', 'timing', 'intent')
    qualify row_number() over (
        partition by
            signals.journey_id,
            signals.signal in ('problem', 'goal'),
            coalesce(signals.happened_at <= not_yet.until_at, false)
        order by signals.happened_at, signals.position, signals.confidence desc, signals.signal
    ) = 1

),

complete as (

    select
        what.journey_id,
        greatest(what.happened_at, why.happened_at) as qualified_at,
        -- of the piece that was missing last; a journey may run through several conversations
        case
            when what.happened_at > why.happened_at then what.position
            when what.happened_at < why.happened_at then why.position
            else greatest(what.position, why.position)
        end as position,
        least(what.confidence, why.confidence) as confidence,
        false as is_decided
    from pieces as what
    inner join pieces as why
        on
            what.journey_id = why.journey_id
            and what.is_what
            and not why.is_what
            and not (what.is_read and why.is_read)

),

found as (

    select complete.*
    from complete
    left join flags
        on complete.journey_id = flags.journey_id
    -- a red flag in or before the last missing piece
    where flags.flagged_at is null or flags.flagged_at > complete.qualified_at
    union all
    select
        journey_id,
        happened_at as qualified_at,
        position,
        1e0 as confidence,
        true as is_decided
    from decisions
    where stage = 'qualified'

)

select
    journey_id,
    qualified_at,
    position,
    confidence,
    is_decided
from found
qualify row_number() over (
    partition by journey_id
    order by qualified_at, case when is_decided then 0 else 1 end, position, confidence desc
) = 1
