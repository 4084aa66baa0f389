-- One row per journey that stayed over half of a stage's limit somewhere: the stage that almost stalled it.
with stays as (

    select * from {{ ref('int_stays') }}
    where is_main

),

stages as (

    select * from {{ ref('stages') }}
    where is_open

),

settings as (

    select * from {{ ref('stg_settings') }}

),

shares as (

    select
        stays.journey_id,
        stays.stage,
        stages.position,
        max({{ days_between('stays.entered_at', 'coalesce(stays.exited_at, settings.as_of)') }})
        / max(stages.stale_after_days) as share
    from stays
    inner join settings on stays.account_id = settings.account_id
    inner join stages on stays.stage = stages.stage
    group by stays.journey_id, stays.stage, stages.position

)

select
    journey_id,
    stage as slowest_stage,
    share
from shares
where share > 5e-1
qualify row_number() over (partition by journey_id order by share desc, position) = 1
