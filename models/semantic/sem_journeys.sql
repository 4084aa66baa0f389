-- One row per journey of a prospect, with the days it began and was won on in the account's own zone.
with settings as (

    select * from {{ ref('stg_settings') }}

),

journeys as (

    select * from {{ ref('fct_journeys') }}
    where is_prospect

),

-- a win may have no date; it counts as won all the same, as in rpt_source_to_won
wins as (

    select
        journey_id,
        min(entered_at) as won_at
    from {{ ref('fct_stage_stays') }}
    where stage = 'won'
    group by journey_id

)

select
    journeys.account_id,
    journeys.journey_id,
    journeys.lead_id,
    journeys.source,
    {{ local_date('journeys.started_at', 'settings.timezone') }} as started_on,
    {{ local_date('wins.won_at', 'settings.timezone') }} as won_on,
    {{ local_date('settings.as_of', 'settings.timezone') }} as as_of_on,
    case when wins.journey_id is null then 0 else 1 end as is_won
from journeys
inner join settings on journeys.account_id = settings.account_id
left join wins on journeys.journey_id = wins.journey_id
