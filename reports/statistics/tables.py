"""The tables that need more than SQL: written into the build once dbt is done, before the expectations on the marts.

Deterministic: the dice of a table are thrown from a constant and the account's own name, so an account's numbers do not
change when another account joins. Without data every table is there and empty.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final
from zlib import crc32
from zoneinfo import ZoneInfo

import numpy as np

from reports.changes import Change
from reports.statistics import calls as call_rows
from reports.statistics import change_log, leak_rows, quality, shrink
from reports.statistics.calls import Links
from reports.statistics.change_log import Account, Row

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

SEED: Final = 20_260_104
FEW_LINKS: Final = 10  # under this: too few to say what a sender's links bring

_T, _N, _F, _D, _B = "varchar", "bigint", "double", "date", "boolean"
_QUALITY: Final = {
    **dict.fromkeys(("calls", "showed", "accurate", "closed"), _N),
    **dict.fromkeys(("quality", "low", "high", "p_best", "p_above_average"), _F),
    "verdict": _T,
    "window_weeks": _N,
}
COLUMNS: Final[dict[str, dict[str, str]]] = {
    "rpt_source_quality": {"account_id": _T, "source": _T, **_QUALITY},
    "rpt_setter_quality": {
        **dict.fromkeys(("account_id", "kind", "setter"), _T),
        **dict.fromkeys(("links", "early", "booked"), _N),
        **dict.fromkeys(("won_per_link", "won_per_link_low", "won_per_link_high"), _F),
        "is_enough_links": _B,
        **_QUALITY,
    },
    "rpt_leak_ranking": {
        "account_id": _T,
        "leak": _T,
        "rank": _N,
        "found": _N,
        "cases": _N,
        **dict.fromkeys(("extra_won", "low", "high", "p_top", "p_real", "extra_won_before"), _F),
        "needs": _N,
        "price_kind": _T,
        **dict.fromkeys(("suggested_change", "why_not"), _T),
        "is_suggested": _B,
        **dict.fromkeys(("who", "stage", "metric", "metric_words", "unit", "direction"), _T),
        "horizon_days": _N,
        **dict.fromkeys(("starts_on", "evaluation_on"), _D),
        "minimum_n": _N,
        **dict.fromkeys(("current_n", "current_k", "current_open"), _N),
        **dict.fromkeys(("current_rate", "current_low", "current_high"), _F),
    },
    "rpt_change_log": {
        **dict.fromkeys(("account_id", "change_id"), _T),
        "change_on": _D,
        **dict.fromkeys(("change", "title", "who", "stage", "source", "metric", "metric_words", "unit"), _T),
        "direction": _T,
        "horizon_days": _N,
        "evaluation_on": _D,
        "minimum_n": _N,
        "recorded_on": _D,
        **{f"before_{k}": t for k, t in (("n", _N), ("k", _N), ("rate", _F), ("low", _F), ("high", _F))},
        **{f"since_{k}": t for k, t in (("n", _N), ("k", _N), ("rate", _F), ("low", _F), ("high", _F))},
        **dict.fromkeys(("p_better", "bayes_factor"), _F),
        "verdict": _T,
        "weeks_more": _N,
        "judged_on": _D,
        "confounded_by": _T,
    },
    "rpt_change_notes": {
        **dict.fromkeys(("account_id", "note_id"), _T),
        "noted_on": _D,
        **dict.fromkeys(("kind", "title"), _T),
        "is_review_sooner": _B,
    },
}


def write_tables(con: DuckDBPyConnection, changes: Sequence[Change] = ()) -> None:
    """Write the tables of `COLUMNS` into schema reporting, from schemas raw, rules, marts and reporting.

    `con`: the build, writable, its time zone UTC. `changes`: the log of changes of this home.
    """
    log = list(changes)
    rows: dict[str, list[Row]] = {table: [] for table in COLUMNS}
    for account in accounts(con):
        judged = change_log.verdicts(con, account, log)
        calls = call_rows.calls(con, account.account_id, account.as_of)
        rows["rpt_source_quality"] += _by_source(account, calls)
        rows["rpt_setter_quality"] += _by_setter(con, account, calls)
        rows["rpt_leak_ranking"] += leak_rows.rows(con, account, judged, lambda name: dice(account, name))  # noqa: B023
        rows["rpt_change_log"] += change_log.log_rows(account, judged)
        rows["rpt_change_notes"] += change_log.note_rows(account, log)
    con.execute("create schema if not exists reporting")
    for table, columns in COLUMNS.items():
        _write(con, table, columns, rows[table])


def dice(account: Account, name: str) -> np.random.Generator:
    """The dice of one account and purpose."""
    return np.random.default_rng([SEED, crc32(account.account_id.encode()), crc32(name.encode())])


def accounts(con: DuckDBPyConnection) -> list[Account]:
    """The accounts of a build, by name."""
    positions = dict(con.execute("select stage, position from rules.stages").fetchall())
    found = con.execute("select account_id, as_of, timezone from raw.settings order by account_id").fetchall()
    return [Account(name, as_of, ZoneInfo(zone), positions) for name, as_of, zone in found]


def _by_source(account: Account, calls: list[Row]) -> list[Row]:
    groups = call_rows.groups(calls, "source")
    compared = quality.compare(groups, dice(account, "source"))
    return [
        {"account_id": account.account_id, "source": group.name, **_quality(group, found)}
        for group, found in zip(groups, compared, strict=True)
    ]


def _by_setter(con: DuckDBPyConnection, account: Account, calls: list[Row]) -> list[Row]:
    """By who sent the first link, and by who owns the lead in the CRM; who sent a link and has no call yet counts."""
    links = call_rows.links(con, account.account_id, account.as_of)
    found = []
    for kind in ("role", "owner"):
        sent = call_rows.link_groups(links, kind)
        groups = {group.name: group for group in call_rows.groups(calls, kind)}
        names = sorted(sent.keys() | groups.keys())
        every = [groups.get(name) or quality.Group(name, 0, 0, 0, 0, 0, 0.0, 0.0) for name in names]
        compared = quality.compare(every, dice(account, f"setter {kind}"))
        per_link = _won_per_link(account, kind, [sent.get(name) for name in names], every)
        for group, one, link in zip(every, compared, per_link, strict=True):
            key = {"account_id": account.account_id, "kind": kind, "setter": group.name}
            found.append({**key, **link, **_quality(group, one)})
    return found


def _won_per_link(account: Account, kind: str, sent: list[Links | None], groups: list[quality.Group]) -> list[Row]:
    """Clients per link: booked within 14 days x quality of the calls, drawn together."""
    if not groups:
        return []
    hits, cases = [s.hits if s else 0.0 for s in sent], [s.cases if s else 0.0 for s in sent]
    booked = shrink.draws(hits, cases, quality.DRAWS, dice(account, f"links {kind}"))
    chain = booked * quality.chain(groups, dice(account, f"calls {kind}"))
    low, high = np.quantile(chain, [0.05, 0.95], axis=0)
    estimate = np.clip(shrink.means(hits, cases) * quality.estimates(groups), low, high)
    return [
        {
            "links": s.sent if s else 0,
            "early": s.early if s else 0,
            "booked": s.booked if s else 0,
            "won_per_link": float(estimate[i]) if s else None,
            "won_per_link_low": float(low[i]) if s else None,
            "won_per_link_high": float(high[i]) if s else None,
            "is_enough_links": bool(s and s.sent >= FEW_LINKS),
        }
        for i, s in enumerate(sent)
    ]


def _quality(group: quality.Group, found: quality.Quality) -> Row:
    return {
        "calls": group.calls,
        "showed": group.showed,
        "accurate": group.accurate,
        "closed": group.closed,
        "quality": found.rate,
        "low": found.low,
        "high": found.high,
        "p_best": found.p_best,
        "p_above_average": found.p_above_average,
        "verdict": found.verdict,
        "window_weeks": call_rows.WINDOW_WEEKS,
    }


def _write(con: DuckDBPyConnection, table: str, columns: dict[str, str], rows: list[Row]) -> None:
    spelled = ", ".join(f'"{name}" {kind}' for name, kind in columns.items())
    con.execute(f"create or replace table reporting.{table} ({spelled})")
    values: list[list[Any]] = [[row[name] for name in columns] for row in rows]
    if values:
        con.executemany(f"insert into reporting.{table} values ({', '.join('?' * len(columns))})", values)
