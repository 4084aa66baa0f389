-- One row per journey in which a sensitive word or a red flag was seen: its words are quoted nowhere.
with signals as (

    select * from {{ ref('int_journey_signals') }}

)

select
    journey_id,
    min(happened_at) as first_flag_at
from signals
where direction = 'in' and signal in ('sensitive', 'red_flag')
group by journey_id
