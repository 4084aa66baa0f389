"""The statements that `ingest.unite` runs, one after the other, on the rows as read. Grain and reason stand above each.

`source` numbers the exports, 0 the newest; `row` is the place of a row in the Parquet of its export.
"""

from __future__ import annotations

# One row per row as read. {files}: list of Parquet files.
READ = """
create view row_read as
select source.source, source.exported_at as known_at, r.file_row_number as row, r.*
from read_parquet({files}, filename = true, file_row_number = true) as r
inner join source on source.path = r.filename
"""

# One row per row as read, narrow. `tie` orders messages of one instant: Instagram lists the newest first.
SAID = """
create table said as
with direction_of_file as (
    select source, file, arg_min(sent_at, line) > arg_max(sent_at, line) as is_newest_first
    from row_read
    group by all
)
select
    r.source, r.row, r.account_id, r.format, r.thread_key, r.conversation_id, r.participant_name,
    r.participant_handle, r.is_pending, r.sender_name, r.sent_by, r.sent_at, r.direction, r.kind, r.context, r.link,
    coalesce(r.text, '') as content,
    case when d.is_newest_first then -r.line else r.line end as tie,
    row_number() over (
        partition by r.source, r.thread_key, r.sent_at, r.direction, coalesce(r.text, '')
        order by r.file, case when d.is_newest_first then -r.line else r.line end, r.row
    ) - 1 as ordinal
from row_read as r
inner join direction_of_file as d on d.source = r.source and d.file = r.file
"""

# One row per two threads of one account that have a (time, direction) in common and that no export shows both.
PAIRS = """
with shown as (
    select account_id, format, thread_key, source, min(sent_at) as first_at, max(sent_at) as last_at
    from said
    where list_contains(?, format)
    group by all
),
exports as (
    select account_id, format, count(distinct source) as exports from shown group by all
),
candidate as (
    select account_id, format, thread_key, min(source) as newest, min(first_at) as first_at, max(last_at) as last_at
    from shown
    inner join exports using (account_id, format)
    group by all
    having count(*) < any_value(exports)
),
instant as (
    select account_id, format, thread_key, sent_at, direction, list(distinct content) as contents
    from said
    semi join candidate using (account_id, format, thread_key)
    group by all
),
pair as (
    select
        a.account_id, a.format, a.thread_key as one, b.thread_key as other, count(*) as common,
        count(*) filter (where a.direction = 'in') as heard,
        count(*) filter (
            where a.direction = 'in' and len(list_filter(list_intersect(a.contents, b.contents), lambda c: c <> '')) > 0
        ) as same_words
    from instant as a
    inner join instant as b
        on b.account_id = a.account_id and b.format = a.format and b.sent_at = a.sent_at and b.direction = a.direction
    inner join candidate as ca
        on ca.account_id = a.account_id and ca.format = a.format and ca.thread_key = a.thread_key
    inner join candidate as cb
        on cb.account_id = b.account_id and cb.format = b.format and cb.thread_key = b.thread_key
    where a.thread_key <> b.thread_key and ca.newest < cb.newest
    group by all
),
apart as (
    select pair.*
    from pair
    where not exists (
        select 1
        from shown as x
        inner join shown as y on y.source = x.source and y.account_id = x.account_id and y.format = x.format
        where x.account_id = pair.account_id and x.format = pair.format
            and x.thread_key = pair.one and y.thread_key = pair.other
    )
),
inside as (
    select
        p.account_id, p.format, p.one, p.other,
        count(*) filter (where i.thread_key = p.one) as ones, count(*) filter (where i.thread_key = p.other) as others
    from apart as p
    inner join candidate as a on a.account_id = p.account_id and a.format = p.format and a.thread_key = p.one
    inner join candidate as b on b.account_id = p.account_id and b.format = p.format and b.thread_key = p.other
    inner join instant as i
        on i.account_id = p.account_id and i.format = p.format and i.thread_key in (p.one, p.other)
        and i.sent_at between greatest(a.first_at, b.first_at) and least(a.last_at, b.last_at)
    group by all
),
folder as (
    select account_id, format, thread_key, min_by(conversation_id, source) as name
    from said
    semi join candidate using (account_id, format, thread_key)
    group by all
)
select
    p.account_id, p.format, p.one, p.other, p.common, least(i.ones, i.others) as smaller,
    greatest(i.ones, i.others) as larger, p.heard, p.same_words,
    f.name as one_name, g.name as other_name
from apart as p
inner join inside as i using (account_id, format, one, other)
inner join folder as f on f.account_id = p.account_id and f.format = p.format and f.thread_key = p.one
inner join folder as g on g.account_id = p.account_id and g.format = p.format and g.thread_key = p.other
order by all
"""

