-- One row per account, week and stage: opening + entered - exits = closing.
with settings as (

    select * from {{ ref('stg_settings') }}

),

stages as (

    select * from {{ ref('stages') }}

),

journeys as (

    select * from {{ ref('fct_journeys') }}
    where is_prospect

),

-- an undated entry or exit belongs to no week
stays as (

    select
        stays.account_id,
        stays.stage,
        stays.entered_at,
        stays.exited_at,
        stays.exit_kind
    from {{ ref('fct_stage_stays') }} as stays
    inner join journeys
        on stays.journey_id = journeys.journey_id
    where stays.entered_at is not null and (stays.exited_at is not null or stays.exit_kind = 'still_here')

),

first_weeks as (

    select
        settings.account_id,
        settings.timezone,
        settings.as_of,
        cast(date_trunc('week', {{ local_date('min(stays.entered_at)', 'settings.timezone') }}) as date)
            as first_week_on
    from settings
    inner join stays
        on settings.account_id = stays.account_id
    group by settings.account_id, settings.timezone, settings.as_of

),

spine as (

    select
        first_weeks.account_id,
        first_weeks.first_week_on + cast(weeks.n * 7 as int) as week_start_on,
        {{ local_midnight('first_weeks.first_week_on + cast(weeks.n * 7 as int)', 'first_weeks.timezone') }}
            as starts_at,
        {{ local_midnight('first_weeks.first_week_on + cast(weeks.n * 7 + 7 as int)', 'first_weeks.timezone') }}
            as ends_at,
        first_weeks.as_of
    from first_weeks
    cross join range(0, 1040) as weeks (n)
    where
        {{ local_midnight('first_weeks.first_week_on + cast(weeks.n * 7 as int)', 'first_weeks.timezone') }}
        <= first_weeks.as_of

),

counted as (

    select
        spine.account_id,
        spine.week_start_on,
        stays.stage,
        count(*) filter (
            where stays.entered_at < spine.starts_at and (stays.exited_at is null or stays.exited_at >= spine.starts_at)
        ) as opening,
        count(*) filter (where stays.entered_at >= spine.starts_at and stays.entered_at < spine.ends_at) as entered,
        count(*) filter (
            where stays.exit_kind = 'advanced'
            and stays.exited_at >= spine.starts_at
            and stays.exited_at < spine.ends_at
        ) as advanced,
        count(*) filter (
            where stays.exit_kind = 'moved_back'
            and stays.exited_at >= spine.starts_at
            and stays.exited_at < spine.ends_at
        ) as moved_back,
        count(*) filter (
            where stays.exit_kind = 'lost' and stays.exited_at >= spine.starts_at and stays.exited_at < spine.ends_at
        ) as lost,
        count(*) filter (
            where stays.exit_kind = 'nurture' and stays.exited_at >= spine.starts_at and stays.exited_at < spine.ends_at
        ) as nurtured,
        count(*) filter (
            where stays.exit_kind = 'returned'
            and stays.exited_at >= spine.starts_at
            and stays.exited_at < spine.ends_at
        ) as returned,
        count(*) filter (
            where stays.entered_at < spine.ends_at and (stays.exited_at is null or stays.exited_at >= spine.ends_at)
        ) as closing
    from spine
    inner join stays
        on spine.account_id = stays.account_id
    group by spine.account_id, spine.week_start_on, stays.stage

)

select
    spine.account_id,
    spine.week_start_on,
    stages.stage,
    cast(coalesce(counted.opening, 0) as bigint) as opening,
    cast(coalesce(counted.entered, 0) as bigint) as entered,
    cast(coalesce(counted.advanced, 0) as bigint) as advanced,
    cast(coalesce(counted.moved_back, 0) as bigint) as moved_back,
    cast(coalesce(counted.lost, 0) as bigint) as lost,
    cast(coalesce(counted.nurtured, 0) as bigint) as nurtured,
    cast(coalesce(counted.returned, 0) as bigint) as returned,
    cast(coalesce(counted.closing, 0) as bigint) as closing
from spine
cross join stages
left join counted
    on
        spine.account_id = counted.account_id
        and spine.week_start_on = counted.week_start_on
        and stages.stage = counted.stage
