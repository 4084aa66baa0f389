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
    newest.cancel_reason,
    nullif(trim(newest.utm_source), '') as utm_source,
    nullif(trim(newest.utm_campaign), '') as utm_campaign,
    nullif(trim(newest.utm_content), '') as utm_content,

    ---------- state
    case
        when newest.canceled_at > newest.as_of then 'active'
        when newest.canceled_at is null and not newest.is_state_known then 'active'
        else coalesce(newest.status, 'active')
    end as status,
    newest.canceled_by,
    coalesce(
        newest.no_show and coalesce(newest.no_show_marked_at <= newest.as_of, newest.is_state_known)
        and newest.starts_at <= newest.as_of, false
    ) as is_no_show,

    ---------- when
    coalesce(newest.created_at, facts.first_created_at, newest.exported_at) as created_at,
    newest.starts_at,
    coalesce(newest.ends_at, newest.starts_at) as ends_at,
    newest.canceled_at,
    facts.cancellation_known_at,
    newest.no_show_marked_at,
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
