-- One row per transition, segment and horizon: the share of entrants that reach the next stage within so many days.
-- Lost is a competing outcome: who was lost stays at risk until as_of and never converts, which for a cut-off
-- known for
-- every lead equals the Aalen-Johansen estimate. Intervals: Wilson at the effective number of Greenwood's
-- variance; where
-- nobody or everybody converted, each entrant counts for the share of the horizon it was seen for.
-- Same as `within` in reports/statistics/incidence.py, which says why; a test compares them.
with steps as (

    select * from {{ ref('int_conversion_steps') }}

),

-- the product-limit estimate, up to the horizon
products as (

    select
        account_id,
        from_stage,
        to_stage,
        segment_kind,
        segment,
        horizon_days,
        period,
        max(entrants) as entrants,
        max(open_entrants) as open_entrants,
        max(exposure) as exposure,
        max(mature) as mature,
        max(mature_converted) as mature_converted,
        sum(converted) as converted,
        max(case when converted >= at_risk then 1 else 0 end) as is_exhausted,
        -- whole parts of a million million, so that the order of the sum changes nothing
        cast(
            sum(
                case
                    when converted < at_risk
                        then cast(floor(ln(1e0 - cast(converted as double) / at_risk) * 1e12) as bigint)
                    else 0
                end
            ) as double
        ) / 1e12 as log_survival,
        cast(
            sum(
                case
                    when converted < at_risk
                        then
                            cast(
                                floor(
                                    1e12 * cast(converted as double)
                                    / (cast(at_risk as double) * (at_risk - converted))
                                ) as bigint
                            )
                    else 0
                end
            ) as double
        ) / 1e12 as greenwood
    from steps
    group by account_id, from_stage, to_stage, segment_kind, segment, horizon_days, period

),

estimates as (

    select
        *,
        case when is_exhausted = 1 then 1e0 else 1e0 - exp(log_survival) end as rate,
        case
            when is_exhausted = 1 or greenwood <= 0e0 then exposure
            -- rate * (1 - rate) / variance
            else (1e0 - exp(log_survival)) / (exp(log_survival) * greenwood)
        end as effective_cases
    from products

)

select
    now.account_id,
    now.from_stage,
    now.to_stage,
    now.segment_kind,
    now.segment,
    cast(now.horizon_days as int) as horizon_days,
    cast(now.entrants as bigint) as entrants,
    cast(now.converted as bigint) as converted,
    cast(now.rate as double) as rate,
    cast({{ wilson('now.rate', 'now.effective_cases', 'low') }} as double) as low,
    cast({{ wilson('now.rate', 'now.effective_cases', 'high') }} as double) as high,
    cast(now.open_entrants as double) / nullif(now.entrants, 0) as share_open,
    cast(now.mature as bigint) as mature,
    cast(now.mature_converted as double) / nullif(now.mature, 0) as mature_rate,
    cast(before.rate as double) as previous_rate
from estimates as now
left join estimates as before
    on
        now.account_id = before.account_id
        and now.from_stage = before.from_stage
        and now.to_stage = before.to_stage
        and now.segment_kind = before.segment_kind
        and now.segment = before.segment
        and now.horizon_days = before.horizon_days
        and before.period = 'before'
where now.period = 'now'
