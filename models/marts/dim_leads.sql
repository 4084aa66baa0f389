-- One row per lead: one person, whatever systems they appear in.
with identities as (

    select * from {{ ref('stg_identities') }}

),

conversations as (

    select
        identities.account_id,
        identities.lead_id,
        conversations.participant_name,
        conversations.participant_handle,
        conversations.first_message_at,
        identities.match_confidence
    from identities
    inner join {{ ref('stg_conversations') }} as conversations
        on
            identities.account_id = conversations.account_id
            and identities.record_key = conversations.conversation_id
    where identities.record_kind = 'conversation'
    qualify row_number() over (
        partition by identities.account_id, identities.lead_id
        order by conversations.first_message_at, conversations.conversation_id
    ) = 1

),

records as (

    select
        account_id,
        lead_id,
        {{ newest_known('display_name') }} as display_name,
        {{ newest_known('instagram_handle') }} as instagram_handle,
        {{ newest_known('email') }} as email,
        {{ newest_known('phone') }} as phone,
        min(client_since) as client_since,
        min(created_at) as created_at,
        min(match_confidence) as match_confidence
    from (
        select
            *,
            row_number() over (
                partition by account_id, lead_id
                order by case record_kind when 'contact' then 1 when 'deal' then 2 else 3 end, crm_record_id
            ) as newest
        from {{ ref('int_crm_records') }}
    ) as ranked
    group by account_id, lead_id

),

bookings as (

    select
        account_id,
        lead_id,
        min(invitee_name) as invitee_name,
        min(invitee_email) as invitee_email,
        min(invitee_phone) as invitee_phone,
        min(instagram_handle) as instagram_handle,
        min(created_at) as created_at,
        min(match_confidence) as match_confidence
    from {{ ref('int_bookings') }}
    group by account_id, lead_id

),

-- people whom only a log of stages knows, by what it calls them
logged as (

    select
        changes.account_id,
        changes.lead_id,
        min(case when changes.evidence_ref like '%@%' then lower(changes.evidence_ref) end) as email,
        min(changes.entered_at) as created_at,
        min(identities.match_confidence) as match_confidence
    from {{ ref('int_crm_stage_changes') }} as changes
    inner join identities
        on
            changes.account_id = identities.account_id
            and changes.lead_id = identities.lead_id
            and changes.evidence_ref = identities.record_key
            and identities.crm_record_kind = 'stage_history'
    group by changes.account_id, changes.lead_id

),

seen as (

    select
        account_id,
        lead_id,
        first_message_at as seen_at,
        match_confidence
    from conversations
    union all
    select
        account_id,
        lead_id,
        created_at as seen_at,
        match_confidence
    from records
    union all
    select
        account_id,
        lead_id,
        created_at as seen_at,
        match_confidence
    from bookings
    union all
    select
        account_id,
        lead_id,
        created_at as seen_at,
        match_confidence
    from logged

),

leads as (

    select
        account_id,
        lead_id,
        min(seen_at) as first_seen_at,
        cast(min(coalesce(match_confidence, 1e0)) as double) as match_confidence
    from seen
    group by account_id, lead_id

)

select
    leads.account_id,
    leads.lead_id,
    coalesce(conversations.participant_name, records.display_name, bookings.invitee_name) as display_name,
    coalesce(conversations.participant_handle, records.instagram_handle, bookings.instagram_handle) as instagram_handle,
    coalesce(records.email, bookings.invitee_email, logged.email) as email,
    coalesce(records.phone, bookings.invitee_phone) as phone,
    records.client_since,
    leads.first_seen_at,
    leads.match_confidence
from leads
left join conversations
    on leads.account_id = conversations.account_id and leads.lead_id = conversations.lead_id
left join records
    on leads.account_id = records.account_id and leads.lead_id = records.lead_id
left join bookings
    on leads.account_id = bookings.account_id and leads.lead_id = bookings.lead_id
left join logged
    on leads.account_id = logged.account_id and leads.lead_id = logged.lead_id
