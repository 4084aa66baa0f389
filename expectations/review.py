"""Measures of the marts, one row per account, for the checks `REVIEW`. Only counts, shares and ids: no words."""

FEW = 5  # below this a share says nothing

ACCOUNTS = f"""
with conversations as (
    select
        c.account_id,
        count(*) as conversations
    from raw.conversations as c
    inner join raw.settings as s on s.account_id = c.account_id and c.first_message_at <= s.as_of
    group by c.account_id
),

prospects as (
    select
        j.account_id,
        count(*) as prospects,
        count(*) filter (where j.stage not in ('won', 'lost', 'nurture')) as open,
        count(*) filter (
            where j.stage not in ('won', 'lost', 'nurture') and coalesce(a.next_owner, 'unknown') = 'unknown'
        ) as open_without_owner,
        count(*) filter (where j.source = 'unknown') as source_unknown,
        count(*) filter (where j.needs_human_review) as needs_review,
        count(j.first_reply_minutes) as answered,
        count(*) filter (
            where j.first_reply_minutes is not null and coalesce(j.first_reply_role, 'unknown') = 'unknown'
        ) as speaker_unknown,
        count(*) filter (where j.stage = 'won') as won,
        count(*) filter (where j.stage = 'won' and j.conversation_id is null) as won_without_conversation
    from marts.fct_journeys as j
    left join marts.fct_next_actions as a on a.account_id = j.account_id and a.journey_id = j.journey_id
    where j.is_prospect
    group by j.account_id
),

calls as (
    select
        account_id,
        count(*) as calls,
        count(*) filter (where match_method is null) as calls_unmatched,
        count(*) filter (where status in ('completed', 'no_show', 'unmarked')) as calls_past,
        count(*) filter (where status = 'unmarked') as calls_unmarked
    from marts.fct_calls
    group by account_id
)

select
    s.account_id,
    case when coalesce(p.prospects, 0) = 0 and c.conversations >= 20 then c.conversations else 0 end
        as conversations_without_prospects,
    p.open_without_owner,
    case when p.open >= {FEW} then p.open_without_owner / p.open end as share_without_owner,
    p.source_unknown,
    case when p.prospects >= {FEW} then p.source_unknown / p.prospects end as share_source_unknown,
    p.needs_review,
    case when p.prospects >= {FEW} then p.needs_review / p.prospects end as share_needs_review,
    p.speaker_unknown,
    case when p.answered >= {FEW} then p.speaker_unknown / p.answered end as share_speaker_unknown,
    k.calls_unmatched,
    case when k.calls >= {FEW} then k.calls_unmatched / k.calls end as share_calls_unmatched,
    k.calls_unmarked,
    case when k.calls_past >= {FEW} then k.calls_unmarked / k.calls_past end as share_calls_unmarked,
    p.won_without_conversation,
    case when p.won >= {FEW} then p.won_without_conversation / p.won end as share_won_without_conversation
from raw.settings as s
left join conversations as c on c.account_id = s.account_id
left join prospects as p on p.account_id = s.account_id
left join calls as k on k.account_id = s.account_id
order by s.account_id
"""
