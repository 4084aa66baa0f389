-- One row per closing that the words of a conversation say, unless a person who read them decided otherwise.
with signals as (

    select * from {{ ref('int_signals') }}

),

proposals as (

    select * from {{ ref('int_proposals') }}
    where stage in ('lost', 'nurture')

),

decisions as (

    select * from {{ ref('int_decisions') }}
    where kind = 'stage'

),

said as (

    select
        account_id,
        lead_id,
        conversation_id,
        happened_at,
        position,
        case
            when signal in ('clear_no', 'closes_file') then 'lost'
            when signal = 'confirms_client' then 'won'
            else 'nurture'
        end as stage,
        signal,
        evidence_kind,
        evidence_ref,
        case
            when signal = 'clear_no' then coalesce(value, 'not_a_fit')
            when signal = 'closes_file' then value
            when signal = 'not_now' then 'timing_later'
            when signal = 'wants_nothing_yet' then 'needs_content_nurture'
            when signal = 'wants_other_offer' then 'needs_offer_change_follow_up'
        end as reason,
        case when signal = 'not_now' then try_cast(value as date) end as due_on,
        role as actor_role,
        confidence
    from signals
    where
        (direction = 'in' and signal in ('clear_no', 'not_now', 'wants_nothing_yet', 'wants_other_offer'))
        or (direction = 'out' and signal in ('closes_file', 'confirms_client'))
    union all
    select
        account_id,
        lead_id,
        conversation_id,
        happened_at,
        position,
        stage,
        'proposal' as signal,
        'model' as evidence_kind,
        evidence_ref,
        reason,
        due_on,
        actor_role,
        confidence
    from proposals

),

-- a need after a closing is a return: what was decided after that is about the return
returned as (

    select
        said.account_id,
        said.conversation_id,
        said.evidence_ref,
        said.signal,
        min(signals.happened_at) as returned_at
    from said
    inner join signals
        on
            said.account_id = signals.account_id
            and said.conversation_id = signals.conversation_id
            and signals.happened_at > said.happened_at
            and signals.direction = 'in'
            and signals.signal in ('problem', 'goal', 'intent', 'asked_for_link', 'returning')
    group by said.account_id, said.conversation_id, said.evidence_ref, said.signal

),

taken_back as (

    select
        said.account_id,
        said.evidence_ref,
        said.signal,
        said.stage
    from said
    inner join decisions
        on
            said.account_id = decisions.account_id
            and said.conversation_id = decisions.conversation_id
            and said.stage <> decisions.stage
            and said.happened_at <= decisions.happened_at
    left join returned
        on
            said.account_id = returned.account_id
            and said.evidence_ref = returned.evidence_ref
            and said.signal = returned.signal
    where returned.returned_at is null or returned.returned_at > decisions.happened_at
    group by said.account_id, said.evidence_ref, said.signal, said.stage

)

select said.*
from said
left join taken_back
    on
        said.account_id = taken_back.account_id
        and said.evidence_ref = taken_back.evidence_ref
        and said.signal = taken_back.signal
        and said.stage = taken_back.stage
where taken_back.evidence_ref is null
