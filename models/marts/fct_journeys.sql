-- One row per journey: one pass of a lead through the pipeline.
with journeys as (

    select * from {{ ref('int_journeys') }}

),

settings as (

    select * from {{ ref('stg_settings') }}

),

stages as (

    select * from {{ ref('stages') }}

),

stays as (

    select * from {{ ref('int_stays') }}
    where is_current

),

won as (

    select
        journey_id,
        min(entered_at) as won_at
    from {{ ref('int_stays') }}
    where stage = 'won'
    group by journey_id

),

people as (

    select * from {{ ref('int_people') }}

),

sources as (

    select * from {{ ref('int_sources') }}

),

reviews as (

    select * from {{ ref('int_reviews') }}

),

red_flags as (

    select * from {{ ref('int_red_flags') }}

),

replies as (

    select * from {{ ref('int_first_replies') }}

),

slowest as (

    select * from {{ ref('int_slowest_stages') }}

),

records as (

    select * from {{ ref('int_journey_records') }}

),

outcomes as (

    select * from {{ ref('int_journey_outcomes') }}

),

turn_state as (

    select * from {{ ref('int_turn_state') }}

),

conversations as (

    select * from {{ ref('stg_conversations') }}

),

wishes as (

    select
        journey_id,
        max(case when signal in ('asked_for_link', 'intent') then 1 else 0 end) as has_asked_for_call
    from {{ ref('int_journey_signals') }}
    where direction = 'in'
    group by journey_id

),

final as (

    select
        journeys.account_id,
        journeys.journey_id,
        journeys.lead_id,
        journeys.conversation_id,
        conversations.dm_format,
        journeys.journey_number,
        people.is_prospect,
        people.exclusion_reason,
        people.person_kind,
        sources.source,
        sources.source_label,
        sources.source_evidence,
        case when red_flags.journey_id is null then sources.trigger_text end as trigger_text,
        sources.content_ref,
        sources.keyword,
        sources.campaign,
        journeys.started_at,
        cast(replies.first_reply_minutes as double) as first_reply_minutes,
        replies.first_reply_role,
        case when red_flags.journey_id is null then replies.first_meaningful_reply end as first_meaningful_reply,
        stays.stage,
        stays.entered_at as stage_entered_at,
        cast({{ days_between('stays.entered_at', 'settings.as_of') }} as double) as days_in_stage,
        coalesce(
            stages.is_open and {{ days_between('stays.entered_at', 'settings.as_of') }} > stages.stale_after_days, false
        ) as is_stale,
        coalesce(
            stays.stage in ('qualified', 'booking_link_sent', 'booked_call', 'call_completed')
            and (
                {{ days_between('turn_state.last_lead_at', 'settings.as_of') }} <= settings.hot_days
                or wishes.has_asked_for_call = 1
            ),
            false
        ) as is_hot,
        reviews.review_reason is not null as needs_human_review,
        reviews.review_reason,
        records.stage_label as crm_stage_label,
        records.crm_stage,
        case when records.crm_stage is not null then records.crm_stage = stays.stage end as crm_agrees,
        outcomes.outcome_reason,
        coalesce(replies.objection, records.objection) as main_objection,
        slowest.slowest_stage,
        replies.key_moment_role,
        won.won_at,
        case when won.won_at is not null then cast(records.amount as decimal(18, 2)) end as revenue_amount,
        case
            when
                won.won_at is not null and records.amount is not null
                then coalesce(records.currency, settings.currency)
        end as currency
    from journeys
    inner join settings on journeys.account_id = settings.account_id
    inner join stays on journeys.journey_id = stays.journey_id
    inner join stages on stays.stage = stages.stage
    inner join people on journeys.journey_id = people.journey_id
    inner join sources on journeys.journey_id = sources.journey_id
    left join reviews on journeys.journey_id = reviews.journey_id
    left join red_flags on journeys.journey_id = red_flags.journey_id
    left join replies on journeys.journey_id = replies.journey_id
    left join slowest on journeys.journey_id = slowest.journey_id
    left join records on journeys.journey_id = records.journey_id
    left join outcomes on journeys.journey_id = outcomes.journey_id
    left join turn_state on journeys.journey_id = turn_state.journey_id
    left join wishes on journeys.journey_id = wishes.journey_id
    left join won on journeys.journey_id = won.journey_id
    left join conversations
        on
            journeys.account_id = conversations.account_id
            and journeys.conversation_id = conversations.conversation_id

)

select * from final