# One row per row as read, with the thread it belongs to after threads are united.
JOINED = """
create table joined as
select said.* exclude (thread_key), coalesce(alias.united_key, said.thread_key) as thread_key
from said
left join alias using (account_id, format, thread_key)
"""

# One row per thread, named as in the newest export. A name that two formats use is told apart by the format.
THREADS = """
create table thread as
with named as (
    select
        account_id, format, thread_key,
        first(conversation_id order by source, sent_at desc, row) as conversation_id,
        first(participant_name order by source, sent_at desc, row)
            filter (where participant_name is not null) as participant_name,
        first(participant_handle order by source, sent_at desc, row)
            filter (where participant_handle is not null) as participant_handle,
        first(is_pending order by source, sent_at desc, row) filter (where is_pending is not null) as is_pending
    from joined
    group by all
),
numbered as (
    select
        *,
        row_number() over (
            partition by account_id, conversation_id order by (format = 'instagram') desc, format, thread_key
        ) as namesake
    from named
)
select
    * exclude (conversation_id, namesake),
    case when namesake = 1 then conversation_id
         else conversation_id || ' (' || format || case when namesake > 2 then ' ' || namesake else '' end || ')'
    end as conversation_id
from numbered
"""

# One row per message: thread, time, direction, words, ordinal. What a newer export lost, an older one gives back.
DISTINCT = """
create table message as
select
    account_id, format, thread_key, sent_at, direction, content, ordinal,
    min(source) as newest, max(source) as oldest, arg_min(row, source) as row, arg_min(tie, source) as tie,
    arg_min(sender_name, source) as sender_name,
    first(sent_by order by source) filter (where sent_by is not null) as sent_by,
    first(kind order by (kind in ('text', 'post_share', 'system', 'unsent')), source) as kind,
    first(context order by source) filter (where context is not null) as context,
    first(link order by source) filter (where link is not null) as link
from joined
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
            select account_id, format, thread_key, sent_at, direction
            from message
            group by all
            having count(*) > 1 and min(newest) <> max(newest)
        ) as instant using (account_id, format, thread_key, sent_at, direction)
    ),
    judged as (
        select
            m.id,
            row_number() over (
                partition by m.account_id, m.format, m.thread_key, m.sent_at, m.direction, m.newest, m.oldest,
                    m.content = ''
                order by m.tie, m.content, m.ordinal
            ) as number,
            (
                select count(*)
                from clash as r
                where r.account_id = m.account_id and r.format = m.format and r.thread_key = m.thread_key
                    and r.sent_at = m.sent_at and r.direction = m.direction
                    and (
                        (r.oldest < m.newest and (r.content <> '' or m.content = ''))
                        or (m.oldest < r.newest and m.content = '' and r.content <> '')
                    )
            ) as successors
        from clash as m
    )
    select id from judged where number <= successors
)
"""

# One row per message that stays, with its place in the conversation and its id.
PLACED = """
create table placed as
select
    m.*, t.conversation_id, t.participant_name, t.participant_handle, t.is_pending,
    row_number() over (
        partition by m.account_id, t.conversation_id
        order by m.sent_at, m.tie, m.direction, m.content, m.ordinal
    ) as position,
    md5(concat_ws(
        chr(31), m.account_id, m.format, m.thread_key, epoch_us(m.sent_at)::text, m.direction, m.content,
        m.ordinal::text
    )) as message_id
from message as m
inner join thread as t using (account_id, format, thread_key)
"""

# One row per message, as raw.messages has it, by account, conversation and position.
MESSAGES = """
select
    k.account_id, r.file, r.line, k.format, r.known_at as exported_at, r.payload,
    k.conversation_id, k.thread_key, k.participant_name, k.participant_handle, k.is_pending, k.sender_name, k.sent_at,
    k.direction, k.sent_by, k.kind, r.text, k.context, k.link, k.ordinal, k.message_id, k.position
from placed as k
inner join row_read as r on r.source = k.newest and r.row = k.row
order by k.account_id, k.conversation_id, k.position
"""

# One row per conversation. The hash covers all that a judgement may look at.
CONVERSATIONS = """
select
    t.account_id, t.conversation_id, t.thread_key, t.participant_name, t.participant_handle, t.is_pending,
    min(k.sent_at) as first_message_at, max(k.sent_at) as last_message_at, t.format as dm_format,
    md5(string_agg(
        md5(concat_ws(
            chr(31), k.message_id, k.kind, coalesce(k.context, ''), coalesce(k.link, ''), coalesce(k.sender_name, ''),
            coalesce(k.sent_by, '')
        )),
        '' order by k.position
    )) as content_hash
from thread as t
inner join placed as k using (account_id, format, thread_key)
group by all
order by t.account_id, t.conversation_id
"""
