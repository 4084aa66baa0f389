-- One row per week and stage that opens with another number than the week before closed with.
with weeks as (

    select
        account_id,
        stage,
        week_start_on,
        opening,
        lag(closing) over (partition by account_id, stage order by week_start_on) as previous_closing
    from {{ ref('rpt_weekly_movement') }}

)

select * from weeks
where previous_closing is not null and opening <> previous_closing
