-- One row per account and stage whose entries are not the sum over the exit kinds.
select
    account_id,
    stage
from {{ ref('fct_stage_stays') }}
group by account_id, stage
having
    count(*) <> count(*) filter (
        where exit_kind in ('advanced', 'moved_back', 'lost', 'nurture', 'returned', 'still_here')
    )
