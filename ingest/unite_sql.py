"""The statements that `ingest.unite` runs, one after the other, on the rows as read. Grain and reason stand above each.

`source` numbers the exports, 0 the newest; `row` is the place of a row in the Parquet of its export. Words are carried
as their hash, threads as numbers: a million messages fit into a few hundred megabytes.
"""

from __future__ import annotations

# One row per row as read. {files}: list of Parquet files.
READ = """
create view row_read as
select source.source, r.file_row_number as row, r.*
from read_parquet({files}, filename = true, file_row_number = true) as r
inner join source on source.path = r.filename
"""

# One row per thread and export that shows it.
SHOWN = """
create table shown as
with thread as (
    select
        source, account_id, format, thread_key,
        min(sent_at) as first_at, max(sent_at) as last_at,
        arg_min(sent_at, row) > arg_max(sent_at, row) as is_newest_first,
        arg_max(conversation_id, sent_at) as conversation_id,
        arg_max(participant_name, sent_at) as participant_name,
        arg_max(participant_handle, sent_at) as participant_handle,
        arg_max(is_pending, sent_at) as is_pending
    from row_read
    group by all
)
select *, row_number() over (order by account_id, format, thread_key, source) as thread
from thread
"""

# One row per row as read, narrow. `tie` orders messages of one instant: some exports list the newest first. `words` is
# the hash of the text, null where there is none.
SAID = """
create table said as
with listed as (
    select source, count(*) filter (where is_newest_first) * 2 > count(*) as is_newest_first from shown group by all
),
narrow as (
    select
        r.source, r.row, s.thread, r.sent_at, r.direction = 'out' as is_out, md5_number(nullif(r.text, '')) as words,
        case when l.is_newest_first then -r.row else r.row end as tie,
        r.sender_name, r.sent_by, r.kind, r.context, r.link
    from row_read as r
    inner join shown as s
        on s.source = r.source and s.account_id = r.account_id and s.format = r.format and s.thread_key = r.thread_key
    inner join listed as l on l.source = r.source
)
select *, row_number() over (partition by thread, sent_at, is_out, words order by tie) - 1 as ordinal
from narrow
"""

# One row per thread that may have another id in another export: one that not every export shows.
CANDIDATE = """
create table candidate as
with exports as (
    select account_id, format, count(distinct source) as exports from shown where list_contains(?, format) group by all
),
thread as (
    select
        account_id, format, thread_key, min(source) as newest, min(first_at) as first_at, max(last_at) as last_at,
        arg_min(conversation_id, source) as name, list(thread) as threads, list(source) as sources
    from shown
    inner join exports using (account_id, format)
    group by all
    having count(*) < any_value(exports)
)
select *, row_number() over (order by account_id, format, thread_key) as candidate
from thread
"""

# One row per instant and direction of such a thread, with all that was said then.
INSTANT = """
create table instant as
with thread_of as (
    select unnest(threads) as thread, candidate from candidate
)
select t.candidate, s.sent_at, s.is_out, list(distinct s.words) as words
from said as s
inner join thread_of as t using (thread)
group by all
"""

# One row per two such threads that have an instant in common; `one` is the thread that a newer export shows, and no
# export shows both.
PAIR = """
create table pair as
with common as (
    select
        a.candidate as one, b.candidate as other, count(*) as common, count(*) filter (where not a.is_out) as heard,
        count(*) filter (where not a.is_out and list_has_any(a.words, b.words)) as same_words
    from instant as a
    inner join instant as b on b.sent_at = a.sent_at and b.is_out = a.is_out
    where a.candidate <> b.candidate
    group by all
)
select
    c.*, greatest(a.first_at, b.first_at) as begins_at, least(a.last_at, b.last_at) as ends_at,
    a.account_id, a.format, a.thread_key as one_key, b.thread_key as other_key, a.name as one_name, b.name as other_name
from common as c
inner join candidate as a on a.candidate = c.one
inner join candidate as b on b.candidate = c.other
where a.account_id = b.account_id and a.format = b.format and a.newest < b.newest
    and not list_has_any(a.sources, b.sources)
"""

# The same with the number of instants that each of the two has in their common time.
PAIRS = """
select
    p.account_id, p.format, p.one_key, p.other_key, p.common, p.heard, p.same_words, p.one_name, p.other_name,
    count(*) filter (where i.candidate = p.one) as ones, count(*) filter (where i.candidate = p.other) as others
from (select *, unnest([one, other]) as candidate from pair) as p
inner join instant as i on i.candidate = p.candidate and i.sent_at between p.begins_at and p.ends_at
group by all
order by all
"""

