"""The leads that a measure is about: when each entered, and how long it took; one query per measure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from reports.metrics import METRICS
from reports.statistics.incidence import Floats
from reports.statistics.verdict import Count

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

DAY_US: Final = 86_400_000_000

_PROSPECTS: Final = """prospects as (
    select journey_id, lead_id from marts.fct_journeys
    where account_id = $account and is_prospect and (cast($source as varchar) is null or source = $source)
)"""

# a cancelled call falls back to the link stage: that is no link
_STAGES: Final = f"""with {_PROSPECTS},
first_entries as (
    select s.journey_id, s.stage, min(s.entered_at) as entered_at
    from marts.fct_stage_stays as s inner join prospects as p on s.journey_id = p.journey_id
    where s.entered_at is not null and coalesce(s.signal, '') <> 'call_cancelled'
    group by s.journey_id, s.stage
)
-- reached before: no wait at all
select a.entered_at, case when b.entered_at < a.entered_at then a.entered_at else b.entered_at end as reached_at,
    exists (
        select 1 from first_entries as c
        where a.journey_id = c.journey_id and c.stage in ('won', 'lost', 'nurture')
    ) as is_closed
from first_entries as a
left join first_entries as b on a.journey_id = b.journey_id and b.stage = $last
where a.stage = $first
"""
_SHOWED: Final = f"""with {_PROSPECTS}
select c.starts_at as entered_at, case when c.status = 'completed' then c.starts_at end as reached_at,
    true as is_closed
from marts.fct_calls as c inner join prospects as p on c.journey_id = p.journey_id
where c.status in ('completed', 'no_show') and c.starts_at is not null
"""
_REBOOKED: Final = f"""with {_PROSPECTS}
select missed.starts_at as entered_at, min(again.created_at) as reached_at, false as is_closed
from marts.fct_calls as missed inner join prospects as p on missed.journey_id = p.journey_id
left join marts.fct_calls as again
    on missed.journey_id = again.journey_id and again.created_at > missed.starts_at
where missed.status = 'no_show' and missed.starts_at is not null
group by missed.call_id, missed.starts_at
"""
_BACK_FROM_NURTURE: Final = f"""with {_PROSPECTS},
stays as (
    select s.stay_id, s.stage, s.entered_at, p.lead_id
    from marts.fct_stage_stays as s inner join prospects as p on s.journey_id = p.journey_id
    where s.entered_at is not null
)
select parked.entered_at, min(awake.entered_at) as reached_at, false as is_closed
from stays as parked
left join stays as awake
    on parked.lead_id = awake.lead_id and awake.entered_at > parked.entered_at
    and awake.stage not in ('new_dm', 'lost', 'nurture')
where parked.stage = 'nurture'
group by parked.stay_id, parked.entered_at
"""
_STALE: Final = f"""with {_PROSPECTS}
select s.entered_at,
    case
        when s.days_in_stage > g.stale_after_days
            then s.entered_at + cast(g.stale_after_days as integer) * interval 1 day
    end as reached_at,
    s.exit_kind <> 'still_here' as is_closed
from marts.fct_stage_stays as s
inner join prospects as p on s.journey_id = p.journey_id
inner join rules.stages as g on s.stage = g.stage
where g.is_open and s.entered_at is not null
"""
_QUERIES: Final = {
    "show_rate": _SHOWED,
    "rebooked_14d": _REBOOKED,
    "nurture_to_engaged_30d": _BACK_FROM_NURTURE,
    "stale_share": _STALE,
}


@dataclass(frozen=True, slots=True)
class Cohort:
    """Entrants of a measure, in days since 1970 (UTC); `wait` is NaN where it has not happened.

    `is_closed`: won, lost or parked, so that nobody waits for it any more.
    """

    entered: Floats
    wait: Floats
    is_closed: NDArray[np.bool_]

    def between(self, start: float, end: float) -> Cohort:
        """Those who entered in [start, end)."""
        inside = (self.entered >= start) & (self.entered < end)
        return Cohort(self.entered[inside], self.wait[inside], self.is_closed[inside])

    def count(self, start: float, end: float, horizon: float) -> Count:
        """Those who entered in [start, end) and got there within `horizon` days; `end` must lie that far back."""
        part = self.between(start, end)
        return Count(len(part.entered), int(np.sum(part.wait <= horizon)))


def cohort(con: DuckDBPyConnection, account_id: str, metric: str, source: str | None = None) -> Cohort:
    """Everybody a measure is about, of one account and, if given, one source; in no order."""
    asked = METRICS[metric]
    query = _QUERIES.get(metric, _STAGES)
    given: dict[str, str | None] = {"account": account_id, "source": source}
    if query is _STAGES:
        given |= {"first": asked.first, "last": asked.last}
    rows = con.execute(
        f"""select epoch_us(entered_at) as entered,
            case when reached_at is not null then epoch_us(reached_at) - epoch_us(entered_at) end as wait, is_closed
        from ({query}) order by all""",
        given,
    ).fetchall()
    entered = np.array([row[0] / DAY_US for row in rows], float)
    wait = np.array([np.nan if row[1] is None else row[1] / DAY_US for row in rows], float)
    return Cohort(entered, wait, np.array([row[2] for row in rows], bool))
