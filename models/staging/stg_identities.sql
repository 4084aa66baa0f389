-- One row per conversation, CRM row and booking: whose it is.
with source as (

    select * from {{ source('raw', 'identities') }}

)

select * from source
