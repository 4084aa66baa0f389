-- One row per row or file that was refused, quarantined, left out or flagged.
with source as (

    select * from {{ source('raw', 'rejects') }}

)

select * from source
