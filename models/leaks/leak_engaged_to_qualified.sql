-- One row per lead and fault between engaged and qualified: where most bad calls begin.
with journeys as (

    select * from {{ ref('fct_journeys') }}
    where is_prospect

),

actions as (

    select * from {{ ref('fct_next_actions') }}

),

settings as (

    select * from {{ ref('stg_settings') }}

),

stages as (

    select * from {{ ref('stages') }}

),

reached as (

    select
        journey_id,
        min(case when stage = 'engaged' then entered_at end) as engaged_at,
        min(case when stage = 'qualified' then entered_at end) as qualified_at
    from {{ ref('fct_stage_stays') }}
    group by journey_id

),

-- what was said on either side before the lead was qualified
said as (

    select
        reached.journey_id,
        max(case when signals.direction = 'in' and signals.signal in ('problem', 'goal') then 1 else 0 end) as has_need,
        max(case when signals.direction = 'in' and signals.signal = 'friendly_only' then 1 else 0 end) as is_friendly,
        max(case when signals.direction = 'in' and signals.signal = 'asks_price' then signals.happened_at end)
            as asked_price_at,
        max(case when signals.direction = 'out' and signals.signal = 'question' then signals.happened_at end)
            as asked_at
    from reached
    inner join {{ ref('int_journey_signals') }} as signals on reached.journey_id = signals.journey_id
    where reached.qualified_at is null or signals.happened_at <= reached.qualified_at
    group by reached.journey_id

),

messages as (

    select
        journey_id,
        max(case when direction = 'out' and role <> 'automation' then sent_at end) as last_team_at
    from {{ ref('int_journey_messages') }}
    where not is_silent
    group by journey_id

),

skipped as (

    select
        journey_id,
        violation as detail,
        min(entered_at) as since_at
    from {{ ref('fct_stage_stays') }}
    where violation in ('link_before_qualified', 'booked_before_qualified')
    group by journey_id, violation

),

faults as (

    select journey_id, detail, since_at from skipped
    union all
    -- the CRM holds a stage that no word supports
    select
        journeys.journey_id,
        case
            when said.is_friendly = 1 and said.has_need = 0 then 'qualified_for_being_friendly' else
                'qualified_by_label_only'
        end as detail,
        journeys.stage_entered_at as since_at
    from journeys
    inner join stages as crm_stages on journeys.crm_stage = crm_stages.stage
    inner join reached on journeys.journey_id = reached.journey_id
    left join said on journeys.journey_id = said.journey_id
    where
        journeys.stage in ('new_dm', 'engaged') and journeys.conversation_id is not null
        and reached.qualified_at is null
        and crm_stages.is_open and crm_stages.position >= 3
    union all
    -- the price was answered, and nobody asked what it is for
    select
        journeys.journey_id,
        'price_without_question' as detail,
        said.asked_price_at as since_at
    from journeys
    inner join said on journeys.journey_id = said.journey_id
    inner join messages on journeys.journey_id = messages.journey_id
    where
        journeys.stage in ('new_dm', 'engaged') and said.has_need = 0
        and messages.last_team_at > said.asked_price_at and coalesce(said.asked_at < said.asked_price_at, true)
    union all
    -- engaged, and the team never asked the next question
    select
        journeys.journey_id,
        'no_question_asked' as detail,
        reached.engaged_at as since_at
    from journeys
    inner join settings on journeys.account_id = settings.account_id
    inner join reached on journeys.journey_id = reached.journey_id
    inner join messages on journeys.journey_id = messages.journey_id
    left join said on journeys.journey_id = said.journey_id
    where
        journeys.stage = 'engaged'
        and {{ days_between('reached.engaged_at', 'settings.as_of') }} > settings.follow_up_days
        and coalesce(said.asked_at < reached.engaged_at, true)

)

select
    journeys.account_id,
    'leak_engaged_to_qualified' as leak,
    'engaged_to_qualified' as question,
    journeys.journey_id,
    journeys.stage,
    actions.next_owner as owner,
    faults.since_at,
    faults.detail
from journeys
inner join actions on journeys.journey_id = actions.journey_id
inner join faults on journeys.journey_id = faults.journey_id
