-- One row per CRM record (deal, contact or subscriber) and kind of file that describes it, as the newest export
-- shows it; what carries no date of its own as the newest export of before as_of shows it.
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

newest_state as (

    select *
    from known
    where is_state_known
    qualify row_number() over (
        partition by account_id, system, record_kind, lead_key, described_by
        order by exported_at desc nulls last, file desc, line desc nulls last
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
    inner join newest_state
        on
            known.account_id = newest_state.account_id
            and known.system = newest_state.system
            and known.record_kind = newest_state.record_kind
            and known.lead_key = newest_state.lead_key
            and known.described_by = newest_state.described_by
    where
        known.is_state_known
        and (
            known.stage_label is distinct from newest_state.stage_label
            or known.status_label is distinct from newest_state.status_label
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
    newest.account_id,
    newest.system,
    newest.record_kind,
    newest.lead_key,
    newest.contact_key,

    ---------- who
    newest.display_name,
    newest.email,
    newest.phone,
    newest.instagram_handle,
    newest.owner,

    ---------- words of the CRM
    nullif(trim(case when newest.is_stage_dated then newest.stage_label else state.stage_label end), '')
        as stage_label,
    nullif(lower(trim(case when newest.is_status_dated then newest.status_label else state.status_label end)), '')
        as status_label,
    nullif(trim(newest.source_label), '') as source_label,
    nullif(trim(state.lost_reason), '') as lost_reason,
    nullif(trim(state.call_outcome), '') as call_outcome,
    nullif(trim(state.offer_made), '') as offer_made,
    nullif(trim(state.main_objection), '') as main_objection,
    nullif(trim(state.note), '') as note,

    ---------- where the lead came from
    nullif(trim(newest.content_ref), '') as content_ref,
    nullif(trim(newest.keyword), '') as keyword,
    coalesce(nullif(trim(newest.campaign), ''), nullif(trim(newest.ad_title), '')) as campaign,
    nullif(trim(newest.lead_magnet), '') as lead_magnet,

    ---------- money: what a deal closed at closes with it
    case
        when newest.is_stage_dated or newest.is_status_dated or newest.is_closing_dated then newest.amount
        else state.amount
    end as amount,
    case
        when newest.is_stage_dated or newest.is_status_dated or newest.is_closing_dated then newest.currency
        else state.currency
    end as currency,

    ---------- when
    newest.created_at,
    case when newest.is_stage_dated then newest.stage_entered_at else state.stage_entered_at end as stage_entered_at,
    case
        when newest.won_at <= newest.as_of then newest.won_at
        when state.won_at <= newest.as_of then state.won_at
    end as won_at,
    case
        when newest.lost_at <= newest.as_of then newest.lost_at
        when state.lost_at <= newest.as_of then state.lost_at
    end as lost_at,
    -- of an open deal this is when it is hoped to close
    case
        when newest.is_stage_dated or newest.is_status_dated or newest.is_closing_dated
            then case when newest.closed_at <= newest.as_of then newest.closed_at end
        when state.closed_at <= newest.as_of then state.closed_at
    end as closed_at,
    state.nurture_until,
    case when newest.client_since <= newest.as_of then newest.client_since end as client_since,
    newest.exported_at,
    first_shown.exported_at as state_known_at,

    ---------- where from
    newest.file,
    newest.line,
    newest.format
from newest
left join newest_state as state
    on
        newest.account_id = state.account_id
        and newest.system = state.system
        and newest.record_kind = state.record_kind
        and newest.lead_key = state.lead_key
        and newest.described_by = state.described_by
left join first_shown
    on
        newest.account_id = first_shown.account_id
        and newest.system = first_shown.system
        and newest.record_kind = first_shown.record_kind
        and newest.lead_key = first_shown.lead_key
        and newest.described_by = first_shown.described_by
