-- One row per account and known stage label, lower case: the account's own mapping before the seed's.
with seed as (

    select * from {{ ref('stage_labels') }}

),

own as (

    select
        account_id,
        lower(trim(label)) as label,
        value as stage
    from {{ source('raw', 'labels') }}
    where field = 'stage'

),

settings as (

    select * from {{ ref('stg_settings') }}

),

merged as (

    select
        account_id,
        label,
        stage,
        false as is_vague,
        1 as priority
    from own
    union all
    select
        settings.account_id,
        lower(trim(seed.label)) as label,
        seed.stage,
        seed.is_vague,
        2 as priority
    from settings
    cross join seed

)

select
    account_id,
    label,
    stage,
    is_vague
from merged
qualify row_number() over (partition by account_id, label order by priority, stage nulls last) = 1
