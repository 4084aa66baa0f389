-- One row per message with at least one judgement: which kinds of signal it carries, as flags.
with judgements as (

    select * from {{ ref('stg_judgements') }}
    where message_id is not null and kind = 'signal'

)

select
    account_id,
    message_id,
    coalesce(bool_or(signal = 'thanks_only'), false) as is_thanks_only,
    coalesce(bool_or(signal = 'put_off'), false) as is_put_off,
    coalesce(bool_or(signal = 'question'), false) as is_question,
    coalesce(bool_or(signal = 'trigger'), false) as is_trigger,
    coalesce(bool_or(signal = 'sensitive'), false) as is_sensitive,
    coalesce(bool_or(signal = 'says_booked'), false) as is_says_booked,
    coalesce(bool_or(signal = 'unheard'), false) as is_unheard,
    coalesce(bool_or(signal = 'reminder'), false) as is_reminder,
    coalesce(bool_or(signal = 'meaningful'), false) as is_meaningful,
    max(case when signal = 'speaker' then value end) as speaker
from judgements
group by account_id, message_id
