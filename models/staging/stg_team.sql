-- One row per team member of an account.
with source as (

    select * from {{ source('raw', 'team') }}

)

select * from source
