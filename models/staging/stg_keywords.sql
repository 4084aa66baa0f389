-- One row per keyword of an account.
with source as (

    select * from {{ source('raw', 'keywords') }}

)

select
    account_id,
    lower(trim(keyword)) as keyword,
    lead_magnet
from source
