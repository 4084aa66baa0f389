-- One row per stay that does not begin where the stay before it ended.
with stays as (

    select
        journey_id,
        stage,
        entered_at,
        lag(exited_at) over (partition by journey_id order by move_number) as previous_exit,
        lag(stay_id) over (partition by journey_id order by move_number) as previous_stay
    from {{ ref('fct_stage_stays') }}
    where is_main

)

select * from stays
where previous_stay is not null and previous_exit is distinct from entered_at
