-- One row per journey: whose turn it is, as the last messages show it.
with all_messages as (

    select
        *,
        -- an emoji is a sign of life too
        max(case when direction = 'in' then sent_at end) over (partition by journey_id) as last_sign_at
    from {{ ref('int_journey_messages') }}

),

messages as (

    select * from all_messages
    where not is_silent

),

journeys as (

    select * from {{ ref('int_journeys') }}

),

last_times as (

    select
        journey_id,
        max(sent_at) as last_message_at,
        max(case when direction = 'in' then sent_at end) as last_lead_at,
        max(case when direction = 'out' then sent_at end) as last_team_at,
        max(case when direction = 'out' and is_unprompted then sent_at end) as last_unprompted_at,
        max(case when direction = 'in' and needs_answer then sent_at end) as last_open_words_at,
        max(case when direction = 'in' and not is_thanks_only then sent_at end) as last_answer_at,
        max(case when direction = 'in' and is_put_off then sent_at end) as last_put_off_at,
        -- a follow-up into silence that asks again opens no new wait
        max(
            case
                when direction = 'out' and is_question and (not is_unprompted or last_sign_at > sent_at) then sent_at
            end
        ) as last_question_at
    from messages
    group by journey_id

),

-- unprompted messages since the lead last wrote: two of them without an answer may close a lead out
chasing as (

    select
        messages.journey_id,
        count(*) as unanswered_follow_ups
    from messages
    inner join last_times
        on messages.journey_id = last_times.journey_id
    where
        messages.is_unprompted
        and (last_times.last_lead_at is null or messages.sent_at > last_times.last_lead_at)
    group by messages.journey_id

),

-- the person of the team who last spoke: a machine owns nothing
last_human as (

    select
        journey_id,
        role
    from messages
    where direction = 'out' and role not in ('ai', 'automation')
    qualify row_number() over (partition by journey_id order by message_number desc) = 1

),

last_words as (

    select
        journey_id,
        text,
        message_id,
        is_unheard,
        is_question
    from messages
    where direction = 'in' and (text is not null or is_unheard)
    qualify row_number() over (partition by journey_id order by message_number desc) = 1

)

select
    journeys.account_id,
    journeys.journey_id,
    last_times.last_message_at,
    last_times.last_lead_at,
    last_times.last_team_at,
    last_times.last_unprompted_at,
    last_times.last_open_words_at,
    last_times.last_put_off_at,
    -- the team's last question that nothing but thanks or an emoji came back to
    case
        when
            last_times.last_question_at > coalesce(last_times.last_answer_at, {{ instant("'1970-01-01 00:00:00+00'") }})
            then last_times.last_question_at
    end as open_question_at,
    coalesce(
        last_times.last_open_words_at > coalesce(last_times.last_team_at, {{ instant("'1970-01-01 00:00:00+00'") }}),
        false
    ) as is_waiting_for_team,
    coalesce(chasing.unanswered_follow_ups, 0) as unanswered_follow_ups,
    last_human.role as last_human_role,
    last_words.text as last_lead_words,
    coalesce(last_words.is_unheard, false) as is_last_unheard,
    coalesce(last_words.is_question, false) as is_last_question
from journeys
left join last_times on journeys.journey_id = last_times.journey_id
left join chasing on journeys.journey_id = chasing.journey_id
left join last_human on journeys.journey_id = last_human.journey_id
left join last_words on journeys.journey_id = last_words.journey_id
