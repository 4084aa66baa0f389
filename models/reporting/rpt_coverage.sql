-- One row per account and moment, now and a week before: how many leads in play had a stage, an owner, a next move
-- and context.
-- Now is counted as in rpt_data_trust; the week before is reckoned from the stays and messages of that moment: the
-- owner is
-- known unless somebody nameless of the team spoke last and the lead was no longer given time to answer.
with settings as (

    select * from {{ ref('stg_settings') }}

),

journeys as (

    select * from {{ ref('fct_journeys') }}
    where is_prospect

),

stages as (

    select * from {{ ref('stages') }}
    where is_open

),

five as (

    select * from {{ ref('rpt_five_questions') }}

),

team as (

    select
        account_id,
        count(*) as members
    from {{ ref('stg_team') }}
    group by account_id

),

-- who was in play a week before
open_then as (

    select
        journeys.account_id,
        journeys.journey_id,
        journeys.source,
        stays.stage,
        {{ plus_days('settings.as_of', -7) }} as at,
        settings.follow_up_days
    from {{ ref('fct_stage_stays') }} as stays
    inner join journeys on stays.journey_id = journeys.journey_id
    inner join stages on stays.stage = stages.stage
    inner join settings on journeys.account_id = settings.account_id
    where
        stays.entered_at <= {{ plus_days('settings.as_of', -7) }}
        and (stays.exited_at is null or stays.exited_at > {{ plus_days('settings.as_of', -7) }})

),

spoken as (

    select
        open_then.journey_id,
        messages.direction,
        messages.role,
        messages.sent_at,
        row_number() over (partition by open_then.journey_id order by messages.message_number desc) as from_last,
        row_number() over (
            partition by open_then.journey_id, messages.direction = 'out' and messages.role not in ('ai', 'automation')
            order by messages.message_number desc
        ) as from_last_of_kind
    from open_then
    inner join {{ ref('int_journey_messages') }} as messages
        on open_then.journey_id = messages.journey_id and messages.sent_at <= open_then.at
    where not messages.is_silent

),

voices as (

    select
        journey_id,
        max(case when direction = 'in' then 1 else 0 end) as has_words,
        max(case when from_last = 1 and direction = 'out' then sent_at end) as team_spoke_last_at,
        max(case when from_last_of_kind = 1 and direction = 'out' and role not in ('ai', 'automation') then role end)
            as last_human
    from spoken
    group by journey_id

),

reckoned as (

    select
        open_then.account_id,
        not coalesce(
            voices.last_human = 'unknown' and team.members is not null and open_then.stage <> 'booked_call'
            and coalesce(
                {{ days_between('voices.team_spoke_last_at', 'open_then.at') }} > open_then.follow_up_days, true
            ),
            false
        ) as has_owner,
        coalesce(voices.has_words, 0) = 1 or open_then.source <> 'unknown' as has_context
    from open_then
    left join voices on open_then.journey_id = voices.journey_id
    left join team on open_then.account_id = team.account_id

),

counted as (

    select
        account_id,
        'now' as moment,
        count(*) as leads,
        count(*) filter (where has_owner) as with_owner,
        count(*) filter (where has_next_move) as with_next_move,
        count(*) filter (where has_context) as with_context,
        count(*) filter (where has_owner and has_next_move and has_context) as complete
    from five
    group by account_id
    union all
    -- every stage has its next move
    select
        account_id,
        'week_before' as moment,
        count(*) as leads,
        count(*) filter (where has_owner) as with_owner,
        count(*) as with_next_move,
        count(*) filter (where has_context) as with_context,
        count(*) filter (where has_owner and has_context) as complete
    from reckoned
    group by account_id

)

select
    account_id,
    moment,
    cast(leads as bigint) as leads,
    cast(with_owner as bigint) as with_owner,
    cast(with_next_move as bigint) as with_next_move,
    cast(with_context as bigint) as with_context,
    cast(complete as bigint) as complete,
    cast(complete as double) / nullif(leads, 0) as share
from counted
