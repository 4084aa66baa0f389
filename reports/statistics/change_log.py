"""Verdicts on the changes of an account, as rows of rpt_change_log, and notes as rows of rpt_change_notes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

from reports.changes import CHANGE, Change
from reports.metrics import METRICS
from reports.statistics.cohorts import Cohort, cohort
from reports.statistics.verdict import Count, Verdict, judge

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

Row = dict[str, Any]
BEFORE_DAYS: Final = 56
LEAST_BEFORE_DAYS: Final = 14  # fewer days without another change before this one: nothing to compare with
SOONER_DAYS: Final = 14  # a note calls for an earlier review for so long
DAY_SECONDS: Final = 86_400


@dataclass(frozen=True, slots=True)
class Account:
    """Whose numbers these are, and the moment they are looked at."""

    account_id: str
    as_of: datetime  # aware
    zone: ZoneInfo
    positions: dict[str, int]  # of the stages

    @property
    def today(self) -> date:
        """The account's day of the moment."""
        return self.as_of.astimezone(self.zone).date()

    @property
    def now(self) -> float:
        """The moment in days since 1970."""
        return self.as_of.timestamp() / DAY_SECONDS

    def begin(self, day: date) -> float:
        """The moment a day begins for the account, in days since 1970."""
        return datetime.combine(day, time(), self.zone).astimezone(UTC).timestamp() / DAY_SECONDS


def known(account: Account, log: list[Change]) -> list[Change]:
    """The entries of this account that had begun by the moment, in the order of their days."""
    mine = [entry for entry in log if entry.account == account.account_id and entry.on <= account.today]
    return sorted(mine, key=lambda entry: (entry.on, entry.id))


def touches(account: Account, entry: Change, metric: str) -> bool:
    """Whether an entry of the log could move a measure: the same one, or a stage it spans; a note could move any."""
    if entry.kind != CHANGE or entry.metric == metric:
        return True
    return spans(account.positions, metric, entry.stage)


def spans(positions: dict[str, int], metric: str, stage: str) -> bool:
    """Whether a stage lies within what a measure spans."""
    asked = METRICS[metric]
    return positions[asked.first] <= positions.get(stage, 0) <= positions[asked.last]


def verdicts(con: DuckDBPyConnection, account: Account, log: list[Change]) -> list[tuple[Change, Verdict, str | None]]:
    """Every change known at the moment, oldest first, with its verdict and what it is mixed up with."""
    entries = known(account, log)
    return [_verdict(con, account, entry, entries) for entry in entries if entry.kind == CHANGE]


def _verdict(
    con: DuckDBPyConnection, account: Account, entry: Change, entries: list[Change]
) -> tuple[Change, Verdict, str | None]:
    horizon = METRICS[entry.metric].horizon_days
    others = [o for o in entries if o.id != entry.id and touches(account, o, entry.metric)]
    earlier = [o for o in others if o.on < entry.on]
    later = [o for o in others if o.on >= entry.on]
    last_day = entry.on - timedelta(days=horizon)  # entrants before it had all their days before the change
    first_day = max([last_day - timedelta(days=BEFORE_DAYS), *(o.on for o in earlier)])
    is_short = (last_day - first_day).days < LEAST_BEFORE_DAYS
    people = cohort(con, account.account_id, entry.metric, entry.source or None)
    found = judge(
        account.today,
        entry.evaluation_on or entry.on,
        entry.minimum_n,
        entry.direction == "up",
        _count(account, people, account.begin(first_day), account.begin(last_day), horizon),
        lambda day: _since(account, people, entry, day, horizon),
        lambda day: is_short or any(o.on < day for o in later),
    )
    mixed = [*(earlier[-1:] if is_short else []), *later]
    return entry, found, mixed[0].title if found.verdict == "confounded" else None


def _since(account: Account, people: Cohort, entry: Change, day: date, horizon: int) -> Count:
    """Entrants since the change who had their days when `day` began; on the day of the review, by its moment."""
    end = account.now if day >= account.today else account.begin(day)
    return _count(account, people, account.begin(entry.on), end - horizon, horizon)


def _count(account: Account, people: Cohort, start: float, end: float, horizon: int) -> Count:
    return people.count(start, min(end, account.now - horizon), horizon)


def log_rows(account: Account, judged: list[tuple[Change, Verdict, str | None]]) -> list[Row]:
    """Rows of rpt_change_log, oldest change first."""
    return [_log_row(account, *one) for one in judged]


def _log_row(account: Account, entry: Change, found: Verdict, mixed_with: str | None) -> Row:
    metric = METRICS[entry.metric]
    row: Row = {
        "account_id": account.account_id,
        "change_id": entry.id,
        "change_on": entry.on,
        "change": entry.change or "own_change",
        "title": entry.title,
        "who": entry.who or None,
        "stage": entry.stage,
        "source": entry.source or None,
        "metric": entry.metric,
        "metric_words": metric.words,
        "unit": metric.unit,
        "direction": entry.direction,
        "horizon_days": metric.horizon_days,
        "evaluation_on": entry.evaluation_on,
        "minimum_n": entry.minimum_n,
        "recorded_on": entry.recorded_on,
        "p_better": found.p_better,
        "bayes_factor": found.bayes_factor,
        "verdict": found.verdict,
        "weeks_more": found.weeks_more,
        "judged_on": found.judged_on,
        "confounded_by": mixed_with,
    }
    for side, count in (("before", found.before), ("since", found.since)):
        low, high = count.interval if count.n else (None, None)
        rate = count.k / count.n if count.n else None
        row |= {f"{side}_{k}": v for k, v in (("n", count.n), ("k", count.k), ("rate", rate))}
        row |= {f"{side}_low": low, f"{side}_high": high}
    return row


def note_rows(account: Account, log: list[Change]) -> list[Row]:
    """Rows of rpt_change_notes, oldest first: what else changed, and whether that calls for an earlier review."""
    return [
        {
            "account_id": account.account_id,
            "note_id": entry.id,
            "noted_on": entry.on,
            "kind": entry.kind,
            "title": entry.title,
            "is_review_sooner": (account.today - entry.on).days < SOONER_DAYS,
        }
        for entry in known(account, log)
        if entry.kind != CHANGE
    ]
