-- One row per change of stage that a CRM logged and whose label is known, with the lead it belongs to.
with changes as (

    select * from {{ ref('stg_stage_changes') }}

),

labels as (

    select * from {{ ref('stg_stage_labels') }}

),

records as (

    select * from {{ ref('int_crm_records') }}

),

-- the log names a lead by the CRM's id, an e-mail or a handle: the most exact of them counts
candidates as (

    select account_id, lead_key as any_key, lead_id, crm_record_id, 1 as priority from records
    union all
    select account_id, lower(email) as any_key, lead_id, crm_record_id, 2 as priority
    from records
    where email is not null
    union all
    select account_id, lower(instagram_handle) as any_key, lead_id, crm_record_id, 3 as priority
    from records
    where instagram_handle is not null
    union all
    -- a lead that only the log of stages knows
    select account_id, record_key as any_key, lead_id, record_key as crm_record_id, 5 as priority
    from {{ ref('stg_identities') }}
    where crm_record_kind = 'stage_history'
    union all
    select
        conversations.account_id,
        lower(conversations.participant_handle) as any_key,
        identities.lead_id,
        conversations.conversation_id as crm_record_id,
        4 as priority
    from {{ ref('stg_conversations') }} as conversations
    inner join {{ ref('stg_identities') }} as identities
        on
            conversations.account_id = identities.account_id
            and conversations.conversation_id = identities.record_key
    where conversations.participant_handle is not null and identities.record_kind = 'conversation'

),

matched as (

    select
        changes.account_id,
        candidates.lead_id,
        changes.stage_label,
        labels.stage,
        changes.entered_at,
        changes.changed_by,
        candidates.crm_record_id as evidence_ref,
        changes.file,
        changes.line
    from changes
    inner join candidates
        on
            changes.account_id = candidates.account_id
            and lower(changes.lead_key) = lower(candidates.any_key)
    left join labels
        on
            changes.account_id = labels.account_id
            and lower(changes.stage_label) = labels.label
    qualify row_number() over (
        partition by changes.account_id, changes.file, changes.line, changes.stage_label
        order by candidates.priority, candidates.crm_record_id
    ) = 1

)

select * from matched
where stage is not null
