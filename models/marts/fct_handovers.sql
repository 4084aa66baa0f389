-- One row per change of speaker in the team within a journey, with how long the lead had waited.
with messages as (

    select * from {{ ref('int_journey_messages') }}
    where not is_silent

),

team as (

    select
        *,
        lag(role) over (partition by journey_id order by message_number) as from_role
    from messages
    where direction = 'out'

),

changes as (

    select * from team
    where from_role is not null and from_role <> role

),

-- the first words of the lead that were still without an answer
waiting as (

    select
        changes.journey_id,
        changes.message_number,
        max(previous.sent_at) as previous_team_at
    from changes
    left join team as previous
        on
            changes.journey_id = previous.journey_id
            and previous.message_number < changes.message_number
    group by changes.journey_id, changes.message_number

),

open_words as (

    select
        waiting.journey_id,
        waiting.message_number,
        min(messages.sent_at) as waiting_since
    from waiting
    inner join messages
        on
            waiting.journey_id = messages.journey_id
            and messages.direction = 'in'
            and messages.sent_at > waiting.previous_team_at
            and messages.message_number < waiting.message_number
    group by waiting.journey_id, waiting.message_number

)

select
    changes.account_id,
    changes.journey_id,
    changes.sent_at as at,
    changes.from_role,
    changes.role as to_role,
    cast({{ minutes_between('open_words.waiting_since', 'changes.sent_at') }} as double) as minutes_waited,
    changes.message_id
from changes
left join open_words
    on
        changes.journey_id = open_words.journey_id
        and changes.message_number = open_words.message_number
