-- One row per conversation that no journey takes place in.
select
    conversations.account_id,
    conversations.conversation_id
from {{ ref('stg_conversations') }} as conversations
inner join {{ ref('stg_identities') }} as identities
    on
        conversations.account_id = identities.account_id
        and conversations.conversation_id = identities.record_key
        and identities.record_kind = 'conversation'
left join {{ ref('fct_journeys') }} as journeys
    on
        identities.account_id = journeys.account_id
        and identities.lead_id = journeys.lead_id
where journeys.journey_id is null
