-- One row per check of what the numbers rest on: how many of how many.
with settings as (

    select * from {{ ref('stg_settings') }}

),

journeys as (

    select * from {{ ref('fct_journeys') }}

),

actions as (

    select * from {{ ref('fct_next_actions') }}

),

open_prospects as (

    select
        journeys.account_id,
        journeys.journey_id,
        journeys.stage is not null as has_stage,
        actions.next_owner <> 'unknown' as has_owner,
        actions.next_action is not null as has_action,
        actions.last_lead_words is not null
        or journeys.trigger_text is not null
        or journeys.source <> 'unknown' as has_context
    from journeys
    inner join actions on journeys.journey_id = actions.journey_id
    inner join {{ ref('stages') }} as stages on journeys.stage = stages.stage
    where journeys.is_prospect and stages.is_open

),

files as (

    select * from {{ ref('stg_files') }}

),

rejects as (

    select * from {{ ref('stg_rejects') }}

),

conversations as (

    select * from {{ ref('stg_conversations') }}

),

records as (

    select * from {{ ref('int_crm_records') }}

),

calls as (

    select * from {{ ref('fct_calls') }}

),

messages as (

    select * from {{ ref('int_messages') }}

),

-- facts without a time of their own, known only from the first export that shows them
undated as (

    select account_id, booking_key as ref from {{ ref('stg_bookings') }}
    where (status in ('cancelled', 'rescheduled') and canceled_at is null) or (is_no_show and no_show_marked_at is null)
    union all
    select account_id, crm_record_id as ref from records
    where crm_stage is not null and coalesce(stage_entered_at, won_at, lost_at, closed_at) is null

),

checks as (

    select account_id, 'open_with_stage' as check_name, count(*) filter (where has_stage) as found, count(*) as total
    from open_prospects group by account_id
    union all
    select account_id, 'open_with_owner' as check_name, count(*) filter (where has_owner) as found, count(*) as total
    from open_prospects group by account_id
    union all
    select
        account_id,
        'open_with_next_action' as check_name,
        count(*) filter (where has_action) as found,
        count(*) as total
    from open_prospects group by account_id
    union all
    select
        account_id, 'open_with_context' as check_name, count(*) filter (where has_context) as found, count(*) as total
    from open_prospects group by account_id
    union all
    select
        account_id, 'coverage' as check_name,
        count(*) filter (where has_stage and has_owner and has_action and has_context) as found, count(*) as total
    from open_prospects group by account_id
    union all
    select
        account_id, 'bookings_unmatched' as check_name, count(*) filter (where journey_id is null) as found,
        count(*) as total
    from calls group by account_id
    union all
    select
        records.account_id, 'crm_records_without_conversation' as check_name,
        count(*) filter (where identities.conversation_id is null) as found, count(*) as total
    from records
    inner join {{ ref('stg_identities') }} as identities
        on
            records.account_id = identities.account_id
            and records.system = identities.system
            and records.record_kind = identities.crm_record_kind
            and records.lead_key = identities.record_key
    group by records.account_id
    union all
    select account_id, 'conversations' as check_name, count(*) as found, count(*) as total
    from conversations group by account_id
    union all
    select
        account_id, 'excluded_current_clients' as check_name,
        count(*) filter (where exclusion_reason = 'current_client_support') as found, count(*) as total
    from journeys group by account_id
    union all
    select
        account_id, 'excluded_not_prospects' as check_name,
        count(*) filter (where exclusion_reason = 'not_a_prospect') as found, count(*) as total
    from journeys group by account_id
    union all
    select
        account_id,
        'waiting_for_a_person' as check_name,
        count(*) filter (where needs_human_review) as found,
        count(*) as total
    from journeys group by account_id
    union all
    select
        account_id,
        'source_unknown' as check_name,
        count(*) filter (where source = 'unknown') as found,
        count(*) as total
    from journeys where is_prospect group by account_id
    union all
    select
        account_id, 'team_messages_unknown_speaker' as check_name, count(*) filter (where role = 'unknown') as found,
        count(*) as total
    from messages where direction = 'out' and not is_silent group by account_id
    union all
    select
        account_id,
        'calls_without_outcome' as check_name,
        count(*) filter (where status = 'unmarked') as found,
        count(*) as total
    from calls group by account_id
    union all
    select account_id, 'rows_refused' as check_name, sum(rows_refused) as found, sum(rows_read) as total
    from files group by account_id
    union all
    select account_id, 'rows_left_out' as check_name, sum(rows_left_out) as found, sum(rows_read) as total
    from files group by account_id
    union all
    select
        account_id,
        'files_refused' as check_name,
        count(*) filter (where outcome = 'refused') as found,
        count(*) as total
    from rejects group by account_id
    union all
    select account_id, 'facts_without_a_time' as check_name, count(*) as found, count(*) as total
    from undated group by account_id

)

select
    settings.account_id,
    checks.check_name,
    cast(checks.found as bigint) as found,
    cast(checks.total as bigint) as total,
    cast(checks.found as double) / nullif(checks.total, 0) as share
from settings
inner join checks
    on settings.account_id = checks.account_id
