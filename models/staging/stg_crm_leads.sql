-- One row per CRM record (deal, contact or subscriber) and kind of file that describes it, as the newest export of
-- before as_of shows it; what carries a date of its own also as later exports show it.
with source as (

    select * from {{ source('raw', 'crm_leads') }}

),

settings as (

    select * from {{ ref('stg_settings') }}

),

labels as (

    select * from {{ ref('stg_stage_labels') }}

),

known as (

    select
        source.*,
        settings.as_of,
        -- several mapped files may describe one lead; a vendor's newer export replaces its older one
        case when source.system = 'mapped' then source.file else source.format end as described_by,
        -- undated facts are known from the first export that shows them
        coalesce(source.exported_at <= settings.as_of, true) as is_state_known,
        -- a stage that says since when is known from then on
        coalesce(source.stage_entered_at <= settings.as_of, false)
        or coalesce(
            labels.stage in ('won', 'lost')
            and coalesce(source.won_at, source.lost_at, source.closed_at) <= settings.as_of,
            false
        ) as is_stage_dated,
        coalesce(
            lower(trim(source.status_label)) in ('won', 'lost')
            and coalesce(source.won_at, source.lost_at, source.closed_at) <= settings.as_of,
            false
        ) as is_status_dated,
        -- a file of closed deals that names no stage
        coalesce(
            source.stage_label is null and source.status_label is null and source.closed_at <= settings.as_of, false
        ) as is_closing_dated
    from source
    inner join settings
        on source.account_id = settings.account_id
    left join labels
        on
            source.account_id = labels.account_id
            and lower(trim(source.stage_label)) = labels.label
    where coalesce(source.created_at, source.exported_at, settings.as_of) <= settings.as_of

),

newest as (

    select *
    from known
    qualify row_number() over (
        partition by account_id, system, record_kind, lead_key, described_by
        order by exported_at desc nulls last, file desc, line desc nulls last
    ) = 1

),

-- as the newest export of before as_of shows it; where there is none, the newest of later ones
shown as (

    select *
    from known
    qualify row_number() over (
        partition by account_id, system, record_kind, lead_key, described_by
        order by is_state_known desc, exported_at desc nulls last, file desc, line desc nulls last
    ) = 1

),

-- the last export that showed another stage
changed as (

    select
        known.account_id,
        known.system,
        known.record_kind,
        known.lead_key,
        known.described_by,
        max(known.exported_at) as exported_at
    from known
    inner join shown
        on
            known.account_id = shown.account_id
            and known.system = shown.system
            and known.record_kind = shown.record_kind
            and known.lead_key = shown.lead_key
            and known.described_by = shown.described_by
    where
        known.is_state_known
        and (
            known.stage_label is distinct from shown.stage_label
            or known.status_label is distinct from shown.status_label
        )
    group by known.account_id, known.system, known.record_kind, known.lead_key, known.described_by

),

first_shown as (

    select
        known.account_id,
        known.system,
        known.record_kind,
        known.lead_key,
        known.described_by,
        min(known.exported_at) as exported_at
    from known
    left join changed
        on
            known.account_id = changed.account_id
            and known.system = changed.system
            and known.record_kind = changed.record_kind
            and known.lead_key = changed.lead_key
            and known.described_by = changed.described_by
    where known.is_state_known and (changed.exported_at is null or known.exported_at > changed.exported_at)
    group by known.account_id, known.system, known.record_kind, known.lead_key, known.described_by

)

select
    ---------- ids
    shown.account_id,
    shown.system,
    shown.record_kind,
    shown.lead_key,
    shown.contact_key,

    ---------- who
    shown.display_name,
    shown.email,
    shown.phone,
    shown.instagram_handle,
    shown.owner,

    ---------- words of the CRM
    nullif(
        trim(
            case
                when newest.is_stage_dated then newest.stage_label
                when shown.is_state_known then shown.stage_label
            end
        ), ''
    ) as stage_label,
    nullif(
        lower(trim(
            case
                when newest.is_status_dated then newest.status_label
                when shown.is_state_known then shown.status_label
            end
        )), ''
    ) as status_label,
    nullif(trim(shown.source_label), '') as source_label,
    nullif(trim(case when shown.is_state_known then shown.lost_reason end), '') as lost_reason,
    nullif(trim(case when shown.is_state_known then shown.call_outcome end), '') as call_outcome,
    nullif(trim(case when shown.is_state_known then shown.offer_made end), '') as offer_made,
    nullif(trim(case when shown.is_state_known then shown.main_objection end), '') as main_objection,
    nullif(trim(case when shown.is_state_known then shown.note end), '') as note,

    ---------- where the lead came from
    nullif(trim(shown.content_ref), '') as content_ref,
    nullif(trim(shown.keyword), '') as keyword,
    coalesce(nullif(trim(shown.campaign), ''), nullif(trim(shown.ad_title), '')) as campaign,
    nullif(trim(shown.lead_magnet), '') as lead_magnet,

    ---------- money: what a deal closed at closes with it
    case
        when newest.is_stage_dated or newest.is_status_dated or newest.is_closing_dated then newest.amount
        when shown.is_state_known then shown.amount
    end as amount,
    case
        when newest.is_stage_dated or newest.is_status_dated or newest.is_closing_dated then newest.currency
        when shown.is_state_known then shown.currency
    end as currency,

    ---------- when
    shown.created_at,
    case
        when newest.is_stage_dated then newest.stage_entered_at
        when shown.is_state_known then shown.stage_entered_at
    end as stage_entered_at,
    case
        when newest.won_at <= newest.as_of then newest.won_at
        when shown.won_at <= newest.as_of then shown.won_at
    end as won_at,
    case
        when newest.lost_at <= newest.as_of then newest.lost_at
        when shown.lost_at <= newest.as_of then shown.lost_at
    end as lost_at,
    -- of an open deal this is when it is hoped to close
    case
        when newest.is_stage_dated or newest.is_status_dated or newest.is_closing_dated
            then case when newest.closed_at <= newest.as_of then newest.closed_at end
        when shown.is_state_known and shown.closed_at <= newest.as_of then shown.closed_at
    end as closed_at,
    case when shown.is_state_known then shown.nurture_until end as nurture_until,
    case
        when newest.client_since <= newest.as_of then newest.client_since
        when shown.client_since <= newest.as_of then shown.client_since
    end as client_since,
    shown.exported_at,
    first_shown.exported_at as state_known_at,

    ---------- where from
    shown.file,
    shown.line,
    shown.format
from shown
inner join newest
    on
        shown.account_id = newest.account_id
        and shown.system = newest.system
        and shown.record_kind = newest.record_kind
        and shown.lead_key = newest.lead_key
        and shown.described_by = newest.described_by
left join first_shown
    on
        shown.account_id = first_shown.account_id
        and shown.system = first_shown.system
        and shown.record_kind = first_shown.record_kind
        and shown.lead_key = first_shown.lead_key
        and shown.described_by = first_shown.described_by
