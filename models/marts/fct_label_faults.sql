-- One row per label of an export that helps nobody: vague, unknown, or a private label of one person; and one per
-- place with too many stages.
with records as (

    select * from {{ ref('int_crm_records') }}

),

outcomes as (

    select * from {{ ref('int_crm_outcomes') }}

),

team as (

    select
        account_id,
        name,
        lower(split_part(name, ' ', 1)) as first_name,
        lower(substring(name, 1, 1) || substring(split_part(name, ' ', 2), 1, 1)) as initials
    from {{ ref('stg_team') }}
    where not contains(name, '@')

),

-- a label that names a member of the team, or carries their initials, means something to that person only
private_labels as (

    select distinct
        records.account_id,
        records.stage_label
    from records
    inner join team
        on
            records.account_id = team.account_id
            and (
                contains(replace({{ words('records.stage_label') }}, '''s ', ' '), ' ' || team.first_name || ' ')
                or (
                    contains({{ words('records.stage_label') }}, ' ' || team.initials || ' ')
                    and length(team.initials) = 2
                )
            )
    where records.crm_stage is null and records.stage_label is not null and not records.is_vague_stage

),

faults as (

    select
        records.account_id,
        records.stage_label as label,
        'stage' as field,
        records.system as place,
        case
            when records.is_vague_stage then 'vague'
            when records.crm_stage is null and private_labels.stage_label is not null then 'private'
            when records.crm_stage is null then 'unmapped'
        end as problem,
        records.crm_record_id
    from records
    left join private_labels
        on records.account_id = private_labels.account_id and records.stage_label = private_labels.stage_label
    where records.stage_label is not null
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

),

-- eight stages and three ways out are enough; nobody keeps more than a dozen apart
stage_counts as (

    select
        account_id,
        system as place,
        count(distinct lower(stage_label)) as labels
    from records
    where stage_label is not null
    group by account_id, system

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
union all
select
    account_id,
    cast(labels as string) || ' stage labels' as label,
    'stage' as field,
    place,
    'too_many_stages' as problem,
    cast(labels as bigint) as rows
from stage_counts
where labels > 12
