-- One row per change of stage that a CRM logged by as_of.
with source as (

    select * from {{ source('raw', 'stage_changes') }}

),

settings as (

    select * from {{ ref('stg_settings') }}

),

known as (

    select
        source.account_id,
        source.system,
        source.lead_key,
        nullif(trim(source.stage_label), '') as stage_label,
        source.entered_at,
        source.changed_by,
        source.file,
        source.line
    from source
    inner join settings
        on source.account_id = settings.account_id
    where source.entered_at <= settings.as_of

),

distinct_changes as (

    select *
    from known
    qualify row_number() over (
        partition by account_id, system, lead_key, stage_label, entered_at
        order by file, line nulls last
    ) = 1

)

select * from distinct_changes
