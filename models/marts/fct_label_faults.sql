-- One row per label of an export that helps nobody: vague, unknown, or a private label of one person; and one per
-- place with too many stages.
with records as (

    select * from {{ ref('int_crm_records') }}

),

outcomes as (

    select * from {{ ref('int_crm_outcomes') }}

),

-- a log of stages carries labels too, also of leads that only it knows
logged as (

    select
        changes.account_id,
        changes.system,
        changes.stage_label,
        coalesce(labels.is_vague, false) as is_vague_stage,
        labels.stage as crm_stage,
        coalesce(min(records.crm_record_id), changes.lead_key) as crm_record_id
    from {{ ref('stg_stage_changes') }} as changes
    left join {{ ref('stg_stage_labels') }} as labels
        on
            changes.account_id = labels.account_id
            and lower(changes.stage_label) = labels.label
    left join records
        on
            changes.account_id = records.account_id
            and changes.system = records.system
            and changes.lead_key = records.lead_key
    where changes.stage_label is not null
    group by
        changes.account_id, changes.system, changes.stage_label, labels.is_vague, labels.stage, changes.lead_key

),

stage_labels as (

    select account_id, system, stage_label, is_vague_stage, crm_stage, crm_record_id from records
    where stage_label is not null
    union all
    select account_id, system, stage_label, is_vague_stage, crm_stage, crm_record_id from logged

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
        stage_labels.account_id,
        stage_labels.stage_label
    from stage_labels
    inner join team
        on
            stage_labels.account_id = team.account_id
            and (
                contains(replace({{ words('stage_labels.stage_label') }}, '''s ', ' '), ' ' || team.first_name || ' ')
                or (
                    contains({{ words('stage_labels.stage_label') }}, ' ' || team.initials || ' ')
                    and length(team.initials) = 2
                )
            )
    where stage_labels.crm_stage is null and not stage_labels.is_vague_stage

),

faults as (

    select
        stage_labels.account_id,
        stage_labels.stage_label as label,
        'stage' as field,
        stage_labels.system as place,
        case
            when stage_labels.is_vague_stage then 'vague'
            when stage_labels.crm_stage is null and private_labels.stage_label is not null then 'private'
            when stage_labels.crm_stage is null then 'unmapped'
        end as problem,
        stage_labels.crm_record_id
    from stage_labels
    left join private_labels
        on
            stage_labels.account_id = private_labels.account_id
            and stage_labels.stage_label = private_labels.stage_label
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
