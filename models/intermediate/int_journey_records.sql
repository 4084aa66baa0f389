-- One row per journey that the CRM knows: the record that says most about it, and the stamps of every record of
-- the lead.
with journeys as (

    select * from {{ ref('int_journeys') }}

),

records as (

    select
        records.*,
        outcomes.call_outcome as outcome,
        outcomes.offer_made as offer,
        outcomes.main_objection as objection,
        outcomes.outcome_reason,
        outcomes.vague_reason
    from {{ ref('int_crm_records') }} as records
    inner join {{ ref('int_crm_outcomes') }} as outcomes
        on records.crm_record_id = outcomes.crm_record_id

),

-- a record speaks of no journey that began after a later one; of a later pass an older record speaks last
placed as (

    select
        journeys.journey_id,
        journeys.journey_number,
        coalesce(records.stage_entered_at, records.closed_at, records.created_at) as spoke_at,
        coalesce(
            journeys.journey_number > 1
            -- dates of a CRM may carry no time
            and coalesce(records.stage_entered_at, records.closed_at, records.created_at)
            < {{ plus_days('journeys.started_at', -1) }},
            false
        ) as is_of_earlier_pass,
        records.*
    from journeys
    inner join records
        on
            journeys.account_id = records.account_id
            and journeys.lead_id = records.lead_id
            and (
                journeys.next_started_at is null
                or coalesce(records.stage_entered_at, records.closed_at, records.created_at) < journeys.next_started_at
            )

)

select
    account_id,
    journey_id,
    crm_record_id,
    record_kind,
    stage_label,
    crm_stage,
    is_vague_stage,
    owner,
    call_outcome,
    outcome,
    offer,
    objection,
    lost_reason,
    outcome_reason,
    vague_reason,
    nurture_until,
    amount,
    currency,
    won_at
from placed
qualify row_number() over (
    partition by journey_id
    order by
        case when is_of_earlier_pass then 1 else 0 end,
        case record_kind when 'deal' then 1 when 'contact' then 2 else 3 end,
        case when stage_label is null then 1 else 0 end,
        spoke_at desc nulls last,
        exported_at desc nulls last,
        crm_record_id
) = 1
