-- One row per journey that showed what the lead wants help with, and why now or that they want help.
with signals as (

    select * from {{ ref('int_journey_signals') }}
    where direction = 'in'

),

-- sensitive words stop a sales step just as a red flag does
flags as (

    select
        journey_id,
        min(position) as flag_position
    from signals
    where signal in ('red_flag', 'sensitive')
    group by journey_id

),

what as (

    select
        journey_id,
        happened_at,
        position,
        confidence
    from signals
    where signal in ('problem', 'goal')
    qualify row_number() over (partition by journey_id order by happened_at, position, confidence desc, signal) = 1

),

why as (

    select
        journey_id,
        happened_at,
        position,
        confidence
    from signals
    where signal in ('timing', 'intent')
    qualify row_number() over (partition by journey_id order by happened_at, position, confidence desc, signal) = 1

)

select
    what.journey_id,
    greatest(what.happened_at, why.happened_at) as qualified_at,
    greatest(what.position, why.position) as position,
    least(what.confidence, why.confidence) as confidence
from what
inner join why
    on what.journey_id = why.journey_id
left join flags
    on what.journey_id = flags.journey_id
-- a red flag in or before the last missing piece
where flags.flag_position is null or flags.flag_position > greatest(what.position, why.position)
