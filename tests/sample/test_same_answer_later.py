"""Same answer later: what a past day's exports say, later exports say of that day as well.

Two days of the sample coach, each reviewed twice: with the exports of that day, and with those of today. On the first
day the old files are gone; today's alone cannot know what no date says (`UNDATED`). On the second they were kept beside
today's, as we tell everybody to, and nothing may differ.
"""

from __future__ import annotations

import shutil
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from ingest import warehouse
from tests.conftest import ROOT, leakreview
from tests.cut_exports import LONDON, cut_exports

pytestmark = pytest.mark.warehouse

SAMPLE = ROOT / "sample"
REPLACED = datetime(2026, 9, 30, 21, 0, tzinfo=LONDON)  # today's exports alone
KEPT = datetime(2026, 10, 21, 13, 30, tzinfo=LONDON)  # beside those of the day; between two exports of the calendar
# That a call took place is the event's own fact with a time of its own, so it would move whole stays; whether the CRM
# says so is undated. The exports of the first day do not have it.
ABOUT_THE_CALL = ("Call Outcome", "Offer Made")
# filled in later, without a date: on the second day the exports of that day did not have it
FILLED_IN = ("Instagram Handle", "Lead Source", "Deal owner", "Notes")

Row = dict[str, Any]
Key = tuple[Any, ...]

# table -> what a row is known by; the others are compared as whole rows
KEYS = {
    "marts.dim_leads": ("lead_id",),
    "marts.fct_journeys": ("journey_id",),
    "marts.fct_stage_stays": ("stay_id",),
    "marts.fct_calls": ("call_id",),
    "marts.fct_booking_links": ("link_id",),
    "marts.fct_next_actions": ("journey_id",),
    "marts.fct_handovers": ("journey_id", "at"),
    "reporting.rpt_weekly_movement": ("account_id", "week_start_on", "stage"),
}
WHOLE_ROWS = (
    "marts.fct_leaks",
    "marts.fct_label_faults",
    "marts.fct_movement_checks",
    "reporting.rpt_stage_conversion",
    "reporting.rpt_source_to_won",
    "reporting.rpt_lost_reasons",
    "reporting.rpt_source_quality",
    "reporting.rpt_leak_ranking",
    "reporting.rpt_coverage",
    "reporting.rpt_buyers",
    "reporting.rpt_unmatched",
)
# columns fed by what a CRM's export does not date, and why today's exports cannot know it of then
UNDATED = {
    ("marts.fct_journeys", "outcome_reason"): "Closed Lost Reason carries no time",
    ("marts.fct_calls", "main_objection"): "Main Objection carries no time",
    ("marts.fct_next_actions", "next_due_on"): "Nurture Until says until when, not since when",
    ("marts.fct_next_actions", "next_action"): "names the day of Nurture Until",
    ("marts.fct_next_actions", "moves_forward_when"): "names the day of Nurture Until",
}
# tables that count or list what stands in these columns
UNDATED_TABLES = {
    "marts.fct_leaks": "reopen_worthy lists lost leads by their reason",
    "marts.fct_label_faults": "vague reasons are found in Closed Lost Reason",
    "reporting.rpt_lost_reasons": "counts Closed Lost Reason",
}


@dataclass(frozen=True)
class Review:
    """The tables of one review, and what the refresh told about the data."""

    tables: dict[str, list[Row]]
    told: tuple[str, ...]


@dataclass(frozen=True)
class Pair:
    """One day, reviewed then and later."""

    then: Review
    later: Review


@pytest.fixture(scope="module")
def pairs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Pair]:
    """Both days; two homes, side by side, that each review the two days one after the other."""
    folder = tmp_path_factory.mktemp("same_answer")
    with ThreadPoolExecutor(2) as pool:
        then, later = pool.map(lambda reviews: reviews(folder), (_then, _later))
    return {name: Pair(then[name], later[name]) for name in ("replaced", "kept")}


