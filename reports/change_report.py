"""What the published tables say about changes: this week's suggestion, how many leads to expect, the verdicts."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from ingest.errors import Code, UserError
from reports.changes import CHANGE, NOTES, Change

VERDICTS: Final = {
    "better": "Better.",
    "worse": "Worse.",
    "cannot_tell": "Cannot tell yet.",
    "not_due": "Not due yet.",
    "confounded": "Mixed up with another change.",
}
SMALL_BASE: Final = 10  # under this no percentage
Row = dict[str, Any]


def suggested(home: Path, account: str) -> str | None:
    """The change that the published review suggests; None where it suggests none or nothing is published."""
    rows = _published(
        home,
        "select suggested_change from reporting.rpt_leak_ranking where account_id = $account and is_suggested",
        account,
    )
    return str(rows[0]["suggested_change"]) if rows else None


def per_week(home: Path, account: str, metric: str, source: str | None) -> float | None:
    """Leads a week that a measure is about, of the last eight weeks; None where nothing is published."""
    from ingest.generations import current
    from ingest.warehouse import open_published
    from reports.statistics.cohorts import cohort
    from reports.statistics.leak_rows import per_week as flow
    from reports.statistics.tables import accounts

    if current(home) is None:
        return None
    with open_published(home) as con:
        mine = [found for found in accounts(con) if found.account_id == account]
        return flow(mine[0], cohort(con, account, metric, source)) if mine else None


def verdicts(home: Path, account: str, change_id: str | None = None) -> list[Row]:
    """Rows of rpt_change_log, oldest first: all of an account, or the one that was asked for.

    Raises UserError (E_CALL) for a change that is not in the published log.
    """
    rows = _published(
        home,
        "select * from reporting.rpt_change_log where account_id = $account order by change_on, change_id",
        account,
    )
    if change_id is None:
        return rows
    found = [row for row in rows if row["change_id"] == change_id]
    if not found:
        fix = "leakreview change list says which there are; one that begins after the newest export has no verdict yet"
        raise UserError(Code.E_CALL, "no verdict on such a change", "ID", fix)
    return found


def verdict_lines(row: Row) -> list[str]:
    """A verdict in words: what came of it, before and since, and how it was agreed to be judged."""
    lines = [f"{row['title']} ({row['change_id']}): {VERDICTS[row['verdict']]}{_more(row)}"]
    lines.append(f"  {row['metric_words']}, meant to go {row['direction']}.")
    lines += [f"  {side.capitalize():<7}{_share(row, side)}" for side in ("before", "since")]
    lines.append(f"  Agreed: judged from {row['evaluation_on']} on, on at least {row['minimum_n']} {row['unit']}.")
    return lines


def log_line(entry: Change) -> str:
    """An entry of the log in one line."""
    if entry.kind != CHANGE:
        return f"{entry.on}  {NOTES[entry.kind]} changed: {entry.title}  [{entry.id}]"
    return f"{entry.on}  {entry.title}; judged on {entry.evaluation_on} by {entry.metric}  [{entry.id}]"


def _more(row: Row) -> str:
    weeks = row["weeks_more"]
    if row["verdict"] == "not_due":
        return f" Not before {row['evaluation_on']}."
    if row["verdict"] == "confounded":
        return f" {row['confounded_by']}." if row["confounded_by"] else ""
    if row["verdict"] == "cannot_tell":
        return f" {weeks} more week{'' if weeks == 1 else 's'}." if weeks else " The difference is too small to see."
    chances = min(99, int(100 * max(row["p_better"], 1 - row["p_better"])))
    return f" At least {chances} chances in 100."


def _share(row: Row, side: str) -> str:
    n, k = row[f"{side}_n"], row[f"{side}_k"]
    if not n:
        return "nobody has had their days yet" if side == "since" else "nobody"
    if n < SMALL_BASE:
        return f"{k} of {n}"
    low, high = round(100 * row[f"{side}_low"]), round(100 * row[f"{side}_high"])
    return f"{round(100 * k / n)} % ({k} of {n}; range {low}–{high} %)"


def _published(home: Path, query: str, account: str) -> list[Row]:
    """Rows of a query on what is published; none where nothing is, or an older version published it."""
    from ingest.generations import current
    from ingest.warehouse import open_published

    if current(home) is None:
        return []
    with open_published(home) as con:
        table = query.partition("from reporting.")[2].split()[0]
        there = "select 1 from information_schema.tables where table_schema = 'reporting' and table_name = $table"
        if con.execute(there, {"table": table}).fetchone() is None:
            return []
        cursor = con.execute(query, {"account": account})
        names = [column[0] for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
