"""Which warehouse, account, week and moment a review is about, and how a frame is fetched from it."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from ingest.errors import Code, UserError
from reports import text
from reports.frame import Frame

WEEKS: Final = 8  # rates look back this far; the period before is as long
PREFIX: Final = "leak_"  # a leak's code is its model's name; here it goes without
_NAMED: Final = re.compile(r"\$(\w+)")
_TABLES: Final = frozenset(
    {  # written after dbt: absent from a plain `dbt build`
        "rpt_source_quality",
        "rpt_setter_quality",
        "rpt_leak_ranking",
        "rpt_change_log",
        "rpt_change_notes",
        # younger than some published warehouse may be
        "rpt_active_leads",
        "rpt_buyers",
        "rpt_coverage",
        "rpt_five_questions",
        "rpt_unmatched",
    }
)
_SEEDS: Final = frozenset(
    {
        "stages",
        "review_questions",
        "outcome_reasons",
        "required_context",
        "sources",
        "operational_changes",
        "movement_rules",
        "roles",
    }
)


@dataclass(frozen=True, slots=True)
class Window:
    """One review: where its tables are, whose they are, the week it is about, and the moment it is judged at."""

    warehouse: Path
    account_id: str
    account_name: str
    timezone: str
    currency: str
    as_of: datetime  # aware, UTC
    week: date  # its Monday, in the account's zone
    has_calendar: bool = True
    has_crm: bool = True
    weak_handoff_below: int = 5
    follow_up_days: int = 3

    @property
    def weeks(self) -> list[date]:
        """The Mondays of the last eight weeks, oldest first, the reviewed one last."""
        return [self.week - timedelta(weeks=n) for n in reversed(range(WEEKS))]

    def local(self, moment: datetime) -> datetime:
        """A moment on the account's clock."""
        return moment.astimezone(ZoneInfo(self.timezone))

    def instant(self, day: date) -> datetime:
        """The moment a day begins in the account's zone, in UTC."""
        return datetime.combine(day, time(), ZoneInfo(self.timezone)).astimezone(UTC)

    def parameters(self) -> dict[str, Any]:
        """What every query may use by name."""
        begin = self.week - timedelta(weeks=WEEKS - 1)
        return {
            "account": self.account_id,
            "zone": self.timezone,
            "as_of": self.as_of,
            "week": self.week,
            "week_at": self.instant(self.week),
            "end_at": min(self.instant(self.week + timedelta(weeks=1)), self.as_of),
            "begin": begin,
            "begin_at": self.instant(begin),
            "before": begin - timedelta(weeks=WEEKS),
            "before_at": self.instant(begin - timedelta(weeks=WEEKS)),
        }

    def frame(self, sql: str, **more: Any) -> Frame:
        """The rows of one query; `$name` takes the value of that parameter."""
        from ingest.warehouse import connect

        known = {**self.parameters(), **more}
        given = {name: known[name] for name in _NAMED.findall(sql)}
        with connect(self.warehouse) as con:
            return con.execute(sql, given).df()


def find_window(
    week: str | None = None, as_of: str | None = None, account: str | None = None, warehouse: Path | None = None
) -> Window:
    """The review that was asked for; what is None comes from the environment, then from what is published.

    `warehouse`, else LEAKREVIEW_WAREHOUSE, names the file, else LEAKREVIEW_HOME (else the checkout) the home whose
    published generation is read; LEAKREVIEW_WEEK, LEAKREVIEW_AS_OF and LEAKREVIEW_ACCOUNT stand in for the arguments.
    UserError where nothing is published, or the account or week is not there.
    """
    week = week or os.environ.get("LEAKREVIEW_WEEK") or None
    as_of = as_of or os.environ.get("LEAKREVIEW_AS_OF") or None
    account = account or os.environ.get("LEAKREVIEW_ACCOUNT") or None
    row = _settings(warehouse or _warehouse(as_of), account)
    moment = row["as_of"].to_pydatetime().astimezone(UTC)
    local = moment.astimezone(ZoneInfo(row["timezone"]))
    return Window(
        warehouse=row["warehouse"],
        account_id=row["account_id"],
        account_name=text.clean(row["account_name"]) or "Your DMs",
        timezone=row["timezone"],
        currency=row["currency"] or "",
        as_of=moment,
        week=_week(week) if week else text.last_whole_week(local),
        has_calendar=bool(row["has_calendar"]),
        has_crm=bool(row["has_crm"]),
        weak_handoff_below=int(row["weak_handoff_below"]),
        follow_up_days=int(row["follow_up_days"]),
    )


def _warehouse(as_of: str | None) -> Path:
    named = os.environ.get("LEAKREVIEW_WAREHOUSE")
    if named:
        return Path(named)
    from ingest.warehouse import published

    home = os.environ.get("LEAKREVIEW_HOME")
    return published(Path(home) if home else Path(__file__).resolve().parents[2], as_of).path


def _settings(warehouse: Path, account: str | None) -> dict[str, Any]:
    from ingest.warehouse import connect

    with connect(warehouse) as con:
        rows = con.execute(
            """select * replace (has_calendar and exists (
                select 1 from marts.fct_calls as c where c.account_id = s.account_id  -- by the moment, as all of marts
            ) as has_calendar) from raw.settings as s order by account_id"""
        ).df()
    if account is not None:
        rows = rows[rows["account_id"] == account]
    if rows.empty:
        fix = "Leave --account out, or give the name of a folder of accounts/"
        raise UserError(Code.E_SETTINGS, "no such account in what is published", "raw.settings", fix)
    return {"warehouse": warehouse, **{str(k): v for k, v in rows.iloc[0].items()}}


def _week(name: str) -> date:
    try:
        return text.week_start(name)
    except ValueError as error:
        raise UserError(Code.E_SETTINGS, "not a week", "--week", "Write it as 2026-W47") from error


def seed(window: Window, name: str) -> Frame:
    """One of the seeds, in its own order."""
    if name not in _SEEDS:
        raise ValueError("no seed of the review")
    rows = window.frame(f"select * from rules.{name}")
    return _bare_leaks(rows)


def optional(window: Window, table: str) -> Frame | None:
    """A table of schema reporting that may not be there yet, for this account; None where it is absent or empty."""
    if table not in _TABLES:
        raise ValueError("no table of the review")
    there = window.frame(
        "select 1 from information_schema.tables where table_schema = 'reporting' and table_name = $name", name=table
    )
    if there.empty:
        return None
    rows = window.frame(f"select * from reporting.{table} where account_id = $account")
    return None if rows.empty else _bare_leaks(rows)


def _bare_leaks(rows: Frame) -> Frame:
    if "leak" in rows.columns:
        rows["leak"] = [str(leak).removeprefix(PREFIX) for leak in rows["leak"]]
    return rows
