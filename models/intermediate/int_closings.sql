-- One row per piece of evidence that a lead was won, lost or put into nurture.
with said as (

    select * from {{ ref('int_said_closings') }}

),

records as (

    select * from {{ ref('int_crm_records') }}

),

outcomes as (

    select * from {{ ref('int_crm_outcomes') }}

),

changes as (

    select * from {{ ref('int_crm_stage_changes') }}

),

decisions as (

    select * from {{ ref('int_decisions') }}

),

recorded as (

    select
        records.account_id,
        records.lead_id,
        case records.crm_stage
            when 'won' then coalesce(records.won_at, records.closed_at, records.client_since, records.stage_entered_at)
            when 'lost' then coalesce(records.lost_at, records.closed_at, records.stage_entered_at)
            else records.stage_entered_at
        end as dated_at,
        records.state_known_at,
        records.created_at,
        records.crm_stage as stage,
        'crm_' || records.crm_stage as signal,
        records.crm_record_id as evidence_ref,
        outcomes.outcome_reason as reason,
        records.nurture_until
    from records
    left join outcomes
        on records.crm_record_id = outcomes.crm_record_id
    where records.crm_stage in ('won', 'lost', 'nurture')

),

client as (

    select
        account_id,
        lead_id,
        min(client_since) as happened_at,
        min(crm_record_id) as evidence_ref
    from records
    where client_since is not null
    group by account_id, lead_id

)

select
    account_id,
    lead_id,
    happened_at,
    position,
    stage,
    signal,
    evidence_kind,
    evidence_ref,
    reason,
    due_on,
    actor_role,
    confidence
from said
union all
select
    account_id,
    lead_id,
    -- an undated state is known from the first export that shows it
    coalesce(dated_at, case when created_at is not null then state_known_at end) as happened_at,
    0 as position,
    stage,
    signal,
    'crm' as evidence_kind,
    evidence_ref,
    reason,
    cast(nurture_until as date) as due_on,
    'unknown' as actor_role,
    1e0 as confidence
from recorded
union all
select
    account_id,
    lead_id,
    happened_at,
    0 as position,
    'won' as stage,
    'client_since' as signal,
    'crm' as evidence_kind,
    evidence_ref,
    cast(null as string) as reason,
    cast(null as date) as due_on,
    'unknown' as actor_role,
    1e0 as confidence
from client
union all
select
    account_id,
    lead_id,
    entered_at as happened_at,
    0 as position,
    stage,
    'crm_' || stage as signal,
    'crm' as evidence_kind,
    evidence_ref,
    cast(null as string) as reason,
    cast(null as date) as due_on,
    'unknown' as actor_role,
    1e0 as confidence
from changes
where stage in ('won', 'lost', 'nurture')
union all
select
    account_id,
    lead_id,
    happened_at,
    position,
    stage,
    'decision' as signal,
    'person' as evidence_kind,
    evidence_ref,
    reason,
    due_on,
    'unknown' as actor_role,
    1e0 as confidence
from decisions
where stage in ('won', 'lost', 'nurture')
