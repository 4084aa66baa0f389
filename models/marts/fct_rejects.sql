-- One row per refused or quarantined row or file: nothing is dropped in silence.
with rejects as (

    select * from {{ ref('stg_rejects') }}
    where outcome in ('refused', 'quarantined')

)

select
    account_id,
    file,
    cast(line as bigint) as line,
    format,
    code,
    reason,
    outcome
from rejects
