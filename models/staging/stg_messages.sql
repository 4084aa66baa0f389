-- One row per distinct message sent by as_of.
with source as (

    select * from {{ source('raw', 'messages') }}

),

settings as (

    select * from {{ ref('stg_settings') }}

),

known as (

    select
        ---------- ids
        source.account_id,
        source.message_id,
        source.conversation_id,

        ---------- what
        source.position,
        source.direction,
        source.sent_by as exported_role,
        source.kind,
        source.text,
        source.context,
        source.link,

        ---------- when
        source.sent_at,

        ---------- where from
        source.file,
        source.line,
        source.format
    from source
    inner join settings
        on source.account_id = settings.account_id
    where source.sent_at <= settings.as_of

)

select * from known
