-- One row per journey: whose turn it is, what to do next, and what would move the lead forward or close it out.
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
            else chosen.action
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
        chosen.moves_forward_when,
        chosen.closes_out_when,
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

)

select * from final
