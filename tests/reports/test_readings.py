"""The two readings of the leads: by the week they wrote in, and by what they did in the week."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from ingest.warehouse import connect
from reports import queries, review
from reports.blocks import Card, Columns, Leads, More, Prose, Row, Section, Table
from reports.cells import Number, Stage, Text
from reports.frame import as_date
from reports.sections.common import Review


@pytest.fixture
def section(a_review: Review) -> Section:
    return review.cohorts(a_review)


def tables(section: Section) -> list[Table]:
    return [block for block in section.blocks if isinstance(block, Table)]


def numbers(row: Row) -> list[int]:
    return [int(c.text.rstrip("+").replace(",", "")) for c in row.cells if isinstance(c, Number)]


def name_of(row: Row) -> str:
    first = row.cells[0]
    return (
        first.label
        if isinstance(first, Stage)
        else "".join(s.text for s in first.spans)
        if isinstance(first, Text)
        else ""
    )


def test_both_readings_are_named_and_told_apart(section: Section) -> None:
    titles = ["".join(s.text for s in b.spans) for b in section.blocks if isinstance(b, Prose) and b.tone == "title"]
    assert titles == ["By the week they wrote in", "By what they did last week, whenever they wrote in"]
    note = "".join(span.text for span in section.head.note)
    assert "by the week they wrote in" in note and "in play last week, whenever they wrote in" in note


def test_everybody_in_play_is_counted_once_and_rows_add_up(section: Section, a_review: Review) -> None:
    rows = tables(section)[1].rows
    for row in rows:
        leads, *did = numbers(row)
        assert leads == sum(did), name_of(row)
    parts, total = rows[:-1], rows[-1]
    assert [sum(column) for column in zip(*(numbers(row) for row in parts), strict=True)] == numbers(total)
    flow = queries.movement(a_review.window)
    week = flow[(flow["week_start_on"].map(as_date) == a_review.window.week) & flow["is_open"]]
    assert {name_of(r): numbers(r)[0] for r in parts[:-1]} == dict(zip(week["label"], week["opening"], strict=True))
    assert name_of(parts[-1]) == "Came in that week"


def test_every_number_of_the_active_reading_leads_to_its_leads(section: Section) -> None:
    total = dict(
        zip((c.title for c in tables(section)[1].columns[2:]), numbers(tables(section)[1].rows[-1])[1:], strict=True)
    )
    lists = {b.summary.partition(":")[0]: len(b.items) for b in section.blocks if isinstance(b, More)}
    assert lists == {head: number for head, number in total.items() if number}


def test_a_total_with_a_figure_that_still_grows_grows_too(section: Section) -> None:
    *weeks, total = tables(section)[0].rows
    for index in range(2, 6):
        young = any(isinstance(c, Number) and c.tone == "young" for c in (row.cells[index] for row in weeks))
        cell = total.cells[index]
        assert isinstance(cell, Number)
        assert (cell.tone == "young") is young is cell.text.endswith("+")
    assert isinstance(total.cells[5], Number) and total.cells[5].text.endswith("+")  # sixty days of eight weeks


def test_without_the_table_the_first_reading_stands_alone(a_review: Review, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "active_leads", lambda window: None)
    assert len(tables(review.cohorts(a_review))) == 1


def test_a_stage_takes_as_long_as_all_its_entries_together(a_review: Review, warehouse: Path) -> None:
    with connect(warehouse) as con:
        stays = con.execute("select * from marts.fct_stage_stays").df()
        prospects = con.execute("select journey_id from marts.fct_journeys where is_prospect").df()["journey_id"]
    given = a_review.window.parameters()
    spent = stays[stays["journey_id"].isin(prospects)].groupby(["stage", "journey_id"])
    done = spent.agg(
        days=("days_in_stage", "sum"), left=("exited_at", "max"), open=("exited_at", lambda x: x.isna().any())
    )
    done = done[~done["open"] & (done["left"] >= given["begin_at"]) & (done["left"] < given["end_at"])]
    times = queries.stage_times(a_review.window).set_index("stage")
    assert times["leads"].sum() > 100
    for stage in times.index:
        mine = done.loc[stage]["days"] if stage in done.index.get_level_values(0) else []
        assert times.at[stage, "leads"] == len(mine)
        if len(mine):
            assert times.at[stage, "middle"] == pytest.approx(mine.median())
            assert times.at[stage, "most"] == pytest.approx(mine.quantile(0.9))
    words = " ".join("".join(s.text for s in b.spans) for b in review.movement(a_review).blocks if isinstance(b, Prose))
    assert "How long a stage takes" in words


def test_who_booked_without_notes_is_counted_and_listed_alike(a_review: Review) -> None:
    booked = a_review.in_play[a_review.in_play["stage"] == "booked_call"]
    row = {"leak": "booked_without_notes", "question": "booked_without_notes", "stage": "booked_call"}
    found = pd.DataFrame([{**row, "journey_id": j, "since_at": a_review.window.as_of} for j in booked.index])
    a_review.__dict__["leaks"] = found  # a calendar full of calls that nobody marked
    (listed,) = (b for b in review.weak_handoff(a_review).blocks if isinstance(b, Leads))
    names = len(listed.table.rows) + (len(listed.more.items) if listed.more else 0)
    assert names == len(booked) > 1
    answer = next(r for r in review.seven_questions(a_review).blocks if isinstance(r, Table)).rows[3].cells[1]
    assert isinstance(answer, Text) and answer.spans[0].text.startswith(f"{names} ")


def test_the_numbers_of_the_front_page_and_the_change_lead_to_their_leads(
    a_review: Review, monkeypatch: pytest.MonkeyPatch
) -> None:
    lists = {b.summary: len(b.items) for b in review.seven_questions(a_review).blocks if isinstance(b, More)}
    hot = int(a_review.in_play["is_hot"].sum())
    links = a_review.links[a_review.links["is_recent"] & a_review.links["is_too_early"].fillna(False).astype(bool)]
    last_week = int((links["week"].map(as_date) == a_review.window.week).sum())
    still_open = int((links["outcome"] == "open").sum())
    assert lists == {
        f"{hot} hot leads": hot,
        f"{last_week} early link{'' if last_week == 1 else 's'} of last week": last_week,
        f"{still_open} early links still open": still_open,
    }
    assert not [b for b in review.headline(a_review).blocks if isinstance(b, More)]  # the card names them all
    monkeypatch.setattr("reports.sections.change.NAMED", 1)
    top = review.headline(a_review)
    (card,) = (
        b
        for column in next(c for c in top.blocks if isinstance(c, Columns)).columns
        for b in column
        if isinstance(b, Card)
    )
    whom = "".join(s.text for s in dict(card.lines)["Which leads"])
    (listed,) = (b for b in top.blocks if isinstance(b, More))
    assert f"the {len(listed.items)} in play it has happened to" in whom