def _then(folder: Path) -> dict[str, Review]:
    """With the exports of each day."""
    home = _home(folder / "then")
    cut_exports(SAMPLE / "exports", home / "exports", REPLACED, ABOUT_THE_CALL)
    replaced = _review(home, REPLACED)
    shutil.rmtree(home / "exports")
    cut_exports(SAMPLE / "exports", home / "exports", KEPT, FILLED_IN)
    return {"replaced": replaced, "kept": _review(home, KEPT)}


def _later(folder: Path) -> dict[str, Review]:
    """With the exports of today, and then with those of the second day beside them."""
    home = _home(folder / "later")
    shutil.copytree(SAMPLE / "exports", home / "exports" / "today")
    replaced = _review(home, REPLACED)
    cut_exports(SAMPLE / "exports", home / "exports" / "october", KEPT, FILLED_IN)
    return {"replaced": replaced, "kept": _review(home, KEPT)}


def _home(home: Path) -> Path:
    home.mkdir()
    shutil.copyfile(SAMPLE / "settings.toml", home / "settings.toml")
    return home


def _review(home: Path, at: datetime) -> Review:
    called = leakreview(home, "refresh", "--as-of", f"{at:%Y-%m-%dT%H:%M}")
    assert called.code == 0, called.err
    with warehouse.open_published(home) as con:
        assert con.execute("select as_of from raw.settings").fetchall() == [(at,)]
        tables = {}
        for name in (*KEYS, *WHOLE_ROWS):
            found = con.execute(f"select * from {name}")
            columns = [column[0] for column in found.description]
            tables[name] = [dict(zip(columns, row, strict=True)) for row in found.fetchall()]
    return Review(tables, tuple(line for line in called.out.splitlines() if line.startswith("  - ")))


def keyed(rows: list[Row], key: tuple[str, ...]) -> dict[Key, Row]:
    found = {tuple(row[name] for name in key): row for row in rows}
    assert len(found) == len(rows), f"{key} is no key"
    return found


def differing(pair: Pair, table: str) -> Counter[str]:
    """Columns of a table whose values differ between the two reviews, and in how many rows."""
    then, later = (keyed(review.tables[table], KEYS[table]) for review in (pair.then, pair.later))
    assert then.keys() == later.keys()
    return Counter(column for key, row in then.items() for column in row if row[column] != later[key][column])


@pytest.mark.parametrize("table", KEYS)
def test_the_days_own_exports_kept_beside_todays_give_the_same_rows(pairs: dict[str, Pair], table: str) -> None:
    assert pairs["kept"].then.tables[table]
    assert differing(pairs["kept"], table) == {}


@pytest.mark.parametrize("table", WHOLE_ROWS)
def test_the_days_own_exports_kept_beside_todays_count_the_same(pairs: dict[str, Pair], table: str) -> None:
    then, later = (sorted(map(repr, review.tables[table])) for review in (pairs["kept"].then, pairs["kept"].later))
    assert then == later and then


@pytest.mark.parametrize("table", KEYS)
def test_todays_exports_alone_give_the_same_rows_but_for_undated_columns(pairs: dict[str, Pair], table: str) -> None:
    undated = {column for of, column in UNDATED if of == table}
    assert differing(pairs["replaced"], table).keys() == undated, "each listed column differs, and no other"


@pytest.mark.parametrize("table", [name for name in WHOLE_ROWS if name not in UNDATED_TABLES])
def test_todays_exports_alone_count_the_same(pairs: dict[str, Pair], table: str) -> None:
    then, later = (
        sorted(map(repr, review.tables[table])) for review in (pairs["replaced"].then, pairs["replaced"].later)
    )
    assert then == later and then


@pytest.mark.parametrize("day", ["replaced", "kept"])
def test_the_data_is_warned_about_in_the_same_words(pairs: dict[str, Pair], day: str) -> None:
    assert pairs[day].later.told == pairs[day].then.told
