"""A review of an older week is made for a moment of its own, and says so where it is not."""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from ingest import warehouse as warehouses
from ingest.as_of import end_of_day
from reports import review
from reports.blocks import Prose
from reports.past_week import own_moment, spelled
from reports.queries.window import Window, find_window
from reports.render import render
from reports.sections.common import Review
from tests.conftest import Sample, leakreview

LONDON = ZoneInfo("Europe/London")


@pytest.fixture
def window(warehouse: Path) -> Window:
    return find_window(warehouse=warehouse)  # as of Monday 23 November, 06:00


def page(folder: Path, as_of: str) -> Path:
    path = folder / "review-2026-W45.html"
    path.write_text(f'<head><meta name="as-of" content="{as_of}"></head>', encoding="utf-8")
    return path


def notices(window: Window) -> list[str]:
    blocks = review.headline(Review(window)).blocks
    return ["".join(span.text for span in b.spans) for b in blocks if isinstance(b, Prose) and b.tone == "notice"]


@pytest.mark.parametrize(
    ("moment", "told"),
    [
        (end_of_day(datetime(2026, 11, 22).date(), "Europe/London").astimezone(LONDON), "2026-11-22"),
        (datetime(2026, 11, 23, 6, 0, tzinfo=UTC), "2026-11-23T06:00:00+00:00"),
    ],
    ids=["the end of a day", "a time of day"],
)
def test_a_moment_is_spelled_as_the_option_takes_it(moment: datetime, told: str) -> None:
    assert spelled(moment) == told


def test_the_last_whole_week_and_the_running_one_need_no_other_build(window: Window, tmp_path: Path) -> None:
    for weeks in (0, 1):
        asked = replace(window, week=window.week + timedelta(weeks=weeks))
        assert own_moment(asked, page(tmp_path, "2026-11-08")) is None


@pytest.mark.parametrize(
    ("made_for", "moment"),
    [
        (None, "2026-11-08"),
        ("2026-11-10", "2026-11-10"),
        ("2026-11-10T09:00:00+00:00", "2026-11-10T09:00:00+00:00"),
        ("2026-11-23", "2026-11-08"),
        ("2026-99-99", "2026-11-08"),
    ],
    ids=["no page yet: the week's end", "as before", "as before, by the minute", "a page seen from later", "no date"],
)
def test_an_older_week_has_a_moment_of_its_own(
    window: Window, tmp_path: Path, made_for: str | None, moment: str
) -> None:
    path = page(tmp_path, made_for) if made_for else tmp_path / "review-2026-W45.html"
    assert own_moment(replace(window, week=datetime(2026, 11, 2).date()), path) == moment


def test_the_page_says_of_what_moment_its_figures_are(window: Window, warehouse: Path, tmp_path: Path) -> None:
    assert notices(window) == []
    older, running = (notices(replace(window, week=window.week + timedelta(weeks=n))) for n in (-2, 1))
    assert older[0].startswith("An older week, seen from later.") and "as of Monday 23 November 2026" in older[0]
    assert running[0].startswith("This week is not over.")
    written = render(tmp_path, warehouse=warehouse).page.read_text(encoding="utf-8")
    assert '<meta name="as-of" content="2026-11-23T06:00:00+00:00">' in written


@pytest.mark.warehouse
def test_a_past_week_shows_the_statistics_of_its_own_time_and_moves_nothing(sample: Sample, tmp_path: Path) -> None:
    home = Path(shutil.copytree(sample.home, tmp_path / "home"))
    pointer = (home / "data" / "CURRENT").read_bytes()
    called = leakreview(home, "review", "--week", "2026-W44", "--json")
    assert called.code == 0, called.err
    told = json.loads(called.out)["pages"][0]
    assert told["as_of"] == "2026-11-01T23:59:59.999999+00:00"
    assert (home / "data" / "CURRENT").read_bytes() == pointer
    html = Path(told["page"]).read_bytes()
    assert b"As of Sunday 1 November, 23:59" in html and b"An older week, seen from later" not in html
    with warehouses.open_published(home, "2026-11-01") as then, warehouses.open_published(home) as now:
        ranking = "select leak, cases, extra_won, starts_on from reporting.rpt_leak_ranking order by rank"
        assert {row[3] for row in then.execute(ranking).fetchall() if row[3]} == {datetime(2026, 11, 2).date()}
        assert then.execute(ranking).fetchall() != now.execute(ranking).fetchall()
        known = "select max(week_start_on) from reporting.rpt_active_leads"
        assert then.execute(known).fetchall()[0][0] == datetime(2026, 10, 26).date()
    # made when the week was over, and made again: the same page
    again = leakreview(home, "review", "--as-of", "2026-11-01", "--json")
    assert json.loads(again.out)["pages"][0]["page"] == told["page"]
    assert Path(told["page"]).read_bytes() == html
    seen_from_later = leakreview(home, "review", "--week", "2026-W44", "--as-of", "2026-11-22", "--json")
    assert re.search(rb"An older week, seen from later.*as of Sunday 22 November 2026", Path(told["page"]).read_bytes())
    assert seen_from_later.code == 0
