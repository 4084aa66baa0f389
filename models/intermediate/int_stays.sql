-- One row per stay of a journey in a stage. A move behind the current stage is a stay of no length that exits
-- advanced.
with moves as (

    select * from {{ ref('int_moves') }}

),

journeys as (

    select * from {{ ref('int_journeys') }}

),

segments as (

    select
        *,
        -- everything after a fall-back or a closing starts from there
        sum(case when move_kind = 'forced' then 1 else 0 end) over (
            partition by journey_id order by move_number rows between unbounded preceding and current row
        ) as segment
    from moves

),

furthest as (

    select
        *,
        max(case when move_kind = 'forced' and not is_open then 100 else stage_position end) over (
            partition by journey_id, segment order by move_number rows between unbounded preceding and 1 preceding
        ) as position_before
    from segments

),

placed as (

    select
        *,
        move_kind = 'forced' or position_before is null or stage_position > position_before as is_main
    from furthest

),

-- a closing that repeats the current stage is no move
main_moves as (

    select *
    from placed
    where is_main
    qualify coalesce(stage <> lag(stage) over (partition by journey_id order by move_number), true)

),

main_stays as (

    select
        main_moves.*,
        lead(stage) over journey as next_stage,
        lead(happened_at) over journey as next_at,
        lead(stage_position) over journey as next_position,
        lead(signal) over journey as next_signal,
        lag(stage) over journey as from_stage
    from main_moves
    window journey as (partition by journey_id order by move_number)

),

behind as (

    select
        placed.*,
        cast(null as string) as next_stage,
        placed.happened_at as next_at,
        cast(null as int) as next_position,
        cast(null as string) as next_signal,
        cast(null as string) as from_stage
    from placed
    -- a stage entered again behind the current one says nothing new
    where not is_main and move_kind <> 'again'

),

stays as (

    select
        journey_id,
        stage,
        happened_at,
        position,
        signal,
        evidence_kind,
        evidence_ref,
        confidence,
        move_number,
        stage_position,
        is_main, next_stage, next_at, next_position, next_signal, from_stage
    from main_stays
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
        move_number,
        stage_position,
        is_main, next_stage, next_at, next_position, next_signal, from_stage
    from behind

)

select
    journeys.account_id,
    stays.journey_id,
    stays.stage,
    cast(row_number() over (partition by stays.journey_id, stays.stage order by stays.move_number) as int)
        as entry_number,
    stays.happened_at as entered_at,
    case
        when not stays.is_main then stays.happened_at
        when stays.next_stage is not null then stays.next_at
        else journeys.next_started_at
    end as exited_at,
    case
        when not stays.is_main then 'advanced'
        when stays.next_stage is null and journeys.next_started_at is not null then 'returned'
        when stays.next_stage is null then 'still_here'
        when stays.next_stage in ('lost', 'nurture') then stays.next_stage
        when stays.next_signal = 'reopened' then 'moved_back'
        when stays.next_position > stays.stage_position or stays.next_stage = 'won' then 'advanced'
        else 'moved_back'
    end as exit_kind,
    stays.signal,
    stays.evidence_kind,
    stays.evidence_ref,
    stays.confidence,
    stays.position,
    stays.move_number,
    stays.is_main,
    stays.from_stage,
    stays.is_main and stays.next_stage is null as is_current
from stays
inner join journeys
    on stays.journey_id = journeys.journey_id
