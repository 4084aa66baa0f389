-- One row per journey that needs a person's decision, with the first reason in order of weight.
with stays as (

    select * from {{ ref('int_stays') }}
    where is_current

),

people as (

    select * from {{ ref('int_people') }}

),

journeys as (

    select * from {{ ref('int_journeys') }}

),

settings as (

    select * from {{ ref('stg_settings') }}

),

signals as (

    select * from {{ ref('int_journey_signals') }}

),

decisions as (

    select
        account_id,
        conversation_id,
        max(judged_at) as decided_at
    from {{ ref('int_decisions') }}
    group by account_id, conversation_id

),

bookings as (

    select
        journey_id,
        bool_or(is_uncertain) as is_uncertain
    from {{ ref('int_journey_bookings') }}
    group by journey_id

),

shown as (

    select
        journey_id,
        max(case when signal = 'sensitive' then happened_at end) as sensitive_at,
        max(case when signal = 'unheard' and direction = 'in' then happened_at end) as unheard_at
    from signals
    group by journey_id

),

facts as (

    select
        journeys.account_id,
        journeys.journey_id,
        stays.stage,
        decisions.decided_at,
        shown.sensitive_at is not null and coalesce(decisions.decided_at < shown.sensitive_at, true) as is_sensitive_open,
        -- what an unheard voice note could still show: the lead's words are not yet clear enough
        shown.unheard_at is not null and stays.stage in ('new_dm', 'engaged')
        and coalesce(decisions.decided_at < shown.unheard_at, true) as is_unheard,
        coalesce(bookings.is_uncertain, false) as is_uncertain_booking,
        stays.evidence_kind in ('message', 'model') and stays.confidence < settings.review_confidence as is_weak_stage,
        coalesce(people.exclusion_confidence < settings.review_confidence, false) as is_weak_exclusion
    from journeys
    inner join settings on journeys.account_id = settings.account_id
    inner join stays on journeys.journey_id = stays.journey_id
    inner join people on journeys.journey_id = people.journey_id
    left join shown on journeys.journey_id = shown.journey_id
    left join bookings on journeys.journey_id = bookings.journey_id
    left join decisions
        on
            journeys.account_id = decisions.account_id
            and journeys.conversation_id = decisions.conversation_id

),

reasons as (

    select
        *,
        case
            when is_sensitive_open then 'sensitive'
            when is_unheard then 'voice_note'
            when decided_at is not null then null
            when is_uncertain_booking then 'whose_booking'
            when is_weak_stage then 'unsure_stage'
            when is_weak_exclusion then 'unsure_prospect'
        end as review_reason
    from facts

)

select
    account_id,
    journey_id,
    review_reason,
    is_sensitive_open
from reasons
where review_reason is not null
