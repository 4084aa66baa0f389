-- One row per CRM record: what its free words about the call, the offer and the reason mean.
with records as (

    select * from {{ ref('int_crm_records') }}

),

phrases as (

    select * from {{ ref('outcome_phrases') }}

),

texts as (

    select crm_record_id, 'attendance' as field, {{ words('call_outcome') }} as words
    from records
    where call_outcome is not null
    union all
    select crm_record_id, 'outcome' as field, {{ words('call_outcome') }} as words
    from records
    where call_outcome is not null
    union all
    select crm_record_id, 'offer' as field, {{ words('offer_made') }} as words from records where offer_made is not null
    union all
    select crm_record_id, 'objection' as field, {{ words('main_objection') }} as words
    from records
    where main_objection is not null
    union all
    select crm_record_id, 'reason' as field, {{ words('lost_reason') }} as words
    from records
    where lost_reason is not null
    union all
    select crm_record_id, 'vague_reason' as field, {{ words('lost_reason') }} as words
    from records
    where lost_reason is not null
    union all
    -- the note explains a nurture lead or a call where the CRM has no field for it
    select crm_record_id, 'note_reason' as field, {{ words('note') }} as words from records where note is not null
    union all
    select crm_record_id, 'context_helped' as field, {{ words("concat_ws(' ', call_outcome, note)") }} as words
    from records
    where coalesce(call_outcome, note) is not null

),

found as (

    select
        texts.crm_record_id,
        texts.field,
        phrases.value,
        length(phrases.phrase) as phrase_length
    from texts
    inner join phrases
        on
            phrases.field = case when texts.field = 'note_reason' then 'reason' else texts.field end
            and {{ mentions('texts.words', 'phrases.phrase') }}

),

-- the longest phrase is the most exact: "not a fit" before "fit"
best as (

    select *
    from found
    qualify row_number() over (partition by crm_record_id, field order by phrase_length desc, value) = 1

)

select
    records.account_id,
    records.crm_record_id,
    records.lead_id,
    max(case when best.field = 'attendance' then best.value end) as attendance,
    max(case when best.field = 'outcome' then best.value end) as call_outcome,
    max(case when best.field = 'offer' then best.value end) as offer_made,
    max(case when best.field = 'objection' then best.value end) as main_objection,
    coalesce(
        max(case when best.field = 'reason' then best.value end),
        max(case when best.field = 'note_reason' then best.value end)
    ) as outcome_reason,
    max(case when best.field = 'vague_reason' then best.value end) as vague_reason,
    max(case when best.field = 'context_helped' then best.value end) as context_helped
from records
left join best
    on records.crm_record_id = best.crm_record_id
group by records.account_id, records.crm_record_id, records.lead_id
