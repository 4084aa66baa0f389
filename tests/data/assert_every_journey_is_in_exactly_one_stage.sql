-- One row per journey that is in no stage, or in several at once.
select
    journeys.journey_id,
    count(stays.stay_id) as stages_now
from {{ ref('fct_journeys') }} as journeys
left join {{ ref('fct_stage_stays') }} as stays
    on
        journeys.journey_id = stays.journey_id
        and stays.is_current
        and stays.stage = journeys.stage
group by journeys.journey_id
having count(stays.stay_id) <> 1
