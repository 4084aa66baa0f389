-- One row per lost or nurture lead worth reopening when the offer changes.
with journeys as (

    select * from {{ ref('fct_journeys') }}
    where is_prospect

),

actions as (

    select * from {{ ref('fct_next_actions') }}

)

select
    journeys.account_id,
    'leak_reopen_worthy' as leak,
    'reopen_worthy' as question,
    journeys.journey_id,
    journeys.stage,
    actions.next_owner as owner,
    journeys.stage_entered_at as since_at,
    journeys.outcome_reason as detail
from journeys
inner join actions on journeys.journey_id = actions.journey_id
where
    journeys.outcome_reason in ('needs_offer_change_follow_up', 'price_mismatch', 'not_a_fit')
    and journeys.stage in ('lost', 'nurture')
