-- One row per label of an export that helps nobody: vague, unknown, or a private label of one person.
with records as (

    select * from {{ ref('int_crm_records') }}

),

outcomes as (

    select * from {{ ref('int_crm_outcomes') }}

),

faults as (

    select
        account_id,
        stage_label as label,
        'stage' as field,
        system as place,
        case
            when is_vague_stage then 'vague'
            when crm_stage is null then 'unmapped'
        end as problem,
        crm_record_id
    from records
    where stage_label is not null
    union all
    select
        account_id,
        source_label as label,
        'source' as field,
        system as place,
        case when crm_source is null then 'unmapped' end as problem,
        crm_record_id
    from records
    where source_label is not null
    union all
    select
        records.account_id,
        records.lost_reason as label,
        'reason' as field,
        records.system as place,
        case
            when outcomes.outcome_reason is not null then null
            when outcomes.vague_reason is not null then 'vague'
            else 'unmapped'
        end as problem,
        records.crm_record_id
    from records
    inner join outcomes on records.crm_record_id = outcomes.crm_record_id
    where records.lost_reason is not null
    union all
    -- follow up is a due date and an owner, never a stage
    select
        account_id,
        stage_label as label,
        'stage' as field,
        system as place,
        'follow_up_without_date' as problem,
        crm_record_id
    from records
    where {{ words('stage_label') }} like '% follow%up%' and nurture_until is null

)

select
    account_id,
    label,
    field,
    place,
    problem,
    cast(count(distinct crm_record_id) as bigint) as rows
from faults
where problem is not null
group by account_id, label, field, place, problem