# One row per conversation, named as in the newest export and numbered in the order of its name. A name that two
# formats use is told apart by the format.
CONVERSATION = """
create table conversation as
with newest as (
    select
        s.account_id, s.format, coalesce(a.united_key, s.thread_key) as thread_key,
        arg_min(s.conversation_id, s.source) as name, arg_min(s.participant_name, s.source) as participant_name,
        arg_min(s.participant_handle, s.source) as participant_handle, arg_min(s.is_pending, s.source) as is_pending,
        list(s.thread) as threads
    from shown as s
    left join alias as a using (account_id, format, thread_key)
    group by all
),
numbered as (
    select
        *,
        row_number() over (partition by account_id, name order by (format = 'instagram') desc, format, thread_key)
            as namesake
    from newest
),
named as (
    select
        * exclude (name, namesake),
        case when namesake = 1 then name
             else name || ' (' || format || case when namesake > 2 then ' ' || namesake else '' end || ')'
        end as conversation_id
    from numbered
)
select *, row_number() over (order by account_id, conversation_id, format, thread_key) - 1 as conversation
from named
"""

# One row per message: conversation, time, direction, words, ordinal. What a newer export lost, an older one gives back.
MESSAGE = """
create table message as
with conversation_of as (
    select unnest(threads) as thread, conversation from conversation
)
select
    c.conversation, s.sent_at, s.is_out, s.words, s.ordinal,
    min(s.source) as newest, max(s.source) as oldest, arg_min(s.row, s.source) as row, arg_min(s.tie, s.source) as tie,
    arg_min(s.sender_name, s.source) as sender_name, arg_min(s.sent_by, s.source) as sent_by,
    arg_min(s.kind, case when s.kind in ('text', 'post_share', 'system', 'unsent') then 1000000 else 0 end + s.source)
        as kind,
    arg_min(s.context, s.source) as context, arg_min(s.link, s.source) as link
from said as s
inner join conversation_of as c using (thread)
group by all
"""

# Takes out of `message` what a newer export shows with other words in the same instant (an edit), one for one; and
# what a newer export shows without words where an older one still had them (unsent, or metadata gone).
REPLACED = """
delete from message
where rowid in (
    with clash as (
        select message.rowid as id, message.*
        from message
        inner join (
            select conversation, sent_at, is_out
            from message
            group by all
            having count(*) > 1 and min(newest) <> max(newest)
        ) as instant using (conversation, sent_at, is_out)
    ),
    judged as (
        select
            m.id,
            row_number() over (
                partition by m.conversation, m.sent_at, m.is_out, m.newest, m.oldest, m.words is null
                order by m.tie, m.words, m.ordinal
            ) as number,
            (
                select count(*)
                from clash as r
                where r.conversation = m.conversation and r.sent_at = m.sent_at and r.is_out = m.is_out
                    and (
                        (r.oldest < m.newest and (r.words is not null or m.words is null))
                        or (m.oldest < r.newest and m.words is null and r.words is not null)
                    )
            ) as successors
        from clash as m
    )
    select id from judged where number <= successors
)
"""

# One row per message that stays, with its place in the conversation and its id, in order.
PLACED = """
create table placed as
select
    m.conversation, m.newest as source, m.row,
    row_number() over (
        partition by m.conversation order by m.sent_at, m.tie, m.is_out, m.words, m.ordinal
    ) as position,
    md5(concat_ws(
        chr(31), c.account_id, c.format, c.thread_key, epoch_us(m.sent_at), case when m.is_out then 'out' else 'in' end,
        coalesce(to_hex(m.words), ''), m.ordinal
    )) as message_id,
    m.ordinal, m.sent_at, m.sender_name, m.sent_by, m.kind, m.context, m.link
from message as m
inner join conversation as c using (conversation)
order by m.conversation, position
"""

# One row per message, what `ingest.unite` puts together with the row as read.
ORDER = """
select conversation, source, row, position, message_id, ordinal, sent_by, kind, context, link
from placed
order by conversation, position
"""

# One row per conversation. The hash covers all that a judgement may look at; messages have distinct ids, so their
# order is in it.
CONVERSATIONS = """
select
    c.account_id, c.conversation_id, c.thread_key, c.participant_name, c.participant_handle, c.is_pending,
    min(p.sent_at) as first_message_at, max(p.sent_at) as last_message_at, c.format as dm_format,
    to_hex(bit_xor(md5_number(concat_ws(
        chr(31), p.message_id, p.kind, coalesce(p.context, ''), coalesce(p.link, ''), coalesce(p.sender_name, ''),
        coalesce(p.sent_by, '')
    )))) as content_hash
from conversation as c
inner join placed as p using (conversation)
group by all
order by c.account_id, c.conversation_id
"""

# What the messages of one conversation share, in the order of their numbers.
SHARED = """
select account_id, format, conversation_id, thread_key, participant_name, participant_handle, is_pending
from conversation
order by conversation
"""
