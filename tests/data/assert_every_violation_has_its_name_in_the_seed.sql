-- One row per violation that no row of the movement table explains.
select distinct stays.violation
from {{ ref('fct_stage_stays') }} as stays
left join {{ ref('movement_rules') }} as rules
    on stays.violation = rules.violation
where
    stays.violation is not null
    and stays.violation not in ('moved_back', 'stage_skipped')
    and rules.violation is null
