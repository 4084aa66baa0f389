-- One row per CRM record (deal, contact or subscriber): what its files say together, and whose it is.
{%- set columns = [
    'contact_key', 'display_name', 'email', 'phone', 'instagram_handle', 'owner', 'stage_label', 'status_label',
    'source_label', 'lost_reason', 'call_outcome', 'offer_made', 'main_objection', 'note', 'content_ref', 'keyword',
    'campaign', 'lead_magnet', 'amount', 'currency', 'stage_entered_at', 'won_at', 'lost_at', 'closed_at',
    'nurture_until', 'client_since'
] %}

with crm_leads as (

    select
        *,
        row_number() over (
            partition by account_id, system, record_kind, lead_key
            order by exported_at desc nulls last, file desc, line desc nulls last
        ) as newest
    from {{ ref('stg_crm_leads') }}

),

identities as (

    select * from {{ ref('stg_identities') }}
    where record_kind = 'crm'

),

stage_labels as (

    select * from {{ ref('stg_stage_labels') }}

),

source_labels as (

    select * from {{ ref('stg_source_labels') }}

),

merged as (

    select
        account_id,
        system,
        record_kind,
        lead_key,
        {% for column in columns %}
            {{ newest_known(column) }} as {{ column }},
        {% endfor %}
        min(created_at) as created_at,
        min(state_known_at) as state_known_at,
        max(exported_at) as exported_at
    from crm_leads
    group by account_id, system, record_kind, lead_key

),

labelled as (

    select
        merged.*,
        identities.lead_id,
        identities.match_method,
        identities.match_confidence,
        coalesce(identities.is_uncertain, false) as is_uncertain,
        case
            when merged.status_label in ('won', 'lost') then merged.status_label
            when merged.status_label = 'abandoned' then 'lost'
            else stage_labels.stage
        end as crm_stage,
        coalesce(stage_labels.is_vague, false) as is_vague_stage,
        source_labels.source as crm_source
    from merged
    inner join identities
        on
            merged.account_id = identities.account_id
            and merged.system = identities.system
            and merged.lead_key = identities.record_key
            and merged.record_kind = identities.crm_record_kind
    left join stage_labels
        on
            merged.account_id = stage_labels.account_id
            and lower(merged.stage_label) = stage_labels.label
    left join source_labels
        on
            merged.account_id = source_labels.account_id
            and lower(merged.source_label) = source_labels.label

)

select
    *,
    md5(concat_ws('|', account_id, system, record_kind, lead_key)) as crm_record_id
from labelled
