-- One row per stay of a journey in a stage. Rules judge the move that began it; they never filter it.
with stays as (

    select * from {{ ref('int_stays') }}

),

rules as (

    select * from {{ ref('movement_rules') }}

),

messages as (

    select * from {{ ref('int_messages') }}

),

settings as (

    select * from {{ ref('stg_settings') }}

),

stages as (

    select * from {{ ref('stages') }}

),

judged as (

    select
        stays.*,
        settings.as_of,
        messages.role as message_role,
        rules.rule,
        case
            when not stays.is_main then false
            when stays.from_stage is null then true
            else coalesce(rules.is_allowed, false)
        end as is_allowed,
        case
            when not stays.is_main then 'entered_late'
            when stays.from_stage is null or rules.is_allowed then null
            when rules.rule is not null then rules.violation
            when stages.position < from_stages.position then 'moved_back'
            else 'stage_skipped'
        end as violation
    from stays
    inner join settings on stays.account_id = settings.account_id
    inner join stages on stays.stage = stages.stage
    left join stages as from_stages on stays.from_stage = from_stages.stage
    left join rules
        on
            stays.stage = rules.to_stage
            and case
                when stays.is_main
                    then stays.from_stage = rules.from_stage and rules.violation is distinct from 'entered_late'
                -- behind the current stage, whichever that is
                else rules.violation = 'entered_late'
            end
    left join messages
        on
            stays.account_id = messages.account_id
            and stays.evidence_ref = messages.message_id

)

select
    account_id,
    md5(concat_ws('|', journey_id, stage, cast(entry_number as string))) as stay_id,
    journey_id,
    stage,
    entry_number,
    entered_at,
    exited_at,
    exit_kind,
    cast({{ days_between('entered_at', 'coalesce(exited_at, as_of)') }} as double) as days_in_stage,
    signal,
    evidence_kind,
    evidence_ref,
    case
        when signal = 'decision' then 'unknown'
        when signal = 'qualified' then 'lead'
        when message_role is not null then message_role
        when signal in ('booking_created', 'reopened') then 'lead'
        when signal = 'call_held' then 'coach'
        else 'unknown'
    end as actor_role,
    cast(confidence as double) as confidence,
    is_allowed,
    violation,
    rule,
    is_current,
    is_main,
    cast(move_number as int) as move_number
from judged
