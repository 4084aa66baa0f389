-- One row per day of every account's life: MetricFlow fills gaps from it.
with days as (

    select
        min(started_on) as first_day,
        max(as_of_on) as last_day
    from {{ ref('sem_journeys') }}

)

select days.first_day + cast(day_numbers.n as int) as date_day
from days
cross join range(0, 7306) as day_numbers (n)
where days.first_day + cast(day_numbers.n as int) <= days.last_day
