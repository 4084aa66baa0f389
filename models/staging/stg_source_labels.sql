-- One row per account and known source label, lower case: the account's own mapping before the seed's.
with seed as (

    select * from {{ ref('source_labels') }}

),

own as (

    select
        account_id,
        lower(trim(label)) as label,
        value as source
    from {{ source('raw', 'labels') }}
    where field = 'source'

),

settings as (

    select * from {{ ref('stg_settings') }}

),

merged as (

    select
        account_id,
        label,
        source,
        1 as priority
    from own
    union all
    select
        settings.account_id,
        lower(trim(seed.label)) as label,
        seed.source,
        2 as priority
    from settings
    cross join seed

)

select
    account_id,
    label,
    source
from merged
qualify row_number() over (partition by account_id, label order by priority, source nulls last) = 1
