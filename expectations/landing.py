"""Measures of the raw tables, one row per account, for the checks `LANDING`. Only counts, shares and ids: no words."""

ACCOUNTS = """
with settings as (select * from raw.settings),

messages as (
    select m.*, epoch(s.as_of - m.sent_at) / 86400 as days_ago
    from raw.messages as m
    inner join settings as s on s.account_id = m.account_id
    where m.sent_at <= s.as_of and m.kind is distinct from 'system'
),

talk as (
    select
        account_id,
        count(*) as messages,
        count(distinct conversation_id) as conversations,
        max(sent_at) as newest_message_at,
        min(days_ago) as days_since_newest_message,
        count(*) filter (where direction is null) as messages_without_direction,
        count(*) filter (where direction = 'out') as messages_out,
        count(*) filter (where ordinal > 0) as messages_repeated,
        count(*) filter (where days_ago < 7) as last_week
    from messages
    group by account_id
),

weeks as (
    select account_id, median(n) as ordinary_week
    from (
        select t.account_id, w.week, count(m.message_id) as n
        from talk as t
        cross join (select range as week from range(1, 5)) as w
        left join messages as m
            on m.account_id = t.account_id and m.days_ago >= 7 * w.week and m.days_ago < 7 * (w.week + 1)
        group by t.account_id, w.week
    ) as counted
    group by account_id
),

handles as (
    select account_id, count(participant_handle) / count(*) as share_with_handle
    from raw.conversations
    where dm_format not like 'instagram%'
    group by account_id
    having count(*) >= 20
),

files as (
    select
        account_id,
        sum(rows_read) as rows_read,
        sum(rows_refused) as rows_quarantined
    from raw.files
    group by account_id
),

refused as (
    select account_id, count(distinct file) as files_refused
    from raw.rejects
    where outcome = 'refused'
    group by account_id
),

created as (
    select account_id, created_at from raw.crm_leads
    union all
    select account_id, created_at from raw.bookings
),

-- of the whole export, also where the review looks back
newest as (
    select account_id, max(sent_at) as message_at from raw.messages group by account_id
),

ahead as (
    select c.account_id, count(*) as dates_ahead
    from created as c
    inner join newest as n on n.account_id = c.account_id
    where c.created_at > n.message_at + interval 31 day
    group by c.account_id
),

judged as (
    select account_id, count(*) as judgements from raw.judgements where judged_by = 'rule' group by account_id
)

select
    s.account_id,
    t.days_since_newest_message,
    case when s.has_calendar then 0 else 1 end as calendars_missing,
    case when s.has_crm then 0 else 1 end as crms_missing,
    epoch(t.newest_message_at - s.calendar_exported_at) / 86400 as calendar_days_behind,
    coalesce(r.files_refused, 0) as files_refused,
    coalesce(f.rows_quarantined, 0) as rows_quarantined,
    f.rows_quarantined / nullif(f.rows_read, 0) as share_quarantined,
    t.messages_without_direction,
    t.messages_without_direction / nullif(t.messages, 0) as share_without_direction,
    case when t.messages_out = 0 and t.conversations >= 20 then t.conversations else 0 end as all_silent_conversations,
    h.share_with_handle,
    case when w.ordinary_week >= 20 then t.last_week / w.ordinary_week end as volume_ratio,
    t.messages_repeated,
    t.messages_repeated / nullif(t.messages, 0) as share_repeated,
    coalesce(a.dates_ahead, 0) as dates_ahead,
    case when j.judgements is null and t.conversations >= 5 then t.conversations else 0 end as unjudged_conversations
from settings as s
left join talk as t on t.account_id = s.account_id
left join weeks as w on w.account_id = s.account_id
left join handles as h on h.account_id = s.account_id
left join files as f on f.account_id = s.account_id
left join refused as r on r.account_id = s.account_id
left join ahead as a on a.account_id = s.account_id
left join judged as j on j.account_id = s.account_id
order by s.account_id
"""
