-- One row per journey with a sensitive message or a red flag whose words stand in a mart.
select journeys.journey_id
from {{ ref('fct_journeys') }} as journeys
inner join {{ ref('int_red_flags') }} as red_flags
    on journeys.journey_id = red_flags.journey_id
left join {{ ref('fct_next_actions') }} as actions
    on journeys.journey_id = actions.journey_id
left join {{ ref('fct_booking_links') }} as links
    on journeys.journey_id = links.journey_id
where
    coalesce(
        journeys.trigger_text, journeys.first_meaningful_reply, actions.last_lead_words, links.reason_words
    ) is not null
