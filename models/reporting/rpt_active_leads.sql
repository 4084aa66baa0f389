-- One row per journey in play and week: where Monday morning found it, and what it did by Sunday night.
-- Whoever came into play during the week stands in the stage they came into, as is_new. `did` is the first of these
-- that holds: won, closed, moved_on, moved_back, wrote, heard (from us only), quiet.
with settings as (

    select * from {{ ref('stg_settings') }}

),

stages as (

    select * from {{ ref('stages') }}

),

-- as in rpt_weekly_movement: an undated entry or exit belongs to no week
stays as (

    select
        stays.account_id,
        stays.journey_id,
        stays.stage,
        stays.entered_at,
        stays.exited_at,
        stays.move_number,
        stages.position,
        stages.is_open
    from {{ ref('fct_stage_stays') }} as stays
    inner join {{ ref('fct_journeys') }} as journeys
        on stays.journey_id = journeys.journey_id and journeys.is_prospect
    inner join stages on stays.stage = stages.stage
    where stays.entered_at is not null and (stays.exited_at is not null or stays.exit_kind = 'still_here')

),

this_week as (

    select
        account_id,
        timezone,
        cast(date_trunc('week', {{ local_date('as_of', 'timezone') }}) as date) as week_on
    from settings

),

-- eight weeks to show, eight to compare with, and the one that is not over
weeks as (

    select
        this_week.account_id,
        this_week.week_on - cast(numbers.n * 7 as int) as week_start_on,
        {{ local_midnight('this_week.week_on - cast(numbers.n * 7 as int)', 'this_week.timezone') }} as starts_at,
        {{ local_midnight('this_week.week_on - cast(numbers.n * 7 - 7 as int)', 'this_week.timezone') }} as ends_at
    from this_week
    cross join range(0, 17) as numbers (n)

),

touched as (

    select
        weeks.account_id,
        weeks.week_start_on,
        stays.journey_id,
        max(case when stays.entered_at < weeks.starts_at and stays.is_open then stays.stage end) as monday_stage,
        max(case when stays.entered_at < weeks.starts_at and stays.is_open then stays.position end) as monday_position,
        max(
            case
                when stays.exited_at is null or stays.exited_at >= weeks.ends_at then stays.stage
            end
        ) as sunday_stage,
        max(
            case
                when stays.exited_at is null or stays.exited_at >= weeks.ends_at then stays.position
            end
        ) as sunday_position
    from weeks
    inner join stays
        on
            weeks.account_id = stays.account_id
            and stays.entered_at < weeks.ends_at
            and (stays.exited_at is null or stays.exited_at >= weeks.starts_at)
    group by weeks.account_id, weeks.week_start_on, stays.journey_id

),

-- the first open stage that somebody came into during the week
arrivals as (

    select
        weeks.week_start_on,
        stays.journey_id,
        stays.stage,
        stays.position,
        row_number() over (
            partition by weeks.week_start_on, stays.journey_id order by stays.entered_at, stays.move_number
        ) as turn
    from weeks
    inner join stays
        on
            weeks.account_id = stays.account_id
            and stays.entered_at >= weeks.starts_at
            and stays.entered_at < weeks.ends_at
    where stays.is_open

),

spoken as (

    select
        weeks.week_start_on,
        messages.journey_id,
        max(case when messages.direction = 'in' then 1 else 0 end) as has_written,
        max(case when messages.direction = 'out' then 1 else 0 end) as has_heard
    from weeks
    inner join {{ ref('int_journey_messages') }} as messages
        on
            weeks.account_id = messages.account_id
            and messages.sent_at >= weeks.starts_at
            and messages.sent_at < weeks.ends_at
    where not messages.is_silent
    group by weeks.week_start_on, messages.journey_id

)

select
    touched.account_id,
    touched.week_start_on,
    touched.journey_id,
    coalesce(touched.monday_stage, arrivals.stage) as stage,
    touched.monday_stage is null as is_new,
    case
        when touched.sunday_stage = 'won' then 'won'
        -- no stage on Sunday: the lead began again as new, and that journey is counted by itself
        when touched.sunday_stage is null or touched.sunday_stage in ('lost', 'nurture') then 'closed'
        when touched.sunday_position > coalesce(touched.monday_position, arrivals.position) then 'moved_on'
        when touched.sunday_position < coalesce(touched.monday_position, arrivals.position) then 'moved_back'
        when spoken.has_written = 1 then 'wrote'
        when spoken.has_heard = 1 then 'heard'
        else 'quiet'
    end as did
from touched
left join arrivals
    on
        touched.week_start_on = arrivals.week_start_on
        and touched.journey_id = arrivals.journey_id
        and arrivals.turn = 1
left join spoken
    on touched.week_start_on = spoken.week_start_on and touched.journey_id = spoken.journey_id
where touched.monday_stage is not null or arrivals.stage is not null
