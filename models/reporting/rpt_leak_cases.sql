-- One row per priced leak, source and whether the fault was there: how many cases of the last weeks, and how many
-- went on.
-- Without a calendar nobody knows who booked or came: what is priced by that has no cases.
-- Cases are only those old enough to have gone on; what comes after is priced by reports/statistics.py.
with settings as (

    select * from {{ ref('stg_settings') }}

),

journeys as (

    select
        journeys.*,
        settings.as_of,
        settings.has_calendar
    from {{ ref('fct_journeys') }} as journeys
    inner join settings on journeys.account_id = settings.account_id
    where journeys.is_prospect

),

reached as (

    select
        journey_id,
        min(case when stage = 'engaged' then entered_at end) as engaged_at,
        min(case when stage = 'qualified' then entered_at end) as qualified_at,
        min(case when stage = 'won' then entered_at end) as won_at
    from {{ ref('fct_stage_stays') }}
    group by journey_id

),

first_links as (

    select *
    from {{ ref('fct_booking_links') }}
    qualify row_number() over (partition by journey_id order by sent_at, link_id) = 1

),

calls as (

    select * from {{ ref('fct_calls') }}
    where journey_id is not null and status in ('completed', 'no_show')

),

early_links as (

    select
        'leak_link_too_early' as leak,
        journeys.account_id,
        journeys.source,
        first_links.is_too_early as is_faulty,
        first_links.sent_at as happened_at,
        coalesce({{ days_between('first_links.sent_at', 'first_links.booked_at') }} <= 14, false) as went_on,
        {{ days_between('first_links.sent_at', 'journeys.as_of') }} >= 14
        or first_links.booked_at is not null as is_mature,
        'booked_call' as next_stage,
        journeys.as_of
    from first_links
    inner join journeys on first_links.journey_id = journeys.journey_id
    where journeys.has_calendar

),

-- links that were not booked within the follow-up time: did somebody write again?
chased_links as (

    select
        'leak_link_without_follow_up' as leak,
        journeys.account_id,
        journeys.source,
        first_links.follow_up_at is null as is_faulty,
        first_links.sent_at as happened_at,
        coalesce({{ days_between('first_links.sent_at', 'first_links.booked_at') }} <= 28, false) as went_on,
        {{ days_between('first_links.sent_at', 'journeys.as_of') }} >= 14
        or first_links.booked_at is not null as is_mature,
        'booked_call' as next_stage,
        journeys.as_of
    from first_links
    inner join journeys on first_links.journey_id = journeys.journey_id
    inner join settings on journeys.account_id = settings.account_id
    where
        journeys.has_calendar
        and coalesce({{ days_between('first_links.sent_at', 'first_links.booked_at') }} > settings.follow_up_days, true)

),

handoffs as (

    select
        'leak_weak_handoff' as leak,
        journeys.account_id,
        journeys.source,
        calls.is_weak_handoff as is_faulty,
        calls.starts_at as happened_at,
        calls.status = 'completed' as went_on,
        true as is_mature,
        'call_completed' as next_stage,
        journeys.as_of
    from calls
    inner join journeys on calls.journey_id = journeys.journey_id

),

slow_replies as (

    select
        'leak_slow_first_reply' as leak,
        journeys.account_id,
        journeys.source,
        coalesce(journeys.first_reply_minutes > 1440, true) as is_faulty,
        journeys.started_at as happened_at,
        reached.qualified_at is not null as went_on,
        {{ days_between('journeys.started_at', 'journeys.as_of') }} >= 14
        or reached.qualified_at is not null as is_mature,
        'qualified' as next_stage,
        journeys.as_of
    from journeys
    inner join reached on journeys.journey_id = reached.journey_id
    where journeys.conversation_id is not null and journeys.source <> 'outbound'

),

