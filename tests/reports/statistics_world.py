"""A small warehouse in memory with just what the statistics read, filled lead by lead."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb

SEEDS = Path(__file__).resolve().parents[2] / "seeds"
AS_OF = datetime(2026, 11, 22, 23, 59, 59, tzinfo=UTC)
STAGES = ("new_dm", "engaged", "qualified", "booking_link_sent", "booked_call", "call_completed", "won")
TABLES = {
    "raw.settings": "account_id varchar, as_of timestamptz, timezone varchar",
    "marts.fct_journeys": "account_id varchar, journey_id varchar, lead_id varchar, source varchar,"
    " is_prospect boolean, won_at timestamptz",
    "marts.fct_stage_stays": "account_id varchar, stay_id varchar, journey_id varchar, stage varchar,"
    " entered_at timestamptz, days_in_stage double, signal varchar, exit_kind varchar",
    "marts.fct_calls": "account_id varchar, call_id varchar, journey_id varchar, created_at timestamptz,"
    " starts_at timestamptz, status varchar, qualification_accurate boolean, call_outcome varchar",
    "marts.fct_booking_links": "account_id varchar, link_id varchar, journey_id varchar, sent_at timestamptz,"
    " booked_at timestamptz, sent_by_role varchar, is_too_early boolean",
    "marts.fct_leaks": "account_id varchar, leak varchar, journey_id varchar, since_at timestamptz",
    "reporting.rpt_leak_cases": "account_id varchar, leak varchar, next_stage varchar, source varchar,"
    " is_faulty boolean, cases_8_weeks bigint, mature bigint, went_on bigint, cases_before bigint",
    "reporting.rpt_settings": "account_id varchar, setting varchar, value varchar",
}
Con = duckdb.DuckDBPyConnection


def ago(days: float) -> datetime:
    """So many days before the moment of the review."""
    return AS_OF - timedelta(days=days)


def world(*accounts: str) -> Con:
    """An empty warehouse of some accounts, judged at `AS_OF` in London."""
    con = duckdb.connect()
    con.execute("set timezone = 'UTC'")
    for schema in ("raw", "marts", "reporting", "rules"):
        con.execute(f"create schema {schema}")
    for table, columns in TABLES.items():
        con.execute(f"create table {table} ({columns})")
    for seed in ("stages", "operational_changes"):
        con.execute(f"create table rules.{seed} as select * from read_csv('{SEEDS / seed}.csv', header=true)")
    for account in accounts:
        con.execute("insert into raw.settings values (?, ?, 'Europe/London')", [account, AS_OF])
    con.begin()  # row by row costs little inside one transaction
    return con


def put(con: Con, table: str, **row: Any) -> None:
    """One row; what is not said is null."""
    names = ", ".join(row)
    con.execute(f"insert into {table} ({names}) values ({', '.join('?' * len(row))})", list(row.values()))


def lead(
    con: Con,
    name: str,
    stages: dict[str, float],
    source: str = "keyword",
    account: str = "default",
    is_prospect: bool = True,
    lead_id: str | None = None,
) -> None:
    """A journey that entered `stages` so many days before the review."""
    put(
        con,
        "marts.fct_journeys",
        account_id=account,
        journey_id=name,
        lead_id=lead_id or name,
        source=source,
        is_prospect=is_prospect,
        won_at=ago(stages["won"]) if "won" in stages else None,
    )
    entries = sorted(stages.items(), key=lambda item: -item[1])
    for index, (stage, days) in enumerate(entries):
        end = entries[index + 1][1] if index + 1 < len(entries) else 0.0
        put(
            con,
            "marts.fct_stage_stays",
            account_id=account,
            stay_id=f"{name}-{stage}-{index}",
            journey_id=name,
            stage=stage,
            entered_at=ago(days),
            days_in_stage=days - end,
            exit_kind="still_here" if index + 1 == len(entries) else "advanced",
        )


def call(con: Con, name: str, journey: str, days: float, status: str = "completed", **more: Any) -> None:
    """A call so many days before the review, booked three days earlier."""
    given = {"account_id": "default", "created_at": ago(days + 3), **more}
    put(con, "marts.fct_calls", call_id=name, journey_id=journey, starts_at=ago(days), status=status, **given)


def cases(con: Con, leak: str, rows: dict[tuple[str, bool], tuple[int, ...]], next_stage: str = "booked_call") -> None:
    """Rows of rpt_leak_cases: (source, is faulty) to (of eight weeks, mature, went on, of the eight weeks before)."""
    for (source, is_faulty), (recent, mature, went_on, *earlier) in rows.items():
        put(
            con,
            "reporting.rpt_leak_cases",
            account_id="default",
            leak=leak,
            next_stage=next_stage,
            source=source,
            is_faulty=is_faulty,
            cases_8_weeks=recent,
            cases_before=sum(earlier),
            mature=mature,
            went_on=went_on,
        )


def rows(con: Con, query: str) -> list[dict[str, Any]]:
    """A query's rows by column."""
    cursor = con.execute(query)
    names = [column[0] for column in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
