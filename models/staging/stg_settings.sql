-- One row per account: what differs between coaches, and the instant everything is judged at.
with source as (

    select * from {{ source('raw', 'settings') }}

)

select * from source
