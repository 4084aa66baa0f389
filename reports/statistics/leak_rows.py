"""Rows of rpt_leak_ranking: leaks that have a price or a change, costliest first, with what the change card needs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final

import numpy as np

from reports.changes import WATCH, Change, least_number
from reports.metrics import METRICS
from reports.statistics import prices
from reports.statistics.change_log import Account, Row, spans, touches
from reports.statistics.cohorts import Cohort, cohort
from reports.statistics.incidence import Floats, share_open, within
from reports.statistics.prices import Cell, Price
from reports.statistics.suggestion import Option, Ranked, State, choose
from reports.statistics.verdict import Verdict

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

WINDOW_DAYS: Final = 56
LONG_WINDOW_DAYS: Final = 112  # for measures that take as long as the window, as in rpt_stage_conversion
LONG_HORIZON_DAYS: Final = 56
WON_DAYS: Final = 60

Judged = list[tuple[Change, Verdict, str | None]]
Dice = Callable[[str], np.random.Generator]


def rows(con: DuckDBPyConnection, account: Account, judged: Judged, dice: Dice) -> list[Row]:
    """The leaks of one account; `dice` gives those of a purpose."""
    options = _options(con)
    cells, next_stages = _cells(con, account)
    worth = _worth(con, account)
    priced: dict[str, tuple[list[Cell], Floats, Floats | None]] = {}
    before: dict[str, tuple[list[Cell], Floats, Floats | None]] = {}
    for leak, some in cells.items():
        won = worth * _won_draws(con, account, next_stages[leak], dice(f"won {next_stages[leak]}"))
        priced[leak] = (some, won, prices.gap(some, dice(f"gap {leak}")))
        earlier = [replace(cell, recent=cell.earlier) for cell in some]
        before[leak] = (earlier, won, prices.gap(earlier, dice(f"gap {leak}")))
    found = _found(con, account)
    ranked = prices.rank(priced)
    was = {price.leak: price.extra_won for price in prices.rank(before)}
    ranked += sorted(
        (Price(leak, found.get(leak, 0)) for leak in options if leak not in cells),
        key=lambda p: (-p.cases, p.leak),
    )
    chosen = choose(ranked, options, _states(account, options, judged))
    return [
        _row(con, account, turn, one, found) | {"extra_won_before": was.get(one.price.leak)}
        for turn, one in enumerate(chosen, start=1)
    ]


def _row(con: DuckDBPyConnection, account: Account, turn: int, one: Ranked, found: dict[str, int]) -> Row:
    price, option = one.price, one.option
    row: Row = {
        "account_id": account.account_id,
        "leak": price.leak,
        "rank": turn,
        "found": found.get(price.leak, 0),
        "cases": price.cases,
        "extra_won": price.extra_won,
        "low": price.low,
        "high": price.high,
        "p_top": price.p_top,
        "p_real": price.p_real,
        "needs": price.needs,
        "price_kind": prices.KIND if price.extra_won is not None else None,
        "suggested_change": option.change if option else None,
        "why_not": one.why_not,
        "is_suggested": one.is_suggested,
        "who": option.who if option else None,
        "stage": option.stage if option else None,
        "metric": option.metric if option else None,
        "direction": option.direction if option else None,
    }
    return row | (_terms(con, account, option) if option else dict.fromkeys(_TERMS))


_TERMS: Final = (
    *("metric_words", "unit", "horizon_days", "starts_on", "evaluation_on", "minimum_n"),
    *("current_n", "current_k", "current_open", "current_rate", "current_low", "current_high"),
)


def _terms(con: DuckDBPyConnection, account: Account, option: Option) -> Row:
    """How a change would be judged if it began tomorrow, and where its measure stands now."""
    metric = METRICS[option.metric]
    starts_on = account.today + timedelta(days=1)
    everybody = cohort(con, account.account_id, option.metric)
    recent = _recent(account, everybody, metric.horizon_days)
    seen = account.now - recent.entered
    now = within(seen, recent.wait, metric.horizon_days)
    has = now.entrants > 0
    return {
        "metric_words": metric.words,
        "unit": metric.unit,
        "horizon_days": metric.horizon_days,
        "starts_on": starts_on,
        "evaluation_on": starts_on + WATCH + timedelta(days=metric.horizon_days),
        "minimum_n": least_number(per_week(account, everybody)),
        "current_n": now.entrants,
        "current_k": now.converted,
        "current_open": round(now.entrants * share_open(seen, recent.wait, recent.is_closed, metric.horizon_days)),
        "current_rate": now.estimate.rate if has else None,
        "current_low": now.estimate.low if has else None,
        "current_high": now.estimate.high if has else None,
    }


def per_week(account: Account, everybody: Cohort) -> float:
    """Entrants a week over the last eight."""
    return 7 * len(everybody.between(account.now - WINDOW_DAYS, account.now).entered) / WINDOW_DAYS


def _recent(account: Account, everybody: Cohort, horizon: int) -> Cohort:
    days = LONG_WINDOW_DAYS if horizon >= LONG_HORIZON_DAYS else WINDOW_DAYS
    return everybody.between(account.now - days, account.now)


def _options(con: DuckDBPyConnection) -> dict[str, list[Option]]:
    """The changes of the seed by leak, in its order."""
    found: dict[str, list[Option]] = {}
    for leak, *rest in con.execute(
        "select leak, change, stage, metric, direction, who from rules.operational_changes order by position"
    ).fetchall():
        found.setdefault(leak, []).append(Option(*rest))
    return found


def _cells(con: DuckDBPyConnection, account: Account) -> tuple[dict[str, list[Cell]], dict[str, str]]:
    """Cases of the priced leaks, and the stage that their cases go on to."""
    cells: dict[str, list[Cell]] = {}
    next_stages: dict[str, str] = {}
    for leak, stage, *rest in con.execute(
        "select leak, next_stage, source, is_faulty, cases_8_weeks, mature, went_on, cases_before"
        " from reporting.rpt_leak_cases where account_id = ? order by leak, source, is_faulty",
        [account.account_id],
    ).fetchall():
        cells.setdefault(leak, []).append(Cell(*rest))
        next_stages[leak] = stage
    return cells, next_stages


def _found(con: DuckDBPyConnection, account: Account) -> dict[str, int]:
    """Leads found per leak since eight weeks ago."""
    return dict(
        con.execute(
            "select leak, count(distinct journey_id) from marts.fct_leaks where account_id = $account"
            " and since_at > $as_of - interval 56 day group by leak",
            {"account": account.account_id, "as_of": account.as_of},
        ).fetchall()
    )


def _won_draws(con: DuckDBPyConnection, account: Account, stage: str, dice: np.random.Generator) -> Floats:
    """Draws of the share of leads that become clients within 60 days of entering a stage."""
    if stage == "won":
        return np.ones(prices.DRAWS)
    entries = con.execute(
        """with entries as (
            select s.journey_id, s.stage, min(s.entered_at) as entered_at
            from marts.fct_stage_stays as s
            inner join marts.fct_journeys as j on s.journey_id = j.journey_id and j.is_prospect
            where s.account_id = $account and s.entered_at is not null group by s.journey_id, s.stage
        )
        select (epoch_us($as_of) - epoch_us(a.entered_at)) / 86400e6 as seen,
            case when b.entered_at < a.entered_at then 0
                else (epoch_us(b.entered_at) - epoch_us(a.entered_at)) / 86400e6 end as wait
        from entries as a left join entries as b on a.journey_id = b.journey_id and b.stage = 'won'
        where a.stage = $stage order by all""",
        {"account": account.account_id, "as_of": account.as_of, "stage": stage},
    ).fetchall()
    waits = [float("nan") if wait is None else wait for _, wait in entries]
    return prices.won_from_here(within([seen for seen, _ in entries], waits, WON_DAYS).estimate, dice)


def _worth(con: DuckDBPyConnection, account: Account) -> float:
    """How much a rescued lead is worth against one who needed no rescue: 1 unless the settings say less."""
    row = con.execute(
        "select value from reporting.rpt_settings where account_id = ? and setting = 'rescued_worth'",
        [account.account_id],
    ).fetchone()
    return float(row[0]) if row and row[0] is not None else 1.0


def _states(account: Account, options: dict[str, list[Option]], judged: Judged) -> dict[str, State]:
    """What the log says about every change of the seed."""
    open_ones = [entry for entry, found, _ in judged if _is_running(found)]
    worse = {entry.change for entry, found, _ in judged if found.verdict == "worse"}
    states = {}
    for option in (o for some in options.values() for o in some):
        would_mix = any(
            spans(account.positions, entry.metric, option.stage) or touches(account, entry, option.metric)
            for entry in open_ones
        )
        is_running = any(entry.change == option.change for entry in open_ones)
        states[option.change] = State(is_running, would_mix, option.change in worse)
    return states


def _is_running(found: Verdict) -> bool:
    """Not judged yet; once its date is over, the next change need not wait for it."""
    return found.verdict == "not_due"
