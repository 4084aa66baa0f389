-- One row per week and stage whose leads of Monday morning differ between the two tables of the week.
with active as (

    select
        account_id,
        week_start_on,
        stage,
        count(*) as leads
    from {{ ref('rpt_active_leads') }}
    where not is_new
    group by account_id, week_start_on, stage

)

select
    movement.account_id,
    movement.week_start_on,
    movement.stage,
    movement.opening,
    active.leads
from {{ ref('rpt_weekly_movement') }} as movement
inner join {{ ref('stages') }} as stages on movement.stage = stages.stage and stages.is_open
inner join {{ ref('stg_settings') }} as settings on movement.account_id = settings.account_id
left join active
    on
        movement.account_id = active.account_id
        and movement.week_start_on = active.week_start_on
        and movement.stage = active.stage
where
    movement.opening <> coalesce(active.leads, 0)
    and {{ days_between(local_midnight('movement.week_start_on', 'settings.timezone'), 'settings.as_of') }} < 112
