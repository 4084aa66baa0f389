-- One row per journey: where it came from. The first touch decides; for that touch the strongest evidence counts.
with journeys as (

    select * from {{ ref('int_journeys') }}

),

records as (

    select * from {{ ref('int_crm_records') }}

),

bookings as (

    select * from {{ ref('int_journey_bookings') }}

),

source_labels as (

    select * from {{ ref('stg_source_labels') }}

),

signals as (

    select * from {{ ref('int_journey_signals') }}

),

first_turns as (

    select * from {{ ref('int_first_turns') }}

),

keywords as (

    select * from {{ ref('stg_keywords') }}

),

messages as (

    select * from {{ ref('int_journey_messages') }}
    where kind <> 'system'

),

first_message as (

    select * from messages
    qualify row_number() over (partition by journey_id order by message_number) = 1

),

first_lead_message as (

    select * from messages
    where direction = 'in'
    qualify row_number() over (partition by journey_id order by message_number) = 1

),

-- the lead's first words are a touch of their own only when nobody of the team wrote before
touch as (

    select
        first_lead_message.*,
        lower(coalesce(first_lead_message.context, '')) as touch_context,
        first_message.direction = 'in' as is_lead_first
    from first_lead_message
    inner join first_message
        on first_lead_message.journey_id = first_message.journey_id

),

team_first as (

    select
        first_message.*,
        lower(coalesce(first_message.context, '')) as touch_context
    from first_message
    where direction = 'out'

),

stamps as (

    select
        journeys.journey_id,
        records.crm_source as source,
        records.source_label,
        case when records.record_kind = 'subscriber' then 1 else 2 end as priority,
        case when records.record_kind = 'subscriber' then 'chat_tool_stamp' else 'crm_field' end as evidence
    from journeys
    inner join records
        on
            journeys.account_id = records.account_id
            and journeys.lead_id = records.lead_id
    where records.crm_source is not null and journeys.journey_number = 1

),

tracked as (

    select
        bookings.journey_id,
        source_labels.source,
        bookings.utm_source as source_label,
        3 as priority,
        'booking_utm' as evidence
    from bookings
    inner join source_labels
        on
            bookings.account_id = source_labels.account_id
            and lower(bookings.utm_source) = source_labels.label

),

-- the answer to "how did you hear about me" in a booking form; answers stand as one `question: answer` a line
asked as (

    select
        bookings.account_id,
        bookings.journey_id,
        trim(
            split_part(
                split_part(split_part(lower(bookings.answers), questions.phrase, 2), chr(10), 1), ': ', 2
            )
        ) as answer
    from bookings
    inner join {{ ref('heard_questions') }} as questions
        on contains(lower(bookings.answers), questions.phrase)

),

-- the answer is a label, or names one: "a friend of mine"
answered as (

    select
        asked.journey_id,
        source_labels.source,
        asked.answer as source_label,
        4 as priority,
        'booking_answer' as evidence
    from asked
    inner join source_labels
        on
            asked.account_id = source_labels.account_id
            and {{ mentions(words('asked.answer'), 'source_labels.label') }}
    qualify row_number() over (
        partition by asked.journey_id
        order by length(source_labels.label) desc, source_labels.label, source_labels.source, asked.answer
    ) = 1

),

heard as (

    select
        signals.journey_id,
        signals.value as source,
        cast(null as string) as source_label,
        5 as priority,
        'their_words' as evidence
    from signals
    inner join {{ ref('sources') }} as sources
        on signals.value = sources.source
    where signals.signal = 'heard_from' and signals.direction = 'in'

),

seen as (

    select
        journey_id,
        case
            when kind = 'ad_reply' or touch_context like 'ad:%' then 'dm_ad'
            when kind = 'story_reply' or (kind = 'reaction' and contains(touch_context, 'story')) then 'story_reply'
            when contains(touch_context, 'commented') then 'comment_to_dm'
        end as source,
        cast(null as string) as source_label,
        6 as priority,
        'first_message' as evidence
    from touch
    where is_lead_first
    union all
    select
        journey_id,
        case
            when contains(touch_context, 'commented') or contains(touch_context, 'comment on') then 'comment_to_dm'
            when touch_context like 'ad:%' then 'dm_ad'
        end as source,
        cast(null as string) as source_label,
        6 as priority,
        'first_message' as evidence
    from team_first

),

