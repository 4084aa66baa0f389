-- One row per leak found: which question it answers, where, whose, since when.
with found as (

    select * from {{ ref('leak_asked_link_then_gone') }}
    union all
    select * from {{ ref('leak_booked_without_notes') }}
    union all
    select * from {{ ref('leak_close_out') }}
    union all
    select * from {{ ref('leak_engaged_to_qualified') }}
    union all
    select * from {{ ref('leak_hot') }}
    union all
    select * from {{ ref('leak_link_not_booked') }}
    union all
    select * from {{ ref('leak_link_too_early') }}
    union all
    select * from {{ ref('leak_link_without_follow_up') }}
    union all
    select * from {{ ref('leak_lost_without_reason') }}
    union all
    select * from {{ ref('leak_needs_follow_up') }}
    union all
    select * from {{ ref('leak_no_show') }}
    union all
    select * from {{ ref('leak_no_show_left_alone') }}
    union all
    select * from {{ ref('leak_nurture_overdue') }}
    union all
    select * from {{ ref('leak_nurture_without_date') }}
    union all
    select * from {{ ref('leak_outcome_missing') }}
    union all
    select * from {{ ref('leak_qualified') }}
    union all
    select * from {{ ref('leak_reopen_worthy') }}
    union all
    select * from {{ ref('leak_repeating_reasons') }}
    union all
    select * from {{ ref('leak_sales_conversations') }}
    union all
    select * from {{ ref('leak_sitting_still') }}
    union all
    select * from {{ ref('leak_slow_first_reply') }}
    union all
    select * from {{ ref('leak_source_call_quality') }}
    union all
    select * from {{ ref('leak_stage_confusion') }}
    union all
    select * from {{ ref('leak_unclear_ownership') }}
    union all
    select * from {{ ref('leak_weak_handoff') }}

)

select
    account_id,
    leak,
    question,
    journey_id,
    stage,
    owner,
    since_at,
    detail
from found
