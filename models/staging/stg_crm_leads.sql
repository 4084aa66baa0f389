-- One row per CRM record (deal, contact or subscriber) and kind of file that describes it, as the newest export
-- shows it.
with source as (

    select * from {{ source('raw', 'crm_leads') }}

),

settings as (

    select * from {{ ref('stg_settings') }}

),

known as (

    select
        source.*,
        settings.as_of,
        -- the current stage and other undated facts are known from the first export that shows them
        coalesce(source.exported_at <= settings.as_of, true) as is_state_known
    from source
    inner join settings
        on source.account_id = settings.account_id
    where coalesce(source.created_at, source.exported_at, settings.as_of) <= settings.as_of

),

newest as (

    select *
    from known
    qualify row_number() over (
        partition by
            account_id, system, record_kind, lead_key,
            -- several mapped files may describe one lead; a vendor's newer export replaces its older one
            case when system = 'mapped' then file else format end
        order by exported_at desc nulls last, file desc, line desc nulls last
    ) = 1

)

select
    ---------- ids
    account_id,
    system,
    record_kind,
    lead_key,
    contact_key,

    ---------- who
    display_name,
    email,
    phone,
    instagram_handle,
    owner,

    ---------- words of the CRM
    nullif(trim(case when is_state_known then stage_label end), '') as stage_label,
    nullif(lower(trim(case when is_state_known then status_label end)), '') as status_label,
    nullif(trim(source_label), '') as source_label,
    nullif(trim(case when is_state_known then lost_reason end), '') as lost_reason,
    nullif(trim(case when is_state_known then call_outcome end), '') as call_outcome,
    nullif(trim(case when is_state_known then offer_made end), '') as offer_made,
    nullif(trim(case when is_state_known then main_objection end), '') as main_objection,
    nullif(trim(case when is_state_known then note end), '') as note,

    ---------- where the lead came from
    nullif(trim(content_ref), '') as content_ref,
    nullif(trim(keyword), '') as keyword,
    coalesce(nullif(trim(campaign), ''), nullif(trim(ad_title), '')) as campaign,
    nullif(trim(lead_magnet), '') as lead_magnet,

    ---------- money
    amount,
    currency,

    ---------- when
    created_at,
    case when is_state_known then stage_entered_at end as stage_entered_at,
    case when won_at <= as_of then won_at end as won_at,
    case when lost_at <= as_of then lost_at end as lost_at,
    case when closed_at <= as_of then closed_at end as closed_at,
    case when is_state_known then nurture_until end as nurture_until,
    case when client_since <= as_of then client_since end as client_since,
    exported_at,
    is_state_known,

    ---------- where from
    file,
    line,
    format
from newest
