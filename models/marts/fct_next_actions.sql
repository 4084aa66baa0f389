-- One row per journey: whose turn it is, what to do next, and what would move the lead forward or close it out.
{%- set known = {
    'agreed_day': 'action_facts.agreed_day',
    'call_day': 'action_facts.call_day',
    'link_age': 'action_facts.link_age',
    'link_by': 'link_words.words',
    'missing': 'missing_words.words',
    'objection': 'objection_words.words',
    'unanswered': 'action_facts.unanswered',
    'why_now': 'action_facts.why_now',
} %}
with follow_ups as (

    select * from {{ ref('int_follow_ups') }}

),

journeys as (

    select * from {{ ref('fct_journeys') }}

),

turn_state as (

    select * from {{ ref('int_turn_state') }}

),

red_flags as (

    select * from {{ ref('int_red_flags') }}

),

situations as (

    select * from {{ ref('int_situations') }}

),

actions as (

    select * from {{ ref('next_actions') }}

),

action_facts as (

    select * from {{ ref('int_action_facts') }}

),

action_words as (

    select * from {{ ref('action_words') }}

),

sources as (

    select * from {{ ref('sources') }}

),

team as (

    select
        account_id,
        count(*) as members
    from {{ ref('stg_team') }}
    group by account_id

),

chosen as (

    select
        situations.journey_id,
        situations.situation,
        actions.action,
        actions.moves_forward_when,
        actions.closes_out_when
    from situations
    inner join actions
        on
            situations.situation = actions.situation
            and actions.stage in (situations.stage, 'any')
    qualify row_number() over (partition by situations.journey_id order by actions.priority, situations.situation) = 1

),

humans as (

    select
        follow_ups.journey_id,
        -- without a team in the settings, an unknown human speaker is the coach; nobody spoke yet: the coach
        case
            when turn_state.last_human_role is null then 'coach'
            when turn_state.last_human_role = 'unknown' and team.members is null then 'coach'
            else turn_state.last_human_role
        end as last_human
    from follow_ups
    left join turn_state on follow_ups.journey_id = turn_state.journey_id
    left join team on follow_ups.account_id = team.account_id

),

final as (

    select
        journeys.account_id,
        journeys.journey_id,
        -- a pitch or a friend needs no follow-up unless their own words wait for an answer
        case
            when not journeys.is_prospect
                then
                    coalesce(follow_ups.follow_up_rule in ('sensitive', 'unanswered'), false)
                    and journeys.exclusion_reason = 'current_client_support'
                    or coalesce(follow_ups.follow_up_rule = 'sensitive', false)
            else follow_ups.needs_follow_up
        end as needs_follow_up,
        -- the first answer depends on where they come from
        case
            when
                journeys.stage = 'new_dm' and chosen.situation in ('trigger_unanswered', 'default')
                and sources.source <> 'unknown'
                then sources.first_reply_hint
            else {{ filled('chosen.action', known) }}
        end as next_action,
        case
            when follow_ups.follow_up_rule = 'sensitive' then 'coach'
            when not journeys.is_prospect
                then
                    case
                        when
                            follow_ups.follow_up_rule = 'unanswered'
                            and journeys.exclusion_reason = 'current_client_support'
                            then humans.last_human
                        else 'none'
                    end
            when journeys.stage in ('won', 'lost') then 'none'
            when journeys.stage = 'booked_call' then 'coach'
            when journeys.stage = 'nurture' then humans.last_human
            when follow_ups.needs_follow_up then humans.last_human
            else 'lead'
        end as next_owner,
        follow_ups.due_on as next_due_on,
        {{ filled('chosen.moves_forward_when', known) }} as moves_forward_when,
        {{ filled('chosen.closes_out_when', known) }} as closes_out_when,
        case when red_flags.journey_id is null then turn_state.last_lead_words end as last_lead_words,
        follow_ups.follow_up_rule,
        chosen.situation,
        cast(coalesce(turn_state.unanswered_follow_ups, 0) as int) as unanswered_follow_ups
    from journeys
    inner join follow_ups on journeys.journey_id = follow_ups.journey_id
    inner join humans on journeys.journey_id = humans.journey_id
    left join chosen on journeys.journey_id = chosen.journey_id
    left join turn_state on journeys.journey_id = turn_state.journey_id
    left join red_flags on journeys.journey_id = red_flags.journey_id
    left join sources on journeys.source = sources.source
    left join action_facts on journeys.journey_id = action_facts.journey_id
    left join action_words as objection_words
        on
            objection_words.fact = 'objection'
            and journeys.main_objection = objection_words.value
    left join action_words as missing_words
        on
            missing_words.fact = 'missing'
            and action_facts.missing = missing_words.value
    left join action_words as link_words
        on
            link_words.fact = 'link_by'
            -- to whoever writes next their own link is yours
            and case when action_facts.link_role = humans.last_human then 'own' else action_facts.link_role end
            = link_words.value

)

select * from final
