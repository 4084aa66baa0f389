-- One row per account whose messages got lost between raw and the models.
with raw_counts as (

    select
        messages.account_id,
        count(*) as messages
    from {{ source('raw', 'messages') }} as messages
    inner join {{ ref('stg_settings') }} as settings
        on messages.account_id = settings.account_id
    where messages.sent_at <= settings.as_of
    group by messages.account_id

),

model_counts as (

    select
        account_id,
        count(*) as messages
    from {{ ref('int_messages') }}
    group by account_id

)

select raw_counts.account_id
from raw_counts
left join model_counts
    on raw_counts.account_id = model_counts.account_id
where raw_counts.messages is distinct from model_counts.messages