unowned as (

    select
        'leak_unclear_ownership' as leak,
        journeys.account_id,
        journeys.source,
        coalesce(journeys.key_moment_role, journeys.first_reply_role, 'unknown') = 'unknown' as is_faulty,
        reached.engaged_at as happened_at,
        reached.qualified_at is not null as went_on,
        {{ days_between('reached.engaged_at', 'journeys.as_of') }} >= 14
        or reached.qualified_at is not null as is_mature,
        'qualified' as next_stage,
        journeys.as_of
    from journeys
    inner join reached on journeys.journey_id = reached.journey_id
    where reached.engaged_at is not null

),

-- a call that was missed, against one that was held
missed as (

    select
        'leak_no_show' as leak,
        journeys.account_id,
        journeys.source,
        calls.status = 'no_show' as is_faulty,
        calls.starts_at as happened_at,
        reached.won_at is not null as went_on,
        {{ days_between('calls.starts_at', 'journeys.as_of') }} >= 7 or reached.won_at is not null as is_mature,
        'won' as next_stage,
        journeys.as_of
    from calls
    inner join journeys on calls.journey_id = journeys.journey_id
    inner join reached on journeys.journey_id = reached.journey_id

),

left_alone as (

    select
        journey_id,
        since_at
    from {{ ref('leak_no_show_left_alone') }}
    group by journey_id, since_at

),

booked_again as (

    select
        first_calls.call_id,
        min(again.created_at) as booked_again_at
    from calls as first_calls
    inner join {{ ref('fct_calls') }} as again
        on first_calls.journey_id = again.journey_id and again.created_at > first_calls.starts_at
    group by first_calls.call_id

),

-- of missed calls alone: did somebody get back to the lead, and was it booked again?
brought_back as (

    select
        'leak_no_show_left_alone' as leak,
        journeys.account_id,
        journeys.source,
        left_alone.journey_id is not null as is_faulty,
        calls.starts_at as happened_at,
        coalesce({{ days_between('calls.starts_at', 'booked_again.booked_again_at') }} <= 14, false) as went_on,
        {{ days_between('calls.starts_at', 'journeys.as_of') }} >= 14 as is_mature,
        'booked_call' as next_stage,
        journeys.as_of
    from calls
    inner join journeys on calls.journey_id = journeys.journey_id
    inner join settings on journeys.account_id = settings.account_id
    left join left_alone on calls.journey_id = left_alone.journey_id and calls.starts_at = left_alone.since_at
    left join booked_again on calls.call_id = booked_again.call_id
    where
        calls.status = 'no_show'
        and journeys.conversation_id is not null
        and {{ days_between('calls.starts_at', 'journeys.as_of') }} >= settings.follow_up_days

),

cases as (

    select leak, account_id, source, is_faulty, happened_at, went_on, is_mature, next_stage, as_of from early_links
    union all
    select leak, account_id, source, is_faulty, happened_at, went_on, is_mature, next_stage, as_of from chased_links
    union all
    select leak, account_id, source, is_faulty, happened_at, went_on, is_mature, next_stage, as_of from handoffs
    union all
    select leak, account_id, source, is_faulty, happened_at, went_on, is_mature, next_stage, as_of from slow_replies
    union all
    select leak, account_id, source, is_faulty, happened_at, went_on, is_mature, next_stage, as_of from unowned
    union all
    select leak, account_id, source, is_faulty, happened_at, went_on, is_mature, next_stage, as_of from missed
    union all
    select leak, account_id, source, is_faulty, happened_at, went_on, is_mature, next_stage, as_of from brought_back

)

select
    account_id,
    leak,
    next_stage,
    source,
    is_faulty,
    cast(count(*) filter (where {{ days_between('happened_at', 'as_of') }} <= 56) as bigint) as cases_8_weeks,
    cast(
        count(*) filter (
            where {{ days_between('happened_at', 'as_of') }} > 56 and {{ days_between('happened_at', 'as_of') }} <= 112
        ) as bigint
    ) as cases_before,
    cast(count(*) filter (where is_mature) as bigint) as mature,
    cast(count(*) filter (where is_mature and went_on) as bigint) as went_on
from cases
where happened_at is not null
group by account_id, leak, next_stage, source, is_faulty
