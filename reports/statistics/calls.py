"""Calls of the last half year as chains for `quality`: by source, by who sent the link, by owner in the CRM."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from reports.statistics.incidence import within
from reports.statistics.quality import Group

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

WINDOW_WEEKS: Final = 26  # eight weeks hold too few calls of one source to say anything
CLOSE_DAYS: Final = 30  # a lead who thinks about it has so long after the call
BOOK_DAYS: Final = 14  # and a link so long to become a call

_CALLS: Final = """
select j.source, coalesce(k.sent_by_role, 'no_link') as role, $owner as owner,
    c.status = 'completed' as showed,
    c.qualification_accurate as accurate,
    c.call_outcome = 'closed' or (j.won_at is not null and c.turn = 1 and c.status = 'completed') as closed,
    (epoch_us($as_of) - epoch_us(c.starts_at)) / 86400e6 as seen,
    case when j.won_at < c.starts_at then 0 else (epoch_us(j.won_at) - epoch_us(c.starts_at)) / 86400e6 end as wait
from (
    select *, row_number() over (
        partition by journey_id, status = 'completed' order by starts_at desc, call_id desc
    ) as turn
    from marts.fct_calls where account_id = $account
) as c
inner join marts.fct_journeys as j on c.journey_id = j.journey_id and j.is_prospect
left join (
    select journey_id, arg_min(sent_by_role, (sent_at, link_id)) as sent_by_role
    from marts.fct_booking_links group by journey_id
) as k on c.journey_id = k.journey_id
OWNERS
where c.status in ('completed', 'no_show')
    and c.starts_at <= $as_of and c.starts_at > $as_of - $weeks * interval 7 day
order by c.starts_at, c.call_id
"""
_LINKS: Final = """
with firsts as (
    select * from marts.fct_booking_links where account_id = $account
    qualify row_number() over (partition by journey_id order by sent_at, link_id) = 1
)
select k.sent_by_role as role, $owner as owner, k.is_too_early as early,
    (epoch_us($as_of) - epoch_us(k.sent_at)) / 86400e6 as seen,
    (epoch_us(k.booked_at) - epoch_us(k.sent_at)) / 86400e6 as wait
from firsts as k
inner join marts.fct_journeys as j on k.journey_id = j.journey_id and j.is_prospect
OWNERS
where k.sent_at <= $as_of and k.sent_at > $as_of - $weeks * interval 7 day
order by k.sent_at, k.link_id
"""
_OWNERS_JOIN: Final = "left join intermediate.int_journey_records as o on j.journey_id = o.journey_id"


@dataclass(frozen=True, slots=True)
class Links:
    """First links of one sender: how many, how many too early, and the share booked within 14 days as hits of cases."""

    sent: int
    early: int
    booked: int
    hits: float
    cases: float


def calls(con: DuckDBPyConnection, account_id: str, as_of: datetime) -> list[dict[str, Any]]:
    """Calls that are over, one row each: source, role, owner (None unknown), showed, accurate, closed, seen, wait."""
    return _rows(con, _CALLS, account_id, as_of)


def links(con: DuckDBPyConnection, account_id: str, as_of: datetime) -> list[dict[str, Any]]:
    """First booking links, one row each: role, owner (None unknown), early, seen, wait (days)."""
    return _rows(con, _LINKS, account_id, as_of)


def groups(rows: list[dict[str, Any]], by: str) -> list[Group]:
    """The chains of some calls, sorted by name; rows whose `by` is unknown are left out."""
    found = defaultdict(list)
    for row in rows:
        if row[by] is not None:
            found[str(row[by])].append(row)
    return [_group(name, found[name]) for name in sorted(found)]


def link_groups(rows: list[dict[str, Any]], by: str) -> dict[str, Links]:
    """Links by sender."""
    found = defaultdict(list)
    for row in rows:
        if row[by] is not None:
            found[str(row[by])].append(row)
    counted = {}
    for name in sorted(found):
        some = found[name]
        booked = within([r["seen"] for r in some], [_days(r["wait"]) for r in some], BOOK_DAYS)
        early, rate = sum(bool(r["early"]) for r in some), booked.estimate
        counted[name] = Links(len(some), early, booked.converted, rate.rate * rate.cases, rate.cases)
    return counted


def _group(name: str, rows: list[dict[str, Any]]) -> Group:
    """A lead who was won was rightly qualified; closing allows for those who still think about it."""
    showed = [r for r in rows if r["showed"]]
    rated = [r for r in showed if r["accurate"] is not None or r["closed"]]
    accurate = [r for r in rated if r["accurate"] or r["closed"]]
    waits = [(_days(r["wait"]) if r["wait"] is not None else 0.0) if r["closed"] else float("nan") for r in accurate]
    close = within([r["seen"] for r in accurate], waits, CLOSE_DAYS)
    return Group(
        name,
        len(rows),
        len(showed),
        len(rated),
        len(accurate),
        sum(bool(r["closed"]) for r in accurate),
        close.estimate.rate * close.estimate.cases,
        close.estimate.cases,
    )


def _days(value: float | None) -> float:
    return float("nan") if value is None else float(value)


def _rows(con: DuckDBPyConnection, query: str, account_id: str, as_of: datetime) -> list[dict[str, Any]]:
    """`owner` comes from the CRM, where the build has it."""
    has_owner = con.execute(
        "select count(*) from information_schema.columns where table_schema = 'intermediate'"
        " and table_name = 'int_journey_records' and column_name = 'owner'"
    ).fetchone()
    is_known = bool(has_owner and has_owner[0])
    spelled = query.replace("OWNERS", _OWNERS_JOIN if is_known else "")
    spelled = spelled.replace("$owner", "nullif(trim(o.owner), '')" if is_known else "cast(null as varchar)")
    cursor = con.execute(spelled, {"account": account_id, "as_of": as_of, "weeks": WINDOW_WEEKS})
    names = [column[0] for column in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
