-- One row per calendar booking that exists by as_of, as the newest export known by then shows it.
with source as (

    select * from {{ source('raw', 'bookings') }}

),

settings as (

    select * from {{ ref('stg_settings') }}

),

known as (

    select
        source.*,
        settings.as_of,
        -- cancelled and no-show carry no time of their own: known from the first export that shows them
        coalesce(source.exported_at <= settings.as_of, true) as is_state_known
    from source
    inner join settings
        on source.account_id = settings.account_id
    where coalesce(source.created_at, source.exported_at, settings.as_of) <= settings.as_of

),

facts as (

    select
        account_id,
        booking_key,
        min(
            case
                when status in ('cancelled', 'rescheduled') and is_state_known
                    then exported_at
            end
        ) as cancellation_known_at,
        min(created_at) as first_created_at
    from known
    group by account_id, booking_key

),

newest as (

    select *
    from known
    qualify row_number() over (
        partition by account_id, booking_key
        order by is_state_known desc nulls last, exported_at desc nulls last, file desc, line desc nulls last
    ) = 1

),

-- a cancellation or a mark that says when counts from then on, also where only later exports show it
dated as (

    select
        account_id,
        booking_key,
        canceled_by,
        cancel_reason,
        case when canceled_at <= as_of then status end as status,
        case when canceled_at <= as_of then canceled_at end as canceled_at,
        case when no_show_marked_at <= as_of then no_show_marked_at end as no_show_marked_at
    from known
    where not is_state_known and (canceled_at <= as_of or no_show_marked_at <= as_of)
    qualify row_number() over (
        partition by account_id, booking_key
        order by exported_at desc nulls last, file desc, line desc nulls last
    ) = 1

)

select
    ---------- ids
    newest.account_id,
    newest.booking_key,
    newest.rescheduled_from,

    ---------- who
    newest.invitee_name,
    newest.invitee_email,
    newest.invitee_phone,
    newest.instagram_handle,
    newest.host,

    ---------- words
    newest.event_name,
    newest.answers,
    newest.note,
    coalesce(newest.cancel_reason, dated.cancel_reason) as cancel_reason,
    nullif(trim(newest.utm_source), '') as utm_source,
    nullif(trim(newest.utm_campaign), '') as utm_campaign,
    nullif(trim(newest.utm_content), '') as utm_content,

    ---------- state
    case
        when dated.status is not null then dated.status
        when newest.canceled_at > newest.as_of then 'active'
        when newest.canceled_at is null and not newest.is_state_known then 'active'
        else coalesce(newest.status, 'active')
    end as status,
    coalesce(newest.canceled_by, dated.canceled_by) as canceled_by,
    dated.no_show_marked_at is not null or coalesce(
        newest.no_show and coalesce(newest.no_show_marked_at <= newest.as_of, newest.is_state_known)
        and newest.starts_at <= newest.as_of, false
    ) as is_no_show,

    ---------- when
    coalesce(newest.created_at, facts.first_created_at, newest.exported_at) as created_at,
    newest.starts_at,
    coalesce(newest.ends_at, newest.starts_at) as ends_at,
    coalesce(dated.canceled_at, newest.canceled_at) as canceled_at,
    facts.cancellation_known_at,
    coalesce(dated.no_show_marked_at, newest.no_show_marked_at) as no_show_marked_at,
    newest.exported_at,
    newest.as_of,

    ---------- where from
    newest.file,
    newest.line,
    newest.format
from newest
left join facts
    on
        newest.account_id = facts.account_id
        and newest.booking_key = facts.booking_key
left join dated
    on
        newest.account_id = dated.account_id
        and newest.booking_key = dated.booking_key