typed as (

    select
        touch.journey_id,
        'keyword' as source,
        cast(null as string) as source_label,
        7 as priority,
        'keyword' as evidence
    from touch
    inner join keywords
        on
            touch.account_id = keywords.account_id
            and lower(trim(touch.text)) = keywords.keyword
    where touch.is_lead_first
    union all
    select
        signals.journey_id,
        'keyword' as source,
        cast(null as string) as source_label,
        7 as priority,
        'keyword' as evidence
    from signals
    inner join touch
        on signals.message_id = touch.message_id
    where signals.signal = 'trigger' and signals.value = 'keyword' and touch.is_lead_first

),

introduced as (

    select
        journey_id,
        'referral' as source,
        cast(null as string) as source_label,
        8 as priority,
        'introducer' as evidence
    from signals
    where signal = 'referred'

),

returned as (

    select
        signals.journey_id,
        'returning' as source,
        cast(null as string) as source_label,
        9 as priority,
        'their_words' as evidence
    from signals
    inner join first_turns on signals.journey_id = first_turns.journey_id
    where signals.signal = 'returning' and coalesce(signals.happened_at <= first_turns.answered_at, true)
    union all
    select
        journey_id,
        'returning' as source,
        cast(null as string) as source_label,
        9 as priority,
        'earlier_journey' as evidence
    from journeys
    where journey_number > 1

),

fallback as (

    select
        team_first.journey_id,
        case
            when team_first.role = 'automation' or links.message_id is not null then 'comment_to_dm'
            else 'outbound'
        end as source,
        cast(null as string) as source_label,
        10 as priority,
        'who_wrote_first' as evidence
    from team_first
    left join signals as links
        on
            team_first.message_id = links.message_id
            and links.signal = 'freebie_link'
    union all
    select
        journey_id,
        'organic_dm' as source,
        cast(null as string) as source_label,
        10 as priority,
        'who_wrote_first' as evidence
    from touch
    where is_lead_first

),

candidates as (

    select journey_id, source, source_label, priority, evidence from stamps
    union all
    select journey_id, source, source_label, priority, evidence from tracked
    union all
    select journey_id, source, source_label, priority, evidence from answered
    union all
    select journey_id, source, source_label, priority, evidence from heard
    union all
    select journey_id, source, source_label, priority, evidence from seen
    union all
    select journey_id, source, source_label, priority, evidence from typed
    union all
    select journey_id, source, source_label, priority, evidence from introduced
    union all
    select journey_id, source, source_label, priority, evidence from returned
    union all
    select journey_id, source, source_label, priority, evidence from fallback

),

best as (

    select * from candidates
    where source is not null
    qualify row_number() over (
        partition by journey_id order by priority, source, source_label nulls last, evidence
    ) = 1

),

-- the label as exported is kept even where it could not be mapped; blank is none
labels as (

    select
        journeys.journey_id,
        records.source_label
    from journeys
    inner join records
        on
            journeys.account_id = records.account_id
            and journeys.lead_id = records.lead_id
    where records.source_label is not null
    qualify row_number() over (
        partition by journeys.journey_id
        order by case when records.crm_source is null then 1 else 0 end, records.record_kind desc, records.crm_record_id
    ) = 1

),

details as (

    select
        journeys.journey_id,
        min(records.content_ref) as content_ref,
        min(records.keyword) as keyword,
        min(records.campaign) as campaign
    from journeys
    inner join records
        on
            journeys.account_id = records.account_id
            and journeys.lead_id = records.lead_id
    group by journeys.journey_id

)

select
    journeys.account_id,
    journeys.journey_id,
    coalesce(best.source, 'unknown') as source,
    labels.source_label,
    best.evidence as source_evidence,
    coalesce(nullif(trim(touch.text), ''), touch.context, team_first.context) as trigger_text,
    coalesce(details.content_ref, nullif(trim(touch.context), ''), nullif(trim(team_first.context), '')) as content_ref,
    coalesce(details.keyword, keywords.keyword) as keyword,
    details.campaign
from journeys
left join best on journeys.journey_id = best.journey_id
left join labels on journeys.journey_id = labels.journey_id
left join details on journeys.journey_id = details.journey_id
left join touch on journeys.journey_id = touch.journey_id
left join team_first on journeys.journey_id = team_first.journey_id
left join keywords
    on
        touch.account_id = keywords.account_id
        and lower(trim(touch.text)) = keywords.keyword
