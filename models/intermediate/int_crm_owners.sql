-- One row per journey whose CRM record names an owner: is that the member of the team who speaks?
with records as (

    select * from {{ ref('int_journey_records') }}
    where owner is not null

),

team as (

    select * from {{ ref('stg_team') }}

),

turn_state as (

    select * from {{ ref('int_turn_state') }}

),

-- the CRM's owner by full name or first name
matched as (

    select
        records.journey_id,
        records.owner,
        team.role
    from records
    left join team
        on
            records.account_id = team.account_id
            and (
                lower(records.owner) = lower(team.name)
                or lower(split_part(records.owner, ' ', 1)) = lower(split_part(team.name, ' ', 1))
            )
    qualify row_number() over (
        partition by records.journey_id
        order by case when lower(records.owner) = lower(team.name) then 0 else 1 end, team.name nulls last
    ) = 1

)

select
    matched.journey_id,
    matched.owner,
    matched.role as owner_role,
    -- nobody has spoken, or the owner is nobody of the team: nothing to disagree about
    coalesce(
        turn_state.last_human_role is null or turn_state.last_human_role = 'unknown' or matched.role is null
        or matched.role = turn_state.last_human_role,
        true
    ) as is_speaker
from matched
left join turn_state on matched.journey_id = turn_state.journey_id
