-- One row per booking and CRM row that belongs to no conversation, with the conversations it may belong to.
with identities as (

    select * from {{ ref('stg_identities') }}
    where record_kind in ('booking', 'crm') and conversation_id is null

),

bookings as (

    select * from {{ ref('int_bookings') }}

),

records as (

    select * from {{ ref('int_crm_records') }}

)

select
    identities.account_id,
    identities.record_kind,
    identities.system,
    identities.crm_record_kind,
    identities.record_key,
    identities.lead_id,
    coalesce(bookings.invitee_name, records.display_name) as display_name,
    coalesce(bookings.created_at, records.created_at) as created_at,
    -- waits in the review queue
    coalesce(identities.is_uncertain, false) as is_uncertain,
    identities.suggestions
from identities
left join bookings
    on
        identities.account_id = bookings.account_id
        and identities.record_key = bookings.booking_key
        and identities.record_kind = 'booking'
left join records
    on
        identities.account_id = records.account_id
        and identities.system = records.system
        and identities.crm_record_kind = records.record_kind
        and identities.record_key = records.lead_key
