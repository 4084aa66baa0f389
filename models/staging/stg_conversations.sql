-- One row per conversation that has a message by as_of.
with source as (

    select * from {{ source('raw', 'conversations') }}

),

settings as (

    select * from {{ ref('stg_settings') }}

),

known as (

    select
        source.account_id,
        source.conversation_id,
        source.thread_key,
        source.participant_name,
        source.participant_handle,
        source.is_pending,
        source.dm_format,
        source.first_message_at
    from source
    inner join settings
        on source.account_id = settings.account_id
    where source.first_message_at <= settings.as_of

)

select * from known
