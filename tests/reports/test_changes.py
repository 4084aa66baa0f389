"""The log of changes and its commands."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ingest import records
from ingest.errors import UserError
from reports import changes
from reports.change_report import verdict_lines
from reports.changes import Wish
from reports.cli import app

TODAY = date(2026, 11, 23)
RUN = CliRunner()


def call(home: Path, *arguments: str) -> str:
    done = RUN.invoke(app, ["--home", str(home), "change", *arguments])
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done.output


def test_a_change_of_the_seed_is_fixed_before_it_starts(tmp_path: Path) -> None:
    found = changes.add(tmp_path, Wish("tighten_link_rule"), TODAY, per_week=14)
    assert (found.id, found.on, found.recorded_on) == ("2026-11-23-tighten_link_rule", TODAY, TODAY)
    assert (found.metric, found.direction, found.stage, found.who) == (
        "link_to_booked_14d",
        "up",
        "booking_link_sent",
        "setter",
    )
    assert found.evaluation_on == date(2027, 1, 4)  # four weeks of links, each given 14 days
    assert found.minimum_n == 40
    assert changes.read_changes(tmp_path) == [found]


def test_a_change_of_ones_own_needs_a_title_and_a_measure(tmp_path: Path) -> None:
    found = changes.add(tmp_path, Wish(title="Answer in voice", metric="stale_share", minimum_n=12), TODAY)
    assert (found.change, found.stage, found.direction, found.minimum_n) == ("", "new_dm", "down", 12)
    for wish in (Wish(title="Answer in voice"), Wish(metric="show_rate"), Wish(title="x" * 201, metric="show_rate")):
        with pytest.raises(UserError, match="missing"):
            changes.add(tmp_path, wish, TODAY)


@pytest.mark.parametrize(
    ("wish", "says"),
    [
        (Wish("tighten"), "there is no change"),
        (Wish("tighten_link_rule", metric="luck"), "--metric"),
        (Wish("tighten_link_rule", direction="sideways"), "--direction"),
        (Wish("tighten_link_rule", stage="hot"), "no such stage"),
        (Wish("tighten_link_rule", source="tiktok"), "no such source"),
        (Wish("tighten_link_rule", minimum_n=0), "nothing can be judged"),
        (Wish("tighten_link_rule", evaluation_on=TODAY + timedelta(days=14)), "before any lead had its days"),
        (Wish("tighten_link_rule", on=date(2026, 9, 1), evaluation_on=TODAY), "is over"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_could_not_be_judged_is_refused_and_not_written(tmp_path: Path, wish: Wish, says: str) -> None:
    with pytest.raises(UserError, match=says):
        changes.add(tmp_path, wish, TODAY)
    assert changes.read_changes(tmp_path) == []


def test_the_log_only_grows_and_two_of_a_day_have_two_names(tmp_path: Path) -> None:
    first = changes.add(tmp_path, Wish("no_show_lane"), TODAY)
    line = (tmp_path / "records" / "changes.jsonl").read_bytes()
    second = changes.add(tmp_path, Wish("no_show_lane"), TODAY)
    changes.note(tmp_path, "offer", "  New  price ", None, TODAY)
    assert second.id == f"{first.id}-2"
    assert (tmp_path / "records" / "changes.jsonl").read_bytes().startswith(line)
    assert changes.read_changes(tmp_path)[2].title == "New price"


@pytest.mark.parametrize(
    "entry",
    [
        {"id": "x"},
        {"id": "x", "kind": "change", "account": "default", "on": "2026-11-23", "recorded_on": "soon", "title": "t"},
        {
            "id": "x",
            "kind": "change",
            "account": "default",
            "on": "2026-11-23",
            "recorded_on": "2026-11-23",
            "title": "t",
        },
        {
            "id": "x",
            "kind": "party",
            "account": "default",
            "on": "2026-11-23",
            "recorded_on": "2026-11-23",
            "title": "t",
        },
        {
            "id": "x",
            "kind": "ad",
            "account": "default",
            "on": "2026-11-23",
            "recorded_on": "2026-11-23",
            "title": "t",
            "a": 1,
        },
        {"id": "x", "kind": "ad", "account": "default", "on": 5, "recorded_on": "2026-11-23", "title": "t"},
    ],
)
def test_a_damaged_log_is_told_by_its_place(tmp_path: Path, entry: dict[str, object]) -> None:
    changes.note(tmp_path, "ad", "New ads", None, TODAY)
    records.append(tmp_path, "changes", entry)
    with pytest.raises(UserError, match=r"E_RECORDS.*changes\.jsonl entry 2"):
        changes.read_changes(tmp_path)


@pytest.mark.parametrize(("per_week", "least"), [(None, 10), (2.0, 10), (8.0, 25), (14.0, 40), (60.0, 180)])
def test_the_smallest_number_is_three_quarters_of_four_weeks(per_week: float | None, least: int) -> None:
    assert changes.least_number(per_week) == least


# --- commands ---


def test_add_list_and_note_on_the_command_line(tmp_path: Path) -> None:
    assert "No change on record" in call(tmp_path, "list")
    told = call(tmp_path, "add", "add_handoff_note", "--on", "2031-03-03")
    assert "Share of calls that the lead comes to, meant to go up, on at least 10 calls." in told
    call(tmp_path, "note", "ad", "New ads", "--on", "2031-02-01")
    lines = call(tmp_path, "list").splitlines()
    assert lines[0] == "2031-02-01  Ads changed: New ads  [2031-02-01-ad]"
    assert (
        lines[1].startswith("2031-03-03  Add one required handoff note")
        and "judged on 2031-03-31 by show_rate" in lines[1]
    )
    listed = json.loads(call(tmp_path, "list", "--json"))["changes"]
    assert [entry["kind"] for entry in listed] == ["ad", "change"]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("add",), "no change is suggested this week"),
        (("add", "no_show_lane", "--account", "nobody"), "there is no such account"),
        (("note", "weather", "Rain"), "offer, ad, setter, ai_rules"),
    ],
    ids=["nothing suggested", "account", "kind"],
)
def test_a_call_that_cannot_be_done_says_what_to_do(tmp_path: Path, arguments: tuple[str, ...], says: str) -> None:
    with pytest.raises(UserError, match=says):
        call(tmp_path, *arguments)


def row(**more: object) -> dict[str, object]:
    base: dict[str, object] = {
        "title": "One question first",
        "change_id": "c1",
        "verdict": "better",
        "weeks_more": None,
        "confounded_by": None,
        "p_better": 0.97,
        "metric_words": "Share of links",
        "direction": "up",
        "unit": "links",
        "evaluation_on": date(2027, 1, 4),
        "minimum_n": 40,
    }
    for side, (n, k, low, high) in {"before": (58, 18, 0.22, 0.42), "since": (8, 5, 0.3, 0.8)}.items():
        base |= {f"{side}_n": n, f"{side}_k": k, f"{side}_low": low, f"{side}_high": high}
    return base | more


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({}, "Better. At least 97 chances in 100."),
        ({"p_better": 0.9999}, "Better. At least 99 chances in 100."),
        ({"verdict": "worse", "p_better": 0.04}, "Worse. At least 96 chances in 100."),
        ({"verdict": "not_due", "weeks_more": 3}, "Not due yet. Not before 2027-01-04."),
        ({"verdict": "cannot_tell", "weeks_more": 4}, "Cannot tell yet. 4 more weeks."),
        ({"verdict": "cannot_tell", "weeks_more": 1}, "Cannot tell yet. 1 more week."),
        ({"verdict": "cannot_tell"}, "Cannot tell yet. The difference is too small to see."),
        ({"verdict": "confounded", "confounded_by": "New price"}, "Mixed up with another change. New price."),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_verdict_is_told_in_words(more: dict[str, object], says: str) -> None:
    lines = verdict_lines(row(**more))
    assert lines[0] == f"One question first (c1): {says}"
    assert lines[2:4] == ["  Before 31 % (18 of 58; range 22–42 %)", "  Since  5 of 8"]


def test_a_verdict_without_leads_says_so() -> None:
    empty = {"since_n": 0, "since_k": 0, "since_low": None, "since_high": None}
    assert verdict_lines(row(verdict="not_due", weeks_more=6, **empty))[3] == "  Since  nobody has had their days yet"
