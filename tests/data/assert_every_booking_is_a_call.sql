-- One row per booking that is missing among the calls.
select
    bookings.account_id,
    bookings.booking_key
from {{ ref('stg_bookings') }} as bookings
left join {{ ref('fct_calls') }} as calls
    on
        bookings.account_id = calls.account_id
        and md5(concat_ws('|', bookings.account_id, bookings.booking_key)) = calls.call_id
where calls.call_id is null
